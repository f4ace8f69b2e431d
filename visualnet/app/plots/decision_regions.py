"""The network as a picture of its whole input: a curve through points, or regions of a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.plots.colours import Ink, draw_axes, draw_empty, faded, ink_of, line_pen, text_font
from visualnet.app.plots.export import picture_menu
from visualnet.app.theme.tokens import Theme

Floats = NDArray[np.float64]


class _View(QWidget):
    """A picture with two axes."""

    empty_words = "Press Train: the picture appears here"
    file_name = "picture"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink: Ink | None = None
        self._names = ("x", "y")
        self.setMinimumSize(180, 140)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._ink = ink_of(theme)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(340, 260)

    def menu(self) -> QMenu:
        """Copy picture and Save picture…"""
        return picture_menu(self, self.file_name)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ink.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(self.font(), 12))
        if not self._ready():
            draw_empty(painter, QRectF(self.rect()), self._ink, self.empty_words)
            return
        painter.setFont(text_font(self.font(), 11))
        self._draw(painter, self._ink, QRectF(self.rect()).adjusted(52, 28, -16, -40))

    def _ready(self) -> bool:
        raise NotImplementedError

    def _draw(self, painter: QPainter, ink: Ink, box: QRectF) -> None:
        raise NotImplementedError


class RegressionView(_View):
    """Points to learn, and the curve that the network has learned so far."""

    empty_words = "Press Train: the learned curve appears here"
    file_name = "regression"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = np.zeros((0, 2))
        self._curve = np.zeros((0, 2))

    def set_curve(
        self, points_x: Any, points_y: Any, curve_x: Any, curve_y: Any, *, names: tuple[str, str] = ("x", "y")
    ) -> None:
        """Show points (x, y) of the data and the network's output over curve_x."""
        points = np.column_stack([np.ravel(np.asarray(a, np.float64)) for a in (points_x, points_y)])
        curve = np.column_stack([np.ravel(np.asarray(a, np.float64)) for a in (curve_x, curve_y)])
        self._points = points[np.isfinite(points).all(1)]
        self._curve = curve[np.argsort(curve[:, 0], kind="stable")]
        self._names = names
        self.update()

    def _ready(self) -> bool:
        return len(self._points) + len(self._curve) > 0

    def _draw(self, painter: QPainter, ink: Ink, box: QRectF) -> None:
        every = np.concatenate([self._points, self._curve])
        every = every[np.isfinite(every).all(1)]
        x, y = (_padded(every[:, axis], 0.05 * axis) for axis in (0, 1)) if len(every) else ((0.0, 1.0), (0.0, 1.0))
        draw_axes(painter, box, ink, x, y, self._names)
        words = f"{len(self._points):,} points · line: the network"
        painter.drawText(box.adjusted(0, -22, 0, 0), Qt.AlignmentFlag.AlignRight, words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(ink.muted, 0.65))
        for at in _placed(self._points, x, y, box)[:5000]:
            painter.drawEllipse(QPointF(*at), 2.2, 2.2)
        painter.setClipRect(box)
        painter.setPen(line_pen(ink.accent, width=2))
        placed = _placed(self._curve, x, y, box)
        for part in np.split(placed, np.flatnonzero(~np.isfinite(placed).all(1))):
            painter.drawPolyline(QPolygonF([QPointF(*at) for at in part if np.isfinite(at).all()]))


