"""The text of a training script. A line that ends in ``#? names`` is taken where all of these hold (``not name``: where it does not);
``$name`` stands for what a recipe or a network gives."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from string import Template

from visualnet.compiling.source_code.code_layout import indent, lay_out

CONSTANTS = """\
HERE = Path(__file__).parent
DATA = HERE / $data
START = HERE / $start_file  #? start
BEST = HERE / $best_file
AVERAGE = HERE / $average_file  #? average

EPOCHS = $epochs
BATCH_SIZE = $batch_size
LR = $lr
SEED = $seed
THREADS = $threads  # another number may add in another order, and differ in the last bits
WARMUP_EPOCHS = $warmup  #? warmup
ACCUMULATE = $accumulate  # batches that make one step  #? accumulate
L1 = $l1  #? l1
CLIP_NORM = $clip_norm  #? clip_norm
CLIP_VALUE = $clip_value  #? clip_value
EMA_DECAY = $ema_decay  #? average
PATIENCE = $patience  # epochs without gain after which the training ends  #? patience
MIN_DELTA = $min_delta  # the least gain that counts  #? min_delta
LOSS_WEIGHTS = $loss_weights  #? several
# The rates of the groups behind the first, as shares of its rate.  #? scaled
RATE_FACTORS = $rate_factors  #? scaled
# For so many epochs these weights, and the statistics of these modules, stay as they are.  #? frozen_statistics
# For so many epochs these weights stay as they are.  #? freezes, not frozen_statistics
FROZEN_EPOCHS = $frozen_epochs  #? freezes
FROZEN_STATISTICS = $frozen_statistics  #? frozen_statistics
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
        return means  #? counted
        return means  #? not counted, adjusted


def load_data(part: str$device_parameter) -> list[Tensor]:
    """What the file holds for “train” or “validation”: $field_list."""
    with np.load(DATA) as data:
        $load_fields
    return [torch.from_numpy(array)$to_device for array in ($arrays)]


def to_channels_last(tensor: Tensor) -> Tensor:  #? channels_last
    """Images, and weights of 2-D convolutions, pixel by pixel; all else as it is."""  #? channels_last
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor  #? channels_last


def group_parameters(model: $network) -> list[dict[str, Any]]:  #? groups
    """The weights that are trained alike; what a group does not say is as for all others."""  #? groups
    rest = {name: p for name, p in model.named_parameters() if p.requires_grad}  #? groups

    def take(*prefixes: str) -> list[nn.Parameter]:  #? groups
        return [rest.pop(name) for name in list(rest) if name.startswith(prefixes)]  #? groups

    groups = [$groups]  #? groups
    return [{"params": list(rest.values())}, *groups]  #? groups


def scale_rates(optimizer: torch.optim.Optimizer) -> None:  #? scaled
    """Give each group its share of the rate that the schedule has for the first."""  #? scaled
    first, *others = optimizer.param_groups  #? scaled
    for group, factor in zip(others, RATE_FACTORS):  #? scaled
        group["lr"] = first["lr"] * factor  #? scaled


def freeze(model: $network, epoch: int) -> None:  #? freezes
    """Let these weights rest in the first epochs."""  #? freezes
    for name, parameter in model.named_parameters():  #? freezes
        for prefix, epochs in FROZEN_EPOCHS.items():  #? freezes
            if name.startswith(prefix):  #? freezes
                parameter.requires_grad_(epoch > epochs)  #? freezes
    for name, epochs in FROZEN_STATISTICS.items():  #? frozen_statistics
        change = release_statistics if epoch > epochs else fix_statistics  #? frozen_statistics
        change(model.get_submodule(name))  #? frozen_statistics


