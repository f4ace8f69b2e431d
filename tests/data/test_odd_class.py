"""One class held out as odd: training never meets it, every sample is in one part, and words say where that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.core.project import DataChoice
from visualnet.data.division.odd_class import OddClass
from visualnet.data.samples import Samples


class Labelled(Samples):
    """Samples of which only the classes are known."""

    def __init__(self, label: np.ndarray | None, size: int) -> None:
        self._label, self.size = label, size

    def column(self, name: str) -> np.ndarray | None:
        return self._label if name == "label" else None


def divided(label: np.ndarray, odd: int, split: tuple[float, float, float], seed: int = 0) -> list[np.ndarray]:
    choice = DataChoice(split=split, seed=seed)
    return list(OddClass({"odd": odd}).divide(Labelled(label, len(label)), choice))


@given(
    st.lists(st.integers(0, 3), min_size=40, max_size=80),
    st.sampled_from([(0.8, 0.2, 0.0), (0.6, 0.2, 0.2), (0.7, 0.0, 0.3)]),
    st.integers(0, 9),
)
def test_training_never_meets_the_odd_class(drawn: list[int], split: tuple[float, float, float], seed: int) -> None:
    label = np.array([0, 1, *drawn])
    parts = divided(label, 1, split, seed)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(label)))
    assert all(np.array_equal(part, np.sort(part)) for part in parts)
    assert not (label[parts[0]] == 1).any()
    odd = int((label == 1).sum())
    for part, share in zip(parts[1:], split[1:], strict=True):
        assert abs(int((label[part] == 1).sum()) - odd * share / (split[1] + split[2])) <= 1
    assert all(np.array_equal(a, b) for a, b in zip(parts, divided(label, 1, split, seed), strict=True))


@pytest.mark.parametrize(
    ("label", "split", "words"),
    [
        (np.zeros(9, int), (0.8, 0.2, 0.0), "no sample is of class 1"),
        (np.ones(9, int), (0.8, 0.2, 0.0), "nothing is left to be trained on"),
        (np.array([0, 1, 0, 1]), (1.0, 0.0, 0.0), "give validation or test a share"),
    ],
)
def test_what_cannot_be_held_out_is_told(label: np.ndarray, split: tuple[float, float, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        divided(label, 1, split)
    with pytest.raises(ValueError, match="have no classes"):
        OddClass({"odd": 0}).divide(Labelled(None, 5), DataChoice())
