"""The main figure with its interval and what it means, and all other metrics beneath it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, clear, column
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.metrics import METRICS


class FiguresView(QScrollArea):
    """The metrics of one answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(fonts.px(250))
        self.title = label("", "section")
        self.figure = label("", "title")
        self.interval = label("", "muted")
        self.meaning = label("", "", wrap=True)
        self.table = QGridLayout()
        self.table.setHorizontalSpacing(10)
        self.table.setVerticalSpacing(3)
        self.table.setColumnStretch(0, 1)
        self._inner = inner = QWidget()
        parts = (self.title, self.figure, self.interval, self.meaning)
        self.below = column(spacing=8)
        column(*parts, self.table, self.below, STRETCH, margins=(14, 8, 14, 10), spacing=4, parent=inner)
        self.setWidget(inner)

    def add(self, widget: QWidget) -> None:
        """Put a widget beneath the metrics."""
        self.below.addWidget(widget)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(300), fonts.px(240))

    def show_figures(self, evaluation: Evaluation, number: int) -> None:
        """Show the metrics of an answer."""
        metric, value = evaluation.headline(number)
        self.title.setText(metric.title)
        self.figure.setText(metric.format(value.value))
        self.interval.setText(f"95 % interval {metric.format(value.low)} to {metric.format(value.high)}")
        self.interval.setToolTip(
            "If the same network were judged on other samples of the same kind, as many as these, the figure would mostly lie in here"
        )
        self.meaning.setText(metric.explain(value.value))
        clear(self.table)
        for row, (name, one) in enumerate(list(evaluation.figures[number].items())[1:]):
            known = METRICS[name]
            tip = f"{known.title}: {known.words}.\n{known.explain(one.value)}"
            shown = label(known.format(one.value), "figures")
            ends = label(f"{known.format(one.low)} – {known.format(one.high)}", "small")
            cells = (describe(label(known.title, "muted"), known.title, tip), shown, ends)
            for at, cell in enumerate(cells):
                cell.setToolTip(tip)
                cell.setAlignment(Qt.AlignmentFlag.AlignRight if at else Qt.AlignmentFlag.AlignLeft)
                self.table.addWidget(cell, row, at)
        self.table.activate()
        self.setMinimumWidth(self._inner.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
