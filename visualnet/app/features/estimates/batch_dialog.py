"""The dialog *Find the largest batch*: the sizes that were tried, and the one to use."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from visualnet.app.features.estimates.dialog import EstimateDialog
from visualnet.app.services.background_task import Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe
from visualnet.core import edits
from visualnet.pytorch import need_torch
from visualnet.training.estimates.sizes import COLUMNS, LargestBatch, table_rows

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BatchDialog(EstimateDialog):
    """Begins at once; another row than the largest can be chosen."""

    TITLE, AGAIN, USE = "Find the largest batch", "Try again", "Use this size"
    WORDS = "It cannot be found"
    ABOUT = (
        "A copy of the network takes real steps with ever larger batches, until one does not fit: on a GPU until its memory runs out, "
        "on the CPU until training would take half of the memory that is free. The project and its runs stay as they are."
    )
    HOW_TO_READ = (
        "How to read this: where more samples a second are learned from, the machine is used better; beyond that a larger batch only "
        "takes memory.\nWith larger batches an epoch has fewer steps: find the learning rate anew. Choose a row to use another size."
    )
    SIZE = (680, 560)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        self.found: LargestBatch | None = None
        self.table = describe(QTableWidget(0, len(COLUMNS)), "Batch sizes that were tried")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setDefaultAlignment(RIGHT)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(lambda: self.use.setEnabled(bool(self.table.selectedItems())))
        super().__init__(studio, parent)
        self.begin()

    def parts(self) -> tuple[Any, ...]:
        return ((self.table, 1),)

    def measure(self, job: Job) -> LargestBatch:
        need_torch()
        from visualnet.data.loading import load
        from visualnet.training.estimates.batch_size import find_largest_batch

        project = self.studio.project
        return find_largest_batch(project, load(project.data), job)

    def clear(self) -> None:
        self.found = None
        self.table.setRowCount(0)

    def show_found(self, found: LargestBatch) -> None:
        self.found = found
        rows = table_rows(found)
        self.table.setRowCount(len(rows))
        for at, cells in enumerate(rows):
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(RIGHT)
                self.table.setItem(at, place, item)
        self.table.selectRow(len(rows) - 1)
        self.table.scrollToBottom()
        self.outcome.setText(f"The largest that fits: {found.largest.batch:,}. {found.why}")

    def use_found(self) -> None:
        if self.found is not None and (rows := self.table.selectionModel().selectedRows()):
            size = self.found.sizes[rows[0].row()].batch
            self.studio.do("Use the tried batch size", lambda p: edits.set_recipe(p, batch_size=size))
