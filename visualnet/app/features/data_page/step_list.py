"""The steps of a preparation as a list: put in order by dragging or by keys, switched off, removed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QSizePolicy

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.core.project import PreparationStep
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import visible
from visualnet.data.preparation.registry import STEPS
from visualnet.data.preparation.step_summary import StepOutline

MOST_HEIGHT = 360
"""The list grows with its steps up to so many pixels, at text of normal size."""


class StepList(QListWidget):
    """One item a step: its title, and what becomes of the sizes or why it does not fit; a box switches it off."""

    moved = Signal(int, int)
    removed = Signal(int)
    switched = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Steps of the preparation, in their order")
        self.setWordWrap(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.itemChanged.connect(self._note_switched)

    def sizeHint(self) -> QSize:
        rows = sum(self.sizeHintForRow(at) for at in range(self.count()))
        return QSize(fonts.px(260), min(rows + 2 * self.frameWidth() + 2, fonts.px(MOST_HEIGHT)))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(160), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # words wrap otherwise, so the rows have other heights

    def show_steps(self, steps: Sequence[PreparationStep], outlines: Sequence[StepOutline], theme: Theme) -> None:
        """Show these steps; the current one stays where it is."""
        current = self.currentRow()
        with QSignalBlocker(self):
            while self.count() > len(steps):
                self.takeItem(self.count() - 1)
            while self.count() < len(steps):
                self.addItem(QListWidgetItem())
            for at, (step, outline) in enumerate(zip(steps, outlines, strict=True)):
                self._fill(self.item(at), at, step, outline, theme)
            self.updateGeometry()
            if steps:
                self.setCurrentRow(min(max(current, 0), len(steps) - 1))

    def _fill(self, item: QListWidgetItem, at: int, step: PreparationStep, outline: StepOutline, theme: Theme) -> None:
        line = capitalize_first(outline.error) or outline.change or "Sizes stay"
        if step.off:
            line = "Off: it is left out"
        elif not outline.error and step.kind in STEPS and STEPS[step.kind].augments:
            line = "In training alone, anew in each batch"
        item.setText(visible(f"{at + 1}  {outline.title}\n{line}", lines=True))
        item.setToolTip(
            f"{STEPS[step.kind].summary() if step.kind in STEPS else ''}\n"
            "Drag it, or Alt+↑ Alt+↓, to another place; Space switches it off; Del removes it".strip()
        )
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsDragEnabled
        )
        item.setCheckState(Qt.CheckState.Unchecked if step.off else Qt.CheckState.Checked)
        colour = theme.error if outline.error else theme.muted if step.off else theme.text
        item.setForeground(QColor(colour))

    def _note_switched(self, item: QListWidgetItem) -> None:
        self.switched.emit(self.row(item), item.checkState() == Qt.CheckState.Unchecked)

    def dropEvent(self, event: QDropEvent) -> None:
        """Only the order is told: the list is filled anew by whoever changes it."""
        at = self.currentRow()
        area = self.indexAt(event.position().toPoint())
        to = area.row() if area.isValid() else self.count()
        if area.isValid() and self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem:
            to += 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        to -= to > at
        if to != at:
            self.moved.emit(at, to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.currentRow()
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_Delete and at >= 0:
            self.removed.emit(at)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and by:
            if 0 <= at + by < self.count():
                self.moved.emit(at, at + by)
        else:
            super().keyPressEvent(event)
