"""The view of a curve plot: two quiet axes and a view box to pan and zoom, on pyqtgraph.

Pens stay cosmetic and one pixel wide wherever there are many points: wider ones are drawn far slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.charts.mark_lines import REACH, draw_mark, draw_tag
from visualnet.app.plots.colours import PlotColours, draw_empty, text_font, translucent
from visualnet.core.text.format import format_number
from visualnet.figures.ticks import MarkGroup, group_marks, log_ticks, nearest_group, nice_ticks, tick_labels
from visualnet.training.runs.change_marks import RunMark

END_LABEL = 36
"""So near to the end of a run, in px, no other tick stands."""


class ChartAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis with round numbers, a light grid and no line of its own; it can count in powers of ten."""

    def __init__(self, side: Literal["left", "bottom"]) -> None:
        super().__init__(side, maxTickLength=0, showValues=True)
        self.log = False
        self.whole = False
        self.end: float | None = None
        """Where the run ends: it has a tick of its own."""
        self.setStyle(tickLength=0, tickTextOffset=6, hideOverlappingLabels=False)
        self.setZValue(-110)  # the view box stands at -100, and the grid belongs beneath the curves

    def paint_with(self, colours: PlotColours, font: QFont) -> None:
        """Take colours and type."""
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setTextPen(colours.muted)
        self.setTickPen(pg.mkPen(translucent(colours.line, 0.75), width=1))
        self.setTickFont(font)
        self.setGrid(255)

    def boundingRect(self) -> QRectF:
        # Labels at the ends stand half outside the view box; without this room they would be left out.
        inner: QRectF = super().boundingRect()
        return inner.adjusted(-30, -10, 30, 10)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        low, high = min(minVal, maxVal), max(minVal, maxVal)
        most = max(int(size / (34 if self.orientation == "left" else 72)), 2)
        ticks = log_ticks(low, high, most) if self.log else nice_ticks(low, high, most)
        if self.whole:
            ticks = [t for t in ticks if abs(t - round(t)) < 1e-9]
        if self.end is not None and low < self.end <= high:
            room = END_LABEL * (high - low) / max(size, 1)
            ticks = [*(t for t in ticks if self.end - t >= room), self.end]
        return [(1.0, ticks)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.log:
            return [format_number(10.0**v, 2) for v in values]
        return tick_labels(list(values))


class CurveViewBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Where the curves stand: drag pans, the wheel zooms, a double click asks for the whole again."""

    reset_wanted = Signal()
    menu_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, border=None)
        self.disableAutoRange()
        self.setDefaultPadding(0)

    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            self.menu_wanted.emit(ev.screenPos().toPoint())
        elif ev.button() == Qt.MouseButton.LeftButton and ev.double():
            ev.accept()
            self.reset_wanted.emit()

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
        else:
            super().mouseDragEvent(ev, axis)


class PlotView(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """One view box with its two axes, without the menus and buttons that a pyqtgraph plot brings along."""

    hovered = Signal(object)
    """The place of the mouse in the coordinates of the data, or None when it has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setAccessibleName("Curves")
        self.view_box = CurveViewBox()
        self.left, self.bottom = ChartAxis("left"), ChartAxis("bottom")
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 8, 24, 0)
        layout.setSpacing(0)
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.view_box, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        self.left.linkToView(self.view_box)
        self.bottom.linkToView(self.view_box)
        self.left.setWidth(54)
        self.bottom.setHeight(22)
        self.setCentralItem(layout)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    def data_point(self, at: QPoint | QPointF) -> QPointF | None:
        """A place of this widget in the coordinates of the data, or None outside the axes."""
        scene = self.mapToScene(QPointF(at).toPoint())
        if not self.view_box.sceneBoundingRect().contains(scene):
            return None
        in_view: QPointF = self.view_box.mapSceneToView(scene)
        return in_view

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        super().mouseMoveEvent(ev)
        self.hovered.emit(self.data_point(ev.position()))

    def leaveEvent(self, ev: Any) -> None:
        super().leaveEvent(ev)
        self.hovered.emit(None)


class CurveOverlay(QWidget):
    """The name of the x axis, the place of the cursor, marks, what the view leaves out, and the empty sentence."""

    def __init__(self, plot_view: PlotView) -> None:
        super().__init__(plot_view)
        self._plot_view = plot_view
        self._colours: PlotColours | None = None
        self._unit = self._note = self._empty = ""
        self._hover: QPointF | None = None
        self._pointed: Sequence[str] = ()
        self._marks: Sequence[tuple[float, RunMark]] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot_view.view_box.sigResized.connect(lambda *_: self.resize(plot_view.size()))

    def show_words(
        self, colours: PlotColours, unit: str, note: str, empty: str, hover: QPointF | None, pointed: Sequence[str] = ()
    ) -> None:
        """Take the words to show; ``pointed`` are those of the curve at the pointer."""
        self._pointed = pointed
        self._colours, self._unit, self._note, self._empty, self._hover = colours, unit, note, empty, hover
        self.update()

    def show_marks(self, marks: Sequence[tuple[float, RunMark]]) -> None:
        """Take marks, each with its place on the x axis."""
        self._marks = marks
        self.update()

    def _pixel(self, x: float) -> float:
        """Where a place on the x axis stands here."""
        view_box = self._plot_view.view_box
        return float(self._plot_view.mapFromScene(view_box.mapViewToScene(QPointF(x, 0))).x())

    def _groups(self, box: QRectF) -> list[MarkGroup]:
        """The marks in view, those joined that stand too close."""
        seen = [(self._pixel(x), mark) for x, mark in self._marks]
        seen = [(at, mark) for at, mark in seen if box.left() - 1 <= at <= box.right() + 1]
        room = self.fontMetrics().horizontalAdvance("W–W") + 8
        return group_marks(
            [at for at, _ in seen], [mark.letter for _, mark in seen], [mark.sentence for _, mark in seen], room
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        painter, plot_view = QPainter(self), self._plot_view
        box = QRectF(plot_view.mapFromScene(plot_view.view_box.sceneBoundingRect()).boundingRect())
        painter.setPen(self._colours.muted)
        if self._empty:
            painter.setFont(text_font(self.font(), 13))
            draw_empty(painter, QRectF(self.rect()), self._colours, self._empty)
            return
        painter.setFont(text_font(self.font(), 11))
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(
            QRectF(0, box.bottom() + 5, box.left() - 14, painter.fontMetrics().height() + 2), right, self._unit
        )
        painter.drawText(box.adjusted(6, 2, -6, -2), right | Qt.AlignmentFlag.AlignTop, self._note)
        groups = self._groups(box)
        for group in groups:
            draw_mark(painter, self._colours, group, box)
        if self._hover is not None:
            digits = 4 if self._unit == "epoch" else 6
            words = f"{self._unit} {format_number(max(self._hover.x(), 0), digits)}"
            x = self._pixel(self._hover.x())
            near = nearest_group(groups, x, REACH)
            draw_tag(painter, self._colours, box, x, (words, *self._pointed, *(near.lines if near is not None else ())))
