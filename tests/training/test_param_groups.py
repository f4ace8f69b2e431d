"""Weights with a rate, a decay or a beginning of their own: equal to the last bit with torch's parameter groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.by_hand import EACH, EPOCHS, ByHand, tiny
from tests.training.nets import chain
from tests.training.test_techniques import IN_TORCH, OPTIONS, WRITTEN, losses, project_with, train
from visualnet.analysis import infer
from visualnet.analysis.block_ports import ends
from visualnet.analysis.repair.search import repairs
from visualnet.compiling.module import compile_project
from visualnet.compiling.param_groups import param_groups
from visualnet.core import edits
from visualnet.core.edits import grouping
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel, create_run

FACTOR, DECAY = 0.1, 0.05


def said(project: Project, name: str, **training: Any) -> Project:
    return edits.set_training(project, MAIN, [project.graph.named(name).id], training)


def named(project: Project, role: str) -> str:
    """The name of the first or the last layer with weights."""
    linears = [node.name for node in project.graph if node.kind == "linear"]
    return linears[0 if role == "first" else -1]


@pytest.mark.few(5)
@pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle", "plateau"])
@pytest.mark.parametrize("optimizer", list(OPTIONS))
def test_groups_are_those_of_a_loop_in_torch(optimizer: str, schedule: str, tmp_path: Path) -> None:
    project = project_with(optimizer, schedule)
    project = said(project, named(project, "first"), lr_factor=FACTOR, weight_decay=DECAY)
    hand, options = ByHand(project), IN_TORCH[optimizer]
    first = len(hand.weights) // 2
    own = {"params": hand.weights[:first], "lr": options["lr"] * FACTOR, "weight_decay": DECAY}
    stepper = getattr(torch.optim, optimizer)([{"params": hand.weights[first:]}, own], **options)
    _, when, make = WRITTEN[schedule]
    scheduler = make(stepper, options["lr"])

    def follow() -> None:
        stepper.param_groups[1]["lr"] = stepper.param_groups[0]["lr"] * FACTOR

    follow()
    for _ in range(EPOCHS):
        for batch in hand.batches():
            loss = hand.loss(batch)
            loss.backward()
            stepper.step()
            stepper.zero_grad()
            hand.losses.append(loss.item())
            if when == "step" and len(hand.losses) < EACH * EPOCHS:
                scheduler.step()
                follow()
        if when == "value":
            scheduler.step(hand.validate())
            follow()
    assert losses(train(project)) == hand.losses
    folder = create_run(project, tmp_path / "run")
    train(project, folder, EACH + 2)
    assert losses(train(project, folder, resume=True)) == hand.losses[EACH + 2 :]


def test_every_optimizer_has_a_decay_that_a_node_can_say_otherwise() -> None:
    assert all("weight_decay" in kind.params for kind in OPTIMIZERS.values())


def test_a_node_is_frozen_for_its_first_epochs_and_then_trained(tmp_path: Path) -> None:
    project = tiny(lr=0.05)
    name = named(project, "first")
    project = said(project, name, unfreeze_at=2)
    hand = ByHand(project)
    stepper = torch.optim.Adam(hand.weights, lr=0.05, fused=True)
    for epoch in range(EPOCHS):
        for weight in hand.weights[:2]:
            weight.requires_grad_(epoch >= 2)
        for batch in hand.batches():
            loss = hand.loss(batch)
            loss.backward()
            stepper.step()
            stepper.zero_grad()
            hand.losses.append(loss.item())
    assert losses(train(project)) == hand.losses
    for stop_at in (3, EACH + 1, 2 * EACH + 1):  # while it is frozen, and once it is not
        folder = create_run(project, tmp_path / f"{stop_at}")
        train(project, folder, stop_at)
        assert losses(train(project, folder, resume=True)) == hand.losses[stop_at:]


@pytest.mark.parametrize("statistics", ["fixed", "updated"])
def test_statistics_rest_as_long_as_the_weights_unless_they_are_to_be_updated(statistics: str) -> None:
    rows: Any = [("linear", {"out_features": 8}), ("batch_norm1d", {}), ("relu", {}), ("linear", {"out_features": 2})]
    plain = tiny(epochs=2)
    project = chain(
        rows, plain.data, plain.recipe, ("input", {"field": "point", "size": (2,)}), ("target", {}), "cross_entropy"
    )
    norm = next(node for node in project.graph if node.kind == "batch_norm1d")
    project = edits.set_node(project, MAIN, [norm.id], statistics=statistics)
    project = said(project, norm.name, unfreeze_at=1)
    events: list[Any] = []
    session = Session(project, load(project.data), events.append, threads=1)
    loop = session._set_up(events.append)
    module = loop.network.net.get_submodule(norm.name)
    loop._train_epoch()
    assert module.training is (statistics == "updated")
    assert bool(module.num_batches_tracked) is (statistics == "updated")
    assert torch.equal(module.weight, torch.ones(8))
    loop._validate_epoch()
    loop._train_epoch()
    assert module.training
    assert bool(module.num_batches_tracked)
    assert not torch.equal(module.weight, torch.ones(8))


def test_a_block_says_it_for_all_inside_and_what_is_said_inside_counts_first() -> None:
    project = tiny()
    ids = [node.id for node in project.graph if node.kind in ("linear", "tanh")]
    project = said(project, named(project, "last"), weight_decay=0.25)
    project, instance = grouping.group(project, MAIN, ids, ends(), "Body")
    project = edits.set_training(project, MAIN, [instance], {"lr_factor": 0.5, "weight_decay": 0.125})
    wanted = [
        ({}, 0),
        ({"lr_factor": 0.5, "weight_decay": 0.125}, 2),
        ({"lr_factor": 0.5, "weight_decay": 0.25}, 2),
    ]
    assert [(dict(g.training), len(g.parameters)) for g in param_groups(compile_project(project))] == wanted
    twice = edits.set_node(project, MAIN, [instance], repeat=1)
    apart, _ = grouping.ungroup(twice, MAIN, [instance], ends())
    assert [(dict(g.training), len(g.parameters)) for g in param_groups(compile_project(apart))] == wanted


def test_shared_weights_are_trained_as_their_owner_says() -> None:
    rows: Any = [("linear", {"out_features": 2}), ("tanh", {}), ("linear", {"out_features": 2})]
    plain = tiny()
    project = chain(
        rows, plain.data, plain.recipe, ("input", {"field": "point", "size": (2,)}), ("target", {}), "cross_entropy"
    )
    owner, lender = (project.graph.named(named(project, role)) for role in ("first", "last"))
    project = edits.set_node(project, MAIN, [lender.id], shares=owner.id)
    project = said(said(project, owner.name, lr_factor=0.5), lender.name, lr_factor=3.0)
    groups = param_groups(compile_project(project))
    assert [(dict(group.training), len(group.parameters)) for group in groups] == [({}, 0), ({"lr_factor": 0.5}, 2)]


@pytest.mark.parametrize(
    ("training", "words"),
    [
        ({"unfreeze_at": 1}, "all weights are frozen in the first epoch"),
        ({"unfreeze_at": EPOCHS}, f"is frozen for {EPOCHS} epochs, and the run has {EPOCHS}"),
    ],
)
def test_a_run_in_which_nothing_is_trained_is_refused(training: dict[str, Any], words: str) -> None:
    project = tiny()
    names = [named(project, "first"), named(project, "last")]
    for name in names if training["unfreeze_at"] == 1 else names[:1]:
        project = said(project, name, **training)
    model = RunModel()
    Session(project, load(project.data), model.consume).run()
    assert model.failed is not None
    assert words in model.failed.words


def test_what_a_node_says_of_its_training_is_kept_in_the_file_and_held_against_its_declaration() -> None:
    project = said(tiny(), "linear_0", lr_factor=0.1, unfreeze_at="2 * 1", later="kept")
    assert project_file.loads(project_file.dumps(project)).graph == project.graph
    facts = infer(project).main.nodes[project.graph.named("linear_0").id]
    assert dict(facts.training) == {"lr_factor": 0.1, "unfreeze_at": 2}
    assert [(p.severity, p.at) for p in facts.problems] == [("warning", "training.later")]
    bad = infer(said(tiny(), "linear_0", lr_factor=-1, unfreeze_at=2))
    (problem,) = bad.errors()
    assert (problem.code, problem.at) == ("training", "training.lr_factor") and "at least 0" in problem.words
    found = repairs(bad.project, problem, bad, seconds=5)
    assert "Train “linear_0” without its own lr_factor" in [repair.words for repair in found]
    mended = found[0].edit(bad.project)
    assert not infer(mended).errors() and dict(mended.graph.named("linear_0").training) == {"unfreeze_at": 2}
