"""The table of runs as it is seen and worked: columns, rows that are chosen, groups that are opened and closed."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from visualnet.app.features.run_list.table_model import RunTableModel
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.groups import RunGroup

WIDTHS = {"run": 196, "state": 72, "epochs": 64, "best": 84, "lr": 72, "optimizer": 84, "duration": 84, "tags": 120}
ARROW_PX = 26
"""So far from the left of a group's row its arrow reaches."""


class RunTable(QTableView):
    """A row for each run, and for each group; to choose a group's row is to choose its runs."""

    def __init__(self, model: RunTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, showGrid=False, wordWrap=False)
        describe(self, "All runs")
        self.runs = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(fonts.px(26))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        model.modelReset.connect(self._lay_out)
        self._lay_out()

    def _lay_out(self) -> None:
        columns = ("run", *self.runs.columns)
        for at, name in enumerate(columns):
            self.setColumnWidth(at, fonts.px(WIDTHS.get(name, 96)))
        self.clearSpans()
        if len(columns) > 1:
            for at in self.runs.group_rows():
                self.setSpan(at, 0, 1, len(columns))

    # --- what is chosen -------------------------------------------------------------------------------------------------------

    def chosen_rows(self) -> list[RunRow]:
        """The runs of the chosen rows and groups, in the order of the table, each once."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return list({run.id: run for at in rows for run in self.runs.runs_at(at)}.values())

    def chosen_group(self) -> RunGroup | None:
        """The group whose row is chosen alone."""
        rows = self.selectionModel().selectedRows()
        return self.runs.group_at(rows[0].row()) if len(rows) == 1 else None

    def choose(self, run: str) -> None:
        """Choose a run and bring it into view; a closed group opens for that."""
        if self.runs.row_of(run) is None:
            self.runs.open_group_of(run)
        at = self.runs.row_of(run)
        if at is not None:
            self.selectRow(at)
            self.scrollTo(self.runs.index(at, 0))

    def choose_again(self, runs: Collection[str], group: str) -> None:
        """Choose the rows of these runs, or that of the group of this value, without a word to anybody."""
        selection, flags = self.selectionModel(), self.selectionModel().SelectionFlag
        groups = [at for at in self.runs.group_rows() if self._is_chosen(at, runs, group)]
        alone = bool(group) and any(self._value(at) == group for at in groups)
        rows = [] if alone else [at for at in range(self.runs.rowCount()) if self._is_run(at, runs)]
        selection.blockSignals(True)
        selection.clearSelection()
        for at in [*groups, *rows]:
            selection.select(self.runs.index(at, 0), flags.Select | flags.Rows)
        selection.blockSignals(False)
        self.viewport().update()

    def _is_run(self, row: int, runs: Collection[str]) -> bool:
        return self.runs.group_at(row) is None and self.runs.row_at(row).id in runs

    def _value(self, row: int) -> str:
        group = self.runs.group_at(row)
        return group.value if group is not None else ""

    def _is_chosen(self, row: int, runs: Collection[str], value: str) -> bool:
        """Whether a group's row is to be chosen: it was, or it stands for runs that are put away below it."""
        group = self.runs.group_at(row)
        if group is None:
            return False
        return group.value == value if value else self.runs.is_folded(group) and all(r.id in runs for r in group.runs)

    # --- mouse and keys -------------------------------------------------------------------------------------------------------

    def _group_under(self, at: QPoint) -> int | None:
        index = self.indexAt(at)
        return index.row() if index.isValid() and self.runs.group_at(index.row()) is not None else None

    def _turn(self, row: int) -> None:
        group = self.runs.group_at(row)
        if group is not None:
            self.runs.set_folded(not self.runs.is_folded(group), row)
            self.setCurrentIndex(self.runs.index(min(row, self.runs.rowCount() - 1), 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        row = self._group_under(at)
        near = at.x() + self.horizontalScrollBar().value() < fonts.px(ARROW_PX)
        if row is not None and near and event.button() == Qt.MouseButton.LeftButton:
            self._turn(row)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._group_under(event.position().toPoint())
        if row is not None:
            self._turn(row)
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        group = self.runs.group_at(row) if 0 <= row < self.runs.rowCount() else None
        key = event.key()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if group is not None and plain and key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._turn(row)
        elif group is not None and plain and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if self.runs.is_folded(group) == (key == Qt.Key.Key_Right):
                self._turn(row)
        else:
            super().keyPressEvent(event)
