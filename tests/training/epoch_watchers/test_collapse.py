"""A generator that makes always the same is told of, with figures; one that makes what there is is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from visualnet.analysis import infer
from visualnet.analysis.inference.sample_generators import find_sample_generators
from visualnet.cli.common import open_project
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.edits import learners
from visualnet.core.graph import Init
from visualnet.core.project import MAIN, Project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.training import events
from visualnet.training.epoch_watchers import registry
from visualnet.training.epoch_watchers.collapse import LOOKS, CollapseWatch, measure_spread
from visualnet.training.epoch_watchers.registry import make_watchers
from visualnet.training.epoch_watchers.watcher import WatchedRun
from visualnet.training.loop.session import Session
from visualnet.training.recipe.settings import options_of_run
from visualnet.training.runs.run_model import RunModel


def small(epochs: int, **d: Any) -> Project:
    """The GAN on points with fewer of them."""
    project = open_project("gan-points")
    project = edits.set_data(project, options={**project.data.options, "n": 400})
    project = edits.set_recipe(project, epochs=epochs, device="cpu")
    return learners.set_learner(project, "discriminator", **d) if d else project


def collapsed(project: Project) -> Project:
    """The same with a generator whose last layer gives one point, and whose learner moves it hardly at all."""
    project = learners.set_learner(project, "generator", lr=1e-9)
    last = project.blocks["generator"].graph.named("dense3").id
    return edits.set_node(project, "generator", [last], init=Init(kind="zeros"))


def train(project: Project) -> tuple[RunModel, list[str]]:
    told: list[str] = []
    model = RunModel()

    def take(event: events.Event) -> None:
        model.consume(event)
        if isinstance(event, events.Trouble):
            told.append(event.words)

    Session(project, load(project.data), take, threads=1).run()
    assert model.failed is None
    return model, told


def test_one_that_collapsed_is_told_once_with_evidence() -> None:
    model, told = train(collapsed(small(LOOKS + 2)))
    (words,) = told
    assert words == model.troubles[0]
    assert words.startswith(f"“generator” has collapsed (mode collapse): at the ends of {LOOKS} epochs in a row")
    assert "lie 0 % as far apart as real ones" in words
    assert "come near to 1 of the 8 classes" in words
    assert "the loss of “discriminator” is " in words


def test_before_so_many_looks_nothing_is_told() -> None:
    assert train(collapsed(small(LOOKS - 1)))[1] == []


def test_one_that_learns_is_not_told_of() -> None:
    project = small(12)
    assert train(project)[1] == []


def test_looking_changes_no_bit_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    project = small(2)
    model, _ = train(project)
    monkeypatch.setattr("visualnet.training.epoch_watchers.collapse.CollapseWatch.look", lambda *_: None)
    plain, _ = train(project)
    for name, series in model.steps.items():
        assert np.array_equal(series.values, plain.steps[name].values), name


@given(st.integers(1, 8), st.integers(0, 100))
def test_classes_that_are_met_are_counted(found: int, seed: int) -> None:
    """Points laid at some of eight places, held against points at all of them."""
    rng = np.random.default_rng(seed)
    angles = np.arange(8) * np.pi / 4
    places = np.stack([np.cos(angles), np.sin(angles)], 1)
    label = np.arange(200) % 8
    real = torch.from_numpy(places[label] + rng.normal(0, 0.02, (200, 2))).float()
    made = torch.from_numpy(places[np.arange(100) % found] + rng.normal(0, 0.02, (100, 2))).float()
    spread = measure_spread(made, real, torch.from_numpy(label), 8)
    assert (spread.met, spread.classes) == (found, 8)
    assert spread.collapsed == (found <= 3)
    again = measure_spread(made, made)
    assert again.share == 1
    assert not again.collapsed


def test_what_is_made_of_random_numbers_is_found() -> None:
    project = open_project("dcgan")
    (maker,) = find_sample_generators(infer(project))
    names = {node.id: node.name for node in project.graph}
    assert (names[maker.made[0][0]], [names[p[0][0]] for p in maker.noise]) == ("generator", ["noise"])
    assert maker.real == "image"
    assert list(find_sample_generators(infer(open_project("vae")))) == [], "what is made there rests on what is shown"
    alone = edits.remove(project, MAIN, [project.graph.named("noise").id])
    assert list(find_sample_generators(infer(alone))) == []


def test_a_run_of_one_learner_is_not_looked_at() -> None:
    project = learners.remove_learner(small(1), "generator", of_run=options_of_run())
    model, data = compile_project(project, seed=0), load(project.data)
    assert make_watchers(model, data, Tensors(data, model.fields, torch.device("cpu"))) == ()


def test_one_of_several_learners_that_makes_samples_is() -> None:
    project = small(1)
    model, data = compile_project(project, seed=0), load(project.data)
    (watch,) = make_watchers(model, data, Tensors(data, model.fields, torch.device("cpu")))
    assert isinstance(watch, CollapseWatch)


class Counted:
    """Warns of the first epoch, and holds what it was told of each."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, float | None]] = []

    def look(self, run: WatchedRun, values: Mapping[str, float | None]) -> None:
        self.told.append(values)
        if len(self.told) == 1:
            run.emit(events.Trouble(words="the first epoch is over"))


def test_who_is_in_the_list_looks_at_the_end_of_each_epoch_of_any_run(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Counted()
    monkeypatch.setattr(registry, "EPOCH_WATCHERS", (lambda *_: None, lambda *_: watch))
    model, told = train(learners.remove_learner(small(3), "generator", of_run=options_of_run()))
    assert told == ["the first epoch is over"]
    assert watch.told == [epoch.train for epoch in model.epochs] and len(watch.told) == 3
