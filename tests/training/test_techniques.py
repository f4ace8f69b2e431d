"""Every optimizer, schedule and guard against a loop written in torch: equal to the last bit; and the same after a stop at any step."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.optim import lr_scheduler

from tests.training.by_hand import EACH, EPOCHS, ByHand, matrix, tiny
from tests.training.live import train as train_changed
from visualnet.analysis import infer
from visualnet.core.project import LearnerSpec, Project
from visualnet.data.loading import load
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.recipe.settings import find_problems
from visualnet.training.runs.curves import loss_curves
from visualnet.training.runs.run_model import RunModel, create_run

OPTIONS: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "Adagrad": {"lr": 0.1, "options": {"lr_decay": 0.01, "initial_accumulator_value": 0.1}},
    "Adadelta": {"lr": 1.0, "options": {"rho": 0.8}},
    "RMSprop": {"lr": 0.01, "momentum": 0.5, "options": {"centered": True, "alpha": 0.9}},
    "Adam": {"lr": 0.01, "options": {"amsgrad": True, "beta1": 0.8}},
    "AdamW": {"lr": 0.01, "weight_decay": 0.1},
    "NAdam": {"lr": 0.01, "options": {"momentum_decay": 0.01}},
    "RAdam": {"lr": 0.01, "options": {"beta2": 0.99}},
    "Adamax": {"lr": 0.01, "weight_decay": 0.01},
    "Muon": {"lr": 0.01, "momentum": 0.9, "nesterov": True},
}
IN_TORCH: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "fused": True},
    "Adagrad": {"lr": 0.1, "lr_decay": 0.01, "initial_accumulator_value": 0.1, "fused": True},
    "Adadelta": {"lr": 1.0, "rho": 0.8},
    "RMSprop": {"lr": 0.01, "momentum": 0.5, "centered": True, "alpha": 0.9},
    "Adam": {"lr": 0.01, "amsgrad": True, "betas": (0.8, 0.999), "fused": True},
    "AdamW": {"lr": 0.01, "weight_decay": 0.1, "fused": True},
    "NAdam": {"lr": 0.01, "momentum_decay": 0.01},
    "RAdam": {"lr": 0.01, "betas": (0.9, 0.99)},
    "Adamax": {"lr": 0.01, "weight_decay": 0.01},
    "Muon": {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.0},
}
"""The same, as one writes it in torch."""
Scheduler = Callable[[torch.optim.Optimizer, float], Any]
STEPS = EACH * EPOCHS


def drawn(step: int) -> float:
    """Half a cosine from point to point, then the last share."""
    at = step / EACH
    if at >= 3:
        return 0.5
    start, end, high, low = (0.0, 1.5, 1.0, 0.25) if at < 1.5 else (1.5, 3.0, 0.25, 0.5)
    return high + (low - high) * ((1 - math.cos(math.pi * ((at - start) / (end - start)))) / 2)


WRITTEN: dict[str, tuple[dict[str, Any], str, Scheduler]] = {
    "constant": ({}, "never", lambda o, lr: None),
    "step": ({"step_size": 2, "gamma": 0.5}, "epoch", lambda o, lr: lr_scheduler.StepLR(o, 2, 0.5)),
    "multistep": (
        {"milestones": (1, 2), "gamma": 0.3},
        "epoch",
        lambda o, lr: lr_scheduler.MultiStepLR(o, [1, 2], 0.3),
    ),
    "exponential": ({"gamma": 0.7}, "epoch", lambda o, lr: lr_scheduler.ExponentialLR(o, 0.7)),
    "polynomial": ({"power": 2.0}, "step", lambda o, lr: lr_scheduler.PolynomialLR(o, STEPS, 2.0)),
    "cosine": ({"lowest": 0.1}, "step", lambda o, lr: lr_scheduler.CosineAnnealingLR(o, STEPS, 0.1 * lr)),
    "restarts": (
        {"first_cycle": 1, "cycle_factor": 2},
        "step",
        lambda o, lr: lr_scheduler.CosineAnnealingWarmRestarts(o, EACH, 2),
    ),
    "one_cycle": (
        {"pct_start": 0.4},
        "step",
        lambda o, lr: lr_scheduler.OneCycleLR(o, lr, STEPS, pct_start=0.4, cycle_momentum=False),
    ),
    "drawn": (
        {"points": "0:1, 1.5:0.25, 3:0.5", "between": "smooth"},
        "step",
        lambda o, lr: lr_scheduler.LambdaLR(o, drawn),
    ),
    "plateau": (
        {"wait": 0, "factor": 0.5, "threshold": 0.2},
        "value",
        lambda o, lr: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0.2),
    ),
}


def project_with(optimizer: str, schedule: str = "constant", **options: Any) -> Project:
    fields = dict(OPTIONS[optimizer])
    fields["options"] = {**fields.get("options", {}), **WRITTEN[schedule][0], **options}
    make = matrix if OPTIMIZERS[optimizer].matrices else tiny
    return make(optimizer=optimizer, schedule=schedule, **fields)


def train(project: Project, folder: Path | None = None, stop_at: int = 0, resume: bool = False) -> RunModel:
    """The session's run; it ends after the step ``stop_at``."""
    model, control = RunModel("test", folder), Control()
    session = Session(project, load(project.data), model.consume, control, folder=folder, resume=resume, threads=1)
    if stop_at:
        # At every step the loop is made to look up, so that it can be stopped at any.
        loop = session._set_up(model.consume)
        take = loop.tally.take

        def stop(*row: Any) -> None:
            take(*row)
            if loop.state.step + 1 == stop_at:
                control.stop()

        loop.tally.take = stop  # type: ignore[method-assign]
        loop.run()
    else:
        session.run()
    assert model.failed is None, model.failed
    return model


