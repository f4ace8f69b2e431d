"""The looks at the answers, as tabs: a chart or a list, how it is read, and the samples that somebody asked to see."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QTabBar,
    QWidget,
)

from visualnet.app.features.evaluation.sample_view import SAMPLE, SampleView
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, icon_button, label
from visualnet.app.widgets.layouts import column, row, scroll_area, split, stack, widget_of
from visualnet.core.text.format import format_number, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.figures.charts.examples import ExampleList
from visualnet.training.evaluation.charts import EvaluationChart, charts_for
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.prediction_set import PredictionSet

SAMPLES_WIDTH = 380
"""So many px the samples are given beside a chart, where that leaves it half of the room."""
STEPS = 500
"""So many places a dial has."""
LOW = 250
"""Below so many px the words above a chart are left out."""


class ChartsView(QWidget):
    """One tab for each chart of an answer."""

    chart_chosen = Signal(str)
    """A chart's tab was clicked or chosen by a key: its name."""
    threshold_moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evaluation: Evaluation | None = None
        self.predictions: PredictionSet | None = None
        self.kinds: list[EvaluationChart] = []
        self.tabs = QTabBar(drawBase=False, expanding=False, usesScrollButtons=True)
        self.tabs.setAccessibleName("What to look at")
        self.tabs.currentChanged.connect(lambda _: self._choose())
        for chosen in (self.tabs.currentChanged, self.tabs.tabBarClicked):
            chosen.connect(self._tell_choice)
        self.views = describe(QComboBox(), "Which one")
        self.views.activated.connect(lambda _: self._draw())
        self.dial = describe(QSlider(Qt.Orientation.Horizontal), "Threshold")
        self.dial.setRange(0, STEPS)
        self.dial.setPageStep(STEPS // 10)
        self.dial.setFixedWidth(fonts.px(160))
        self.dial.valueChanged.connect(self._move_dial)
        self.dial_name = label("", "small")
        self.words = label("", "small", wrap=True)
        self.chart = ChartView()
        self.chart.samples_chosen.connect(self.show_samples)
        self.list = QListWidget()
        self.list.setAccessibleName("Samples, in order")
        self.list.itemClicked.connect(self._open_item)
        self.list.itemActivated.connect(self._open_item)
        self.samples = SampleView()
        self.samples.hide()
        self.samples.closed.connect(self._close_samples)
        self.save = icon_button(
            "export",
            "Save this chart",
            "Copy this chart, or save it as PNG or SVG, or its numbers as CSV (also with the right mouse button)",
            self._show_menu,
        )
        self.scrolled = scroll_area(self.chart, focus=False)
        self.chart.reached.connect(
            lambda room: self.scrolled.ensureVisible(room.center().x(), room.center().y(), room.width(), room.height())
        )
        self.stack = stack(self.scrolled, self.list)
        main = widget_of(column(self.words, (self.stack, 1), margins=(8, 0, 8, 0), spacing=2))
        self.split = split((main, 3), (self.samples, 2))
        head = row((self.tabs, 1), self.dial_name, self.dial, self.views, self.save, margins=(0, 0, 6, 0), spacing=6)
        column(head, (self.split, 1), spacing=2, parent=self)
        self.setMinimumWidth(fonts.px(240))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a low panel the chart is given all the room; how it is read is told at its tab.
        self.words.setVisible(event.size().height() >= fonts.px(LOW))

    def set_theme(self, theme: Any) -> None:
        """Take the theme's colours."""
        self.chart.set_theme(theme)

    def show_answer(self, evaluation: Evaluation, number: int) -> None:
        """Show the charts of an answer; the tab that was open stays, where there is one of its name."""
        self.evaluation, self.predictions = evaluation, evaluation.predictions[number]
        wish = self.kind.name if self.kind is not None else ""
        self.kinds = charts_for(self.predictions)
        self.samples.hide()
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for one in self.kinds:
            at = self.tabs.addTab(one.title)
            self.tabs.setTabToolTip(at, one.words)
        names = [one.name for one in self.kinds]
        self.tabs.setCurrentIndex(names.index(wish) if wish in names else 0)
        self.tabs.blockSignals(False)
        self._choose()

    def clear(self) -> None:
        """Hold nothing of the answer that was shown."""
        self.evaluation, self.predictions, self.kinds = None, None, []
        self.samples.clear()
        self.samples.hide()
        self.list.clear()
        self.chart.show_chart(None)

    @property
    def kind(self) -> EvaluationChart | None:
        """The one whose tab is open."""
        at = self.tabs.currentIndex()
        return self.kinds[at] if 0 <= at < len(self.kinds) else None

    def choose(self, name: str) -> None:
        """Open the tab of a chart."""
        self.tabs.setCurrentIndex([one.name for one in self.kinds].index(name))

    def show_samples(self, samples: tuple[int, ...], words: str = "") -> None:
        """Show these samples beside the chart."""
        if self.evaluation is not None and self.predictions is not None:
            told = words or format_quantity(len(samples), "sample")
            self.samples.show_samples(self.evaluation, self.predictions, samples, told)
            if self.samples.isHidden():
                room = self.split.width()
                wide = min(max(fonts.px(SAMPLES_WIDTH), room // 3), room // 2)
                self.samples.show()
                self.split.setSizes([room - wide, wide])
            self.samples.list.setFocus()

    def _choose(self) -> None:
        if self.kind is None or self.predictions is None:
            return
        names = self.kind.views(self.predictions)
        self.views.clear()
        self.views.addItems([visible(name) for name in names])
        self.views.setVisible(len(names) > 1)
        self._draw()

    def _tell_choice(self, at: int) -> None:
        if 0 <= at < len(self.kinds):
            self.chart_chosen.emit(self.kinds[at].name)

    def _move_dial(self, at: int) -> None:
        self._draw(at / STEPS)
        self.threshold_moved.emit()

    def _draw(self, at: float | None = None) -> None:
        kind, predictions = self.kind, self.predictions
        if kind is None or predictions is None:
            return
        view = kind.views(predictions)[max(self.views.currentIndex(), 0)]
        chart = kind.chart(predictions, view, at)
        for widget in (self.dial, self.dial_name):
            widget.setVisible(bool(kind.dial))
        if kind.dial:
            describe(self.dial, kind.dial, f"Move the {kind.dial.lower()}; it begins where it is best")
            self.dial_name.setText(kind.dial)
            with QSignalBlocker(self.dial):
                self.dial.setValue(round(STEPS * getattr(chart, "place", 0.0)))
        self.words.setText(kind.words)
        self.chart.show_chart(chart, kind.name.replace("_", "-"))
        if isinstance(chart, ExampleList):
            self._fill(chart)
            self.stack.setCurrentWidget(self.list)
        else:
            self.stack.setCurrentWidget(self.scrolled)

    def _fill(self, chart: ExampleList) -> None:
        self.list.clear()
        for one in chart.examples:
            words = f"{one.sample}   {one.words}   {chart.score_title} {format_number(one.score)}"
            item = QListWidgetItem(visible(words))
            item.setData(SAMPLE, one.sample)
            self.list.addItem(item)
        if not chart.examples:
            nothing = QListWidgetItem("None: every sample of this part is answered right.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)

    def _open_item(self, item: QListWidgetItem) -> None:
        if item.data(SAMPLE) is not None:
            every = [self.list.item(at).data(SAMPLE) for at in range(self.list.count())]
            self.show_samples(tuple(every), self.tabs.tabText(self.tabs.currentIndex()))
            self.samples.list.setCurrentRow(self.list.row(item))

    def _close_samples(self) -> None:
        self.samples.hide()
        (self.list if self.stack.currentWidget() is self.list else self.chart).setFocus()

    def _show_menu(self) -> None:
        menu = self.chart.menu()
        menu.popup(self.save.mapToGlobal(self.save.rect().bottomLeft()))
