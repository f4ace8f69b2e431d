"""The line where a network decides, and its regions as pixels."""

from __future__ import annotations

import numpy as np

from visualnet.figures.decision import boundary, padded_range, region_colours


def test_the_line_stands_where_the_probability_is_half() -> None:
    grid = np.tile(np.linspace(0, 1, 41), (20, 1))[None]
    pieces = np.array(boundary(np.concatenate([1 - grid, grid])))
    assert len(pieces) == 19
    np.testing.assert_allclose(pieces[..., 0], 20.0)


def test_nothing_is_decided_where_nothing_is_finite() -> None:
    assert boundary(np.full((3, 4, 4), np.nan)) == []


def test_row_zero_is_at_the_bottom_and_doubt_is_pale() -> None:
    grid = np.zeros((2, 4, 1))
    grid[0, 0], grid[1, 3], grid[:, 1:3] = 1, 1, 0.5
    pixels = region_colours(grid, [(255, 0, 0), (0, 0, 255)], (255, 255, 255))
    assert pixels.shape == (4, 1, 4)
    bottom, top, middle = pixels[3, 0], pixels[0, 0], pixels[1, 0]
    assert bottom[2] > bottom[0] and top[0] > top[2]
    assert middle[:3].min() > bottom[:3].min()


def test_a_single_value_has_room_around_it() -> None:
    assert padded_range(np.array([2.0, 2.0]), 0.05) == (1.5, 2.5)
    assert padded_range(np.array([0.0, 1.0]), 0.05) == (-0.05, 1.05)
