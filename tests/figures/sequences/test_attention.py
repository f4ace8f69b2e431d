"""Attention in words: what a position is called, and what a query looks at."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.sequences.attention import Attention, grey_levels, map_columns, square_patches


def weights(heads: int, queries: int, sources: int) -> np.ndarray:
    raw = np.exp(np.random.default_rng(0).normal(size=(heads, queries, sources)) * 2)
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def test_patches_of_a_sequence() -> None:
    assert square_patches(49) == ((7, 7), 0)
    assert square_patches(50) == ((7, 7), 1)
    assert square_patches(51) == (None, 0)
    assert square_patches(1) == (None, 0)


def test_positions_have_names() -> None:
    patches = Attention(weights(1, 17, 17), (4, 4), 1)
    assert [patches.name(i) for i in (0, 1, 16)] == ["class token", "patch (0, 0)", "patch (3, 3)"]
    assert Attention(weights(1, 18, 18), (4, 4), 2).name(1) == "extra token 1"
    assert Attention(weights(1, 5, 5)).name(4) == "position 4"
    assert patches.middle == 1 + 2 * 4 + 2 and patches.is_self
    assert not Attention(weights(1, 3, 5)).is_self


def test_a_query_is_described() -> None:
    shown = np.zeros((1, 2, 3), np.float32)
    shown[0, 1] = [0.25, 0.75, 0]
    told = Attention(shown, step=1200).describe(0, 1)
    assert told == (
        "Step 1,200, head 0: query position 1 looks at position 1 0.75, position 0 0.25, position 2 0.00. Row sum 1.00."
    )
    shown[0, 0, 0] = np.nan
    assert Attention(shown).describe(0, 0) == "Head 0: query position 0 has weights that are not finite."
    assert Attention(shown).highest == 0.75


@pytest.mark.parametrize("heads", [1, 4, 12, 64])
@pytest.mark.parametrize(("wide", "high"), [(100, 80), (500, 300), (1600, 900)])
def test_maps_fit_their_room_or_scroll(heads: int, wide: int, high: int) -> None:
    columns, edge = map_columns(heads, wide, high, 12, 18, 96, 240)
    assert 96 <= edge <= 240
    assert columns == 1 or columns * (edge + 12) - 12 <= wide


def test_grey_levels_span_the_picture() -> None:
    assert grey_levels(np.array([[0.0, np.nan], [1.0, 0.5]], np.float32)).tolist() == [[0, 0], [255, 127]]
    assert grey_levels(np.ones((3, 2, 2), np.float32)).tolist() == [[0, 0], [0, 0]]
