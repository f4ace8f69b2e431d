"""Divisions: every sample in one part, no group in two, the oldest trained on, each fold validated once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.core.project import DataChoice, DataFacts
from visualnet.data.division.registry import DIVISIONS, divide
from visualnet.data.samples import ArraySamples

SHARES = [(0.8, 0.2, 0.0), (0.6, 0.2, 0.2), (1.0, 0.0, 0.0), (0.34, 0.33, 0.33)]


def samples_of(**columns: Any) -> ArraySamples:
    return ArraySamples({name: np.array(values) for name, values in columns.items()})


def choose(
    division: str, shares: tuple[float, float, float] = (0.6, 0.2, 0.2), seed: int = 0, **options: Any
) -> DataChoice:
    facts = DataFacts(columns=("who", "when", "part"))
    return DataChoice(split=shares, seed=seed, division=division, division_options=options, facts=facts)


def is_partition(parts: Any, size: int) -> bool:
    sorted_each = all((np.diff(part) > 0).all() for part in parts)
    return sorted_each and sorted(np.concatenate(parts).tolist()) == list(range(size))


@given(st.lists(st.integers(0, 12), min_size=8, max_size=150), st.sampled_from(SHARES), st.integers(0, 99))
def test_no_group_is_in_two_parts_and_shares_are_as_near_as_groups_allow(
    who: list[int], shares: tuple[float, float, float], seed: int
) -> None:
    samples, choice = samples_of(who=who), choose("group", shares, seed, column="who")
    parts = divide(samples, choice)
    assert is_partition(parts, len(who))
    groups = [set(np.array(who)[part].tolist()) for part in parts]
    assert sum(map(len, groups)) == len(set(who)), "a group is in two parts"
    largest = np.bincount(who).max()
    for part, share in zip(parts, shares, strict=True):
        assert len(part) - share * len(who) <= largest, "a part has a whole group more than its share"
        assert share or not len(part)
    again = divide(samples, choice)
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))


def test_a_sample_without_a_group_is_a_group_by_itself() -> None:
    parts = divide(samples_of(who=["a"] * 50 + [""] * 50), choose("group", (0.5, 0.5, 0.0), column="who"))
    assert [len(part) for part in parts] == [50, 50, 0]
    parts = divide(samples_of(who=[1.0] * 10 + [np.nan] * 30), choose("group", (0.5, 0.5, 0.0), column="who"))
    assert [len(part) for part in parts] == [20, 20, 0]


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=80), st.sampled_from(SHARES))
def test_what_is_tested_is_never_older_than_what_is_trained_on(
    when: list[float], shares: tuple[float, float, float]
) -> None:
    parts = divide(samples_of(when=when), choose("time", shares, column="when"))
    assert is_partition(parts, len(when))
    times = [np.array(when)[part] for part in parts if len(part)]
    assert all(older.max() <= newer.min() for older, newer in pairwise(times))
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - share * len(when)) <= 1


def test_dates_are_ordered_as_dates() -> None:
    when = ["2024-01-09", "2023-12-31", "2024-01-10T08:00", "2022-05-05", "2024-01-10T07:00+00:00"]
    train, validation, test = divide(samples_of(when=when), choose("time", (0.6, 0.2, 0.2), column="when"))
    assert (train.tolist(), validation.tolist(), test.tolist()) == ([0, 1, 3], [4], [2])


@pytest.mark.parametrize("values", [["Train", "val", "TEST", "training"], [0, 1, 2, 0], [0.0, 1.0, 2.0, 0.0]])
def test_parts_are_taken_as_given(values: list[Any]) -> None:
    found = divide(samples_of(part=values), choose("given"))
    assert [part.tolist() for part in found] == [[0, 3], [1], [2]]


@given(
    st.lists(st.integers(0, 4), min_size=30, max_size=120),
    st.integers(2, 6),
    st.sampled_from([0.0, 0.2]),
    st.booleans(),
)
def test_every_sample_is_validated_on_in_one_fold_and_held_out_ones_in_none(
    label: list[int], folds: int, test_share: float, grouped: bool
) -> None:
    who = np.arange(len(label)) // 2
    samples = samples_of(label=np.array(label, np.int64), who=who)
    validated: list[int] = []
    tests = set[tuple[int, ...]]()
    for fold in range(1, folds + 1):
        options = {"folds": folds, "fold": fold, "test_share": test_share, "column": "who" if grouped else ""}
        parts = divide(samples, choose("folds", **options))
        assert is_partition(parts, len(label))
        validated += parts[1].tolist()
        tests.add(tuple(parts[2].tolist()))
        if grouped:
            assert sum(len(set(who[part])) for part in parts) == len(set(who))
        else:
            held = len(parts[2])
            assert abs(len(parts[1]) - (len(label) - held) / folds) < 1 and abs(held - test_share * len(label)) <= 1
            for value in set(label):
                wanted = label.count(value) / folds * (1 - test_share)
                assert abs((np.array(label)[parts[1]] == value).sum() - wanted) <= 2
    (held_out,) = tests
    assert sorted([*validated, *held_out]) == list(range(len(label)))


@pytest.mark.parametrize(
    ("choice", "columns", "words"),
    [
        (
            choose("group", column="nobody"),
            {"who": [1, 2]},
            "no column “nobody” to divide by .there are who, when, part",
        ),
        (choose("group"), {"who": [1, 2]}, "choose the column to divide by"),
        (choose("time", column="when"), {"when": ["2024-01-01", "soon"]}, "holds “soon” for sample 1"),
        (choose("time", column="when"), {"when": [1.0, np.nan]}, "no number for sample 1"),
        (choose("given"), {"part": ["train", "rest"]}, "holds “rest”, which names no part"),
        (choose("given"), {"part": ["test", "test"]}, "gives no sample to training"),
        (choose("folds", folds=4, fold=5), {"who": [1] * 9}, "no fold 5 of 4"),
        (choose("folds", folds=9), {"who": [1] * 5}, "too few samples for 9 folds"),
        (choose("folds", folds=3, column="who"), {"who": [1, 1, 2, 2]}, "too few groups by “who” for 3 folds"),
        (choose("nothing"), {"who": [1]}, "there is no division “nothing”"),
        (choose("time", lane="a"), {"who": [1]}, "has no setting “lane”"),
    ],
)
def test_what_cannot_be_divided_is_said_in_words(choice: DataChoice, columns: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        divide(samples_of(**columns), choice)


def test_every_division_says_what_it_does() -> None:
    assert next(iter(DIVISIONS)) == "shares"
    assert all(kind.summary().endswith(".") and kind.title for kind in DIVISIONS.values())


@given(st.lists(st.integers(0, 3), min_size=40, max_size=120), st.integers(1, 4), st.integers(0, 99))
def test_so_many_of_each_class_are_trained_on_the_rest_stays_and_fewer_are_among_more(
    label: list[int], few: int, seed: int
) -> None:
    samples = samples_of(label=label)
    whole = divide(samples, choose("shares", seed=seed))
    least = min(np.bincount(np.array(label)[whole[0]], minlength=max(label) + 1)[list(set(label))])
    if least < few:
        with pytest.raises(ValueError, match=f"{few} samples of each class are wanted"):
            divide(samples, choose("per_class", seed=seed, samples=few))
        return
    train, validation, test = divide(samples, choose("per_class", seed=seed, samples=few))
    assert np.bincount(np.array(label)[train])[sorted(set(label))].tolist() == [few] * len(set(label))
    assert set(train) <= set(whole[0]) and np.array_equal(validation, whole[1]) and np.array_equal(test, whole[2])
    fewer = divide(samples, choose("per_class", seed=seed, samples=max(few - 1, 1)))[0]
    assert set(fewer) <= set(train)


def test_data_without_classes_have_no_samples_of_each() -> None:
    with pytest.raises(ValueError, match="no classes"):
        divide(samples_of(x=[1, 2, 3]), choose("per_class"))
