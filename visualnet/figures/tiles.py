"""Many maps become one picture: what the ends of the colours mean, where tiles stand, and the colour index of each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.colours.indices import GAP, Indices, hatch, levels

Maps = NDArray[np.float32]

SPACE = 6
LABEL = 14
STRIP_GAP = 2
LEAST, MOST = 32, 168
"""Tile edges in pixels: smaller is not seen, larger only wastes room when there are several."""


@dataclass(frozen=True)
class TileScale:
    """What the ends of the colour map mean: numbers, or one pair for each channel."""

    signed: bool
    low: Any
    high: Any

    def of(self, channel: int) -> TileScale:
        """The scale of one channel."""
        return TileScale(self.signed, self.low[channel], self.high[channel]) if np.ndim(self.low) else self


@dataclass(frozen=True)
class TileGrid:
    """Where the tiles of an array stand: columns, size of a tile, pixels of a cell of its map."""

    columns: int
    rows: int
    tile_w: int
    tile_h: int
    zoom: float
    label: int

    @property
    def step_x(self) -> int:
        return self.tile_w + SPACE

    @property
    def step_y(self) -> int:
        return self.tile_h + self.label + SPACE

    @property
    def height(self) -> int:
        return self.rows * self.step_y + SPACE

    def place(self, channel: int) -> tuple[int, int]:
        """Left and top of a channel's tile."""
        return SPACE + channel % self.columns * self.step_x, SPACE + channel // self.columns * self.step_y


def as_maps(activation: Any) -> Maps:
    """An activation of any rank as one that can be tiled: a number as a bar, more than three axes as channels."""
    values = np.asarray(activation, np.float32)
    if values.ndim == 0:
        return values.reshape(1)
    return values if values.ndim <= 3 else values.reshape(-1, *values.shape[-2:])


def describe_shape(activation: Maps, dead: int) -> str:
    """How large an activation is, axis by axis, how many channels are dead, and how many values are not finite."""
    shape = activation.shape
    if activation.ndim == 1:
        words = [f"{shape[0]} values"]
    elif activation.ndim == 2:
        words = [f"{shape[0]} tokens down", f"{shape[1]} features across"]
    else:
        words = [format_quantity(shape[0], "channel"), f"{shape[1]}×{shape[2]}"]
        words += [f"{dead} all zero"] * bool(dead)
    if bad := int((~np.isfinite(activation)).sum()):
        words.append(f"{bad:,} not finite")
    return " · ".join(words)


def describe_cell(activation: Maps, channel: int, row: int, column: int, name: str = "") -> str:
    """What stands at a place; ``name`` is what the channel is called, if not by its number."""
    if activation.ndim == 1:
        return f"feature {column}: {format_number(float(activation[column]), 4)}"
    if activation.ndim == 2:
        return f"token {row}, feature {column}: {format_number(float(activation[row, column]), 4)}"
    value = format_number(float(activation[channel, row, column]), 4)
    return f"{name or f'channel {channel}'} at ({row}, {column}): {value}"


def describe_channel(channel: int, values: Maps, name: str = "") -> str:
    """The least and the greatest value of a channel, which may have a name."""
    finite = values[np.isfinite(values)]
    name = name or f"channel {channel}"
    if not len(finite):
        return f"{name}: no finite value"
    return f"{name}: {format_number(float(finite.min()))} to {format_number(float(finite.max()))}"


def dead_channels(maps: Maps) -> NDArray[np.bool_]:
    """Which channels are zero everywhere."""
    alive: NDArray[np.bool_] = np.any(maps.reshape(len(maps), -1), axis=1)
    return ~alive


def is_signed(values: Maps) -> bool:
    """Whether values go below zero, so that the colours must show the sign."""
    return bool(((values < 0) & (values > -np.inf)).any())


def common_scale(maps: Maps, signed: bool) -> TileScale:
    """One scale for all channels: centred on zero for signed values, from zero for amounts."""
    low, high = float(maps.min()), float(maps.max())
    if not np.isfinite(high - low):
        finite = maps[np.isfinite(maps)]
        if not len(finite):
            return TileScale(signed, -1.0 if signed else 0.0, 1.0)
        low, high = float(finite.min()), float(finite.max())
    return _ends(signed, np.array(low), np.array(high))


def own_scales(maps: Maps, signed: bool) -> TileScale:
    """A scale for each channel."""
    flat = maps.reshape(len(maps), -1)
    bad = ~np.isfinite(flat)
    low = np.where(bad, np.inf, flat).min(1)
    high = np.where(bad, -np.inf, flat).max(1)
    none = low > high
    return _ends(signed, np.where(none, 0.0, low), np.where(none, 0.0, high))


