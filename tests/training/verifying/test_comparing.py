"""Two records compared: one bit anywhere is found, and nothing is where nothing differs."""

from __future__ import annotations

import math
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.training import events
from visualnet.training.runs.run_model import RunModel
from visualnet.training.verifying.comparing import compare, describe_surroundings

VALUE = st.floats(allow_nan=False, allow_infinity=False, width=64)
CURVE = st.lists(VALUE, min_size=1, max_size=40)


def record(losses: list[float], cuts: list[int], validation: float = 0.5) -> RunModel:
    """A record whose steps were told in pieces that end at these steps, written and read as a log does it."""
    model, begin = RunModel(), 0
    for end in sorted({*(cut for cut in cuts if 0 < cut < len(losses)), len(losses)}):
        told = events.Steps(step=end, epoch=0, lr=0.1, values={"loss": losses[begin:end]})
        model.consume(events.decode(events.encode(told)))
        begin = end
    means = {"loss": math.fsum(losses) / len(losses) if math.isfinite(sum(losses)) else None}
    model.consume(
        events.EpochDone(
            epoch=1, step=len(losses), train=means, validation={"loss": validation}, seconds=1.0, samples_per_s=1.0
        )
    )
    return model


def other_bit(value: float, bit: int) -> float:
    (number,) = struct.unpack("<q", struct.pack("<d", value))
    (found,) = struct.unpack("<d", struct.pack("<Q", (number ^ (1 << bit)) & (2**64 - 1)))
    return float(found)


@settings(max_examples=60)
@given(CURVE, st.lists(st.integers(1, 40)), st.lists(st.integers(1, 40)))
def test_the_same_losses_are_equal_however_they_were_told(losses: list[float], one: list[int], two: list[int]) -> None:
    found = compare(record(losses, one), record(losses, two))
    assert found.equal
    assert found.departure is None
    assert (found.steps, found.epochs) == (len(losses), 1)
    assert "to the last bit" in found.describe()


@settings(max_examples=60)
@given(CURVE, st.data())
def test_one_bit_is_found_where_it_stands(losses: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(losses) - 1))
    changed = other_bit(losses[at], data.draw(st.integers(0, 51)))
    again = [*losses[:at], changed, *losses[at + 1 :]]
    found = compare(record(losses, [7]), record(again, []))
    assert not found.equal
    assert found.departure is not None
    assert (found.departure.step, found.departure.name) == (at + 1, "loss")
    assert found.departure.kept == losses[at]
    assert found.departure.again == changed
    assert f"step {at + 1:,}: loss was {losses[at]!r}" in found.describe()


def test_a_mean_that_departs_names_its_epoch() -> None:
    found = compare(record([1.0, 2.0], []), record([1.0, 2.0], [], validation=other_bit(0.5, 0)))
    assert found.departure is not None
    assert (found.departure.name, found.departure.epoch, found.departure.step) == ("validation loss", 1, 2)
    assert found.departure.describe().startswith("after epoch 1 (step 2): validation loss was 0.5")


def test_a_repetition_that_ended_early_is_not_equal() -> None:
    whole, cut = RunModel(), RunModel()
    whole.consume(events.Steps(step=4, epoch=0, lr=0.1, values={"loss": [4.0, 3.0, 2.0, 1.0]}))
    cut.consume(events.Steps(step=2, epoch=0, lr=0.1, values={"loss": [4.0, 3.0]}))
    found = compare(whole, cut)
    assert found.departure is None
    assert not found.equal
    assert "ended at step 2 of 4" in found.describe()
    assert compare(cut, whole).equal
    assert not compare(RunModel(), whole).equal
    assert "no step in common" in compare(RunModel(), whole).describe()


def test_only_what_both_places_know_is_said_to_differ() -> None:
    there = {"torch": "2.12.0", "device": "cpu", "threads": "", "python": "3.11.2"}
    here = {"torch": "2.13.0", "device": "cpu", "threads": "2"}
    assert describe_surroundings(there, here) == ["torch 2.12.0 there, 2.13.0 here"]
