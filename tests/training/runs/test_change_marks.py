"""What was changed while a run went on: the marks of its curves, its steps as epochs, and what a resumed run takes back."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.ticks import group_marks, nearest_group
from visualnet.training import events
from visualnet.training.recipe.live_settings import SettingChange
from visualnet.training.runs.change_marks import find_marks, letter_of
from visualnet.training.runs.epoch_scale import EpochScale
from visualnet.training.runs.run_model import RunModel


def rate(before: float, after: float) -> SettingChange:
    return SettingChange("lr", before, after, words="learning rate")


def changed(step: int, *changes: SettingChange, each: int = 10, at: float | None = None) -> events.Changed:
    return events.Changed(
        step=step, changes=changes, steps_per_epoch=each, time=float(100 * step if at is None else at)
    )


def started(**fields: object) -> events.Started:
    known = {"run": "r", "device": "CPU", "threads": 1, "parameters": 3, "epochs": 4, "steps_per_epoch": 10}
    known |= {"batch_size": 8, "sizes": (80, 20, 0), "best_by": "loss"}
    return events.Started(**{**known, **fields})  # type: ignore[arg-type]


def model(*told: events.Event) -> RunModel:
    found = RunModel("r")
    for event in told:
        found.consume(event)
    return found


def test_each_change_is_a_mark_with_a_letter_and_words() -> None:
    frozen = SettingChange("trainable", True, False, sheet="", node="n1", words="“conv1”")
    off = SettingChange("clip_norm", None, 1.0, words="clip length")
    run = model(started(), changed(3, rate(0.01, 0.001)), changed(1240, frozen, off))
    assert [(mark.letter, mark.sentence) for mark in find_marks(run)] == [
        ("A", "step 3: learning rate 0.01 → 0.001"),
        ("B", "step 1,240: “conv1” frozen; clip length off → 1"),
    ]
    assert [letter_of(n) for n in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def test_a_slider_that_is_dragged_is_one_mark() -> None:
    dragged = [changed(step, rate(step / 10, (step + 1) / 10), at=100 + step / 5) for step in range(1, 20)]
    run = model(started(), *dragged, changed(90, rate(2.0, 1.0), at=200), changed(91, rate(1.0, 2.0), at=200.1))
    assert [mark.sentence for mark in find_marks(run)] == [
        "step 1: learning rate 0.1 → 2",
        "step 90: learning rate 2 → 1",
        "step 91: learning rate 1 → 2",  # taken back, but some steps were made with it
    ]


def test_a_resumed_run_forgets_the_changes_that_it_has_not_reached() -> None:
    first, second = (
        changed(3, rate(0.1, 0.2)),
        changed(12, rate(0.2, 0.3), SettingChange("epochs", 4, 9, words="epochs")),
    )
    run = model(started(), first, second)
    assert run.planned_epochs == 9
    run.consume(started(step=10, epoch=1, changes=1))
    assert (run.changes, run.planned_epochs) == ([first], 4)
    assert model(*map(events.decode, map(events.encode, (started(), first, second)))).changes == [first, second]


def test_steps_are_epochs_by_the_batch_size_of_their_time() -> None:
    run = model(started(), changed(20, SettingChange("batch_size", 8, 16, words="batch size"), each=5))
    scale = run.scale
    assert [scale.epoch(step) for step in (0.0, 5.0, 20.0, 25.0, 30.0)] == [0, 0.5, 2, 3, 4]
    assert [scale.step(epoch) for epoch in (0.5, 2.0, 3.0)] == [5, 20, 25]
    assert scale.epoch(np.array([10.0, 30.0])).tolist() == [1, 4]
    run.consume(started(step=10, epoch=1))
    assert run.scale.epoch(40.0) == 4, "the change was not reached"
    assert EpochScale().epoch(7.0) == 7


def test_marks_that_stand_too_close_are_joined() -> None:
    groups = group_marks([0, 5, 9, 40], "ABCD", ["one", "two", "three", "four"], 10)
    assert [(g.at, g.label, g.lines) for g in groups] == [(0, "A–C", ("one", "two", "three")), (40, "D", ("four",))]
    many = group_marks([0.0] * 9, "ABCDEFGHI", [str(i) for i in range(9)], 10)
    assert many[0].lines == ("0", "1", "2", "3", "4", "and 4 more")
    assert group_marks([], "", [], 10) == []
    assert nearest_group(groups, 36, 8) == groups[1]
    assert nearest_group(groups, 20, 8) is None and nearest_group([], 0, 8) is None


@pytest.mark.parametrize("line", [b'{"event":"started"}', b'{"event":"changed","step":1}'])
def test_a_torn_event_is_none(line: bytes) -> None:
    with pytest.raises(ValueError, match="missing required field"):
        events.decode(line)


def test_another_network_is_a_mark_too_and_is_taken_back_with_the_steps_behind_it() -> None:
    words = "conv2 begins anew; 3 other layers keep what they learned"
    other = events.NetworkChanged(step=12, epoch=1, number=1, words=words, metrics=("top5",), parameters=7)
    run = model(started(), changed(5, rate(0.1, 0.2)), other, changed(20, rate(0.2, 0.3)))
    assert [(m.letter, m.step) for m in find_marks(run)] == [("A", 5), ("B", 12), ("C", 20)]
    assert find_marks(run)[1].sentence == f"step 12: the network was changed: {words}"
    assert run.started is not None and (run.started.metrics, run.started.parameters) == (("top5",), 7)
    run.consume(started(step=10, epoch=1, changes=1, network=0))
    assert [m.letter for m in find_marks(run)] == ["A"] and not run.networks


def test_the_best_epoch_is_one_of_the_network_that_is_trained_now() -> None:
    def epoch(number: int, best: bool) -> events.EpochDone:
        values = {"loss": 1.0 / number}
        return events.EpochDone(
            epoch=number,
            step=10 * number,
            train=values,
            validation=values,
            seconds=1.0,
            samples_per_s=1.0,
            is_best=best,
        )

    run = model(started(), epoch(1, True), events.NetworkChanged(step=12, epoch=1, number=1, words="x"))
    assert run.best is None
    run.consume(epoch(2, True))
    assert run.best is not None and run.best.epoch == 2
