"""Pictures small enough for a node's card: a curve in a line of text, a strip of feature maps."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPolygonF

from visualnet.app.plots.compose import common_scale, is_signed
from visualnet.app.plots.paint import GAP, Ink, colour_table, hatch, indexed_image, ink_of, levels, line_pen
from visualnet.app.theme.tokens import Theme
from visualnet.training.series import Series


def draw_sparkline(painter: QPainter, rect: QRectF, series: Series, theme: Theme) -> None:
    """Draw a whole curve into `rect`, with a dot on its newest point; gaps stay open."""
    if not len(series):
        return
    steps, values = series.window(int(series.steps[0]), int(series.steps[-1]), max(int(rect.width() / 2), 4))
    finite = values[np.isfinite(values)]
    if not len(finite):
        return
    ink = ink_of(theme)
    low, high = float(finite.min()), float(finite.max())
    span, length = high - low or 1.0, max(int(steps[-1] - steps[0]), 1)
    inner = rect.adjusted(1, 2, -3, -2)
    x = inner.left() + (steps - steps[0]) / length * inner.width()
    y = inner.bottom() - (values - low) / span * inner.height() if high > low else values * 0 + inner.center().y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(line_pen(ink.accent))
    for part in np.split(np.arange(len(y)), np.flatnonzero(~np.isfinite(y))):
        points = [QPointF(x[i], y[i]) for i in part if np.isfinite(y[i])]
        painter.drawPolyline(QPolygonF(points))
    if np.isfinite(y[-1]):
        painter.setBrush(ink.accent)
        painter.drawEllipse(QPointF(x[-1], y[-1]), 1.5, 1.5)
    painter.restore()


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
