"""Every sample in exactly one part, and each class shared out alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.data.split import SPLITS, parse_shares, split


@st.composite
def divisions(draw: st.DrawFn) -> tuple[list[int], tuple[float, float, float], int]:
    counts = draw(st.lists(st.integers(3, 60), min_size=1, max_size=8))
    first = draw(st.integers(40, 90))
    second = draw(st.integers(0, 100 - first))
    return counts, (first / 100, second / 100, (100 - first - second) / 100), draw(st.integers(0, 99))


@given(divisions())
def test_the_parts_are_a_partition_and_keep_the_shares_of_the_classes(
    case: tuple[list[int], tuple[float, float, float], int],
) -> None:
    counts, shares, seed = case
    label = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    parts = split(len(label), shares, seed, label)
    assert sorted(np.concatenate(parts)) == list(range(len(label)))
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - share * len(label)) < 1 + 1e-6 * len(label)
        for value, count in enumerate(counts):
            assert abs((label[part] == value).sum() - share * count) < 1 + 1e-6


@pytest.mark.parametrize("shares", SPLITS.values())
def test_the_usual_divisions_of_even_classes_are_exact(shares: tuple[float, float, float]) -> None:
    label = np.repeat(np.arange(10), 500)
    for part, share in zip(split(5000, shares, 0, label), shares, strict=True):
        assert (np.bincount(label[part], minlength=10) == round(500 * share)).all()


def test_the_division_depends_on_the_seed_alone() -> None:
    a, b, c = (split(100, (0.8, 0.2, 0.0), seed)[0] for seed in (1, 1, 2))
    assert (a == b).all()
    assert not (a == c).all()


def test_without_labels_the_shares_hold_too() -> None:
    assert [len(part) for part in split(101, (0.6, 0.2, 0.2), 0)] == [61, 20, 20]


@pytest.mark.parametrize(
    ("text", "shares"),
    [("75 / 15 / 10", (0.75, 0.15, 0.1)), ("80%/20%", (0.8, 0.2, 0.0)), ("100", (1.0, 0.0, 0.0))],
)
def test_shares_are_read_as_they_are_typed(text: str, shares: tuple[float, ...]) -> None:
    assert parse_shares(text) == pytest.approx(shares)


@pytest.mark.parametrize("text", ["", "70 / 20", "50 / 20 / 20 / 10", "0 / 100", "120 / -20", "nan / 100", "a / b"])
def test_what_is_no_split_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_shares(text)
