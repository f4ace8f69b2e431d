"""The network is changed in the middle of a run: what did not change goes on to the bit, and going back brings all the rest back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec.structs import replace
from safetensors.torch import load_file

from tests.training.by_hand import EACH, EPOCHS, ByHand
from tests.training.gan import D, G, gan
from tests.training.nets import chain, small
from tests.training.test_techniques import IN_TORCH, OPTIONS
from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.edits import learners
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.training import checkpoints, devices
from visualnet.training.control import Control
from visualnet.training.loop.checkpointer import Checkpointer
from visualnet.training.loop.network import change as network_change
from visualnet.training.loop.network.earlier_weights import WeightStore
from visualnet.training.loop.session import Session, TrainingLoop
from visualnet.training.loop.sinks import EventLog, combine
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.recipe.settings import options_of_run
from visualnet.training.runs.run_model import RunModel, create_run, read_run

AT = 7
"""The step after which the network is changed: in the second epoch."""


class Killed(BaseException):
    """The process ends here."""


class Script(Control):
    """Looks up after each step, and gives the loop other drawings at chosen ones; all but the last of them one after the other at once."""

    urgent = property(lambda self: True, lambda self, value: None)  # type: ignore[assignment]

    def __init__(
        self, drawings: Mapping[int, Sequence[Project]], stop_at: int = 0, rates: Mapping[int, float] | None = None
    ) -> None:
        super().__init__()
        self.drawings, self.stop_at, self.rates = dict(drawings), stop_at, dict(rates or {})
        self.loop: TrainingLoop | None = None

    def take_changes(self) -> dict[Setting, Value]:
        assert self.loop is not None
        rate = self.rates.pop(self.loop.state.step, None)
        return super().take_changes() | ({} if rate is None else {Setting("lr"): rate})

    def take_drawing(self) -> Project | None:
        assert self.loop is not None
        if self.loop.state.step == self.stop_at:
            self.stop()
            return None
        found = self.drawings.pop(self.loop.state.step, ())
        for drawing in found[:-1]:
            self.loop.change_network(drawing)
        return found[-1] if found else None


def train(
    project: Project,
    drawings: Mapping[int, Sequence[Project]] = {},
    *,
    folder: Path | None = None,
    stop_at: int = 0,
    resume: bool = False,
    rates: Mapping[int, float] | None = None,
) -> tuple[RunModel, TrainingLoop]:
    """A run in which the network is changed after these steps."""
    model, script = RunModel("test", folder), Script(drawings, stop_at, rates)
    log = EventLog(folder / "events.jsonl", model.consume) if folder is not None else None
    emit = combine(log, model.consume) if log is not None else model.consume
    session = Session(project, load(project.data), emit, script, folder=folder, resume=resume, threads=1)
    script.loop = loop = session.set_up()
    try:
        loop.run()
    finally:
        if log is not None:
            log.close()
    return model, loop


def losses(model: RunModel) -> list[float]:
    return model.steps["loss"].values.tolist()


def weights(loop: TrainingLoop) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in checkpoints.weights(loop.network.net).items()}


def same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def three(optimizer: str = "SGD", **recipe: Any) -> Project:
    """2 → 8 → 6 → 2 on 100 points, without biases for an optimizer that trains matrices only."""
    bias = {"bias": False} if OPTIMIZERS[optimizer].matrices else {}
    rows = [("linear", {"out_features": width, **bias}) for width in (8, 6, 2)]
    rows = [rows[0], ("tanh", {}), rows[1], ("tanh", {}), rows[2]]
    told = {"epochs": EPOCHS, "batch_size": 16, "device": "cpu", "optimizer": optimizer, **OPTIONS[optimizer]}
    told["options"] = {**told.get("options", {}), **recipe.pop("options", {})}
    source = ("input", {"field": "point", "size": (2,)})
    data = DataChoice(name="points", options={"n": 100})
    return chain(rows, data, Recipe(**{**told, **recipe}), source, ("target", {}), "cross_entropy", "accuracy")


def wider(project: Project, width: int = 5) -> Project:
    """The middle layer gives another number of values: it and the last one begin anew, the first stays."""
    return edits.set_params(project, MAIN, [project.graph.named("linear_2").id], {"out_features": width})


def by_hand(project: Project, changed: Project, optimizer: str) -> ByHand:
    """As one writes it in torch: after the step ``AT`` a new network, with what the optimizer knows of the layers that stay."""
    hand = ByHand(project)
    make = getattr(torch.optim, optimizer)
    stepper = make(hand.weights, **IN_TORCH[optimizer])
    for _ in range(EPOCHS):
        for batch in hand.batches():
            if len(hand.losses) == AT:
                old = dict(hand.model.net.named_parameters())
                hand.model = compile_project(changed, infer(changed, None, hand.data.fields), seed=changed.recipe.seed)
                fresh = make(hand.model.net.parameters(), **IN_TORCH[optimizer])
                for name, parameter in hand.model.net.named_parameters():
                    if name.startswith("linear_0"):
                        parameter.data.copy_(old[name].data)
                        fresh.state[parameter] = stepper.state[old[name]]
                    elif optimizer == "SGD":  # torch's fused kernel wants a momentum of every weight
                        fresh.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
                stepper = fresh
            stepper.zero_grad()
            loss = hand.loss(batch)
            loss.backward()
            stepper.step()
            hand.losses.append(loss.item())
    return hand


@pytest.mark.few(5)
@pytest.mark.parametrize("optimizer", OPTIONS)
def test_what_stays_goes_on_and_the_rest_is_drawn_anew_as_in_a_loop_in_torch(optimizer: str) -> None:
    project = three(optimizer)
    changed = wider(project)
    hand = by_hand(project, changed, optimizer)
    model, loop = train(project, {AT: [changed]})
    assert losses(model) == hand.losses and len(hand.losses) == EPOCHS * EACH
    assert same(weights(loop), checkpoints.weights(hand.model.net))
    (change,) = model.networks
    assert (change.step, change.number, change.kept) == (AT, 1, ("linear_0",))
    assert change.anew == {
        "linear_2": "its weight was 6×8, and is 5×8",
        "linear_4": "its weight was 2×6, and is 2×5",
    }
    assert change.words == "linear_2 and linear_4 begin anew; 1 other layer keeps what it learned"


OTHER_RECIPES: dict[str, dict[str, Any]] = {
    "cosine": {"schedule": "cosine"},
    "one cycle": {"schedule": "one_cycle"},
    "plateau": {"schedule": "plateau", "options": {"wait": 0}},
    "averaged": {"options": {"ema_decay": 0.9}},
    "gathered": {"options": {"accumulate": 3}},
    "warm-up": {"schedule": "exponential", "options": {"warmup": 1}},
}


@pytest.mark.few(6)
@pytest.mark.parametrize("pair", [(c, o) for c in OTHER_RECIPES for o in ("SGD", "AdamW", "Muon")], ids="-".join)
def test_there_and_back_is_as_if_nothing_had_been(pair: tuple[str, str]) -> None:
    case, optimizer = pair
    project = three(optimizer, **OTHER_RECIPES[case])
    whole, ended = train(project)
    model, loop = train(project, {AT: [wider(project), project]})
    assert losses(model) == losses(whole)
    assert model.lr.values.tolist() == whole.lr.values.tolist()
    assert same(weights(loop), weights(ended))
    assert [e.average for e in model.epochs] == [e.average for e in whole.epochs]
    assert [change.back for change in model.networks] == [{}, {"linear_2": AT, "linear_4": AT}]


def test_the_loss_scale_of_fp16_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_has_fp16", lambda: True)
    project = three("Adam", options={"precision": "fp16", "init_scale": 2.0**30, "growth_interval": 3})
    whole, ended = train(project)
    model, loop = train(project, {AT: [wider(project), project]})
    assert whole.skipped and losses(model) == losses(whole) and same(weights(loop), weights(ended))


def _states(run: Any) -> dict[str, torch.Tensor]:
    """Weights and all that the optimizer knows of them, by the weight's name."""
    learner, found = run.parts.learners.first, {}
    for name, parameter in run.parts.model.net.named_parameters():
        found[name] = parameter.detach().clone()
        found |= {f"{name} {k}": v.clone() for k, v in learner.optimizer.state.get(parameter, {}).items()}
    return found