class DecisionView(_View):
    """The plane in the colours of the classes, paler where the network is unsure, and the line where it decides."""

    empty_words = "Press Train: the decision regions appear here"
    file_name = "decision"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = np.zeros((0, 2))
        self._labels = np.zeros(0, np.int64)
        self._extent = (0.0, 1.0, 0.0, 1.0)
        self._grid: Floats | None = None

    def set_decision(
        self,
        points_xy: Any,
        labels: Any,
        grid_xy_extent: Sequence[float],
        probability_grid: Any,
        *,
        names: tuple[str, str] = ("x₀", "x₁"),
    ) -> None:
        """Show points (N 2), their classes, and probabilities (K H W) over extent (x0, x1, y0, y1).

        Row 0 of the grid lies at y0. One plane (1 H W) is the probability of class 1.
        """
        grid = np.asarray(probability_grid, np.float64)
        if grid.ndim != 3 or not grid.size:
            raise ValueError(
                f"a probability grid of shape {grid.shape} cannot be drawn: wanted (classes, rows, columns)"
            )
        self._grid = np.concatenate([1 - grid, grid]) if len(grid) == 1 else grid
        self._points = np.asarray(points_xy, np.float64).reshape(-1, 2)
        self._labels = np.asarray(labels).reshape(-1).astype(np.int64)
        x0, x1, y0, y1 = (float(v) for v in grid_xy_extent)
        self._extent, self._names = (x0, x1, y0, y1), names
        self.update()

    def _ready(self) -> bool:
        return self._grid is not None

    def _draw(self, painter: QPainter, ink: Ink, box: QRectF) -> None:
        assert self._grid is not None
        x0, x1, y0, y1 = self._extent
        scale = min(box.width() / (x1 - x0), box.height() / (y1 - y0))
        wide, high = (x1 - x0) * scale, (y1 - y0) * scale
        box = QRectF(box.left() + (box.width() - wide) / 2, box.top() + (box.height() - high) / 2, wide, high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        regions = _regions(self._grid, [ink.curve(k) for k in range(len(self._grid))], ink.surface)
        painter.drawImage(box, regions, QRectF(regions.rect()))
        draw_axes(painter, box, ink, (x0, x1), (y0, y1), self._names)
        painter.setClipRect(box)
        painter.setPen(line_pen(ink.text, width=1.5))
        rows, columns = self._grid.shape[1:]
        for a, b in _boundary(self._grid):
            ends = ((a + 0.5) / (columns, rows), (b + 0.5) / (columns, rows))
            first, second = (QPointF(box.left() + e[0] * wide, box.bottom() - e[1] * high) for e in ends)
            painter.drawLine(first, second)
        placed = _placed(self._points, (x0, x1), (y0, y1), box)
        painter.setPen(QPen(ink.surface, 1))
        for at, label in list(zip(placed, self._labels, strict=True))[:5000]:
            painter.setBrush(ink.curve(int(label)))
            _draw_point(painter, QPointF(*at), int(label))


def _draw_point(painter: QPainter, at: QPointF, label: int) -> None:
    """Circle, square, diamond, triangle by class: colour is not the only sign."""
    if label % 4 == 0:
        painter.drawEllipse(at, 3.2, 3.2)
        return
    shapes = {
        1: ((-3, -3), (3, -3), (3, 3), (-3, 3)),
        2: ((0, -4.2), (4.2, 0), (0, 4.2), (-4.2, 0)),
        3: ((0, -4), (3.8, 3), (-3.8, 3)),
    }
    painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in shapes[label % 4]]))


def _padded(values: Floats, share: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = (high - low) * share if high > low else 0.5
    return low - room, high + room


def _placed(points: Floats, x: tuple[float, float], y: tuple[float, float], box: QRectF) -> Floats:
    across = box.left() + (points[:, 0] - x[0]) / (x[1] - x[0]) * box.width()
    up = box.bottom() - (points[:, 1] - y[0]) / (y[1] - y[0]) * box.height()
    return np.column_stack([across, up])


def _regions(grid: Floats, colours: list[QColor], ground: QColor) -> QImage:
    """Each cell in the colour of its most probable class, mixed into the ground by how unsure it is."""
    sure = np.nan_to_num(grid)
    best, share = sure.argmax(0), sure.max(0)
    strength = 0.10 + 0.45 * np.clip((share - 1 / len(grid)) / (1 - 1 / len(grid)), 0, 1)[..., None]
    inks = np.array([[c.red(), c.green(), c.blue()] for c in colours], np.float64)[best]
    base = np.array([ground.red(), ground.green(), ground.blue()], np.float64)
    rows, columns = best.shape
    pixels = np.full((rows, columns, 4), 255, np.uint8)
    pixels[..., :3] = (base + (inks - base) * strength)[::-1, :, ::-1].round()
    return QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()


def _boundary(grid: Floats) -> list[tuple[Floats, Floats]]:
    """Line pieces, in cells (column, row), where a class's lead over all others passes through zero.

    Marching squares: on the edges of each square of four cells the lead is followed linearly to its zero.
    """
    pieces: list[tuple[Floats, Floats]] = []
    pairs = range(1, 2) if len(grid) == 2 else range(len(grid))
    for k in pairs:
        lead = grid[k] - np.delete(grid, k, axis=0).max(0)
        above = lead > 0
        corners = above[:-1, :-1].astype(int) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
        for r, c in zip(*np.nonzero((corners > 0) & (corners < 4)), strict=True):
            crossings = [p for p in _crossings(lead[r : r + 2, c : c + 2]) if p is not None]
            spots = [np.array([c, r], np.float64) + p for p in crossings]
            pieces += list(zip(spots[::2], spots[1::2], strict=False))
    return pieces


def _crossings(square: Floats) -> list[tuple[float, float] | None]:
    """Where the lead is zero on bottom, right, top and left of a unit square, or None."""
    (a, b), (c, d) = square.tolist()

    def zero(p: float, q: float) -> float | None:
        return p / (p - q) if (p > 0) != (q > 0) and np.isfinite(p - q) else None

    bottom, right, top, left = zero(a, b), zero(b, d), zero(c, d), zero(a, c)
    return [
        None if bottom is None else (bottom, 0.0),
        None if right is None else (1.0, right),
        None if top is None else (top, 1.0),
        None if left is None else (0.0, left),
    ]
