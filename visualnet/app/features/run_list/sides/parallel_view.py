"""Settings and outcome of all listed runs as parallel coordinates; a range brushed on an axis becomes a condition of the filter."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.features.run_list.table_model import title_of
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.hidden_characters import visible
from visualnet.figures.charts.parallel.axis import SettingAxis
from visualnet.figures.charts.parallel.parallel import BOTTOM, TOP, ParallelChart
from visualnet.training.run_index.filter_line import Term
from visualnet.training.run_index.overlay import draw_parallel

USUAL = ("lr", "batch_size", "optimizer", "epochs")
MOST_AXES = 8
LEAST_PX = 4.0


class BrushChart(ChartView):
    """A chart of parallel axes on which a range of an axis can be brushed from one height to another."""

    brushed = Signal(str, float, float)
    """The title of an axis, and the shares (0 below, 1 above) between which it was brushed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begun: tuple[str, float] | None = None

    def axis_at(self, at: QPointF) -> str | None:
        """The title of the axis near a point of the widget."""
        chart, places = self.chart, self.axis_places()
        if not isinstance(chart, ParallelChart):
            return None
        near = min(places, key=lambda one: abs(one[1] - at.x()), default=None)
        return near[0] if near is not None and abs(near[1] - at.x()) < 24 else None

    def axis_places(self) -> list[tuple[str, float]]:
        """The title of each axis and where it stands, in px of the widget."""
        chart, drawing = self.chart, self.drawing
        if not isinstance(chart, ParallelChart) or drawing is None:
            return []
        places, _ = chart.axis_places(drawing.width, drawing.height)
        return [(axis.title, x * self._scale) for axis, x in zip(chart.axes, places, strict=True)]

    def share_at(self, at: QPointF) -> float:
        """How far up the axes a point lies, from 0 to 1."""
        high = max(self.height() / self._scale - BOTTOM - TOP, 1.0)
        return min(max(1 - (at.y() / self._scale - TOP) / high, 0.0), 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        title = self.axis_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and title is not None:
            self._begun = (title, event.position().y())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        begun, self._begun = self._begun, None
        if begun is not None and abs(event.position().y() - begun[1]) >= LEAST_PX:
            shares = sorted((self.share_at(QPointF(0, begun[1])), self.share_at(event.position())))
            self.brushed.emit(begun[0], shares[0], shares[1])
            return
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self.axis_at(event.position()) is not None:
            self.setCursor(Qt.CursorShape.SplitVCursor)


class ParallelView(QWidget):
    """The chart of the listed runs, and which axes it has."""

    narrowed = Signal(tuple)
    """Conditions that a brush stands for."""
    run_chosen = Signal(str)

    def __init__(self, store: RunStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.names: tuple[str, ...] = ()
        self._ids: list[str] = []
        self.choose = describe(
            button("Axes"), "Axes", "Which settings and figures stand side by side; the last is what was reached"
        )
        self.menu = QMenu(self.choose)
        self.menu.aboutToShow.connect(self._fill)
        self.choose.setMenu(self.menu)
        self.chart = BrushChart()
        self.chart.empty_words = (
            "Settings and outcome of the listed runs stand side by side here, once there are two runs."
        )
        self.chart.brushed.connect(self._brush)
        self.chart.samples_chosen.connect(lambda found, _: self.run_chosen.emit(self._ids[found[0]]))
        hint = label("The best are drawn strong. Drag along an axis to keep the runs in that range.", "small")
        column(
            row(self.choose, hint, STRETCH, spacing=8), (self.chart, 1), margins=(8, 4, 8, 4), spacing=4, parent=self
        )
        store.studio.theme_changed.connect(self.chart.set_theme)
        self.chart.set_theme(store.studio.theme)

    def refresh(self) -> None:
        """Draw the runs that are listed now."""
        rows = self.store.rows
        names = self.names or self._usual()
        if len(rows) < 2 or len(names) < 2:
            self.chart.show_chart(None)
            return
        self._ids = [one.id for one in rows]
        titles = {one.id: visible(title_of(one)) for one in rows}
        less = all(one.best_is == "min" for one in rows) if names[-1] == "best" else "loss" in names[-1]
        columns = {name: self.store.column(name) for name in names}
        self.chart.show_chart(draw_parallel(titles, columns, names, less), "Settings and outcome")

    def _usual(self) -> tuple[str, ...]:
        """The settings in which the listed runs differ, and what they reached."""
        ids = {one.id for one in self.store.rows}
        varied = [
            name for name in USUAL if len({value for run, value in self.store.column(name).items() if run in ids}) > 1
        ]
        return (*(varied or USUAL[:2]), "best")

    def _fill(self) -> None:
        self.menu.clear()
        chosen = self.names or self._usual()
        for name in self.store.index.names():
            if name.startswith(("version.", "fingerprint", "revision", "words", "id")):
                continue
            action = self.menu.addAction(visible(name))
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda on, name=name: self._toggle(name, on))

    def _toggle(self, name: str, on: bool) -> None:
        names = self.names or self._usual()
        kept = tuple(one for one in names if one != name)
        self.names = (name, *kept)[:MOST_AXES] if on else kept
        self.refresh()

    def _brush(self, title: str, low: float, high: float) -> None:
        chart = self.chart.chart
        if isinstance(chart, ParallelChart):
            axis = next(one for one in chart.axes if one.title == title)
            if terms := range_terms(axis, low, high):
                self.narrowed.emit(terms)


def range_terms(axis: SettingAxis, low: float, high: float) -> tuple[Term, ...]:
    """The conditions that keep what lies between two shares of an axis."""
    if axis.names:
        kept = tuple(name for name in axis.names if low <= (axis.share(name) or 0.0) <= high)
        return (Term(axis.title, "=", kept),) if kept else ()
    ends = (value_at(axis, low), value_at(axis, high))
    return tuple(
        Term(axis.title, way, (f"{value:.4g}",))
        for way, value, cut in ((">=", ends[0], low > 0), ("<=", ends[1], high < 1))
        if cut
    )


def value_at(axis: SettingAxis, share: float) -> float:
    """The number at a share of an axis."""
    if axis.log:
        return float(10 ** (math.log10(axis.low) + share * (math.log10(axis.high) - math.log10(axis.low))))
    return axis.low + share * (axis.high - axis.low)
