"""The samples as a list model: what is on the screen is decoded in the background, what was seen last is kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.services.data_examiner import Opened
from visualnet.data.examination.sample_content import SampleContent, read_contents

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()

CONTENT_PX = 192
"""Pictures are kept no larger than this."""
KEPT = 3_000
AT_ONCE = 48
"""So many are decoded in one go: what has been scrolled away meanwhile is not decoded at all."""
WAITING = 240
"""So many that were asked for wait; older ones have left the screen."""
SAMPLE = Qt.ItemDataRole.UserRole
CONTENT = Qt.ItemDataRole.UserRole + 1


class SampleModel(QAbstractListModel):
    """Rows are the samples of a choice; the content of one is had when it is asked for the second time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.opened: Opened | None = None
        self.index_of_row: NDArray[np.int64] = np.arange(0)
        self._contents: OrderedDict[int, SampleContent | str] = OrderedDict()
        self._waiting: OrderedDict[int, int] = OrderedDict()
        self._task: BackgroundTask | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._decode)

    def show_samples(self, opened: Opened | None, rows: NDArray[np.int64]) -> None:
        """Show these samples of these data, in this order."""
        self.beginResetModel()
        if opened is not self.opened:
            self._contents.clear()
            if self._task is not None:
                self._task.cancel()
                self._task = None
        self._waiting.clear()
        self.opened, self.index_of_row = opened, rows
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.index_of_row)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.opened is None:
            return None
        sample = int(self.index_of_row[index.row()])
        if role == SAMPLE:
            return sample
        if role == CONTENT:
            return self._content(sample, index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            content = self._contents.get(sample)
            label = content.label if isinstance(content, SampleContent) else content or ""
            place = self.opened.samples.describe(sample) if role != Qt.ItemDataRole.DisplayRole else ""
            return " · ".join(filter(None, (label, place or f"sample {sample:,}")))
        return None

    def _content(self, sample: int, row: int) -> SampleContent | str | None:
        found = self._contents.get(sample)
        if found is None:
            self._waiting[sample] = row
            self._waiting.move_to_end(sample)
            while len(self._waiting) > WAITING:
                self._waiting.popitem(last=False)
            if self._task is None and not self._soon.isActive():
                self._soon.start()
        else:
            self._contents.move_to_end(sample)
        return found

    def _decode(self) -> None:
        """Decode what was asked for last."""
        if (opened := self.opened) is None or not self._waiting or self._task is not None:
            return
        wanted = [self._waiting.popitem() for _ in range(min(AT_ONCE, len(self._waiting)))]
        samples = [sample for sample, _ in wanted]

        def done(contents: list[SampleContent | str]) -> None:
            for (sample, row), content in zip(wanted, contents, strict=True):
                self._contents[sample] = content
                if row < len(self.index_of_row) and self.index_of_row[row] == sample:
                    self.dataChanged.emit(self.index(row), self.index(row))
            while len(self._contents) > KEPT:
                self._contents.popitem(last=False)

        task = BackgroundTask(
            lambda _job: read_contents(opened.source, opened.samples, opened.choice, samples, CONTENT_PX),
            done,
            name="decode samples",
            words="Samples cannot be shown",
            parent=self,
        )
        self._task = task
        task.finished.connect(lambda: self._end(task))

    def _end(self, task: BackgroundTask) -> None:
        if self._task is task:
            self._task = None
            if self._waiting:
                self._soon.start()
