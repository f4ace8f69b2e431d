"""Every template trains on data that comes with the program, itself or as a small version that is the same drawing."""

from __future__ import annotations

import math
from functools import lru_cache

import pytest
from msgspec.structs import replace

from visualnet.analysis import infer
from visualnet.analysis.inference.graph_checks import classes as classes_of
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.data.registry import DATASETS, fields
from visualnet.resources import resource
from visualnet.templates.index import template_list
from visualnet.training.control import Control
from visualnet.training.events import Event
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel

ALL = {template.name: template for template in template_list()}
SMALL = [name for name, template in ALL.items() if template.of]
TRAINING = [name for name, template in ALL.items() if template.trains]
STEPS, MOST_STEPS = 14, 60
"""So many steps of the heavy ones at least, and at most: a deep network without normalization, whose logits begin small, thinks a while."""
LIGHT = 1_000_000
"""So few multiplications leave time for a whole epoch."""


@lru_cache(maxsize=8)
def opened(name: str) -> Project:
    return project_file.load(resource("templates", f"{name}.vnet"))


# --- which there are ---------------------------------------------------------------------------------------------------------------


def test_every_template_trains_itself_or_has_a_small_version() -> None:
    for template in ALL.values():
        if template.of:
            assert ALL[template.of].small == template.name
        else:
            assert ALL[template.small].trains
            assert template.small in (template.name, f"{template.name}-small")
    assert len(SMALL) >= 36


def test_one_that_trains_as_it_is_has_no_second_drawing() -> None:
    itself = [name for name, template in ALL.items() if template.small == name]
    assert {"lenet5", "lenet5-32", "perceptron", "autoencoder", "vae"} <= set(itself)
    assert not {f"{name}-small" for name in itself} & set(ALL)


@pytest.mark.parametrize("name", SMALL)
def test_it_is_the_same_drawing_with_smaller_numbers(name: str) -> None:
    small, large = opened(name), opened(ALL[name].of)
    assert [(n.id, n.name, n.kind, n.shares) for n in small.graph] == [
        (n.id, n.name, n.kind, n.shares) for n in large.graph
    ]
    assert small.graph.wires == large.graph.wires
    assert small.graph.places == large.graph.places
    assert small.blocks.keys() == large.blocks.keys()
    for block, own in small.blocks.items():
        # Inside the blocks only how weights begin may differ.
        assert [(n.id, n.kind, n.params) for n in own.graph] == [
            (n.id, n.kind, n.params) for n in large.blocks[block].graph
        ]
        assert own.graph.wires == large.blocks[block].graph.wires
    assert infer(small).main.parameters <= infer(large).main.parameters
    assert ALL[name].page == ALL[ALL[name].of].page


@pytest.mark.parametrize("name", TRAINING)
def test_it_opens_without_any_problem_on_its_data(name: str) -> None:
    project = opened(name)
    assert project.data.name in DATASETS
    told = infer(project, fields=fields(project.data)).problems
    assert [p.words for p in told] == []


# --- that they learn ---------------------------------------------------------------------------------------------------------------


def losses(project: Project, steps: int | None, most: int = 0) -> list[float]:
    """The loss of each step, up to the end of the first epoch, or so many steps; up to ``most`` of them until it has fallen."""
    control, model = Control(), RunModel()

    def emit(event: Event) -> None:
        model.consume(event)
        if steps is not None and model.step >= steps:
            fallen = most <= steps or model.step >= most or falls(list(model.steps["loss"].values))
            if fallen:
                control.stop()

    one = replace(project, recipe=replace(project.recipe, epochs=1, device="cpu"))
    Session(one, load(one.data), emit, control, threads=1).run()
    assert model.failed is None, model.failed
    return list(model.steps["loss"].values)


def falls(found: list[float]) -> bool:
    quarter = max(min(2, len(found) // 2), len(found) // 4)
    return sum(found[-quarter:]) < 0.97 * sum(found[:quarter])


OF_SEVERAL = [
    name
    for name in TRAINING
    if len(opened(name).recipe.learners) > 1
    or opened(name).recipe.procedure != "supervised"
    or name.endswith("-recall")
    or name in ("deep-belief", "rbm")
]
"""What is lowered by several learners: against each other, or one after the other, so that the sum of their losses need not fall;
what learns from its own play, whose targets grow with what it learns; what has to be remembered for many steps, which takes epochs;
and machines that learn by contrast: a difference of energies between data and own samples, which the sampling pulls back to nought.
That these learn is held by tests/training/test_systems_in_small.py; of gan-points by tests/training/adversarial, of the mouse on dense
layers by tests/training/procedures."""


@pytest.mark.wide
@pytest.mark.parametrize("name", [name for name in TRAINING if name not in OF_SEVERAL])
def test_its_loss_falls(name: str, request: pytest.FixtureRequest) -> None:
    """A few steps of the heavy ones; with ``--thorough`` the whole epoch of all, in less than a minute on two cores.

    That each of them trains at all, is held in tests/training; CI holds this of all, the suite of a few.
    """
    project, thorough = opened(name), request.config.getoption("--thorough")
    light = infer(project).main.macs < LIGHT
    load(project.data)
    assert falls(losses(project, None if thorough or light else STEPS, MOST_STEPS))


def test_what_does_not_learn_does_not_fall() -> None:
    """The measure itself: without a learning rate no loss falls."""
    project = opened("mlp-mnist")
    assert not falls(losses(replace(project, recipe=replace(project.recipe, lr=0.0, optimizer="SGD")), 40))


@pytest.mark.few(3)
@pytest.mark.parametrize("name", [name for name in TRAINING if name not in ("unet-small", "unet-padded-small")])
def test_the_first_loss_is_about_that_of_guessing(name: str) -> None:
    """The first lesson about a loss curve: it begins at ln K. (Where one field of a mask outweighs the other, guessing gives less.)"""
    import torch

    from visualnet.compiling.module import compile_project
    from visualnet.data.tensors import Tensors

    project = opened(name)
    main = infer(project).main
    losses = [f for f in main.sinks("loss") if f.node.kind == "cross_entropy"]
    if not losses or any("mask" in f.layer.values()["field"] for f in main.sinks("target") if f.layer is not None):
        pytest.skip("no classes")
    classes = classes_of(losses[0])
    assert classes is not None
    data, total = load(project.data), 0.0
    for seed in range(3):
        model = compile_project(project, seed=seed)
        tensors = Tensors(data, model.fields, torch.device("cpu"))
        index = torch.from_numpy(data.train.copy())
        chosen = index[torch.randperm(len(index), generator=torch.Generator().manual_seed(seed))[:32]]
        model.objective.train()
        with torch.no_grad(), torch.random.fork_rng():
            torch.manual_seed(seed)
            total += float(model.objective(**tensors.named(chosen))[losses[0].node.name]) / 3
    tied = name in ("transformer-small", "gpt-small")  # the table of words that scores them cannot begin at nothing
    assert 0.85 * math.log(classes) < total < (1.5 if tied else 1.25) * math.log(classes)
