"""The course's systems learn: each shipped template, trained for seconds, comes to do what it is there for; with a rate of 0 none does.

What they reach when they are trained to the end is measured in tests/benchmarks/systems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from tests.benchmarks.made_samples import make_samples
from tests.benchmarks.systems.gan_digits import SURE, recognise
from visualnet.cli.common import open_project
from visualnet.compiling.module import Model
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.data.environments.registry import environment_of
from visualnet.data.loading import Loaded, load
from visualnet.training.generating.generate import generate
from visualnet.training.generating.method import find_methods, find_place
from visualnet.training.generating.results import GeneratedImages
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel, create_run

LENGTH = 30
"""Symbols in a row, of which one must be remembered: half as many as the templates have."""
SAMPLES = 300


class Trained(NamedTuple):
    """What came of a training: its curves, its network, its data, the folder of its run."""

    run: RunModel
    project: Project
    model: Model
    data: Loaded
    folder: Path

    def last(self, name: str) -> float:
        """What the last epoch says of the validation set."""
        return self.run.epochs[-1].validation[name] or 0.0

    def fell(self, name: str) -> float:
        """By which factor the mean of an epoch's steps is less in the last epoch than in the first."""
        first, last = (epoch.train[name] or 0.0 for epoch in (self.run.epochs[0], self.run.epochs[-1]))
        return first / last


class Small(NamedTuple):
    """How a template is trained in seconds, and what it then does."""

    template: str
    epochs: int
    learned: Callable[[Trained], bool]
    samples: int = 0
    """Only the first so many training samples, and a fourth as many to validate; 0: all."""
    recipe: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}
    data: Mapping[str, Any] = {}
    constants: Mapping[str, Any] = {}