def train_epoch($train_arguments) -> tuple[dict[str, float], list[float]]:
    """Train on every sample once: the means of all values, and the loss of each batch."""
    model.train()
    averages, batch_losses = Averages(), []
    order = torch.randperm(len(train[0]), generator=generator)
    batches = order.split(BATCH_SIZE)  #? not drop_last
    batches = order.split(BATCH_SIZE)[:-1]  # the last one would be a single sample  #? drop_last
    for index in batches:  #? not accumulate
    for number, index in enumerate(batches, 1):  #? accumulate
        batch = [tensor[index] for tensor in train]  #? not channels_last
        batch = [to_channels_last(tensor[index]) for tensor in train]  #? channels_last
        values, *counts = evaluate_batch(model, *batch)  #? counted_or_settled
        averages.add(len(index), values, *counts)  #? counted_or_settled
        values = evaluate_batch(model, *batch)  #? not counted_or_settled
        averages.add(len(index), values)  #? not counted_or_settled
        batch_losses.append(values["loss"].item())
        if not math.isfinite(batch_losses[-1]):
            raise FloatingPointError(f"batch {len(batch_losses)}: the loss is {batch_losses[-1]}")

        values["loss"].backward()  #? not accumulate, not fp16
        (values["loss"] / ACCUMULATE).backward()  #? accumulate, not fp16
        scaler.scale(values["loss"]).backward()  #? not accumulate, fp16
        scaler.scale(values["loss"] / ACCUMULATE).backward()  #? accumulate, fp16
        if number % ACCUMULATE and number < len(batches):  #? accumulate
            continue  #? accumulate
        scaler.unscale_(optimizer)  #? fp16
        for parameter in model.parameters():  #? l1
            if parameter.grad is not None:  #? l1
                parameter.grad.add_(parameter.detach().sign(), alpha=L1)  #? l1
        nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)  #? clip_norm, not groups
        trained = [p for group in optimizer.param_groups for p in group["params"]]  #? clip_norm, groups
        nn.utils.clip_grad_norm_(trained, CLIP_NORM)  #? clip_norm, groups
        nn.utils.clip_grad_value_(model.parameters(), CLIP_VALUE)  #? clip_value
        optimizer.step()  #? not fp16
        scaler.step(optimizer)  # left out where a gradient overflowed  #? fp16
        scaler.update()  #? fp16
        optimizer.zero_grad()
        average.update_parameters(model)  #? average
        scheduler.step()  #? step_schedule
        scale_rates(optimizer)  #? step_schedule, scaled
    return averages.means(), batch_losses


@torch.no_grad()  #? validation
def validate(model: $network, data: list[Tensor]) -> dict[str, float]:  #? validation
    """The means of all values over these samples, with dropout off and the like."""  #? validation
    model.eval()  #? validation
    averages = Averages()  #? validation
    for index in torch.arange(len(data[0])).split($chunk):  #? validation
        batch = [tensor[index] for tensor in data]  #? validation, not channels_last
        batch = [to_channels_last(tensor[index]) for tensor in data]  #? validation, channels_last
        values, *counts = evaluate_batch(model, *batch)  #? validation, counted_or_settled
        averages.add(len(index), values, *counts)  #? validation, counted_or_settled
        averages.add(len(index), evaluate_batch(model, *batch))  #? validation, not counted_or_settled
    return averages.means()  #? validation


def describe(means: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in means.items())


