"""Rare classes made up for: drawn oftener, or weighed in the loss; seeded, resumed to the bit, refused in words where it cannot be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from msgspec.structs import replace
from torch.nn import functional

from tests.training.nets import chain, small
from tests.training.test_session import train, values
from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data.class_balancing import class_weights, loss_settings
from visualnet.data.loading import Loaded, load
from visualnet.training.loop import preflight
from visualnet.training.loop.procedures.kinds.supervised import make_sampler
from visualnet.training.runs.run_model import create_run
from visualnet.training.script.training_script import training_script


def balanced(balance: str, **options: Any) -> Project:
    project = small(**options)
    return replace(project, data=replace(project.data, balance=balance))


def uneven(project: Project) -> Loaded:
    """The digits with few nines and eights to train on."""
    data = load(project.data)
    labels = data.whole("label")[data.train]
    keep = (labels < 8) | (np.arange(len(labels)) % 7 == 0)
    return data._replace(train=data.train[keep])


def test_every_class_is_drawn_alike_in_as_many_steps_and_by_the_seed() -> None:
    project = balanced("sampling")
    data = uneven(project)
    sampler, again = make_sampler(data, 64, 5), make_sampler(data, 64, 5)
    labels = data.whole("label")[data.train]
    drawn = Counter[int]()
    for _ in range(20):
        order = sampler.shuffle()
        assert len(order) == len(data.train) and torch.equal(order, again.shuffle())
        drawn.update(labels[order.numpy()].tolist())
    shares = np.array([drawn[label] for label in range(10)]) / sum(drawn.values())
    assert abs(shares - 0.1).max() < 0.01, shares
    assert np.bincount(labels)[9] / len(labels) < 0.03


@pytest.mark.parametrize("balance", ["sampling", "weights"])
def test_a_balanced_run_goes_on_to_the_bit(balance: str, tmp_path: Path) -> None:
    project = balanced(balance, epochs=3)
    data = uneven(project)
    whole = values(train(project, data=data))
    plain = data._replace(choice=replace(data.choice, balance=""))
    assert whole != values(train(balanced("", epochs=3), data=plain))
    folder = create_run(project, tmp_path / "run")
    first = train(replace(project, recipe=replace(project.recipe, epochs=1)), folder, data=data)
    second = train(project, folder, data=data, resume=True)
    assert values(first) + values(second) == whole and not second.troubles


def test_the_loss_is_torchs_with_weights_by_which_every_class_counts_alike() -> None:
    project = balanced("weights", dropout=0.0)
    data = uneven(project)
    analysis = infer(project, None, data.fields)
    labels = data.whole("label")[data.train]
    weights = class_weights(data)
    sums = np.bincount(labels) * np.array(weights)
    assert np.allclose(sums, sums[0]) and sums.sum() == pytest.approx(len(labels))
    model = compile_project(project, analysis, seed=0, given=loss_settings(analysis, data))
    image, label = (
        torch.from_numpy(data.fetch(data.train[:50], ("image",))["image"]),
        torch.from_numpy(labels[:50].copy()),
    )
    found, _ = model.trial(image, label)
    wanted = functional.cross_entropy(model.net(image), label, weight=torch.tensor(weights))
    assert torch.allclose(found["loss"], wanted)


def test_what_a_loss_says_of_its_classes_itself_stays() -> None:
    project = balanced("weights")
    graph = project.graph
    own = tuple(float(n + 1) for n in range(10))
    loss = replace(graph.nodes["n103"], params={"class_weights": own})
    project = replace(project, graph=replace(graph, nodes={**graph.nodes, "n103": loss}))
    data = load(project.data)
    analysis = infer(project, None, data.fields)
    model = compile_project(project, analysis, given=loss_settings(analysis, data))
    ((step, _),) = model.plan.losses
    assert step.facts.layer is not None and step.facts.layer.values()["class_weights"] == own


def test_a_loss_without_weights_of_classes_is_refused_before_the_run() -> None:
    rows = [("flatten", {}), ("linear", {"out_features": 2})]
    data = DataChoice(name="points", balance="weights", normalise=False)
    project = chain(
        rows,
        data,
        Recipe(epochs=1),
        ("input", {"field": "point", "size": (2,)}),
        ("target", {"size": (2,), "field": "point", "dtype": "float"}),
        "mse",
    )
    loaded = load(project.data)
    faults = [fault.words for fault in preflight.faults(infer(project, None, loaded.fields), loaded)]
    assert faults and "no loss of this network takes weights of classes" in faults[0]
    assert "no loss of this network" in (train(project, data=loaded).failed or faults[1]).words


def test_a_script_weighs_the_classes_and_refuses_to_draw_them_by_name() -> None:
    project = balanced("weights", epochs=1)
    data = uneven(project)
    text = training_script(project, data)
    assert "weight=" in text and repr(class_weights(data)[9])[:6] in text
    with pytest.raises(ValueError, match="draw rare classes oftener"):
        training_script(project, data._replace(choice=replace(data.choice, balance="sampling")))