def test_weights_that_went_come_back_as_they_were_when_they_went(monkeypatch: pytest.MonkeyPatch) -> None:
    project, seen = three("Adam"), []
    change = network_change.change_network

    def note(run: Any, drawing: Project) -> Any:
        seen.append(_states(run))
        event = change(run, drawing)
        seen.append(_states(run))
        return event

    monkeypatch.setattr(network_change, "change_network", note)
    model, _ = train(project, {AT: [wider(project)], AT + 4: [project]})
    went, _, later, came = seen
    first = {name for name in went if name.startswith("linear_0")}
    assert same({n: came[n] for n in went if n not in first}, {n: went[n] for n in went if n not in first})
    assert same({n: came[n] for n in first}, {n: later[n] for n in first}) and not same(later, went)
    assert (
        model.networks[1].words
        == f"linear_2 and linear_4 get back their weights from step {AT}; 1 other layer keeps what it learned"
    )


def test_a_change_that_moves_no_weights_keeps_all_of_them() -> None:
    project = small(dropout=0.3, epochs=1)
    other = edits.set_node(project, MAIN, [project.graph.named("relu_2").id], mode="mute")
    model, loop = train(project, {AT: [other]})
    (change,) = model.networks
    assert (change.kept, change.anew, change.gone) == (("linear_1", "linear_4"), {}, ())
    assert change.words == "all 2 layers keep what they learned"
    assert losses(model)[:AT] == losses(train(project)[0])[:AT]
    assert losses(model)[AT:] != losses(train(project)[0])[AT:]
    assert loop.project.graph.named("relu_2").mode == "mute"


