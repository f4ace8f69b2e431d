"""A log of any length: below the size that is stated, equal for equal runs, and nothing that counts is lost."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from visualnet.training import events
from visualnet.training.event_log import thinning
from visualnet.training.event_log.thinning import Thinning, count_kept, largest_log, stride
from visualnet.training.loop.sinks import EventLog
from visualnet.training.runs.run_model import MOST_EPOCHS, RunModel, read_run
from visualnet.training.verifying.comparing import compare

MIB = 1 << 20
STARTED = events.Started(
    run="r", device="cpu", threads=1, parameters=1, epochs=10**9, steps_per_epoch=10, batch_size=1, sizes=(10, 0, 0),
    best_by="loss",
)  # fmt: skip


def loss_of(step: int) -> float:
    return 1 / (step + 1) + (step % 97) / 1e3


def stream(steps: int, together: int, per_epoch: int = 10) -> Iterator[events.Event]:
    """A run of so many steps, told so many at a time; each epoch ends with a validation, every fifth is the best so far."""
    yield STARTED
    begin, best = 0, 0
    while begin < steps:
        end = min(begin + together, steps, (begin // per_epoch + 1) * per_epoch)
        losses = [loss_of(step) for step in range(begin + 1, end + 1)]
        yield events.Steps(
            step=end, epoch=begin // per_epoch, lr=0.1, values={"loss": losses, "accuracy": losses}, clipped=end - begin
        )
        begin = end
        if end % per_epoch == 0:
            epoch = end // per_epoch
            best = epoch if epoch % 5 == 0 else best
            told = {"loss": loss_of(end), "accuracy": loss_of(end)}
            yield events.EpochDone(
                epoch=epoch, step=end, train=told, validation=told, seconds=0.123456789, samples_per_s=81234.56789,
                is_best=epoch == best, best_epoch=best, best=loss_of(10 * best),
            )  # fmt: skip
    yield events.CheckpointSaved(step=steps, epoch=steps // per_epoch, seconds=0.01)
    yield events.Finished(reason="done", step=steps, epoch=steps // per_epoch, seconds=10.0)


def models(events_told: Iterator[events.Event]) -> tuple[RunModel, RunModel]:
    """The run as it is seen live, and as its thinned log tells it."""
    live, kept, thin = RunModel(), RunModel(), Thinning()
    for event in events_told:
        live.consume(event)
        for line in thin.take(event):
            kept.consume(events.decode(events.encode(line)))
    return live, kept


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thinning begins early, so that a test need not be long."""
    monkeypatch.setattr(thinning, "WHOLE_STEPS", 64)
    monkeypatch.setattr(thinning, "WHOLE_EPOCHS", 8)


