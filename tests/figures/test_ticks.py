"""Round numbers along an axis, and their labels."""

from __future__ import annotations

import itertools

from visualnet.figures.ticks import log_ticks, nice_ticks, tick_labels


def test_ticks_are_round_and_labelled_alike() -> None:
    assert nice_ticks(0, 20, 5) == [0, 5, 10, 15, 20]
    assert nice_ticks(0, 4.2, 2) == [0, 2, 4], "0 alone tells no scale"
    for most, low, high in itertools.product((1, 2, 3), (-4.3, 0.3, 1e6), (0.9, 4.1, 1e6 + 1)):
        assert low >= high or len(nice_ticks(low, high, most)) >= 2
    assert tick_labels([0.0, 0.5, 1.0]) == ["0.0", "0.5", "1.0"]
    assert tick_labels([0.0, 500_000.0, 1_000_000.0]) == ["0", "0.5M", "1M"]
    assert tick_labels([0.0, 20_000.0, 40_000.0]) == ["0", "20k", "40k"]
    assert [round(10**t, 3) for t in log_ticks(-1, 0, 4)] == [0.1, 0.2, 0.5, 1]
    assert nice_ticks(float("nan"), 1, 5) == []