def main() -> tuple[$network, list[dict[str, Any]]]:
    """Train: the network, and for each epoch what was measured."""
    if not DATA.is_file():  #? not start
        raise SystemExit(f"{DATA} is missing: “visualnet code … --train -o FILE” writes it")  #? not start
    for file in (DATA, START):  #? start
        if not file.is_file():  #? start
            raise SystemExit(f"{file} is missing: “visualnet code … --train -o FILE” writes it")  #? start
    torch.set_num_threads(THREADS)
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # deterministic products on a GPU  #? deterministic, device
    torch.use_deterministic_algorithms(True)  #? deterministic
    device = torch.device($device)  #? device
    train = load_data("train"$device_argument)
    validation = load_data("validation"$device_argument)  #? validation

    torch.manual_seed(SEED)  # the first weights
    model = $network()$to_device
    for parameter in model.parameters():  #? channels_last
        parameter.data = to_channels_last(parameter.data)  #? channels_last
    model.load_state_dict(torch.load(START, weights_only=True), strict=False)  #? start
    optimizer = $optimizer
    scaler = torch.amp.GradScaler($device_type, init_scale=$init_scale, growth_interval=$growth_interval)  #? fp16
    steps_per_epoch = $steps_per_epoch  #? needs_steps
    scheduler$scheduler_kind = $warm_up  #? warmup
    scheduler = $schedule  #? schedule, not warmup
    scale_rates(optimizer)  #? moves, scaled
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY))  #? average

    torch.manual_seed(SEED)  # dropout, and all else that layers draw
    generator = torch.Generator().manual_seed(SEED)  # the order of the samples
    best, best_epoch = $worst, 0
    gained, stale = $worst_value, 0  #? gained
    history: list[dict[str, Any]] = []
    for epoch in range(1, EPOCHS + 1):
        if epoch == WARMUP_EPOCHS + 1:  #? warmup
            for group in optimizer.param_groups:  #? warmup
                group["lr"] = LR  #? warmup
            $main_name = $schedule  #? warmup, schedule
            scale_rates(optimizer)  #? warmup, scaled
        freeze(model, epoch)  #? freezes
        means, batch_losses = train_epoch($train_call)
        history.append({"epoch": epoch, "train": means, "losses": batch_losses})
        print(f"epoch {epoch}/{EPOCHS}  train: {describe(means)}")
        means = history[-1]["validation"] = validate(model, validation)  #? validation
        print(f"  validation: {describe(means)}")  #? validation
        history[-1]["average"] = validate(average.module, validation)  #? average, validation
        print(f"  averaged weights: {describe(history[-1]['average'])}")  #? average, validation

        value = means[$best_by]
        if $is_best:
            best, best_epoch = $new_best, epoch
            torch.save(model.state_dict(), BEST)
        if math.isfinite(value):  #? plateau, not warmup
        if epoch > WARMUP_EPOCHS and math.isfinite(value):  #? plateau, warmup
            $main_name.step(value)  #? plateau
            scale_rates(optimizer)  #? plateau, scaled
        $main_name.step()  #? epoch_schedule, not warmup
        scale_rates(optimizer)  #? epoch_schedule, not warmup, scaled
        if epoch > WARMUP_EPOCHS:  #? epoch_schedule, warmup
            $main_name.step()  #? epoch_schedule, warmup
            scale_rates(optimizer)  #? epoch_schedule, warmup, scaled
        if $has_gained:  #? gained
            gained, stale = value, 0  #? gained
        else:  #? gained
            stale += 1  #? gained
        if stale == PATIENCE:  #? gained
            break  #? gained
        if epoch - best_epoch == PATIENCE:  #? patience, not gained
            break  #? patience, not gained

    if best_epoch:  #? patience
        model.load_state_dict(torch.load(BEST, weights_only=True))  #? patience
    torch.save(average.module.state_dict(), AVERAGE)  #? average
    print(f"the best epoch was {best_epoch}: its weights are in {BEST.name}")
    return model, history


if __name__ == "__main__":
    main()
'''
NAMES = frozenset(re.findall(r"^(?:class |def |(?=[A-Z]))(\w+)", CONSTANTS + LOOP, re.MULTILINE))
"""What a script defines beside the network."""
_MARK = re.compile(r"\s*#\? (.+)$")


def fill(text: str, holds: Collection[str], values: Mapping[str, str]) -> str:
    """The lines of a text that hold, with their values; long ones are broken as `lay_out` does."""
    lines: list[str] = []
    for line in text.splitlines():
        mark = _MARK.search(line)
        if mark is not None and not _all_hold(mark[1], holds):
            continue
        line = line[: mark.start()] if mark is not None else line
        code = line.lstrip(" ")
        depth = (len(line) - len(code)) // 4
        filled = Template(code).substitute(values).splitlines() or [""]
        lines += indent(
            [short for part in filled for short in (lay_out(part, depth) if "$" in code else [part])], depth
        )
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines).strip("\n"))


def _all_hold(words: str, holds: Collection[str]) -> bool:
    """Whether ``a, not b`` holds."""
    return all((name.removeprefix("not ") in holds) != name.startswith("not ") for name in words.split(", "))
