"""Pictures small enough for a node's card: a strip of feature maps."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage

from visualnet.app.plots.colours import GAP, Ink, colour_table, hatch, indexed_image, ink_of, levels
from visualnet.app.plots.tile_layout import common_scale, is_signed
from visualnet.app.theme.tokens import Theme


def compose_strip(
    array: Any, size_px: tuple[int, int], theme: Theme | Ink, *, signed: bool | None = None, gap: int = 2
) -> QImage:
    """The first few channels of (C H W) side by side, a (T D) strip, or (D) values as cells, in size_px pixels."""
    ink = theme if isinstance(theme, Ink) else ink_of(theme)
    width, height = (max(int(side), 1) for side in size_px)
    maps = np.asarray(array, np.float32)
    signed = is_signed(maps) if signed is None else signed
    sheet = np.full((height, width), GAP, np.uint8)
    if maps.size:
        scale = common_scale(maps, signed)
        tiles = maps if maps.ndim == 3 else maps[None] if maps.ndim == 2 else maps[None, None]
        tile_h = height
        tile_w = min(max(height * tiles.shape[2] // tiles.shape[1], 1), width) if maps.ndim == 3 else width
        for place, tile in enumerate(tiles[: max((width + gap) // (tile_w + gap), 1)]):
            cells = levels(tile, scale.low, scale.high)
            down = np.arange(tile_h) * cells.shape[0] // tile_h
            across = np.arange(tile_w) * cells.shape[1] // tile_w
            left = place * (tile_w + gap)
            sheet[:, left : left + tile_w] = cells[down][:, across]
        hatch(sheet)
    return indexed_image(sheet, colour_table(ink, signed))