def test_losses_and_metrics_end_and_begin_with_their_nodes() -> None:
    project = three()
    less = edits.remove(project, MAIN, [project.graph.named("score").id])
    model, _ = train(project, {AT: [less], AT + 6: [project]})
    assert model.steps["score"].steps.tolist() == [*range(1, AT + 1), *range(AT + 7, EPOCHS * EACH + 1)]
    assert len(losses(model)) == EPOCHS * EACH
    assert [("score" in epoch.train) for epoch in model.epochs] == [True, False, True, True]


# --- resuming ------------------------------------------------------------------------------------------------------


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "recipe", [{}, {"schedule": "cosine", "options": {"ema_decay": 0.9, "accumulate": 2}}], ids=str
)
def test_a_run_that_was_changed_is_resumed_to_the_bit(recipe: dict[str, Any], tmp_path: Path) -> None:
    project = three("AdamW", **recipe)
    changed = wider(project)
    whole, ended = train(project, {AT: [changed], AT + 6: [project]})
    for stop_at in (AT - 1, AT + 2, AT + 5, AT + 8):
        folder = create_run(project, tmp_path / f"{stop_at}")
        train(project, {AT: [changed], AT + 6: [project]}, folder=folder, stop_at=stop_at)
        drawing = changed if AT < stop_at <= AT + 6 else project
        begun = project_file.load(folder / "project.vnet")
        assert begun.graph.nodes == drawing.graph.nodes, "the run's project is the one that is trained"
        again, loop = train(drawing, {AT: [changed], AT + 6: [project]}, folder=folder, resume=True)
        assert not again.troubles
        assert losses(again) == losses(whole)[stop_at:]
        assert same(weights(loop), weights(ended))
        assert same(load_file(folder / "last" / "weights.safetensors"), weights(ended))
        told = read_run(folder)
        assert [(c.step, c.number) for c in told.networks] == [(AT, 1), (AT + 6, 2)]
        assert losses(told) == losses(whole)