@given(st.integers(0, 5_000), st.integers(1, 300))
def test_so_many_are_kept_as_the_formula_says(number: int, whole: int) -> None:
    kept = [n for n in range(1, number + 1) if n % stride(n, whole) == 0]
    assert len(kept) == count_kept(number, whole)
    doublings = (number // whole).bit_length()
    assert len(kept) <= whole + doublings * (whole / 2 + 1)


@pytest.mark.usefixtures("short")
@settings(max_examples=40, deadline=None)
@given(steps=st.integers(1, 900), one=st.integers(1, 40), two=st.integers(1, 40))
def test_a_thinned_log_tells_the_same_of_what_it_keeps(steps: int, one: int, two: int) -> None:
    live, kept = models(stream(steps, one))
    found = compare(live, kept)
    assert found.equal
    assert kept.step == live.step == steps
    assert kept.epochs_done == live.epochs_done == steps // 10
    assert kept.clipped == live.clipped == steps
    assert kept.state == "done"
    assert (kept.best is None) == (live.best is None)
    assert kept.best is None or (live.best is not None and kept.best.epoch == live.best.epoch)
    assert all(step in kept.steps["loss"].steps for step in range(1, steps + 1) if step % stride(step, 64) == 0)
    # Told in other pieces it keeps the same steps.
    _, other = models(stream(steps, two))
    assert other.steps["loss"].steps.tolist() == kept.steps["loss"].steps.tolist()
    assert compare(other, kept).equal


@pytest.mark.usefixtures("short")
def test_what_several_learners_tell_is_thinned_alike() -> None:
    live, kept, thin = RunModel(), RunModel(), Thinning()
    for step in range(1, 301):
        each = events.LearnerSteps(lr=0.1, rates=(0.1 / step,), clipped=1)
        event = events.Steps(
            step=step, epoch=0, lr=0.1, rates=(0.2 / step,), values={"loss": [1.0]}, learners={"generator": each}
        )
        live.consume(event)
        for line in thin.take(event):
            kept.consume(line)
    assert compare(live, kept).departure is None
    assert 64 < len(kept.rates["generator"]) == len(kept.lr) == len(kept.steps["loss"]) < 200


@pytest.mark.usefixtures("short")
def test_a_resumed_run_replaces_what_it_does_again(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl", lambda event: pytest.fail(str(event)))
    for event in stream(300, 7):
        if not isinstance(event, events.Finished):
            log(event)
    log.close()
    log = EventLog(tmp_path / "events.jsonl", lambda event: pytest.fail(str(event)))
    log(replace(STARTED, step=200, epoch=20))
    for event in stream(400, 7):
        if not isinstance(event, events.Started) and getattr(event, "step", 0) > 210:
            log(event)
    log.close()
    whole, _ = models(stream(400, 7))
    found = read_run(tmp_path)
    assert compare(whole, found).departure is None
    assert found.step == 400
    assert found.unread == ""


@pytest.mark.wide
def test_a_million_events_are_a_log_of_the_stated_size(tmp_path: Path) -> None:
    log, count = EventLog(tmp_path / "events.jsonl", lambda event: pytest.fail(str(event))), 0
    size = (tmp_path / "events.jsonl").stat
    for event in stream(1_000_000, 1, per_epoch=50):
        log(event)
        count += 1
        if count == 204_000:
            assert size().st_size < largest_log(200_000, 2, 4_000) < 48 * MIB
    log.close()
    assert count > 1_000_000
    assert size().st_size < largest_log(1_000_000, 2, 20_000) < 96 * MIB
    found = read_run(tmp_path)
    assert (found.step, found.state, found.epochs_done) == (1_000_000, "done", 20_000)


@pytest.mark.wide
def test_two_hundred_thousand_steps_take_less_than_20_mib() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        model = RunModel()
        for event in stream(200_000, 200, per_epoch=1_000):
            model.consume(event)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert model.step == 200_000
    assert taken < 20 * MIB


@pytest.mark.wide
def test_of_epochs_without_end_some_are_forgotten_and_the_best_never() -> None:
    model = RunModel()
    for event in stream(3 * MOST_EPOCHS, 1, per_epoch=1):
        if not isinstance(event, events.Steps):
            model.consume(event)
    assert len(model.epochs) <= MOST_EPOCHS
    assert model.epochs_done == 3 * MOST_EPOCHS
    assert model.best is not None
    assert model.best.epoch == 3 * MOST_EPOCHS // 5 * 5
    assert len(model.train["loss"]) == 3 * MOST_EPOCHS


def test_a_log_that_was_cut_or_written_by_a_newer_version_is_read_and_says_so(tmp_path: Path) -> None:
    lines = [events.encode(event) + b"\n" for event in stream(100, 10)]
    log = tmp_path / "events.jsonl"
    log.write_bytes(b"".join(lines)[: -len(lines[-1]) - 20])
    found = read_run(tmp_path)
    assert (found.state, found.step, found.unread) == ("interrupted", 100, "")
    log.write_bytes(lines[0] + lines[1][40:] + b"".join(lines[2:]))
    found = read_run(tmp_path)
    assert found.state == "done"
    assert "1 line of the run's record cannot be read (the first is line 2)" in found.unread
    newer = events.encode(replace(STARTED, format=events.LOG_FORMAT + 1)) + b"\n"
    log.write_bytes(newer + b'{"event":"dreamt","step":3,"of":"sheep"}\n' + b"".join(lines[1:]))
    found = read_run(tmp_path)
    assert (found.state, found.step) == ("done", 100)
    assert "newer VisualNet" in found.unread
    whole = log.read_bytes()
    EventLog(log, lambda event: pytest.fail(str(event))).close()
    assert log.read_bytes() == whole, "what this version does not know was lost"
