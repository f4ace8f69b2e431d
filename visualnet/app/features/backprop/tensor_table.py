"""A tensor as a small table of numbers; a cell can be chosen. Of large ones the beginning is shown, and how large they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from visualnet.app.theme import fonts, icons
from visualnet.core.text.format import format_number
from visualnet.training.stepping.chain_rule import Index, index_text
from visualnet.training.stepping.values import Array

MOST_ROWS, MOST_COLUMNS = 8, 8
SEEN_ROWS = 6
CELL, HEAD, HIGH = 74, 22, 22
STRONGEST = 90
"""How opaque the ground of the largest number is, of 255."""
POSITIVE, NEGATIVE = 5, 0
"""Which of the theme's lines stand for either sign."""
Place = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class TensorModel(QAbstractTableModel):
    """The numbers of a tensor: its last axis across, all others down. Of a single sample the first axis goes without saying."""

    def __init__(self, values: Array, samples: int) -> None:
        super().__init__()
        self.values, self.samples = values, samples
        self.table = values.reshape(-1, values.shape[-1]) if values.ndim else values.reshape(1, 1)
        self.largest = float(np.abs(self.table).max()) if self.table.size and self.table.dtype.kind == "f" else 0.0

    def rowCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else min(self.table.shape[0], MOST_ROWS)

    def columnCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else min(self.table.shape[1], MOST_COLUMNS)

    def index_at(self, row: int, column: int) -> Index:
        """The place of a cell in the tensor."""
        if not self.values.ndim:
            return ()
        above = np.unravel_index(row, self.values.shape[:-1]) if self.values.ndim > 1 else ()
        return (*(int(i) for i in above), column)

    def cell_of(self, at: Index) -> tuple[int, int] | None:
        """The cell of a place, if it is shown."""
        if len(at) != self.values.ndim:
            return None  # a number for the whole tensor has no places
        if not at:
            return 0, 0
        row = int(np.ravel_multi_index(at[:-1], self.values.shape[:-1])) if len(at) > 1 else 0
        shown = row < self.rowCount() and at[-1] < self.columnCount()
        return (row, at[-1]) if shown else None

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self.table[index.row(), index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return format_number(float(value))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            below = index_text(self.index_at(index.row(), index.column()), self.samples)
            return f"{below or 'value'}: {float(value)!r}"
        if role == Qt.ItemDataRole.BackgroundRole and self.largest:
            lines = icons.current_theme().plot_lines
            colour = QColor(lines[POSITIVE if value > 0 else NEGATIVE])
            colour.setAlpha(round(STRONGEST * abs(float(value)) / self.largest))
            return QBrush(colour)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return str(section + 1)
        return index_text(self.index_at(section, 0)[:-1], self.samples) or ""


class TensorTable(QTableView):
    """Shows a tensor; ``chosen`` tells which number was clicked or reached by the keys."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tensor: TensorModel | None = None
        self._quiet = False
        self.setProperty("figures", True)
        self.setAccessibleName("Numbers")
        self.setFont(fonts.figures(11))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setFont(fonts.figures(10))
        self.horizontalHeader().setMinimumSectionSize(20)

    def show_tensor(self, values: Array, samples: int, name: str, at: Index | None) -> None:
        """Show these numbers, with the one at a place chosen."""
        old, self.tensor = self.tensor, TensorModel(np.asarray(values), samples)
        self.setModel(self.tensor)
        if old is not None:
            old.deleteLater()
        self.setAccessibleName(name)
        self.horizontalHeader().setDefaultSectionSize(fonts.px(CELL))
        self.verticalHeader().setDefaultSectionSize(fonts.px(HIGH))
        self.verticalHeader().setFixedWidth(fonts.px(HEAD))
        self.verticalHeader().setVisible(self.has_row_names())
        self.horizontalHeader().setFixedHeight(fonts.px(HIGH))
        self.selectionModel().currentChanged.connect(self._tell)
        self.choose(at)
        rows = min(self.tensor.rowCount(), SEEN_ROWS)
        self.setFixedHeight(fonts.px(HIGH) + rows * fonts.px(HIGH) + 4 + self._bar_height())
        self.setMaximumWidth(self.full_width())

    def full_width(self) -> int:
        """As wide as all that is shown of it."""
        columns = self.tensor.columnCount() if self.tensor is not None else 1
        rows_hidden = self.tensor is not None and self.tensor.rowCount() > SEEN_ROWS
        head = fonts.px(HEAD) if self.has_row_names() else 0
        return head + columns * fonts.px(CELL) + 4 + (14 if rows_hidden else 0)

    def has_row_names(self) -> bool:
        """Whether its rows have numbers: a single one needs none."""
        return self.tensor is not None and self.tensor.rowCount() > 1

    def _bar_height(self) -> int:
        return 12 if self.tensor is not None and self.tensor.columnCount() > 2 else 0

    def choose(self, at: Index | None) -> None:
        """Mark the number at a place without telling."""
        cell = self.tensor.cell_of(at) if self.tensor is not None and at is not None else None
        self._quiet = True
        if cell is None or self.tensor is None:
            self.clearSelection()
        else:
            self.setCurrentIndex(self.tensor.index(*cell))
        self._quiet = False

    def _tell(self, now: QModelIndex, _before: QModelIndex) -> None:
        if not self._quiet and now.isValid() and self.tensor is not None:
            self.chosen.emit(self.tensor.index_at(now.row(), now.column()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Home and End, and the arrows at the edge, are the panel's: they step.
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        column = self.currentIndex().column() + sideways
        leaves = bool(sideways) and self.tensor is not None and not 0 <= column < self.tensor.columnCount()
        if leaves or event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self.full_width(), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(HEAD + CELL), self.height())


def describe_shape(values: Array, samples: int) -> str:
    """The extents of a tensor in words, and how much of it is shown."""
    shape = values.shape[1:] if samples == 1 and values.ndim and values.shape[0] == 1 else values.shape
    text = "×".join(map(str, shape)) or "one number"
    rows = values.size // values.shape[-1] if values.ndim and values.shape[-1] else 1
    cut = values.ndim and (rows > MOST_ROWS or values.shape[-1] > MOST_COLUMNS)
    return f"{text} · its beginning" if cut else text
