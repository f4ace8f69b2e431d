"""Finding a rate, a batch and the time of an epoch where it is learned by play: with the rounds that the run itself would do."""

from __future__ import annotations

import pytest

from tests.training.procedures.test_deep_q import game
from visualnet.core import edits
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.estimates import batch_size
from visualnet.training.estimates.batch_size import find_largest_batch
from visualnet.training.estimates.epoch_test import measure_epoch
from visualnet.training.estimates.rate_test import run_rate_test
from visualnet.training.estimates.trial import open_trial
from visualnet.training.loop.session import Session

PLACE = {"side": 5, "steps": 20}


def test_the_steps_are_the_rounds_of_the_run() -> None:
    project = game(data=PLACE, epochs=2)
    data, told = load(project.data), list[float | None]()
    Session(project, data, lambda e: told.extend(e.values["loss"]) if isinstance(e, events.Steps) else None).run()
    with open_trial(project, data) as trial:
        found = [trial.read(trial.step()) for _ in range(25)]
        assert trial.loop.procedure.play.played == 30 + 24 * 2
    assert len(told) == 50
    assert found == told[:25]


def test_rates_rise_over_rounds_of_play() -> None:
    project = game(data=PLACE, epochs=2)
    curve = run_rate_test(project, load(project.data), lowest=1e-5, highest=30.0, steps=30)
    assert 3 <= len(curve.rates) == len(curve.losses) <= 30
    assert curve.batch_size == 8


def test_a_batch_can_be_as_large_as_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    project = edits.set_recipe(game(data=PLACE, buffer=300), batch_size=64)
    data = load(project.data)
    assert len(data.train) < 40
    found = find_largest_batch(project, data)
    assert found.largest.batch == 300
    assert "300 steps that the buffer remembers" in found.why
    monkeypatch.setattr(batch_size, "free_memory", lambda *_: 1)
    with pytest.raises(ValueError, match="not even one sample fits"):
        find_largest_batch(project, data)


def test_an_epoch_is_as_long_as_its_rounds_and_what_is_played_after_it() -> None:
    project = game(data=PLACE, epochs=4, rounds=40)
    found = measure_epoch(project, load(project.data))
    assert found.steps == 40
    assert found.epoch_s > 40 * found.step_s
    assert found.run_s == pytest.approx(4 * found.epoch_s)
