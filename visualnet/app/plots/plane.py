"""The stage of a curve plot: two quiet axes and a plane to pan and zoom, on pyqtgraph.

Pens stay cosmetic and one pixel wide wherever there are many points: wider ones are drawn far slower.
"""

from __future__ import annotations

from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.paint import Ink, faded, log_ticks, nice_ticks, number, tick_words


class Axis(pg.AxisItem):
    """An axis with round numbers, a light grid and no line of its own; it can count in powers of ten."""

    def __init__(self, side: Literal["left", "bottom"]) -> None:
        super().__init__(side, maxTickLength=0, showValues=True)
        self.log = False
        self.whole = False
        self.setStyle(tickLength=0, tickTextOffset=6, hideOverlappingLabels=False)
        self.setZValue(-110)  # the plane stands at -100, and the grid belongs beneath the curves

    def paint_with(self, ink: Ink, font: QFont) -> None:
        """Take colours and type."""
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setTextPen(ink.muted)
        self.setTickPen(pg.mkPen(faded(ink.line, 0.75), width=1))
        self.setTickFont(font)
        self.setGrid(255)

    def boundingRect(self) -> QRectF:  # noqa: N802
        # Labels at the ends stand half outside the plane; without this room they would be left out.
        return super().boundingRect().adjusted(-30, -10, 30, 10)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802, N803
        low, high = min(minVal, maxVal), max(minVal, maxVal)
        most = max(int(size / (34 if self.orientation == "left" else 72)), 2)
        ticks = log_ticks(low, high, most) if self.log else nice_ticks(low, high, most)
        if self.whole:
            ticks = [t for t in ticks if abs(t - round(t)) < 1e-9]
        return [(1.0, ticks)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        if self.log:
            return [number(10.0**v, 2) for v in values]
        return tick_words(list(values))


class Plane(pg.ViewBox):
    """Where the curves stand: drag pans, the wheel zooms, a double click asks for the whole again."""

    reset_wanted = Signal()
    menu_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, border=None)
        self.disableAutoRange()
        self.setDefaultPadding(0)

    def mouseClickEvent(self, ev: Any) -> None:  # noqa: N802
        if ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            self.menu_wanted.emit(ev.screenPos().toPoint())
        elif ev.button() == Qt.MouseButton.LeftButton and ev.double():
            ev.accept()
            self.reset_wanted.emit()

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: N802
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
            return
        super().mouseDragEvent(ev, axis)


class Stage(pg.GraphicsView):
    """One plane with its two axes, without the menus and buttons that a pyqtgraph plot brings along."""

    hovered = Signal(object)
    """The place of the mouse in the plane's coordinates, or None when it has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.plane = Plane()
        self.left, self.bottom = Axis("left"), Axis("bottom")
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 8, 24, 0)
        layout.setSpacing(0)
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.plane, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        self.left.linkToView(self.plane)
        self.bottom.linkToView(self.plane)
        self.left.setWidth(54)
        self.bottom.setHeight(22)
        self.setCentralItem(layout)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(160, 100)

    def spot(self, at: QPoint | QPointF) -> QPointF | None:
        """A place of this widget in the plane's coordinates, or None outside the plane."""
        scene = self.mapToScene(QPointF(at).toPoint())
        if not self.plane.sceneBoundingRect().contains(scene):
            return None
        return self.plane.mapSceneToView(scene)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(ev)
        self.hovered.emit(self.spot(ev.position()))

    def leaveEvent(self, ev: Any) -> None:  # noqa: N802
        super().leaveEvent(ev)
        self.hovered.emit(None)


def line_pen(colour: QColor, *, dashed: bool = False, width: float = 1) -> QPen:
    """A cosmetic pen that no zoom widens."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashed:
        pen.setDashPattern([5 / width, 4 / width])
    return pen
