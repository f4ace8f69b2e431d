"""The rows as a table of columns of choice: a cell is asked for only when it is seen, so that ten thousand rows cost what thirty do."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.plots.charts.legend import line_sample
from visualnet.core.text.timestamps import moment
from visualnet.core.text.visible import visible
from visualnet.training.run_index.cells import TEXTS, cell_of
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.overlay import colour_of

Index = QModelIndex | QPersistentModelIndex
FIRST = "run"
USUAL = ("state", "epochs", "best", "lr", "optimizer", "duration", "tags")
TITLES = {
    "lr": "lr",
    "batch_size": "batch size",
    "best": "best value",
    "size": "disk",
    "validation_loss": "validation loss",
}


class RunTableModel(QAbstractTableModel):
    """The first column is the run's name with the colour of its curve, where that is shown; the others are of choice."""

    def __init__(self, store: RunStore) -> None:
        super().__init__(store)
        self.store = store
        self.columns: tuple[str, ...] = USUAL
        self.drawn: dict[str, int] = {}
        """The number of each curve that is drawn, by run."""
        self._rows: list[RunRow] = []
        self.store.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Take the rows as they are now."""
        if [row.id for row in self._rows] == [row.id for row in self.store.rows]:
            self._rows = self.store.rows
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns)))
            return
        self.beginResetModel()
        self._rows = self.store.rows
        self.endResetModel()

    def set_columns(self, columns: tuple[str, ...]) -> None:
        """Show these columns behind the name."""
        self.beginResetModel()
        self.columns = columns
        self.endResetModel()

    def set_drawn(self, drawn: dict[str, int]) -> None:
        """Curves of these runs are drawn, with these numbers."""
        self.drawn = drawn
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._rows) - 1, 0), [Qt.ItemDataRole.DecorationRole]
            )

    def row_at(self, row: int) -> RunRow:
        """The run of a row."""
        return self._rows[row]

    def row_of(self, run: str) -> int | None:
        """The row of a run; None where it is not shown."""
        return next((at for at, row in enumerate(self._rows) if row.id == run), None)

    def field(self, column: int) -> str:
        """By what a column is sorted."""
        return "started" if column == 0 else self.columns[column - 1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns) + 1

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way != Qt.Orientation.Horizontal:
            return None
        name = FIRST if section == 0 else self.columns[section - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(TITLES.get(name, name))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Sort by {'the beginning' if section == 0 else visible(name)}"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, name = self._rows[index.row()], FIRST if index.column() == 0 else self.columns[index.column() - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(title_of(row) if name == FIRST else self._cell(row, name))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return visible(f"{row.project}: {row.id}\n{row.device}".strip(), lines=True)
        if role == Qt.ItemDataRole.DecorationRole and name == FIRST and row.id in self.drawn:
            lines = self.store.studio.theme.plot_lines
            return line_sample(QColor(lines[colour_of(self.drawn[row.id])[0] % len(lines)]))
        if role == Qt.ItemDataRole.ForegroundRole and (row.archived or row.hidden):
            return QColor(self.store.studio.theme.colour("muted"))
        return None

    def _cell(self, row: RunRow, name: str) -> str:
        if name == "tags":
            return ", ".join(row.tags)
        if name == "state":
            runner = self.store.studio.runner if self.store.studio.has_runner else None
            goes_on = runner is not None and runner.busy and runner.run is not None and runner.run.id == row.id
            return "training" if goes_on else row.state
        return cell_of(name, self.store.column(name).get(row.id))


def side_of(name: str) -> Qt.AlignmentFlag:
    """Figures stand at the right of their column, words at the left."""
    side = Qt.AlignmentFlag.AlignLeft if name in (FIRST, *TEXTS) else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def title_of(row: RunRow) -> str:
    """What a run is called: the name that it was given, else project and beginning."""
    when = moment(row.started)
    return row.name or (f"{row.project or row.id}, {when:%d %b %H:%M:%S}".lstrip("0") if when is not None else row.id)
