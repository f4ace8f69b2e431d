"""The network as a picture of its whole input: a curve through points, or regions of a plane."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.colours import PlotColours, draw_axes, line_pen, translucent
from visualnet.app.plots.picture import PaintedPicture
from visualnet.figures.decision import POINT_SHAPES, boundary, padded_range, region_colours

Floats = NDArray[np.float64]
MOST_POINTS = 5000


class _InputSpacePicture(PaintedPicture):
    """A picture with two axes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(180, 140)

    def sizeHint(self) -> QSize:
        return QSize(340, 260)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(46, 20, -16, -34)


class RegressionView(_InputSpacePicture):
    """Points to learn, and the curve that the network has learned so far."""

    empty_words = "Press Train: the learned curve appears here"
    file_name = "regression"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = self._curve = np.zeros((0, 2))

    def set_curve(self, points_x: Any, points_y: Any, curve_x: Any, curve_y: Any) -> None:
        """Show points (x, y) of the data and the network's output over curve_x."""
        points, curve = (
            np.column_stack([np.ravel(np.asarray(a, np.float64)) for a in pair])
            for pair in ((points_x, points_y), (curve_x, curve_y))
        )
        self._points = points[np.isfinite(points).all(1)]
        self._curve = curve[np.argsort(curve[:, 0], kind="stable")]
        self.update()

    def is_empty(self) -> bool:
        return len(self._points) + len(self._curve) == 0

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        box = self._box()
        every = np.concatenate([self._points, self._curve])
        every = every[np.isfinite(every).all(1)]
        x = y = (0.0, 1.0)
        if len(every):
            x, y = padded_range(every[:, 0], 0.0), padded_range(every[:, 1], 0.05)
        draw_axes(painter, box, colours, x, y, ("x", "y"))
        words = f"{len(self._points):,} points · line: the network"
        painter.drawText(box.adjusted(0, -22, 0, 0), Qt.AlignmentFlag.AlignRight, words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(colours.muted, 0.65))
        for at in _places(self._points, x, y, box)[:MOST_POINTS]:
            painter.drawEllipse(QPointF(*at), 2.2, 2.2)
        painter.setClipRect(box)
        painter.setPen(line_pen(colours.accent, width=2))
        places = _places(self._curve, x, y, box)
        for part in np.split(places, np.flatnonzero(~np.isfinite(places).all(1))):
            painter.drawPolyline(QPolygonF([QPointF(*at) for at in part if np.isfinite(at).all()]))


class DecisionView(_InputSpacePicture):
    """The plane in the colours of the classes, paler where the network is unsure, and the line where it decides."""

    empty_words = "Press Train: the decision regions appear here"
    file_name = "decision"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = np.zeros((0, 2))
        self._labels = np.zeros(0, np.int64)
        self._extent = (0.0, 1.0, 0.0, 1.0)
        self._grid: Floats | None = None

    def set_decision(self, points_xy: Any, labels: Any, extent: Sequence[float], probability_grid: Any) -> None:
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
        x0, x1, y0, y1 = map(float, extent)
        self._extent = (x0, x1, y0, y1)
        self.update()

    def is_empty(self) -> bool:
        return self._grid is None

    def plane_box(self) -> QRectF:
        """Where the plane stands in the widget: a unit is as long across as up."""
        box = self._box()
        x0, x1, y0, y1 = self._extent
        scale = min(box.width() / (x1 - x0), box.height() / (y1 - y0))
        wide, high = (x1 - x0) * scale, (y1 - y0) * scale
        return QRectF(box.left() + (box.width() - wide) / 2, box.top() + (box.height() - high) / 2, wide, high)

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        x0, x1, y0, y1 = self._extent
        box = self.plane_box()
        if self._grid is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            of_classes = [_rgb(colours.curve(k)) for k in range(len(self._grid))]
            pixels = region_colours(self._grid, of_classes, _rgb(colours.surface))
            rows, columns = pixels.shape[:2]
            regions = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
            painter.drawImage(box, regions, QRectF(regions.rect()))
        draw_axes(painter, box, colours, (x0, x1), (y0, y1), ("x₀", "x₁"))
        painter.setClipRect(box)
        if self._grid is not None:
            painter.setPen(line_pen(colours.text, width=1.5))
            rows, columns = self._grid.shape[1:]
            for piece in boundary(self._grid):
                ends = _places((np.array(piece) + 0.5) / (columns, rows), (0, 1), (0, 1), box)
                painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
        places = _places(self._points, (x0, x1), (y0, y1), box)
        painter.setPen(QPen(colours.surface, 1))
        for at, label in list(zip(places, self._labels.tolist(), strict=True))[:MOST_POINTS]:
            painter.setBrush(colours.curve(label))
            draw_point(painter, QPointF(*at), label)


def draw_point(painter: QPainter, at: QPointF, label: int, grown: float = 1.0) -> None:
    """The mark of a point of a class, with the painter's pen and brush."""
    shape = POINT_SHAPES[label % len(POINT_SHAPES)]
    if shape:
        painter.drawPolygon(_polygon(shape, grown).translated(at))
    else:
        painter.drawEllipse(at, 3.2 * grown, 3.2 * grown)


@lru_cache(maxsize=64)
def _polygon(shape: tuple[tuple[float, float], ...], grown: float) -> QPolygonF:
    return QPolygonF([QPointF(grown * x, grown * y) for x, y in shape])


def _places(points: Floats, x: tuple[float, float], y: tuple[float, float], box: QRectF) -> Floats:
    across = box.left() + (points[:, 0] - x[0]) / (x[1] - x[0]) * box.width()
    up = box.bottom() - (points[:, 1] - y[0]) / (y[1] - y[0]) * box.height()
    return np.column_stack([across, up])


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
