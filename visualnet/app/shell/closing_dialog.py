"""One question for all that is not saved or still trains when the window is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from visualnet.app.shell.open_projects import Tab
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import IconLabel, button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible


class UnsavedWork(NamedTuple):
    """An open project that would lose something: its unsaved edits, or the training that runs on it (in words)."""

    tab: Tab
    name: str
    edited: bool
    training: str = ""
    end: str = "that is stopped, and its weights are kept"
    """What becomes of the training."""

    @property
    def words(self) -> str:
        """What stands in the list."""
        path = self.tab.path
        place = "has no file yet" if path is None else visible(path)
        state = "changes not saved" if self.edited else "nothing drawn that is not saved"
        parts = [f"{self.name}  ·  {state}  ·  {place}"]
        if self.training:
            parts.append(f"{self.training}: {self.end}.")
        return "\n".join(parts)


class ClosingDialog(QDialog):
    """What is ticked is saved. Esc goes back to the window."""

    def __init__(self, works: Sequence[UnsavedWork], parent: QWidget) -> None:
        super().__init__(parent)
        self.works = list(works)
        self.setObjectName("closing")
        self.setWindowTitle("Close VisualNet")
        edited = sum(work.edited for work in self.works)
        running = any(work.training for work in self.works)
        told = [f"{format_quantity(edited, 'network')} with unsaved changes"] if edited else []
        told += ["a training that runs"] if running else []
        heading = label(f"There {'is' if edited <= 1 else 'are'} {' and '.join(told)}.", "heading", wrap=True)
        hint = label("What is ticked is saved; the changes of what is not are lost.", "muted", wrap=True)
        self.list = describe(QListWidget(), "Networks to be saved")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for work in self.works:
            item = QListWidgetItem(work.words, self.list)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if work.edited else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(0)
        self.list.itemChanged.connect(lambda _: self._show_count())
        self.close_button = button("", "primary", done=self.accept)
        self.close_button.setDefault(True)
        self.save_button = button("Save all", done=lambda: self._accept_all(True))
        self.discard_button = button("Discard all", "danger", done=lambda: self._accept_all(False))
        self.cancel_button = button("Cancel", done=self.reject)
        acts = row(self.discard_button, STRETCH, self.cancel_button, self.save_button, self.close_button, spacing=8)
        head = row(
            (IconLabel("save", 28, "accent"), 0, Qt.AlignmentFlag.AlignTop),
            (column(heading, hint, spacing=4), 1),
            spacing=14,
        )
        column(head, (self.list, 1), acts, margins=20, spacing=14, parent=self)
        self.resize(fonts.px(600), min(fonts.px(190 + 44 * len(self.works)), parent.window().height() - 80))
        self._show_count()

    def ticked(self) -> list[Tab]:
        """What is to be saved."""
        ticks = (self.list.item(at).checkState() == Qt.CheckState.Checked for at in range(self.list.count()))
        return [work.tab for work, ticked in zip(self.works, ticks, strict=True) if ticked]

    def discard_all(self) -> int:
        """Save nothing, and close."""
        self._accept_all(False)
        return self.result()

    def _accept_all(self, save: bool) -> None:
        for at in range(self.list.count()):
            self.list.item(at).setCheckState(Qt.CheckState.Checked if save else Qt.CheckState.Unchecked)
        self.accept()

    def _show_count(self) -> None:
        count = len(self.ticked())
        self.close_button.setText(f"Save {count} and close" if count else "Close without saving")
