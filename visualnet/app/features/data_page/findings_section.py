"""The part *Findings* of the data page: what is broken or left out, with file and line; and copies, with their repairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from visualnet.app.services.data_examiner import DataExaminer
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core import edits
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.examination.copies import CopyGroup, across_parts, keep_together, leave_out
from visualnet.data.sources.registry import SOURCES
from visualnet.data.sources.source import SourceScan

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
HEADS = ("What", "Where", "Line")
MOST_NAMED = 3


class FindingEntry(NamedTuple):
    """A line of the list: what, where, and the samples that it leads to."""

    severity: str
    words: str
    place: str = ""
    line: int = 0
    samples: tuple[int, ...] = ()


class FindingsModel(QAbstractTableModel):
    """The entries as a table; any number of them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[FindingEntry] = []

    def show_entries(self, entries: list[FindingEntry]) -> None:
        """Show these."""
        if entries != self.entries:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        is_head = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return HEADS[section] if is_head else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        texts = (visible(entry.words), visible(entry.place), f"{entry.line:,}" if entry.line else "")
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return texts[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return icons.icon(entry.severity, entry.severity)
        return None


class FindingsSection(QWidget):
    """``samples_chosen`` tells samples that a person wants to see, and in words which they are."""

    samples_chosen = Signal(object, str)

    def __init__(self, studio: Studio, examiner: DataExaminer) -> None:
        super().__init__()
        self.studio, self.examiner = studio, examiner
        self.words = label("", wrap=True)
        self.model = FindingsModel(self)
        self.list = describe(QTreeView(), "Findings")
        self.list.setModel(self.model)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        self.list.header().resizeSection(1, 220)
        self.list.header().resizeSection(2, 64)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self.copies = label("", wrap=True)
        self.look = button("Look for copies", icon="search", done=examiner.look_for_copies)
        self.look.setToolTip("Compare all samples: the same content, and pictures that are nearly the same")
        self.together = button("Put copies into one part", done=self._keep_together)
        self.together.setToolTip(
            "All copies of a sample go into one part, so that nothing is tested on what was learned"
        )
        self.apart = button("Leave copies out", done=self._leave_out)
        self.apart.setToolTip("Of each group of copies only the first is used")
        repairs = row(self.look, self.together, self.apart, STRETCH, spacing=8)
        # The list takes all the room there is; without it the words stay above.
        column(self.words, (self.list, 1000), self.copies, repairs, STRETCH, spacing=8, parent=self)

    @property
    def count(self) -> int:
        """How many findings there are."""
        return len(self.model.entries)

    def refresh(self) -> None:
        """Show what is known."""
        examiner = self.examiner
        opened, copies = examiner.opened, examiner.copies
        entries = _entries(examiner.found)
        if opened is not None and copies is not None:
            across = set(across_parts(copies, opened.parts))
            entries += [self._copy_entry(group, group in across) for group in copies]
        self.model.show_entries(entries)
        self.list.setVisible(bool(entries))
        own = examiner.choice.name in SOURCES
        nothing = (
            "Nothing is broken or left out." if own else "These data come with the program, checked: nothing is broken."
        )
        self.words.setText("A click leads to the samples." if entries else nothing)
        self.copies.setText(self._describe_copies())
        self.look.setVisible(copies is None and opened is not None)
        self.look.setEnabled(not examiner.busy)
        twice = bool(copies) and own and not examiner.is_outdated
        self.together.setVisible(twice and opened is not None and bool(across_parts(copies or (), opened.parts)))
        self.apart.setVisible(
            twice and opened is not None and any(_used(group, opened.parts) > 1 for group in copies or ())
        )

    def _describe_copies(self) -> str:
        opened, copies = self.examiner.opened, self.examiner.copies
        if copies is None or opened is None:
            return "Whether samples are there twice is not known yet."
        if not copies:
            return "No sample is there twice."
        across = len(across_parts(copies, opened.parts))
        words = f"{format_quantity(len(copies), 'sample is', 'samples are')} there more than once"
        if across:
            return f"{words}, {across:,} of them in two parts: what is tested on was learned. Put copies into one part."
        return f"{words}; none in two parts."

    def _copy_entry(self, group: CopyGroup, is_across: bool) -> FindingEntry:
        opened = self.examiner.opened
        assert opened is not None
        places = [opened.samples.describe(s) or f"sample {s:,}" for s in group.samples[:MOST_NAMED]]
        more = f" and {len(group.samples) - MOST_NAMED:,} more" if len(group.samples) > MOST_NAMED else ""
        same = "the same" if group.exact else "nearly the same"
        where = ", in two parts" if is_across else ""
        labels = opened.samples.column("label")
        differ = labels is not None and len({int(labels[s]) for s in group.samples}) > 1
        words = f"{len(group.samples):,} samples are {same}{where}{', of different classes' if differ else ''}"
        severity = "warning" if is_across or differ else "hint"
        return FindingEntry(severity, words, ", ".join(places) + more, 0, group.samples)

    def _open(self, index: QModelIndex) -> None:
        entry = self.model.entries[index.row()]
        if entry.samples:
            self.samples_chosen.emit(entry.samples, entry.words)
        elif entry.place:
            self.studio.message.emit("hint", f"“{entry.place}” is left out: there is no sample to show.")

    def _keep_together(self) -> None:
        copies = self.examiner.copies or ()
        self.studio.do("Put copies into one part", lambda p: edits.set_data(p, facts=keep_together(p.data, copies)))

    def _leave_out(self) -> None:
        copies = self.examiner.copies or ()
        self.studio.do("Leave copies out", lambda p: edits.set_data(p, facts=leave_out(p.data, copies)))


def _entries(found: SourceScan | None) -> list[FindingEntry]:
    return [
        FindingEntry(each.severity, each.words, each.file, each.line, each.samples)
        for each in (found.findings if found else ())
    ]


def _used(group: CopyGroup, parts: Sequence[Any]) -> int:
    """How many of the copies are in some part."""
    import numpy as np

    return sum(int(np.isin(group.samples, part).sum()) for part in parts)
