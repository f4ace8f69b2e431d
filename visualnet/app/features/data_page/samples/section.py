"""The part *Samples* of the data page: which samples, all of them in a grid, one of them large."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from visualnet.app.features.data_page.samples.grid import SampleGrid
from visualnet.app.features.data_page.samples.viewer import SampleViewer
from visualnet.app.services.data_examiner import Opened
from visualnet.app.widgets.basic import EmptyState, button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, fitting_row, stack, widget_of
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.examination.sample_content import is_picture, shown_field

ALL = -1
NOTHING = "There are no samples to show. Choose data, or open files of your own."
OPENING = "The data are being opened …"


class SamplesSection(QWidget):
    """Samples by part and by class. What another part of the page points at is shown alone, until *Show all*."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Opened | None = None
        self._only: tuple[int, ...] = ()
        self._only_words = ""
        self.part = describe(QComboBox(), "Part")
        for at, words in enumerate(("All parts", "Training", "Validation", "Test"), ALL):
            self.part.addItem(words, at)
        self.label = describe(QComboBox(), "Class")
        self.label.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.label.setMinimumContentsLength(12)
        for box in (self.part, self.label):
            box.activated.connect(lambda _: self._filter())
        self.words = label("", "muted")
        self.everything = button("Show all", done=self.show_all)
        self.grid, self.viewer = SampleGrid(), SampleViewer()
        self.empty = EmptyState("data", NOTHING)
        choice = fitting_row(
            self.part, self.label, self.words, self.everything, STRETCH, optional=(self.words,), spacing=8
        )
        self.all = widget_of(column(choice, (self.grid, 1), spacing=6))
        self.stack = stack(self.empty, self.all, self.viewer)
        column(self.stack, parent=self)
        self.grid.sample_opened.connect(self.open_row)
        self.viewer.left.connect(self.show_grid)
        self.viewer.step_wished.connect(self._step)
        self.everything.hide()

    def show_opened(self, opened: Opened | None) -> None:
        """Show the samples of these data."""
        if opened is self.opened:
            return
        self.opened, self._only, self._only_words = opened, (), ""
        chosen = self.label.currentText()
        self.label.clear()
        self.label.addItem("All classes", ALL)
        if opened is not None:
            self.grid.set_wide(not is_picture(opened.source.specs()[shown_field(opened.source, opened.source.specs())]))
            if opened.samples.column("label") is not None:
                for number, name in enumerate(opened.source.class_names()):
                    self.label.addItem(visible(name), number)
        self.label.setCurrentIndex(max(self.label.findText(chosen), 0))
        self.label.setVisible(self.label.count() > 1)
        self._filter()

    def show_opening(self, opening: bool) -> None:
        """Say why nothing is to be seen yet."""
        self.empty.sentence.setText(OPENING if opening else NOTHING)

    def show_all(self) -> None:
        """All samples of all parts and classes."""
        self._only, self._only_words = (), ""
        self.part.setCurrentIndex(0)
        self.label.setCurrentIndex(0)
        self._filter()

    def show_only(self, samples: Sequence[int], words: str) -> None:
        """Some samples alone; one is shown large at once."""
        self._only, self._only_words = tuple(samples), words
        self._filter()
        if len(samples) == 1:
            self.open_row(0)

    def show_class(self, number: int) -> None:
        """The samples of one class."""
        self._only, self._only_words = (), ""
        self.part.setCurrentIndex(0)
        self.label.setCurrentIndex(max(self.label.findData(number), 0))
        self._filter()

    def show_grid(self) -> None:
        """Back to all of them."""
        self.stack.setCurrentWidget(self.all if self.opened is not None else self.empty)
        self.grid.setFocus()

    def open_row(self, row: int) -> None:
        """Show one sample large."""
        if self.opened is not None and 0 <= row < self.grid.samples.rowCount():
            self.grid.setCurrentIndex(self.grid.samples.index(row))
            self.viewer.show_sample(self.opened, int(self.grid.samples.index_of_row[row]))
            self.stack.setCurrentWidget(self.viewer)
            self.viewer.setFocus()

    def _step(self, by: int) -> None:
        self.open_row(self.grid.currentIndex().row() + by)

    def _filter(self) -> None:
        rows = self._rows()
        self.grid.samples.show_samples(self.opened, rows)
        filtered = bool(self._only) or self.part.currentData() != ALL or (self.label.currentData() or 0) != ALL
        self.words.setText(self._only_words or format_quantity(len(rows), "sample"))
        self.everything.setVisible(self.opened is not None and filtered and len(rows) < self.opened.samples.size)
        for box in (self.part, self.label):
            box.setEnabled(not self._only)
        self.stack.setCurrentWidget(self.all if self.opened is not None else self.empty)

    def _rows(self) -> np.ndarray:
        opened = self.opened
        if opened is None:
            return np.arange(0)
        if self._only:
            return np.array(self._only, np.int64)
        part = self.part.currentData()
        rows = np.arange(opened.samples.size) if part == ALL else opened.parts[part]
        wanted, labels = self.label.currentData(), opened.samples.column("label")
        return rows if wanted == ALL or labels is None else rows[labels[rows] == wanted]
