"""Thinned maps: no great value vanishes."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.sequences.thinning import thin_by_maximum


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("rows", "columns"), [(4, 4), (3, 50), (50, 7), (1, 1), (10, 12)])
def test_each_cell_is_the_greatest_of_its_own(rows: int, columns: int, signed: bool) -> None:
    maps = np.random.default_rng(0).normal(size=(2, 11, 23)).astype(np.float32)
    found = thin_by_maximum(maps, rows, columns, signed)
    assert found.shape[-2] <= rows
    assert found.shape[-1] <= columns
    down, across = -(-11 // rows), -(-23 // columns)
    for place in np.ndindex(found.shape):
        head, row, column = place
        part = maps[head, row * down : (row + 1) * down, column * across : (column + 1) * across].ravel()
        assert found[place] == (part[np.abs(part).argmax()] if signed else part.max())


def test_small_maps_are_left_alone_and_not_finite_ones_stay_so() -> None:
    maps = np.ones((1, 4, 4), np.float32)
    assert thin_by_maximum(maps, 4, 4) is maps
    maps[0, 1, 1] = np.nan
    assert np.isnan(thin_by_maximum(maps, 2, 2)).sum() == 1
    assert np.isnan(thin_by_maximum(maps, 2, 2, signed=True)).sum() == 1
    assert maps[0, 0, 0] == 1
    with pytest.raises(ValueError, match="0×3"):
        thin_by_maximum(maps, 0, 3)
