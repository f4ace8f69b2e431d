"""What one step changes is told of one step, however far the looks are apart."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from tests.training.nets import small
from visualnet.data.loading import load
from visualnet.training.control import Control
from visualnet.training.events import Event, ProbeReport, Steps
from visualnet.training.learners.learner import Learner
from visualnet.training.loop.session import Session
from visualnet.training.observations.cards.declare import update_ratios
from visualnet.training.observations.observation import BEFORE, NETWORK, ObservationRequest, Result

SPREAD = ObservationRequest("update_spread", (("n3",), "weight"))
CARDS = ObservationRequest("card_weights", NETWORK)


class Run:
    """A run of noisy gradient descent, with what was observed of it and every weight that it had before and after an update."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, accumulate: int, steps: int = 300) -> None:
        self.seen: list[tuple[int, dict[ObservationRequest, Result]]] = []
        self.weights: list[np.ndarray[Any, Any]] = []
        self.steps = 0
        project, self.control = small(epochs=200, optimizer="SGD", lr=0.05), Control()
        recipe = msgspec.structs.replace(project.recipe, options={"accumulate": accumulate})
        project = msgspec.structs.replace(project, recipe=recipe)
        self.control.request_probes([], budget=0.5, observations=(SPREAD, CARDS))
        learn, heavy = Learner.learn, torch.ones(500, 500)

        def follow(learner: Learner, loss: torch.Tensor, last: bool) -> None:
            weight = next(p for p in learner.parameters if p.shape == (32, 64))
            if not self.weights:
                self.weights.append(weight.detach().numpy().copy())
            gathered = learner.gathered
            learn(learner, loss, last)
            if learner.gathered <= gathered:
                self.weights.append(weight.detach().numpy().copy())
            _ = heavy @ heavy  # a step that takes so long that looks come between

        def take(event: Event) -> None:
            if isinstance(event, ProbeReport):
                self.seen.append((event.step, dict(event.observed)))
            if isinstance(event, Steps):
                self.steps = event.step
                if self.steps >= steps:
                    self.control.stop()

        monkeypatch.setattr(Learner, "learn", follow)
        Session(project, load(project.data), take, self.control).run()


@pytest.mark.few(1)
@pytest.mark.parametrize("accumulate", [1, 4])
def test_a_training_is_looked_at_before_and_after_one_update(monkeypatch: pytest.MonkeyPatch, accumulate: int) -> None:
    run = Run(monkeypatch, accumulate)
    pairs = [
        (step, seen[SPREAD]) for step, seen in run.seen if SPREAD in seen and BEFORE + "weights" in seen[SPREAD].arrays
    ]
    assert pairs
    assert pairs[0][0] <= run.steps
    made = [(a.ravel(), b.ravel()) for a, b in zip(run.weights, run.weights[1:], strict=False)]
    for _, result in pairs:
        before, after = result.arrays[BEFORE + "weights"], result.arrays["weights"]
        assert any(np.array_equal(a, before) and np.array_equal(b, after) for a, b in made), (
            "one update lies between them"
        )
    looks = [(step, seen[CARDS]) for step, seen in run.seen if CARDS in seen]
    told = update_ratios(looks)
    assert told and all(0 < ratio < 1 for ratio in told.values())