def test_settings_that_are_changed_beside_the_network_are_resumed_to_the_bit(tmp_path: Path) -> None:
    project = three("AdamW", schedule="cosine")
    changed = wider(project)
    drawings, rates = {AT: [changed], AT + 6: [project]}, {AT - 3: 0.05, AT + 2: 0.02, AT + 8: 0.01}
    whole, ended = train(project, drawings, rates=rates)
    assert losses(whole) != losses(train(project, drawings)[0]) and len(whole.changes) == 3
    for stop_at in (AT - 1, AT + 1, AT + 4, AT + 7, AT + 10):
        folder = create_run(project, tmp_path / f"{stop_at}")
        train(project, drawings, folder=folder, stop_at=stop_at, rates=rates)
        drawing = changed if AT < stop_at <= AT + 6 else project
        late = {at: rate for at, rate in rates.items() if at > stop_at}
        again, loop = train(
            drawing, {at: d for at, d in drawings.items() if at > stop_at}, folder=folder, resume=True, rates=late
        )
        assert losses(again) == losses(whole)[stop_at:] and same(weights(loop), weights(ended)), stop_at


def _kill_before(patch: pytest.MonkeyPatch, owner: Any, name: str, times: int = 1) -> None:
    done = getattr(owner, name)
    left = [times]

    def kill(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return done(*given, **named)

    patch.setattr(owner, name, kill)


MOMENTS: dict[str, tuple[Any, str, int]] = {
    "before anything is written": (network_change, "_write", 1),
    "between the networks": (network_change, "_write_network", 2),
    "before the checkpoint": (Checkpointer, "save", 2),
    "before the best weights are put away": (network_change, "set_best_aside", 1),
    "before the project is written": (network_change, "_save_project", 1),
}


@pytest.mark.few(2)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_that_is_killed_while_it_is_changed_goes_on_as_if_it_had_not_been(moment: str, tmp_path: Path) -> None:
    project = three("Adam")
    changed = wider(project)
    whole, ended = train(project, {AT: [changed]})
    folder = create_run(project, tmp_path / "run")
    with pytest.MonkeyPatch.context() as patch:
        _kill_before(patch, *MOMENTS[moment])
        with pytest.raises(Killed):
            train(project, {AT: [changed]}, folder=folder)
    again, loop = train(changed, folder=folder, resume=True)
    assert not again.troubles and losses(again) == losses(whole)[AT:]
    assert same(weights(loop), weights(ended))
    assert [c.step for c in read_run(folder).networks] == [AT]
    assert (folder / "network-0" / "best.safetensors").is_file(), "what was best before is kept beside its network"
    checkpoints.load_weights(folder / "best.safetensors", loop.network.net)


def test_a_checkpoint_from_before_the_change_is_of_its_own_network(tmp_path: Path) -> None:
    project = three("Adam")
    changed = wider(project)
    whole, _ = train(project, {AT: [changed]})
    folder = create_run(project, tmp_path / "run")
    train(project, {AT: [changed]}, folder=folder, stop_at=AT + 1)
    shutil.rmtree(folder / "before-last")
    train(project, {}, folder=create_run(project, tmp_path / "old"), stop_at=AT)
    shutil.copytree(tmp_path / "old" / "last", folder / "before-last")
    (folder / "last" / "state.json").write_text("torn")
    again, _ = train(changed, folder=folder, resume=True)
    assert "goes on from the one before, at step 7" in again.troubles[0]
    assert losses(again) == losses(whole)[AT:]


def test_what_was_learned_before_is_had_back_after_a_stop_too(tmp_path: Path) -> None:
    project = three("Adam")
    whole, ended = train(project, {AT: [wider(project)], AT + 6: [project]})
    folder = create_run(project, tmp_path / "run")
    train(project, {AT: [wider(project)]}, folder=folder, stop_at=AT + 6)
    again, loop = train(project, folder=folder, resume=True)
    assert again.networks[-1].back == {"linear_2": AT, "linear_4": AT}
    assert losses(again) == losses(whole)[AT + 6 :] and same(weights(loop), weights(ended))
    (folder / "network-1" / "earlier.safetensors").write_bytes(b"torn")
    store = WeightStore()
    (words,) = store.read({1: folder / "network-1"})
    assert "cannot be had back" in words and not store.index()


def test_only_so_much_is_kept_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visualnet.training.loop.network.earlier_weights.MOST_NODES", 2)
    project = three()
    folder = create_run(project, tmp_path / "run")
    model, _ = train(project, {AT: [wider(project)], AT + 1: [wider(project, 4)], AT + 2: [project]}, folder=folder)
    assert [len(change.earlier) for change in model.networks] == [2, 2, 2]
    assert model.networks[-1].back == {} and list(model.networks[-1].anew) == ["linear_2", "linear_4"]
    assert [(folder / f"network-{n}" / "earlier.safetensors").exists() for n in (1, 2, 3)] == [False, False, True]


# --- learners that play against each other --------------------------------------------------------------------------


def _wider_generator(project: Project) -> Project:
    node = project.blocks["Generator"].graph.named("g1").id
    return edits.set_params(project, "Generator", [node], {"out_features": 5})


@pytest.mark.parametrize(
    "case", [{}, {"g": {"steps": 2, "options": {"ema_decay": 0.9}}, "d": {"optimizer": "Adam"}}], ids=str
)
def test_of_two_learners_the_untouched_one_goes_on(case: dict[str, Any], tmp_path: Path) -> None:
    project = gan(**case)
    changed = _wider_generator(project)
    before: dict[str, Any] = {}
    take = network_change.change_network

    def note(run: Any, drawing: Project) -> Any:
        def state() -> dict[str, torch.Tensor]:
            learner = run.parts.learners.by_name[D]
            found = {f"weight.{i}": p.detach().clone() for i, p in enumerate(learner.parameters)}
            for i, parameter in enumerate(learner.parameters):
                found |= {f"{i}.{k}": v.clone() for k, v in learner.optimizer.state.get(parameter, {}).items()}
            return found

        was = state()
        event = take(run, drawing)
        before["same"] = same(was, state())
        return event

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_change, "change_network", note)
        model, ended = train(project, {AT: [changed]})
    assert before == {"same": True}
    assert set(model.networks[0].anew) == {"make › g1", "make › g2"} and set(model.networks[0].kept) == {"d1", "d2"}
    whole, _ = train(project)
    there, _ = train(project, {AT: [changed, project]})
    assert {n: s.values.tolist() for n, s in there.steps.items()} == {
        n: s.values.tolist() for n, s in whole.steps.items()
    }
    folder = create_run(project, tmp_path / "run")
    train(project, {AT: [changed]}, folder=folder, stop_at=AT + 3)
    again, loop = train(changed, folder=folder, resume=True)
    assert losses(again) == losses(model)[AT + 3 :] and same(weights(loop), weights(ended))


