"""Feature maps as tiles: what the colours mean, where a tile stands, what is said. Nothing here needs a window."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.colours.indices import GAP, HATCH, LEVELS, NEUTRAL, levels
from visualnet.figures.tiles import (
    arrange,
    as_maps,
    common_scale,
    describe_cell,
    describe_channel,
    describe_shape,
    own_scales,
    strip_indices,
    tile_indices,
)


def test_signed_scale_is_centred_and_amounts_start_at_zero() -> None:
    array = np.array([[[-1.0, 3.0]], [[0.5, 2.0]]], np.float32)
    signed = common_scale(array, True)
    assert (float(signed.low), float(signed.high)) == (-3.0, 3.0)
    amounts = common_scale(array[1:], False)
    assert (float(amounts.low), float(amounts.high)) == (0.0, 2.0)
    assert own_scales(array, True).low.tolist() == [-3.0, -2.0]
    assert levels(np.array([0.0]), -3.0, 3.0).tolist() == [125]


@pytest.mark.parametrize("channels", [1, 6, 64, 512, 2048])
@pytest.mark.parametrize("size", [(1, 1), (5, 5), (28, 28), (56, 40), (300, 300)])
def test_tiles_fit_the_width_and_do_not_overlap(channels: int, size: tuple[int, int]) -> None:
    grid = arrange(channels, *size, 420, 300)
    right = max(grid.place(c)[0] for c in range(channels)) + grid.tile_w
    assert right <= 420
    assert len({grid.place(c) for c in range(channels)}) == channels
    assert grid.tile_w < size[1] or grid.tile_w % size[1] == 0
    assert grid.tile_h < size[0] or grid.tile_h % size[0] == 0


def test_one_picture_holds_the_rows_asked_for() -> None:
    array = np.random.default_rng(0).normal(size=(10, 8, 8)).astype(np.float32)
    grid = arrange(10, 8, 8, 200, 1000)
    scale = common_scale(array, True)
    whole = tile_indices(array, scale, grid)
    part = tile_indices(array, scale, grid, 1, 2)
    assert part.shape[0] == grid.step_y
    assert (whole[grid.step_y : 2 * grid.step_y] == part).all()


def test_what_is_not_finite_is_hatched_and_gaps_are_let_through() -> None:
    array = np.zeros((2, 4, 4), np.float32)
    array[1] = np.nan
    grid = arrange(2, 4, 4, 200, 200)
    sheet = tile_indices(array, common_scale(array, False), grid)
    assert set(np.unique(sheet)) == {0, GAP, HATCH, NEUTRAL}


def test_a_strip_shows_as_many_channels_as_fit() -> None:
    array = np.stack([np.zeros((4, 4), np.float32), np.ones((4, 4), np.float32)])
    strip = strip_indices(array, 40, 8, signed=False)
    assert strip.shape == (8, 40)
    assert [int(strip[3, x]) for x in (3, 9, 13, 30)] == [0, GAP, LEVELS - 1, GAP]
    assert (strip_indices(np.zeros((0,), np.float32), 7, 5, signed=False) == GAP).all()


def test_activations_in_words() -> None:
    array = np.ones((6, 8, 8), np.float32)
    array[4, 1, 1:4] = [np.nan, np.inf, -np.inf]
    assert describe_shape(array, 1) == "6 channels · 8×8 · 1 all zero · 3 not finite"
    assert describe_shape(np.ones((17, 64), np.float32), 0) == "17 tokens down · 64 features across"
    assert describe_shape(np.ones(9, np.float32), 0) == "9 values"
    assert describe_cell(array, 5, 4, 3) == "channel 5 at (4, 3): 1"
    assert describe_channel(4, array[4]) == "channel 4: 1 to 1"
    assert describe_channel(0, np.full((2, 2), np.nan, np.float32)) == "channel 0: no finite value"


def test_anything_can_be_drawn() -> None:
    assert as_maps(np.float32(3)).shape == (1,)
    assert as_maps(np.zeros((2, 3, 4, 5))).shape == (6, 4, 5)
    assert as_maps(np.zeros((7, 5))).shape == (7, 5)
