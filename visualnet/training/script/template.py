"""The text of a training script, as `filling.fill` reads it. A line that ends in ``#? names`` is taken where all of these hold
(``not name``: where it does not); ``$name`` stands for what a recipe or a network gives."""

from __future__ import annotations

import re

from visualnet.training.script.texts.learner_template import LEARNER_CONSTANTS, LEARNER_FUNCTIONS

__all__ = [
    "BEGIN_EPOCH",
    "CONSTANTS",
    "END_EPOCH",
    "LEARNER_CONSTANTS",
    "LEARNER_FUNCTIONS",
    "LOOP",
    "OWN_NAMES",
    "SET_UP",
    "STEP",
    "TURN",
]

CONSTANTS = """\
HERE = Path(__file__).parent
DATA = HERE / $data
START = HERE / $start_file  #? start
BEST = HERE / $best_file
AVERAGE = HERE / $average_file  #? average

EPOCHS = $epochs
BATCH_SIZE = $batch_size
LR = $lr  #? not learners
SEED = $seed
THREADS = $threads  # another number may add in another order, and differ in the last bits
DATA_SEED = $data_seed  # of what augmentation draws  #? augments
$learner_constants
PATIENCE = $patience  # epochs without gain after which the training ends  #? patience
MIN_DELTA = $min_delta  # the least gain that counts  #? min_delta
LOSS_WEIGHTS = $loss_weights  #? weights
# What each learner lowers.  #? learners
LEARNER_LOSSES = $learner_losses  #? learners
# For so many epochs these weights, and the statistics of these modules, stay as they are.  #? frozen_statistics
# For so many epochs these weights stay as they are.  #? freezes, not frozen_statistics
FROZEN_EPOCHS = $frozen_epochs  #? freezes
FROZEN_STATISTICS = $frozen_statistics  #? frozen_statistics
$play_constants
"""

TURN = """\
$targets = model.$method($arguments)
values |= own_values
counts |= own_counts  #? counted
tallies |= own_tallies  #? settled
own_loss = own_values["loss"]
if not math.isfinite(own_loss.item()):
    at_fault = f"batch {len(batch_losses) + 1}"
    raise FloatingPointError(f"{at_fault}: $loss is {$loss.item()}")
$step
"""
"""A step of one of several learners: its losses, and what it does with them."""

STEP = """\
$loss.backward()  #? not accumulate, not fp16
($loss / ACCUMULATE).backward()  #? accumulate, not fp16
scaler.scale($loss).backward()  #? not accumulate, fp16
scaler.scale($loss / ACCUMULATE).backward()  #? accumulate, fp16
if number % ACCUMULATE and number < $number_of_batches:  #? accumulate
    continue  #? accumulate
scaler.unscale_(optimizer)  #? fp16
for parameter in $weights:  #? l1
    if parameter.grad is not None:  #? l1
        parameter.grad.add_(parameter.detach().sign(), alpha=L1)  #? l1
nn.utils.clip_grad_norm_($weights, CLIP_NORM)  #? clip_norm, not groups
nn.utils.clip_grad_norm_($weights, CLIP_NORM)  #? clip_norm, learners, groups
trained = [p for group in optimizer.param_groups for p in group["params"]]  #? clip_norm, groups, not learners
nn.utils.clip_grad_norm_(trained, CLIP_NORM)  #? clip_norm, groups, not learners
nn.utils.clip_grad_value_($weights, CLIP_VALUE)  #? clip_value
optimizer.step()  #? not fp16
# The step is left out where a gradient overflowed.  #? fp16
scaler.step(optimizer)  #? fp16
scaler.update()  #? fp16
optimizer.zero_grad()
average.update_parameters(model)  #? average, not learners
average.update_parameters(nn.ParameterList($weights))  #? average, learners
scheduler.step()  #? step_schedule
scale_rates(optimizer)  #? step_schedule, scaled
"""
"""What is done with the loss of a batch."""

SET_UP = """\
optimizer = $optimizer
scaler = torch.amp.GradScaler($device_type, init_scale=$init_scale, growth_interval=$growth_interval)  #? fp16
steps_per_epoch = $steps_per_epoch  #? needs_steps
scheduler$scheduler_kind = $warm_up  #? warmup
scheduler = $schedule  #? schedule, not warmup
scale_rates(optimizer)  #? moves, scaled
average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY))  #? average, not learners
average = AveragedModel(nn.ParameterList($weights), multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY))  #? average, learners
"""