def _ends(signed: bool, low: NDArray[Any], high: NDArray[Any]) -> TileScale:
    if signed:
        most = np.maximum(np.abs(low), np.abs(high)).astype(float)
        most = np.where(most > 0, most, 1.0)
        return TileScale(True, -most, most)
    low = np.minimum(low, 0.0).astype(float)
    return TileScale(False, low, np.where(high > low, high, low + 1.0).astype(float))


def arrange(channels: int, height: int, width: int, room_w: int, room_h: int) -> TileGrid:
    """The largest tiles that all fit without scrolling; small ones that scroll where none do."""
    room = max(room_w - SPACE, LEAST)
    grids = [_grid(channels, height, width, zoom, room) for zoom in _zooms(height, width, room, room_h, channels)]
    return next((grid for grid in grids if grid.height <= room_h), grids[-1])


def stretch_tile(height: int, width: int, room_w: int, room_h: int) -> TileGrid:
    """One tile that fills the room, its cells whole pixels where there are enough of them."""
    wide, tall = max(room_w - 12, 16), max(room_h - 24, 16)
    tile_w = width * (wide // width) if wide >= width and height > 1 else wide
    tile_h = min(height * max(tall // height, 1), height * 24) if height > 1 else min(tall, 220)
    return TileGrid(1, 1, tile_w, min(tile_h, max(tall, height)), 1.0, 0)


def _zooms(height: int, width: int, room_w: int, room_h: int, channels: int) -> list[float]:
    """Zooms to try, from large to small: whole numbers while a cell has a pixel or more, then fractions."""
    edge = max(height, width)
    most = MOST / edge if channels > 1 else max(room_h - 3 * SPACE - LABEL, LEAST) / height
    largest = min(most, (room_w - SPACE) / width)
    if largest < 1:
        return [largest, max(largest / 2, LEAST / edge), min(largest, LEAST / edge)]
    least = max(1, -(-LEAST // edge))
    return [float(z) for z in range(int(largest), min(least, int(largest)) - 1, -1)]


def _grid(channels: int, height: int, width: int, zoom: float, room: int) -> TileGrid:
    tile_w, tile_h = max(int(width * zoom), 1), max(int(height * zoom), 1)
    columns = max(min(room // (tile_w + SPACE), channels), 1)
    label = LABEL if tile_w >= 28 and channels > 1 else 0
    return TileGrid(columns, -(-channels // columns), tile_w, tile_h, zoom, label)


def tile_indices(maps: Maps, scale: TileScale, grid: TileGrid, first: int = 0, last: int | None = None) -> Indices:
    """The pixels of the tile rows `first` to `last` (excluded), gaps let through."""
    last = grid.rows if last is None else min(last, grid.rows)
    begin, end = first * grid.columns, min(last * grid.columns, len(maps))
    shown = maps[begin:end]
    low, high = (np.asarray(side)[begin:end, None, None] if np.ndim(side) else side for side in (scale.low, scale.high))
    down = np.arange(grid.tile_h) * maps.shape[1] // grid.tile_h
    across = np.arange(grid.tile_w) * maps.shape[2] // grid.tile_w
    if grid.zoom < 1:
        tiles = levels(shown[:, down[:, None], across], low, high)
    else:
        tiles = levels(shown, low, high)[:, down[:, None], across]
    rows = max(last - first, 0)
    full = np.full((rows * grid.columns, grid.step_y, grid.step_x), GAP, np.uint8)
    full[: len(tiles), : grid.tile_h, : grid.tile_w] = tiles
    sheet = full.reshape(rows, grid.columns, grid.step_y, grid.step_x).swapaxes(1, 2)
    sheet = np.ascontiguousarray(sheet.reshape(rows * grid.step_y, grid.columns * grid.step_x))
    if not np.isfinite(shown).all():
        hatch(sheet)
    return sheet


def strip_indices(maps: Maps, width: int, height: int, signed: bool) -> Indices:
    """The pixels of a strip: the first few channels of (C H W) side by side, a (T D) map, or (D) values as cells."""
    sheet = np.full((height, width), GAP, np.uint8)
    if not maps.size:
        return sheet
    scale = common_scale(maps, signed)
    tiles = maps.reshape((1,) * (3 - maps.ndim) + maps.shape)
    tile_w = min(max(height * tiles.shape[2] // tiles.shape[1], 1), width) if maps.ndim == 3 else width
    down, across = (np.arange(n) * side // n for n, side in zip((height, tile_w), tiles.shape[1:], strict=True))
    for place, tile in enumerate(tiles[: max((width + STRIP_GAP) // (tile_w + STRIP_GAP), 1)]):
        left = place * (tile_w + STRIP_GAP)
        sheet[:, left : left + tile_w] = levels(tile, scale.low, scale.high)[down][:, across]
    hatch(sheet)
    return sheet