def by_hand(project: Project, optimizer: str, schedule: str = "constant") -> ByHand:
    """As one writes it: a step, the schedule's step, at the end of an epoch the validation."""
    hand = ByHand(project)
    options = IN_TORCH[optimizer]
    stepper = getattr(torch.optim, optimizer)(hand.weights, **options)
    _, when, make = WRITTEN[schedule]
    scheduler = make(stepper, options["lr"])
    for _ in range(EPOCHS):
        for batch in hand.batches():
            stepper.zero_grad()
            loss = hand.loss(batch)
            loss.backward()
            hand.rates.append(stepper.param_groups[0]["lr"])
            stepper.step()
            hand.losses.append(loss.item())
            if when == "step" and len(hand.losses) < STEPS:
                scheduler.step()
        if when == "epoch":
            scheduler.step()
        elif when == "value":
            scheduler.step(hand.validate())
    return hand


def losses(model: RunModel) -> list[float]:
    return model.steps["loss"].values.tolist()


def test_every_technique_is_held_against_torch() -> None:
    assert OPTIONS.keys() == IN_TORCH.keys() == OPTIMIZERS.keys()
    assert WRITTEN.keys() == SCHEDULES.keys()


@pytest.mark.few(15)
@pytest.mark.parametrize("schedule", list(WRITTEN))
@pytest.mark.parametrize("optimizer", list(OPTIONS))
def test_twenty_steps_are_those_of_a_loop_in_torch(optimizer: str, schedule: str) -> None:
    project = project_with(optimizer, schedule)
    hand, model = by_hand(project, optimizer, schedule), train(project)
    assert len(hand.losses) == STEPS == 20
    assert losses(model) == hand.losses
    if schedule != "constant":
        assert model.lr.values.tolist() == hand.rates
        assert len(set(hand.rates)) > 1


@pytest.mark.few(2)
@pytest.mark.parametrize("schedule", list(WRITTEN))
@pytest.mark.parametrize("warm", [0, 1])
def test_stopped_at_any_step_it_goes_on_to_the_bit(schedule: str, warm: int, tmp_path: Path) -> None:
    project = project_with("RMSprop", schedule, warmup=warm)
    whole = train(project)
    for stop_at in (3, EACH, 2 * EACH + 1):
        folder = create_run(project, tmp_path / f"{stop_at}")
        assert len(losses(train(project, folder, stop_at))) == stop_at
        rest = train(project, folder, resume=True)
        if whole.started is not None and len(whole.lr) == STEPS:
            assert rest.lr.values.tolist() == whole.lr.values.tolist()[stop_at:]
        assert losses(rest) == losses(whole)[stop_at:]


@pytest.mark.parametrize("schedule", ["step", "cosine", "plateau"])
def test_a_warm_up_comes_before_any_schedule(schedule: str) -> None:
    """Written in torch: LinearLR after every step, and the schedule from the rate in full on."""
    project = project_with("SGD", schedule, warmup=1, warmup_from=0.2)
    hand = ByHand(project)
    stepper = torch.optim.SGD(hand.weights, **IN_TORCH["SGD"])
    warm = lr_scheduler.LinearLR(stepper, 0.2, total_iters=EACH)
    main: Any = None
    for epoch in range(EPOCHS):
        for batch in hand.batches():
            stepper.zero_grad()
            loss = hand.loss(batch)
            loss.backward()
            hand.rates.append(stepper.param_groups[0]["lr"])
            stepper.step()
            hand.losses.append(loss.item())
            if len(hand.losses) < EACH:
                warm.step()
            elif schedule == "cosine" and EACH < len(hand.losses) < STEPS:
                main.step()
            if len(hand.losses) == EACH:
                stepper.param_groups[0]["lr"] = 0.1
                main = {
                    "step": lambda: lr_scheduler.StepLR(stepper, 2, 0.5),
                    "cosine": lambda: lr_scheduler.CosineAnnealingLR(stepper, STEPS - EACH, 0.1 * 0.1),
                    "plateau": lambda: WRITTEN["plateau"][2](stepper, 0.1),
                }[schedule]()
        if schedule == "step" and epoch:
            main.step()
        elif schedule == "plateau" and epoch:
            main.step(hand.validate())
    model = train(project)
    assert model.lr.values.tolist() == hand.rates
    assert losses(model) == hand.losses


