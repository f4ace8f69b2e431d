"""The rows as a table of columns of choice: a cell is asked for only when it is seen, so that ten thousand rows cost what thirty do."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from visualnet.app.features.run_list.feature import RUN_TABLE
from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.plots.charts.legend import line_sample
from visualnet.app.theme import icons
from visualnet.core.text.hidden_characters import visible
from visualnet.core.text.timestamps import moment
from visualnet.training.run_index.cells import TEXTS, cell_of
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.groups import FURTHER, NONE, RunGroup, group_rows
from visualnet.training.run_index.overlay import colour_of
from visualnet.training.run_records.record import RUNNING

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
MOST_FOLDED = 1_000


class RunTableModel(QAbstractTableModel):
    """The first column is the run's name with the colour of its curve, where that is shown; the others are of choice.

    With ``group_by`` the rows stand in groups of one value of that column, each below a row that says what the group comes to, and can be
    closed. Columns, groups and what is closed are remembered.
    """

    def __init__(self, store: RunStore) -> None:
        super().__init__(store)
        self.store = store
        self._kept = store.studio.runner.settings.section(RUN_TABLE)
        self.columns: tuple[str, ...] = tuple(self._remembered("columns")) if "columns" in self._kept else USUAL
        found = self._kept.get("group")
        self.group_by: str = found if isinstance(found, str) else ""
        """By which column the rows are grouped; empty: not at all."""
        self._folded = set(self._remembered("folded"))
        self.drawn: dict[str, int] = {}
        """The number of each curve that is drawn, by run."""
        self._lines: list[RunRow | RunGroup] = []
        self.store.changed.connect(self.refresh)

    def _remembered(self, key: str) -> list[str]:
        found = self._kept.get(key)
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def refresh(self) -> None:
        """Take the rows as they are now."""
        lines = self._make_lines()
        if list(map(_key, self._lines)) == list(map(_key, lines)):
            self._lines = lines
            if lines:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(self.columns)))
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def _make_lines(self) -> list[RunRow | RunGroup]:
        if not self.group_by:
            return list(self.store.rows)
        lines: list[RunRow | RunGroup] = []
        groups = group_rows(self.store.rows, self.group_by, self.store.column(self.group_by))
        for group in groups:
            lines.append(group)
            if not self.is_folded(group):
                lines += group.runs
        return lines

    def set_columns(self, columns: tuple[str, ...]) -> None:
        """Show these columns behind the name."""
        self.beginResetModel()
        self.columns = columns
        self.endResetModel()
        self._kept["columns"] = list(columns)

    def set_group(self, field: str) -> None:
        """Group the rows by this column; empty: not at all."""
        self._kept["group"] = self.group_by = field
        self.refresh()

    def set_drawn(self, drawn: dict[str, int]) -> None:
        """Curves of these runs are drawn, with these numbers."""
        self.drawn = drawn
        if self._lines:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._lines) - 1, 0), [Qt.ItemDataRole.DecorationRole]
            )

    # --- groups ---------------------------------------------------------------------------------------------------------------

    def is_folded(self, group: RunGroup) -> bool:
        """Whether a group's runs are put away below its row."""
        return self._fold_key(group) in self._folded

    def is_folded_at(self, row: int) -> bool:
        """Whether this row is that of a closed group."""
        group = self.group_at(row)
        return group is not None and self.is_folded(group)

    def _fold_key(self, group: RunGroup) -> str:
        return f"{self.group_by}\t{group.value}"

    def set_folded(self, folded: bool, row: int | None = None) -> None:
        """Close or open the group of this row; None: every group."""
        some = [one for one in (self._lines if row is None else [self._lines[row]]) if isinstance(one, RunGroup)]
        keys = {self._fold_key(group) for group in some}
        now = self._folded | keys if folded else self._folded - keys
        if now != self._folded:
            self._folded = now
            self._kept["folded"] = sorted(now)[:MOST_FOLDED]
            self.refresh()

    def group_at(self, row: int) -> RunGroup | None:
        """The group whose row this is; None for the row of a run."""
        line = self._lines[row]
        return line if isinstance(line, RunGroup) else None

    def group_rows(self) -> list[int]:
        """The rows of groups."""
        return [at for at, line in enumerate(self._lines) if isinstance(line, RunGroup)]

    def open_group_of(self, run: str) -> None:
        """Open the group in which a run stands, if it stands in a closed one."""
        for at in self.group_rows():
            group = self._lines[at]
            if isinstance(group, RunGroup) and self.is_folded(group) and any(row.id == run for row in group.runs):
                self.set_folded(False, at)
                return

    # --- rows -----------------------------------------------------------------------------------------------------------------

    def row_at(self, row: int) -> RunRow:
        """The run of a row, which is none of a group."""
        line = self._lines[row]
        assert isinstance(line, RunRow)
        return line

    def runs_at(self, row: int) -> tuple[RunRow, ...]:
        """The run of a row, or all runs of its group."""
        line = self._lines[row]
        return line.runs if isinstance(line, RunGroup) else (line,)

    def row_of(self, run: str) -> int | None:
        """The (first) row of a run; None where it is not shown."""
        return next((at for at, line in enumerate(self._lines) if isinstance(line, RunRow) and line.id == run), None)

    def field(self, column: int) -> str:
        """By what a column is sorted."""
        return "started" if column == 0 else self.columns[column - 1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

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
        line, name = self._lines[index.row()], FIRST if index.column() == 0 else self.columns[index.column() - 1]
        if isinstance(line, RunGroup):
            return self._group_data(line, role) if index.column() == 0 else None
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(title_of(line) if name == FIRST else self._cell(line, name))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return visible(f"{line.project}: {line.id}\n{line.device}".strip(), lines=True)
        if role == Qt.ItemDataRole.DecorationRole and name == FIRST:
            return self._sample(line)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(line, name)
        return None

    def _group_data(self, group: RunGroup, role: int) -> Any:
        folded = self.is_folded(group)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{visible(name_of_group(self.group_by, group))}   {group.describe()}"
        if role == Qt.ItemDataRole.DecorationRole:
            return icons.icon("chevron-right" if folded else "chevron-down", "muted")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = "closed" if folded else "open"
            return f"Group {visible(name_of_group(self.group_by, group))}, {words}: {group.describe()}"
        if role == Qt.ItemDataRole.ToolTipRole:
            deed = "open" if folded else "close"
            return f"Click to choose its runs; click the arrow, or press {'→' if folded else '←'}, to {deed} the group"
        if role == Qt.ItemDataRole.FontRole:
            font = QApplication.font()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(self.store.studio.theme.raised)
        return None

    def _sample(self, row: RunRow) -> Any:
        """A piece of the run's curve; room for one where others have it, or a group stands above, so that names stay in line."""
        if row.id not in self.drawn:
            return line_sample(QColor(Qt.GlobalColor.transparent)) if self.drawn or self.group_by else None
        lines, (colour, dash) = self.store.studio.theme.plot_lines, colour_of(self.drawn[row.id])
        return line_sample(QColor(lines[colour % len(lines)]), dashed=dash > 0)

    def _ink(self, row: RunRow, name: str) -> QColor | None:
        theme = self.store.studio.theme
        if row.archived or row.hidden:
            return QColor(theme.muted)
        return QColor(theme.ok) if name == "state" and self._cell(row, name) == RUNNING else None

    def _cell(self, row: RunRow, name: str) -> str:
        if name == "tags":
            return ", ".join(row.tags)
        if name == "state":
            runner = self.store.studio.runner if self.store.studio.has_runner else None
            goes_on = runner is not None and runner.busy and runner.run is not None and runner.run.id == row.id
            return RUNNING if goes_on else row.state
        return cell_of(name, self.store.column(name).get(row.id))


def _key(line: RunRow | RunGroup) -> str:
    return f"group {line.value}" if isinstance(line, RunGroup) else line.id


def name_of_group(field: str, group: RunGroup) -> str:
    """What a group's row is headed by: its value, with the column's name where the value alone says too little."""
    title = TITLES.get(field, field)
    if group.value == NONE:
        return f"without {title}"
    return group.value if field in TEXTS and group.value != FURTHER else f"{title} {group.value}"


def side_of(name: str) -> Qt.AlignmentFlag:
    """Figures stand at the right of their column, words at the left."""
    side = Qt.AlignmentFlag.AlignLeft if name in (FIRST, *TEXTS) else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def title_of(row: RunRow) -> str:
    """What a run is called: the name that it was given, else project and beginning."""
    when = moment(row.started)
    return row.name or (f"{row.project or row.id}, {when:%d %b %H:%M:%S}".lstrip("0") if when is not None else row.id)
