"""What came out of an experiment so far: the table, the verdict, and the words that explain it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, column, widget_of
from visualnet.core.text.hidden_characters import visible
from visualnet.training.experiments import results
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.model import ExperimentModel

NOTHING = "Nothing is trained yet. First guess: which variant will win, and why?"


class ExperimentOutcome(QScrollArea):
    """A table of means with their spread, sentences, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table = describe(QTableWidget(0, 0), "Mean and spread over the seeds")
        self.table.setToolTip("Mean ± standard deviation over the seeds that are done")
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verdict = label(NOTHING, "", wrap=True, selectable=True)
        self.watch, self.why = (label("", "", wrap=True, selectable=True) for _ in range(2))
        self.sources = label("", "small", wrap=True, selectable=True)
        self._why_title, self._watch_title = label("Why", "section"), label("What to look at", "section")
        inner = widget_of(
            column(
                label("What came out", "section"),
                self.table,
                self.verdict,
                self._watch_title,
                self.watch,
                self._why_title,
                self.why,
                self.sources,
                STRETCH,
                margins=(12, 8, 12, 12),
                spacing=6,
            )
        )
        self.setWidget(inner)
        self.setMinimumWidth(fonts.px(280))

    def show_experiment(self, experiment: Experiment | None) -> None:
        """Say what to look at, and why; nothing is known of its runs."""
        self.watch.setText(visible(experiment.watch) if experiment is not None else "")
        self.why.setText(visible(experiment.why) if experiment is not None else "")
        self.sources.setText(visible("\n".join(experiment.sources), lines=True) if experiment is not None else "")
        for part in (self.watch, self._watch_title):
            part.setVisible(bool(self.watch.text()))
        self._explain(False)
        self.verdict.setText(NOTHING)
        self.table.hide()

    def _explain(self, told: bool) -> None:
        """Say why, once there is something to be explained: who guesses first learns more."""
        for part in (self.why, self._why_title):
            part.setVisible(told and bool(self.why.text()))
        self.sources.setVisible(told and bool(self.sources.text()))

    def show_model(self, model: ExperimentModel) -> None:
        """Say what is known of its runs."""
        rows = self._rows(model)
        self.table.show()
        self.table.setRowCount(len(rows) - 1)
        self.table.setColumnCount(len(rows[0]))
        self.table.setHorizontalHeaderLabels([visible(text) for text in rows[0]])
        for at, row in enumerate(rows[1:]):
            for number, text in enumerate(row):
                item = QTableWidgetItem(visible(text))
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignVCenter
                    | (Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft)
                )
                item.setToolTip(visible(text))
                self.table.setItem(at, number, item)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(True)
        if model.experiment.axis is not None:
            head.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            self.table.setColumnWidth(0, fonts.px(64))
            if (first := self.table.horizontalHeaderItem(0)) is not None:
                first.setToolTip(visible(model.experiment.axis.title))
        high = head.sizeHint().height() + sum(self.table.rowHeight(at) for at in range(self.table.rowCount())) + 14
        self.table.setFixedHeight(high)
        said = results.verdicts(model)
        self._explain(bool(said))
        if model.state == "failed":
            said = [f"It cannot be trained: {model.words}", *said]
        self.verdict.setText(visible("\n\n".join(said) or "No two runs are done yet.", lines=True))

    def _rows(self, model: ExperimentModel) -> list[list[str]]:
        """The table; with an axis it is turned, so that its values stand below one another."""
        rows = results.table(model)
        axis = model.experiment.axis
        if axis is None:
            return rows
        turned = [list(row) for row in zip(*rows, strict=True)]
        turned[0][0] = axis.title.partition(" ")[0]
        for row, value in zip(turned[1:], axis.values, strict=True):
            row[0] = f"{value:g}"
        return turned