def train(small: Small, folder: Path, lr: float | None = None) -> Trained:
    """Train it so, with this rate if one is told."""
    project = open_project(small.template)
    project = edits.set_recipe(project, epochs=small.epochs, device="cpu", **small.recipe)
    project = edits.set_recipe(project, options={**project.recipe.options, **small.options})
    project = edits.set_data(project, options={**project.data.options, **small.data})
    project = edits.set_constants(project, {**project.constants, **small.constants})
    if lr is not None:
        project = edits.set_recipe(
            project, lr=lr, learners=tuple(replace(learner, lr=lr) for learner in project.recipe.learners)
        )
    data = load(project.data)
    if small.samples:
        data = data._replace(train=data.train[: small.samples], validation=data.validation[: small.samples // 4])
    run = RunModel("test", create_run(project, folder / "run"))
    session = Session(project, data, run.consume, folder=run.folder, threads=1)
    session.run()
    assert run.failed is None, run.failed
    assert session.model is not None
    return Trained(run, project, session.model, data, folder / "run")


# --- what each is to do --------------------------------------------------------------------------------------------


def finds_the_clouds(found: Trained) -> bool:
    """Most of the points that are made lie in one of the eight clouds, and nearly all clouds have some."""
    angles = 2 * np.pi * np.arange(8) / 8 + np.pi / 4
    centres = 0.7 * np.stack([np.cos(angles), np.sin(angles)], 1)
    distance = np.linalg.norm(make_samples(found.model, SAMPLES).numpy()[:, None] - centres, axis=2)
    near = distance.min(1) < 0.36
    return bool(near.mean() > 0.5 and len(set(distance.argmin(1)[near])) >= 6)


def makes_ink_where_digits_have_it(found: Trained) -> bool:
    """The mean of the made pictures is near that of the real ones: further off at first, grey all over."""
    real = torch.from_numpy(found.data.whole("image")[found.data.train]).mean(0)
    return float((make_samples(found.model, SAMPLES).mean(0) - real).abs().mean()) < 0.1


def draws_digits(found: Trained) -> bool:
    """A LeNet that knows real digits is sure of a third of what is made of codes from the prior, of at least five classes."""
    analysis = found.model.analysis
    place = find_place(find_methods()["prior"], analysis)
    made = generate(found.project, analysis, "prior", place, {"count": SAMPLES, "seed": 0}, found.folder, "last").made
    assert isinstance(made, GeneratedImages)
    classes, sure = recognise(torch.from_numpy(np.moveaxis(made.images, -1, 1)).float())
    known = sure > SURE
    return bool(known.float().mean() > 0.3 and len(classes[known].unique()) >= 5)


def beats_chance(found: Trained, times: float) -> bool:
    """The mean reward of its episodes is so many times that of twenty episodes of random play."""
    environment = environment_of(found.data.choice)
    assert environment is not None
    world, rng, total = environment.make(), np.random.default_rng(0), 0.0
    for seed in range(20):
        world.reset(seed=seed)
        over = False
        while not over:
            _, reward, ended, cut, _ = world.step(int(rng.integers(len(environment.actions))))
            total, over = total + float(reward), ended or cut
    return found.last("reward") > times * max(total / 20, 0.1)


SMALL_WORLD = {"side": 5, "cheese": 20, "poison": 8, "steps": 40}
SHORT_PLAY = {"rounds": 300, "epsilon_steps": 600, "learning_starts": 200, "episodes": 20}


def recall(kind: str, epochs: int) -> Small:
    """A symbol kept over up to 29 steps."""
    length = {"length": LENGTH}
    return Small(f"{kind}-recall", epochs, lambda found: found.last("accuracy") > 0.9, data=length, constants=length)


IN_THE_SUITE = [
    recall("gru", 3),
    Small("rbm", 3, lambda found: found.fell("machine_error") > 1.4, samples=800),
    # The second machine begins in epoch 5, the dense layer in epoch 9; chance is 0.1.
    Small(
        "deep-belief",
        9,
        lambda found: found.fell("first_error") > 1.6 and found.last("accuracy") > 0.25,
        samples=400,
    ),
]
OTHERS = [
    recall("lstm", 5),
    Small("wgan-gp", 12, finds_the_clouds),
    Small("dcgan", 4, makes_ink_where_digits_have_it),
    Small("vae", 8, lambda found: found.fell("loss") > 1.3 and draws_digits(found)),
    Small("unet-padded-small", 4, lambda found: found.last("dice") > 0.7),
    Small("cartpole", 2, lambda found: beats_chance(found, 3), recipe={"seed": 1}),
    Small(
        "mouse-conv",
        2,
        lambda found: beats_chance(found, 6),
        recipe={"batch_size": 32, "lr": 0.003},
        options=SHORT_PLAY,
        data=SMALL_WORLD,
    ),
]
SYSTEMS = [
    *(pytest.param(one, id=one.template) for one in IN_THE_SUITE),
    *(pytest.param(one, id=one.template, marks=pytest.mark.wide) for one in OTHERS),
]


@pytest.mark.parametrize("small", SYSTEMS)
def test_it_learns(small: Small, tmp_path: Path) -> None:
    assert small.learned(train(small, tmp_path))


@pytest.mark.wide
@pytest.mark.parametrize("small", [*IN_THE_SUITE, *OTHERS], ids=lambda one: one.template)
def test_without_a_learning_rate_it_does_not(small: Small, tmp_path: Path) -> None:
    """What is asked above is not so from the beginning, and not by chance. Few samples will do: nothing is learned from them."""
    assert not small.learned(train(small._replace(samples=small.samples or 200), tmp_path, lr=0.0))


def test_the_plain_recurrence_forgets_what_a_gated_one_keeps(tmp_path: Path) -> None:
    """Over as many steps and epochs; what GRU and LSTM reach is held above."""
    found = train(recall("rnn", 3), tmp_path)
    assert found.last("accuracy") < 0.5
    assert found.fell("loss") > 1.0, "it does learn what stands near the end"
