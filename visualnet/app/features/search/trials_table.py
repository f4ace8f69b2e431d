"""The trials of a search as a table, the newest last, with what each was given and what it reached."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from visualnet.app.widgets.basic import describe
from visualnet.core.text.format import format_duration, format_number
from visualnet.core.text.hidden_characters import visible
from visualnet.figures.charts.parallel.axis import write_value
from visualnet.training.search.charts import TrialOutcome
from visualnet.training.search.study import TrialView, find_best

Index = QModelIndex | QPersistentModelIndex
STATES = {
    "waiting": "waits",
    "running": "is trained",
    "paused": "stopped",
    "done": "done",
    "pruned": "given up",
    "failed": "failed",
}


class TrialsModel(QAbstractTableModel):
    """A row for each trial."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trials: list[TrialView] = []
        self.heads: list[str] = []
        self._addresses: list[str] = []
        self._words: set[int] = set()
        """The columns of settings whose values are words."""
        self._best = 0

    def show_outcome(self, outcome: TrialOutcome | None) -> None:
        """Show these trials."""
        heads: list[str] = []
        if outcome is not None:
            self._addresses = [entry.address for entry in outcome.spec.entries]
            heads = ["trial", "state", outcome.figure.title, *self._addresses, "time", "why"]
            entries = outcome.spec.entries
            self._words = {
                3 + at for at, one in enumerate(entries) if any(isinstance(v, str | bool) for v in one.choices)
            }
        trials = list(outcome.trials) if outcome is not None else []
        best = find_best(trials, outcome.figure.better) if outcome is not None else None
        if heads != self.heads or len(trials) != len(self.trials):
            self.beginResetModel()
            self.heads, self.trials, self._best = heads, trials, best.number if best is not None else 0
            self.endResetModel()
        elif trials != self.trials:
            self.trials, self._best = trials, best.number if best is not None else 0
            self.dataChanged.emit(self.index(0, 0), self.index(len(trials) - 1, len(heads) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.trials)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole and section < len(self.heads):
            return visible(self.heads[section])
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        trial = self.trials[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return visible(trial.words or "Double-click to open it as a run of a project of its own", lines=True)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return visible(self._text(trial, index.column())) if role == Qt.ItemDataRole.DisplayRole else None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        """Figures stand at the right of their column, words at the left; the head of a column as what is below it."""
        left = column in (1, len(self.heads) - 1) or column in self._words
        return (Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter

    def _text(self, trial: TrialView, column: int) -> str:
        if column == 0:
            return f"{trial.number}{' ★' if trial.number == self._best else ''}"
        if column == 1:
            return STATES[trial.state] + (", tried again" if trial.lost else "")
        if column == 2:
            last = trial.value if trial.value is not None else trial.curve[-1][1] if trial.curve else None
            return (
                "" if last is None else format_number(last) if trial.value is not None else f"({format_number(last)})"
            )
        if column == len(self.heads) - 1:
            return trial.words
        if column == len(self.heads) - 2:
            return format_duration(trial.seconds) if trial.seconds else ""
        address = self._addresses[column - 3]
        return write_value(trial.values[address]) if address in trial.values else ""


class TrialsTable(QTableView):
    """``opened`` tells the number of a trial that somebody wants to see."""

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, showGrid=False, wordWrap=False)
        describe(
            self,
            "Trials",
            "Each trial, what it was given and what it reached; in brackets: so far. Double-click opens one.",
        )
        self.trials = TrialsModel(self)
        self.setModel(self.trials)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.activated.connect(self._open)

    def chosen(self) -> TrialView | None:
        """The selected trial."""
        rows = self.selectionModel().selectedRows()
        return self.trials.trials[rows[0].row()] if rows else None

    def choose(self, number: int) -> None:
        """Select a trial."""
        if 0 < number <= len(self.trials.trials):
            self.selectRow(number - 1)

    def show_outcome(self, outcome: TrialOutcome | None) -> None:
        """Show these trials; who looked at the newest goes on to."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        number = chosen.number if (chosen := self.chosen()) is not None else 0
        self.trials.show_outcome(outcome)
        self.choose(number)
        if at_end:
            self.scrollToBottom()

    def _open(self, index: Index) -> None:
        self.opened.emit(self.trials.trials[index.row()].number)
