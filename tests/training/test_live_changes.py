"""A run that is changed while it goes on: equal to the bit with a loop in torch that changes the same, also after a stop or a kill."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.training.by_hand import EACH, ByHand
from tests.training.gan import D, G, gan
from tests.training.live import train
from tests.training.nets import chain
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.evaluation.evaluation import evaluate
from visualnet.training.recipe.live_settings import Setting, describe_change, set_values
from visualnet.training.runs.preparation_file import read_preparation
from visualnet.training.runs.run_changes import read_changes
from visualnet.training.runs.run_model import RunModel, create_run

AT, EPOCHS = 7, 4
"""Changed after this step, in the second epoch."""
FIRST, DROP, LOSS = "n2", "n4", "n103"


def net(**recipe: Any) -> Project:
    rows = [("linear", {"out_features": 8}), ("tanh", {}), ("dropout", {"p": 0.3}), ("linear", {"out_features": 2})]
    recipe = {"epochs": EPOCHS, "batch_size": 16, "device": "cpu", "lr": 0.05, **recipe}
    data, source = DataChoice(name="points", options={"n": 100}), ("input", {"field": "point", "size": (2,)})
    return chain(rows, data, Recipe(**recipe), source, ("target", {}), "cross_entropy", "accuracy")


class Hand:
    """The loop, and what a change may put its hand on."""

    def __init__(self, project: Project) -> None:
        self.hand = ByHand(project)
        self.epochs, self.weight, self.smoothing, self.gather = EPOCHS, 1.0, 0.0, 1
        self.guard: Callable[[], object] = lambda: None
        self.scheduler: Any = None
        self.by_step = False
        kind, recipe = getattr(torch.optim, project.recipe.optimizer), project.recipe
        momentum = {"momentum": recipe.momentum} if recipe.optimizer == "SGD" else {}
        fused = recipe.optimizer == "Adam" or recipe.momentum > 0
        self.optimizer = kind(self.hand.weights, lr=recipe.lr, fused=fused, **momentum)

    @property
    def group(self) -> dict[str, Any]:
        group: dict[str, Any] = self.optimizer.param_groups[0]
        return group

    def module(self, name: str) -> Any:
        return self.hand.model.net.get_submodule(name)

    def loss(self, batch: Any) -> Tensor:
        self.hand.model.net.train()
        value = F.cross_entropy(self.hand.model.net(batch[0]), batch[1], label_smoothing=self.smoothing)
        return value if self.weight == 1 else value * self.weight

    def train(self, change: Callable[[Hand], object], later: Callable[[Hand], object]) -> list[float]:
        """``change`` after step ``AT``, ``later`` before the next epoch."""
        losses: list[float] = []
        changed = False
        epoch = 0
        while epoch < self.epochs:
            if len(losses) > AT and not changed:
                later(self)
                changed = True
            batches = self.hand.batches()
            for at, batch in enumerate(batches):
                loss = self.loss(batch)
                (loss / self.gather if self.gather > 1 else loss).backward()
                losses.append(loss.item())
                if (at + 1) % self.gather == 0 or at + 1 == len(batches):
                    self.guard()
                    self.optimizer.step()
                    self.optimizer.zero_grad()
                if self.scheduler is not None and self.by_step:
                    self.scheduler.step()
                if len(losses) == AT:
                    change(self)
            if self.scheduler is not None and not self.by_step:
                self.scheduler.step()
            epoch += 1
        return losses


class Case(NamedTuple):
    """The recipe, what is changed, and how one changes it in torch: at once, or before the next epoch."""

    recipe: dict[str, Any]
    values: dict[Setting, Value]
    change: Callable[[Hand], object] = lambda hand: None
    later: Callable[[Hand], object] = lambda hand: None
    before: dict[Setting, Value] = {}
    """What the project says before."""


SGD: dict[str, Any] = {"optimizer": "SGD", "momentum": 0.9}


def put(**values: Any) -> Callable[[Hand], object]:
    return lambda hand: hand.__dict__.update(values)


def put_group(**values: Any) -> Callable[[Hand], object]:
    return lambda hand: hand.group.update(values)


def set_p(hand: Hand) -> None:
    hand.module("dropout_2").p = 0.7


def start_momentum(hand: Hand) -> None:
    hand.optimizer = torch.optim.SGD(hand.hand.weights, lr=0.05, momentum=0.9, fused=True)


def keep_greatest(hand: Hand) -> None:
    hand.group["amsgrad"] = True
    for state in hand.optimizer.state.values():
        state["max_exp_avg_sq"] = torch.zeros_like(state["exp_avg_sq"])


def freeze(hand: Hand) -> None:
    for parameter in hand.module("linear_0").parameters():
        parameter.requires_grad_(False)


def thaw(hand: Hand) -> None:
    parameters = list(hand.module("linear_0").parameters())
    for parameter in parameters:
        parameter.requires_grad_(True)
    hand.optimizer.add_param_group({"params": parameters})


def split_group(**values: Any) -> Callable[[Hand], object]:
    def split(hand: Hand) -> None:
        own = list(hand.module("linear_0").parameters())
        hand.group["params"] = [p for p in hand.group["params"] if all(p is not q for q in own)]
        given = {name: hand.group["lr"] * value if name == "lr" else value for name, value in values.items()}
        hand.optimizer.add_param_group({**hand.group, "params": own, **given})

    return split


def change_batch(hand: Hand) -> None:
    hand.hand.sampler.batch_size = 8


def change_points(hand: Hand) -> None:
    hand.hand.data = load(set_values(net(), OTHER_POINTS).data)
    hand.hand.tensors = Tensors(hand.hand.data, hand.hand.model.fields, torch.device("cpu"))


def clip(hand: Hand) -> None:
    hand.guard = lambda: nn.utils.clip_grad_norm_(hand.hand.weights, 0.05)


def pull(hand: Hand) -> None:
    def add() -> None:
        for weight in hand.hand.weights:
            assert weight.grad is not None
            weight.grad.add_(weight.detach().sign(), alpha=0.01)

    hand.guard = add


def fall(hand: Hand) -> None:
    """The rate falls with every epoch, as if it had done so from the first on."""
    hand.scheduler = torch.optim.lr_scheduler.ExponentialLR(hand.optimizer, 0.7)
    hand.group["lr"] = 0.05 * 0.7


def bend(hand: Hand) -> None:
    """Half a cosine over the whole run, from where it would stand after these steps."""
    hand.scheduler, hand.by_step = torch.optim.lr_scheduler.CosineAnnealingLR(hand.optimizer, EACH * EPOCHS), True
    hand.scheduler.last_epoch = AT
    hand.group["lr"] = 0.05 * (0.0 + (1 - 0.0) * ((1 + math.cos(math.pi * (AT / EACH / EPOCHS))) / 2))


OTHER_POINTS: dict[Setting, Value] = {Setting("shape", data="points"): "xor", Setting("seed", data="points"): 3}
OWN = "blue 0.5,0.5 -0.5,-0.5 -0.4,-0.6 0.9,0.8; orange -0.5,0.5 0.5,-0.5 0.6,-0.4 0.5,-0.8 -0.8,0.3"
CASES: dict[str, Case] = {
    "lr": Case(SGD, {Setting("lr"): 0.01}, put_group(lr=0.01)),
    "weight decay": Case({}, {Setting("weight_decay"): 0.1}, put_group(weight_decay=0.1)),
    "momentum": Case(SGD, {Setting("momentum"): 0.5}, put_group(momentum=0.5)),
    "momentum begins": Case({"optimizer": "SGD"}, {Setting("momentum"): 0.9}, start_momentum),
    "betas": Case({}, {Setting("beta1"): 0.5, Setting("beta2"): 0.9}, put_group(betas=(0.5, 0.9))),
    "amsgrad": Case({}, {Setting("amsgrad"): True}, keep_greatest),
    "dropout": Case({}, {Setting("p", node=DROP): 0.7}, set_p),
    "weight of the loss": Case(SGD, {Setting("weight", node=LOSS): 0.25}, put(weight=0.25)),
    "label smoothing": Case(SGD, {Setting("label_smoothing", node=LOSS): 0.2}, put(smoothing=0.2)),
    "frozen": Case({}, {Setting("trainable", node=FIRST): False}, freeze),
    "trained again": Case(
        {}, {Setting("trainable", node=FIRST): True}, thaw, before={Setting("trainable", node=FIRST): False}
    ),
    "trained again, with momentum": Case(
        SGD, {Setting("trainable", node=FIRST): True}, thaw, before={Setting("trainable", node=FIRST): False}
    ),
    "rate of a layer": Case({}, {Setting("lr_factor", node=FIRST): 0.1}, split_group(lr=0.1)),
    "decay of a layer": Case({}, {Setting("weight_decay", node=FIRST): 0.2}, split_group(weight_decay=0.2)),
    "batch size": Case(SGD, {Setting("batch_size"): 8}, later=change_batch),
    "gathered": Case(SGD, {Setting("accumulate"): 3}, later=put(gather=3)),
    "clipping": Case(SGD, {Setting("clip_norm"): 0.05}, clip),
    "l1": Case(SGD, {Setting("l1"): 0.01}, pull),
    "exponential": Case(SGD, {Setting("schedule"): "exponential", Setting("gamma"): 0.7}, fall),
    "cosine": Case(SGD, {Setting("schedule"): "cosine"}, bend),
    "epochs": Case(SGD, {Setting("epochs"): 5}, put(epochs=5)),
    "other points": Case(SGD, OTHER_POINTS, later=change_points),
    "several at once": Case(
        {}, {Setting("lr"): 0.01, Setting("p", node=DROP): 0.7}, lambda h: (set_p(h), h.group.update(lr=0.01))
    ),
}
RESUMED_ONLY: dict[str, tuple[Project, dict[Setting, Value]]] = {
    "more points": (net(), {Setting("n", data="points"): 170, Setting("lr"): 0.02}),
    "own points": (net(), {Setting("shape", data="points"): "own", Setting("points", data="points"): OWN}),
    "average": (net(), {Setting("ema_decay"): 0.9}),
    "average ends": (net(options={"ema_decay": 0.9}), {Setting("ema_decay"): None}),
    "frozen for epochs": (net(), {Setting("unfreeze_at", node=FIRST): 3}),
    "plateau": (net(**SGD, schedule="plateau"), {Setting("wait"): 0, Setting("lr"): 0.2}),
    "one cycle after a warm-up": (
        net(**SGD, options={"warmup": 1}),
        {Setting("schedule"): "one_cycle", Setting("epochs"): 5},
    ),
    "restarts, another batch": (
        net(**SGD, schedule="restarts", options={"first_cycle": 1}),
        {Setting("batch_size"): 10},
    ),
    "patience": (net(), {Setting("patience"): 1, Setting("min_delta"): 0.5}),
    "rate of one learner": (gan(epochs=EPOCHS), {Setting("lr", D): 0.1, Setting("weight_decay", G): 0.1}),
    "loss of a learner": (gan(epochs=EPOCHS), {Setting("weight", node="n11"): 3.0, Setting("batch_size"): 8}),
}


def project_of(case: Case) -> Project:
    return set_values(net(**case.recipe), case.before)


def state(model: RunModel) -> dict[str, list[float]]:
    weights = {name: tensor.flatten().tolist() for name, tensor in model.net.state_dict().items()}  # type: ignore[attr-defined]
    last = model.epochs[-1]
    return weights | {"means": [*last.train.values(), *last.validation.values(), *last.average.values()]}  # type: ignore[list-item]


@pytest.mark.few(5)
@pytest.mark.parametrize("name", CASES)
def test_a_changed_run_is_that_of_a_loop_in_torch_that_changes_the_same(name: str) -> None:
    case = CASES[name]
    model = train(project_of(case), {AT: case.values})
    hand = Hand(project_of(case))
    assert model.troubles == []
    assert model.steps["loss"].values.tolist() == hand.train(case.change, case.later)
    weights = dict(hand.hand.model.net.state_dict())
    for key, tensor in model.net.state_dict().items():  # type: ignore[attr-defined]
        assert torch.equal(tensor, weights[key]), key
    plain = train(project_of(case))
    assert state(plain) != state(model), "the change makes a difference"
    (changed,) = model.changes
    late = name in ("batch size", "gathered", "other points")
    assert changed.step == (10 if late else AT) and {one.setting: one.after for one in changed.changes} == case.values


ALL = {name: (project_of(case), case.values) for name, case in CASES.items()} | RESUMED_ONLY


@pytest.mark.few(10)
@pytest.mark.parametrize("name", ALL)
def test_changed_before_the_first_step_it_is_a_run_that_began_so(name: str) -> None:
    project, values = ALL[name]
    changed, begun = train(project, {0: values}), train(set_values(project, values))
    assert state(changed) == state(begun)
    assert {k: s.values.tolist() for k, s in changed.steps.items()} == {
        k: s.values.tolist() for k, s in begun.steps.items()
    }
    assert changed.lr.values.tolist() == begun.lr.values.tolist()


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ALL)
def test_stopped_or_killed_anywhere_a_changed_run_goes_on_to_the_bit(name: str, tmp_path: Path, thorough: bool) -> None:
    project, values = ALL[name]
    data = load(project.data)
    whole = train(project, {AT: values}, data=data)
    assert state(whole) != state(train(project, data=data)), "the change makes a difference"
    places = ((AT + 1, -1), (AT + 2, AT - 2), (11, 10), (AT - 2, -1), (10, -1), (12, -1), (12, AT))
    for stop, save in places if thorough else places[:3]:
        if save >= 0 and not whole.changes[-1].step <= stop:
            continue  # what was asked for and had not acted yet is in no record
        folder = create_run(project, tmp_path / f"{stop} {save}")
        first = train(project, {AT: values}, folder, stop_at=stop, save_at=save, data=data)
        rest = train(project, {AT: values} if stop < AT else {}, folder, resume=True, data=data)
        assert rest.troubles == [], (stop, save)
        assert rest.state == whole.state
        at = save if save >= 0 else stop
        for key, series in whole.steps.items():
            assert rest.steps[key].values.tolist() == series.values.tolist()[at:], (stop, save, key)
        assert state(rest) == state(whole), (stop, save)
        assert first.step == stop
        changed = [(c.step, c.changes) for c in read_changes(folder)]
        assert changed == [(c.step, c.changes) for c in whole.changes], (stop, save)


@pytest.mark.parametrize("optimizer", [{}, SGD])
def test_what_is_changed_and_changed_back_goes_on_to_the_bit(optimizer: dict[str, Any], tmp_path: Path) -> None:
    """Frozen and trained again, a rate of its own and the common one again: nothing of it is left when the run goes on."""
    project = net(**optimizer)
    there = {Setting("trainable", node="n5"): False, Setting("lr_factor", node=FIRST): 0.1, Setting("momentum"): 0.5}
    back = {Setting("trainable", node="n5"): True, Setting("lr_factor", node=FIRST): 1.0, Setting("momentum"): 0.9}
    there, back = ({s: v for s, v in values.items() if optimizer or s.name != "momentum"} for values in (there, back))
    whole = train(project, {AT: there, AT + 2: back})
    folder = create_run(project, tmp_path / "run")
    train(project, {AT: there, AT + 2: back}, folder, stop_at=12)
    rest = train(project, folder=folder, resume=True)
    assert rest.troubles == [] and state(rest) == state(whole)


def test_what_is_wanted_otherwise_at_a_resume_is_changed_then_and_the_rest_stays_in_force(tmp_path: Path) -> None:
    project = net()
    folder = create_run(project, tmp_path / "run")
    train(project, {3: {Setting("lr"): 0.01, Setting("p", node=DROP): 0.6}}, folder, stop_at=AT)
    asked = edits.set_recipe(project, lr=0.02, epochs=5)
    model = train(asked, folder=folder, resume=True)
    (changed,) = model.changes
    told = [describe_change(one) for one in changed.changes]
    assert (changed.step, told) == (AT, ["learning rate 0.01 → 0.02", "epochs 4 → 5"])
    assert model.planned_epochs == 5 and model.epochs[-1].epoch == 5
    assert model.net.get_submodule("dropout_2").p == 0.6  # type: ignore[attr-defined]


def test_what_cannot_be_changed_is_refused_in_words_and_the_run_goes_on() -> None:
    project, control = net(), Control()
    control.project = project
    for setting, value, words in (
        (Setting("lr"), math.nan, "lr is nan; a number is wanted, for example 0.001"),
        (Setting("lr"), -1.0, "lr is -1.0; it must be at least 0"),
        (Setting("clip_norm"), 0.0, "clip_norm is 0: then nothing is left"),
        (Setting("p", node=DROP), 2.0, "p is 2.0; it must be at most 1"),
        (Setting("p", node="n99"), 0.2, "the node is not in the network that is trained"),
        (Setting("out_features", node=FIRST), 3, "out_features of “linear_0” cannot be changed while a run goes on"),
        (Setting("optimizer"), "SGD", "optimizer cannot be changed while a run goes on"),
        (Setting("points", data="points"), "blue 1", "points: “1” is no point; wanted are two numbers with a comma"),
        (Setting("classes", data="points"), 3, "classes of the data cannot be changed while a run goes on"),
        (Setting("n", data="curve"), 30, "n of the data cannot be changed while a run goes on"),
        (Setting("lr", "somebody"), 0.1, "the recipe has no learner “somebody”"),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(words)}"):
            control.change({setting: value})
    control.project = gan()
    with pytest.raises(ValueError, match="lr is said by each learner; name one of them \\(discriminator, generator\\)"):
        control.change({Setting("lr"): 0.1})
    frozen = {Setting("trainable", node=node): False for node in (FIRST, "n5")}
    model = train(net(), {AT: frozen, AT + 1: {Setting("warmup"): 9}, AT + 2: {Setting("p", node=DROP): "2*half"}})
    assert [words.partition(": ")[0] for words in model.troubles] == [
        "the run goes on as before, for a change cannot be made"
    ] * 3
    assert "no node has weights that may change" in model.troubles[0] and "warmup takes 9" in model.troubles[1]
    assert state(model) == state(train(net())) and model.changes == []


def test_a_change_that_comes_too_late_says_so() -> None:
    control, told = Control(), list[events.Event]()
    from visualnet.training.loop.session import Session

    project = net()
    Session(project, load(project.data), told.append, control).run()
    with pytest.raises(ValueError, match="the run is over"):
        control.change({Setting("lr"): 0.1})
    model = train(project, {18: {Setting("batch_size"): 8}})
    assert model.troubles == ["the run ended before this could act: batch size 16 → 8"]


def test_a_plain_run_does_nothing_for_changes_between_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    from visualnet.training.loop.live_changes import LiveChanges
    from visualnet.training.loop.session import Session

    project, seen = net(epochs=40), list[int]()
    apply = LiveChanges.apply

    def count(self: LiveChanges, new_epoch: bool = False) -> None:
        seen.append(1)
        apply(self, new_epoch)

    monkeypatch.setattr(LiveChanges, "apply", count)
    monkeypatch.setattr("visualnet.training.loop.session.FLUSH_S", 1e9)
    Session(project, load(project.data), lambda _: None).run()
    assert len(seen) <= 2 * 40 + 2, "at the beginning, between two epochs, and where the loop looks up anyway"


def test_data_that_a_run_cannot_take_are_refused_in_words_and_it_goes_on_with_those_it_has(tmp_path: Path) -> None:
    own = Setting("points", data="points")
    none = {Setting("shape", data="points"): "own", own: ""}
    green = {**none, own: "blue 0,0 1,0; green 0.5,0.5"}
    folder = create_run(net(), tmp_path / "run")
    model = train(net(), {1: none, 6: green}, folder)
    assert [words.partition("made: ")[2].partition(":")[0] for words in model.troubles] == [
        "no point is set yet",
        "there are green points, and only the classes blue, orange",
    ]
    assert state(model) == state(train(net())) and model.changes == []


def test_who_judges_a_run_later_finds_the_data_that_it_learned_from_last(tmp_path: Path) -> None:
    folder = create_run(net(), tmp_path / "run")
    model = train(net(), {AT: ALL["own points"][1]}, folder)
    judged, preparation = evaluate(folder, "training"), read_preparation(folder)
    assert model.troubles == [] and preparation is not None
    assert judged.project.data.options["points"] == OWN and judged.size == 7
    assert preparation.mean["point"].tolist() != load(net().data).mean["point"].tolist()
    mean, batch = judged.loaded.mean["point"], judged.loaded.fetch(judged.loaded.train, ("point",))["point"]
    np.testing.assert_allclose(mean[0], batch.mean(0), atol=1e-6)
    assert [describe_change(one) for one in model.changes[0].changes][1] == "data: points changed"