# --- refused --------------------------------------------------------------------------------------------------------


def _other_data(project: Project) -> Project:
    return replace(project, data=replace(project.data, normalise=False))


def _no_loss(project: Project) -> Project:
    return edits.remove(project, MAIN, [project.graph.named("cost").id])


def _cut(project: Project) -> Project:
    return edits.disconnect(project, MAIN, next(t for t in project.graph.wires if t.node == "n4"))


def _all_other(project: Project) -> Project:
    return edits.set_params(project, MAIN, [n.id for n in project.graph if n.kind == "linear"], {"bias": False})


REFUSED: dict[str, tuple[Callable[[Project], Project], str]] = {
    "other data": (_other_data, "other data need a new training"),
    "another learner": (lambda p: learners.add_learner(p, G, of_run=options_of_run()), "cannot gain or lose a learner"),
    "no loss": (_no_loss, "no loss"),
    "an error": (_cut, "nothing is connected"),
    "nothing of it left": (_all_other, "that is a new training"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_over_is_refused_and_nothing_is_lost(case: str, tmp_path: Path) -> None:
    edit, words = REFUSED[case]
    project = three("Adam", options={"ema_decay": 0.9})
    folder = create_run(project, tmp_path / "run")
    model, loop = train(project, {AT: [edit(project)]}, folder=folder)
    whole, ended = train(project)
    (trouble,) = model.troubles
    assert trouble.startswith("the network stays as it was: ") and words in trouble
    assert losses(model) == losses(whole) and same(weights(loop), weights(ended))
    assert not model.networks and not list(folder.glob("network-*"))


def test_a_full_disk_refuses_the_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(network_change, "write_nodes", full)
    project = three()
    model, loop = train(project, {AT: [wider(project)]}, folder=create_run(project, tmp_path / "run"))
    assert "cannot be kept" in model.troubles[0] and not model.networks
    assert losses(model) == losses(train(project)[0]) and loop.state.network == 0