BEGIN_EPOCH = """\
if epoch == WARMUP_EPOCHS + 1:  #? warmup
    for group in optimizer.param_groups:  #? warmup
        group["lr"] = LR  #? warmup
    $main_name = $schedule  #? warmup, schedule
    scale_rates(optimizer)  #? warmup, scaled
"""

END_EPOCH = """\
if math.isfinite(value):  #? plateau, not warmup
if epoch > WARMUP_EPOCHS and math.isfinite(value):  #? plateau, warmup
    $main_name.step(value)  #? plateau
    scale_rates(optimizer)  #? plateau, scaled
$main_name.step()  #? epoch_schedule, not warmup
scale_rates(optimizer)  #? epoch_schedule, not warmup, scaled
if epoch > WARMUP_EPOCHS:  #? epoch_schedule, warmup
    $main_name.step()  #? epoch_schedule, warmup
    scale_rates(optimizer)  #? epoch_schedule, warmup, scaled
"""

LOOP = '''\
class Averages:
    """The mean of each value over the samples of several batches."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}
        self.samples = 0  #? not counted
        self.counts: dict[str, float] = {}  #? counted
        self.tallies: dict[str, Tensor] = {}  #? settled

    def add($add_arguments) -> None:
        for name, value in values.items():
            n = counts[name].item() if name in counts else samples  #? counted
            self.totals.setdefault(name, 0.0)  #? counted
            self.counts.setdefault(name, 0.0)  #? counted
            if n:  # a mean over nothing is no number  #? counted
                self.totals[name] += value.item() * n  #? counted
                self.counts[name] += n  #? counted
            self.totals[name] = self.totals.get(name, 0.0) + value.item() * samples  #? not counted
        self.samples += samples  #? not counted
        for name, tally in tallies.items():  #? settled
            self.tallies[name] = self.tallies[name] + tally if name in self.tallies else tally  #? settled

    def means(self) -> dict[str, float]:
        means = {name: total / self.samples for name, total in self.totals.items()}  #? not counted, adjusted
        return {name: total / self.samples for name, total in self.totals.items()}  #? not counted, not adjusted
        means = {}  #? counted
        for name, n in self.counts.items():  #? counted
            means[name] = self.totals[name] / n if n else math.nan  #? counted
        means |= {name: value.item() for name, value in settle(self.tallies).items()}  #? settled
        asked = {name: w for name, w in LOSS_WEIGHTS.items() if math.isfinite(means[name])}  #? parts
        means["loss"] = sum(w * means[name] for name, w in asked.items()) if asked else math.nan  #? parts
        for name, losses in LEARNER_LOSSES.items():  #? learners
            means[name] = sum(LOSS_WEIGHTS[loss] * means[loss] for loss in losses)  #? learners
        return means  #? counted
        return means  #? not counted, adjusted


def load_data(part: str$device_parameter) -> list[Tensor]:  #? not plays
    """What the file holds for “train” or “validation”: $field_list."""  #? not plays
    with np.load(DATA) as data:  #? not plays
        $load_fields  #? not plays
    return [torch.from_numpy(array)$to_device for array in ($arrays)]  #? not plays


$augmentation


$play


def to_channels_last(tensor: Tensor) -> Tensor:  #? channels_last
    """Images, and weights of 2-D convolutions, pixel by pixel; all else as it is."""  #? channels_last
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor  #? channels_last


$learner_functions


def freeze(model: $network, epoch: int) -> None:  #? freezes
    """Let these weights rest in the first epochs."""  #? freezes
    for name, parameter in model.named_parameters():  #? freezes
        for prefix, epochs in FROZEN_EPOCHS.items():  #? freezes
            if name.startswith(prefix):  #? freezes, not learners
                parameter.requires_grad_(epoch > epochs)  #? freezes, not learners
            if epoch <= epochs and name.startswith(prefix):  #? freezes, learners
                parameter.requires_grad_(False)  #? freezes, learners
    for name, epochs in FROZEN_STATISTICS.items():  #? frozen_statistics
        change = release_statistics if epoch > epochs else fix_statistics  #? frozen_statistics
        change(model.get_submodule(name))  #? frozen_statistics


def weights_of(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:  #? learners
    return [p for group in optimizer.param_groups for p in group["params"]]  #? learners


def train_only($train_only) -> None:  #? learners
    """Let those weights alone ask for gradients that this optimizer trains."""  #? learners
    model.requires_grad_(False)  #? learners
    for parameter in weights_of(optimizer):  #? learners
        parameter.requires_grad_(True)  #? learners
    freeze(model, epoch)  #? learners, freezes


def swap(optimizer: torch.optim.Optimizer, average: AveragedModel) -> None:  #? learners, average
    """Exchange weights and their averages."""  #? learners, average
    for weight, copy in zip(weights_of(optimizer), average.module.parameters()):  #? learners, average
        weight.data, copy.data = copy.data, weight.data  #? learners, average


def train_epoch($train_arguments) -> tuple[dict[str, float], list[float]]:
    """Train on every sample once: the means of all values, and the loss of each batch."""  #? not plays
    """Play and learn for so many rounds: the means of all values, and the loss of each batch."""  #? plays
    model.train()
    averages, batch_losses = Averages(), []  #? not learners
    averages = Averages()  #? learners
    batch_losses: list[float] = []  #? learners
    order = $order  #? not plays
    batches = order.split(BATCH_SIZE)  #? not drop_last, not plays
    batches = order.split(BATCH_SIZE)[:-1]  # the last one would be a single sample  #? drop_last
    for index in batches:  #? not enumerated, not learners, not plays
    for number, index in enumerate(batches, 1):  #? enumerated, not learners, not plays
    for number in range(1, ROUNDS + 1):  #? plays
        index, batch = play_round(model, target, play, (epoch - 1) * ROUNDS + number - 1)  #? plays
        batch = [$sample for tensor in train]  #? not learners, not augments, not plays
        step = (epoch - 1) * len(batches) + number - 1  #? not learners, augments
        batch = $augmented  #? not learners, augments
        batch = [to_channels_last(tensor) for tensor in batch]  #? not learners, augments, channels_last
        values, *counts = evaluate_batch(model, *batch)  #? counted_or_settled, not learners
        averages.add(len(index), values, *counts)  #? counted_or_settled, not learners
        values = evaluate_batch(model, *batch)  #? not counted_or_settled, not learners
        averages.add(len(index), values)  #? not counted_or_settled, not learners
        batch_losses.append(values["loss"].item())  #? not learners
        if not math.isfinite(batch_losses[-1]):  #? not learners
            raise FloatingPointError(f"batch {len(batch_losses)}: the loss is {batch_losses[-1]}")  #? not learners

        $step  #? not learners
    for index in batches:  #? learners, not numbered
    for at, index in enumerate(batches):  #? learners, numbered
        $batch = ($sample for tensor in train)  #? learners, not augments
        step = (epoch - 1) * len(batches) + at  #? learners, augments
        batch = $augmented  #? learners, augments
        $batch = batch  #? learners, augments, not channels_last
        $batch = (to_channels_last(tensor) for tensor in batch)  #? learners, augments, channels_last
        values: dict[str, Tensor] = {}  #? learners
        counts: dict[str, Tensor] = {}  #? learners, counted
        tallies: dict[str, Tensor] = {}  #? learners, settled
  #? learners
        $turns  #? learners
  #? learners
        values["loss"] = torch.stack([$losses]).sum()  #? learners
        averages.add($added)  #? learners
        batch_losses.append(values["loss"].item())  #? learners
    return averages.means(), batch_losses  #? not plays
    return averages.means() | play.close_epoch(), batch_losses  #? plays


@torch.no_grad()  #? validation
def validate(model: $network, data: list[Tensor]) -> dict[str, float]:  #? validation
    """The means of all values over these samples, with dropout off and the like."""  #? validation
    model.eval()  #? validation
    averages = Averages()  #? validation
    for index in torch.arange(len(data[0])).split($chunk):  #? validation
        batch = [$sample for tensor in data]  #? validation
        values, *counts = evaluate_batch(model, *batch)  #? validation, counted_or_settled
        averages.add(len(index), values, *counts)  #? validation, counted_or_settled
        averages.add(len(index), evaluate_batch(model, *batch))  #? validation, not counted_or_settled
    return averages.means()  #? validation


def describe(means: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in means.items())


def main() -> tuple[$network, list[dict[str, Any]]]:
    """Train: the network, and for each epoch what was measured."""
    if not DATA.is_file():  #? not start, reads
        raise SystemExit(f"{DATA} is missing: “visualnet code … --train -o FILE” writes it")  #? not start, reads
    for file in (DATA, START):  #? start
        if not file.is_file():  #? start
            raise SystemExit(f"{file} is missing: “visualnet code … --train -o FILE” writes it")  #? start
    torch.set_num_threads(THREADS)
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # deterministic products on a GPU  #? deterministic, device
    torch.use_deterministic_algorithms(True)  #? deterministic
    device = torch.device($device)  #? device
    train = load_data("train"$device_argument)  #? not plays
    validation = load_data("validation"$device_argument)  #? validation
    figures = load_figures($figures_argument)  #? figures

    torch.manual_seed(SEED)  # the first weights
    model = $network()$to_device
    for parameter in model.parameters():  #? channels_last
        parameter.data = to_channels_last(parameter.data)  #? channels_last
    model.load_state_dict(torch.load(START, weights_only=True), strict=False)  #? start
    $set_up

    torch.manual_seed(SEED)  # dropout, and all else that layers draw
    generator = torch.Generator().manual_seed(SEED)  # the order of the samples  #? not plays
    target = copy.deepcopy(model).eval().requires_grad_(False)  #? plays
    play = start_play($play_device)  #? plays
    best, best_epoch = $worst, 0
    gained, stale = $worst_value, 0  #? gained
    history: list[dict[str, Any]] = []
    for epoch in range(1, EPOCHS + 1):
        $begin_epoch
        freeze(model, epoch)  #? freezes
        means, batch_losses = train_epoch($train_call)
        history.append({"epoch": epoch, "train": means, "losses": batch_losses})
        print(f"epoch {epoch}/{EPOCHS}  train: {describe(means)}")
        means = history[-1]["validation"] = validate(model, validation)  #? validation
        print(f"  validation: {describe(means)}")  #? validation
        history[-1]["average"] = validate(average.module, validation)  #? average, validation, not learners
        $swaps  #? average, validation, learners
        history[-1]["average"] = validate(model, validation)  #? average, validation, learners
        $swaps  #? average, validation, learners
        print(f"  averaged weights: {describe(history[-1]['average'])}")  #? average, validation

        means = history[-1]["validation"] = watch(model, $play_device)  #? plays
        print(f"  {PLAY['episodes']} episodes: {describe(means)}")  #? plays
        value = $value_of_epoch
        if $is_best:
            best, best_epoch = $new_best, epoch
            torch.save(model.state_dict(), BEST)
        $end_epoch
        if $has_gained:  #? gained
            gained, stale = value, 0  #? gained
        else:  #? gained
            stale += 1  #? gained
        if stale == PATIENCE:  #? gained
            break  #? gained
        if epoch - best_epoch == PATIENCE:  #? patience, not gained
            break  #? patience, not gained

    $swaps  #? average, learners
    torch.save(model.state_dict(), AVERAGE)  #? average, learners
    $swaps  #? average, learners
    if best_epoch:  #? patience
        model.load_state_dict(torch.load(BEST, weights_only=True))  #? patience
    torch.save(average.module.state_dict(), AVERAGE)  #? average, not learners
    print(f"the best epoch was {best_epoch}: its weights are in {BEST.name}")
    return model, history


if __name__ == "__main__":
    main()
'''
NAMES = frozenset(
    re.findall(
        r"^(?:class |def |(?=[A-Z]))(\w+)", CONSTANTS + LEARNER_CONSTANTS + LEARNER_FUNCTIONS + LOOP, re.MULTILINE
    )
)
"""What a script defines beside the network."""
OWN_NAMES = (
    *[
        "LR",
        "STEPS",
        "WARMUP_EPOCHS",
        "ACCUMULATE",
        "L1",
        "CLIP_NORM",
        "CLIP_VALUE",
        "EMA_DECAY",
        "RATE_FACTORS",
        "RATE_POINTS",
    ],
    *("optimizer", "scheduler", "epoch_scheduler", "average", "steps_per_epoch", "group_parameters", "scale_rates"),
    *("scaler", "drawn_share", "own_parameters", "own_values", "own_counts", "own_tallies", "own_loss"),
)
"""What each of several learners has for itself."""