CLIPS: dict[str, tuple[dict[str, Any], Callable[[list[nn.Parameter]], object]]] = {
    "l1": ({"l1": 0.01}, lambda weights: None),
    "clip_norm": ({"clip_norm": 0.1}, lambda weights: nn.utils.clip_grad_norm_(weights, 0.1)),
    "clip_value": ({"clip_value": 0.02}, lambda weights: nn.utils.clip_grad_value_(weights, 0.02)),
    "accumulate": ({"accumulate": 3}, lambda weights: None),
}


@pytest.mark.few(4)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("guard", list(CLIPS))
def test_a_guarded_run_is_that_of_a_loop_in_torch(guard: str, optimizer: str, tmp_path: Path) -> None:
    options, clip = CLIPS[guard]
    gather = options.get("accumulate", 1)
    project = project_with(optimizer, "polynomial", **options)
    hand = ByHand(project)
    stepper = getattr(torch.optim, optimizer)(hand.weights, **IN_TORCH[optimizer])
    steps = EPOCHS * -(-EACH // gather)
    scheduler = lr_scheduler.PolynomialLR(stepper, steps, 2.0)
    done = clipped = 0
    for _ in range(EPOCHS):
        for at, batch in enumerate(hand.batches()):
            loss = hand.loss(batch)
            hand.losses.append(loss.item())
            penalty = sum(w.abs().sum() for w in hand.weights) * options["l1"] if guard == "l1" else 0.0
            ((loss + penalty) / gather).backward()
            if (at + 1) % gather and at + 1 < EACH:
                continue
            before = [w.grad.clone() for w in hand.weights if w.grad is not None]
            clip(hand.weights)
            clipped += any(not torch.equal(w.grad, b) for w, b in zip(hand.weights, before, strict=True))
            stepper.step()
            stepper.zero_grad()
            done += 1
            if done < steps:
                scheduler.step()
    whole = train(project)
    assert losses(whole) == hand.losses
    assert whole.clipped == clipped
    assert bool(clipped) == guard.startswith("clip")
    for stop_at in (2, EACH + 1):
        folder = create_run(project, tmp_path / f"{stop_at}")
        train(project, folder, stop_at)
        assert losses(train(project, folder, resume=True)) == hand.losses[stop_at:]


def test_the_guards_that_change_gradients_are_all_held_against_torch() -> None:
    assert CLIPS.keys() == GUARDS.keys() - {"early stopping", "average", "label smoothing"}


@pytest.mark.parametrize("own", [None, 0.0, 0.3])
def test_label_smoothing_is_for_each_cross_entropy_that_says_none_of_its_own(own: float | None, tmp_path: Path) -> None:
    project = tiny(optimizer="SGD", lr=0.1, options={"label_smoothing": 0.1})
    loss = next(node for node in project.graph if node.kind == "cross_entropy")
    if own is not None:
        nodes = {**project.graph.nodes, loss.id: msgspec.structs.replace(loss, params={"label_smoothing": own})}
        project = project.with_sheet("", msgspec.structs.replace(project.graph, nodes=nodes))
    hand = ByHand(project)
    stepper = torch.optim.SGD(hand.weights, lr=0.1, fused=False)
    for _ in range(EPOCHS):
        for batch in hand.batches():
            point, label = (batch[hand.model.fields.index(field)] for field in ("point", "label"))
            smoothing = 0.1 if own is None else own
            loss_now = nn.functional.cross_entropy(hand.model.net(point), label, label_smoothing=smoothing)
            hand.losses.append(loss_now.item())
            loss_now.backward()
            stepper.step()
            stepper.zero_grad()
    assert losses(train(project)) == hand.losses
    unused = [p.words for p in infer(project).problems if p.code == "unused-setting"]
    assert bool(unused) == (own is not None)
    wrong = find_problems(tiny(options={"label_smoothing": 1.5}).recipe)
    assert "label_smoothing" in wrong and "1" in wrong["label_smoothing"]
    learner = tiny(options={"label_smoothing": 0.1}).recipe
    one = msgspec.structs.replace(learner, learners=(LearnerSpec(name="a", options={"label_smoothing": 0.2}),))
    assert "is about the whole run" in find_problems(one)["a.label_smoothing"]


def test_a_rate_that_is_set_while_it_runs_scales_the_rest_of_its_schedule() -> None:
    project = project_with("SGD", "cosine")
    whole = train(project).lr.values
    model = train_changed(project, {7: {Setting("lr"): 0.2}})
    rates = model.lr.values.tolist()
    assert rates[:7] == whole.tolist()[:7]
    assert rates[7:] == pytest.approx((2 * whole[7:]).tolist(), rel=1e-12)


def test_a_longer_run_goes_on_along_the_longer_schedule(tmp_path: Path) -> None:
    project = project_with("SGD", "cosine", lowest=0.0)
    folder = create_run(project, tmp_path / "run")
    train(project, folder)
    recipe = msgspec.structs.replace(project.recipe, epochs=2 * EPOCHS)
    longer = train(msgspec.structs.replace(project, recipe=recipe), folder, resume=True)
    assert len(longer.lr) == STEPS
    assert longer.lr.values[0] == pytest.approx(0.05, rel=0.2)
    assert longer.lr.values[-1] < 0.002


def test_an_optimizer_for_matrices_says_what_it_cannot_train() -> None:
    model = RunModel()
    project = tiny(optimizer="Muon", lr=0.01)
    Session(project, load(project.data), model.consume).run()
    assert model.failed is not None
    assert "trains matrices only, and 2 of 4 weights are none (8, 2): choose AdamW" in model.failed.words


@pytest.mark.parametrize(("least", "epochs"), [(0.0, 4), (1e9, 3)])
def test_a_run_that_gains_nothing_more_ends_with_its_best_weights(least: float, epochs: int, tmp_path: Path) -> None:
    """With a rate that is far too large the first epoch, or the second, stays the best."""
    project = project_with("SGD", patience=2, min_delta=least)
    recipe = msgspec.structs.replace(project.recipe, epochs=30, lr=3.0 if least == 0 else 0.1)
    project = msgspec.structs.replace(project, recipe=recipe)
    model = RunModel("test", tmp_path)
    session = Session(project, load(project.data), model.consume, threads=1)
    assert session.run() == "done"
    values = model.validation["loss"].values.tolist()
    if least:
        assert len(values) == epochs
    else:
        best = values.index(min(values))
        assert len(values) == best + 3 < 30
        assert session.model is not None
        hand = ByHand(project)
        hand.model = session.model
        assert hand.validate() == pytest.approx(min(values), rel=1e-6)
    assert model.finished is not None and model.finished.early
    folder = create_run(project, tmp_path / "run")
    train(project, folder, stop_at=EACH + 2)
    rest = train(project, folder, resume=True)
    assert rest.validation["loss"].values.tolist() == values[1:]


def test_the_average_of_the_weights_is_that_of_torch_and_is_validated_and_kept(tmp_path: Path) -> None:
    project = project_with("Adam", ema_decay=0.8)
    hand = ByHand(project)
    stepper = torch.optim.Adam(hand.weights, **IN_TORCH["Adam"])
    follow = torch.optim.swa_utils.get_ema_multi_avg_fn(0.8)
    copies: list[torch.Tensor] = []
    validated = []
    for _ in range(EPOCHS):
        for batch in hand.batches():
            stepper.zero_grad()
            loss = hand.loss(batch)
            loss.backward()
            stepper.step()
            hand.losses.append(loss.item())
            if copies:
                follow(copies, [w.detach() for w in hand.weights], None)
            else:
                copies = [w.detach().clone() for w in hand.weights]
        own = [w.detach().clone() for w in hand.weights]
        for weight, copy in zip(hand.weights, copies, strict=True):
            weight.data.copy_(copy)
        validated.append(hand.validate())
        for weight, copy in zip(hand.weights, own, strict=True):
            weight.data.copy_(copy)
    folder = create_run(project, tmp_path / "whole")
    whole = train(project, folder)
    assert losses(whole) == hand.losses
    assert whole.average["loss"].values.tolist() == validated
    assert whole.validation["loss"].values.tolist() != validated
    kept = load_file(folder / "average.safetensors")
    assert all(any(torch.equal(copy, tensor) for tensor in kept.values()) for copy in copies)
    assert [curve.name for curve in loss_curves(whole)] == ["training", "validation", "average"]
    folder = create_run(project, tmp_path / "stopped")
    train(project, folder, stop_at=EACH + 2)
    rest = train(project, folder, resume=True)
    assert losses(rest) == hand.losses[EACH + 2 :]
    assert rest.average["loss"].values.tolist() == validated[1:]
