"""The walk as a list: every operation forward, backward, and each weight of the step. Its current row is where one is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from visualnet.training.stepping.schedule import BACKWARD, FORWARD, UPDATE, Moment, operation_at, update_at
from visualnet.training.stepping.values import Passes

SIGNS = {FORWARD: "→", BACKWARD: "←", UPDATE: "Δ"}
KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space)


class OperationList(QListWidget):
    """The arrows left and right, Home and End go through it too; the space bar plays."""

    play_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Operations")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def show_moments(self, passes: Passes, moments: Sequence[Moment], at: int) -> None:
        """List these, and stand at one of them."""
        self.blockSignals(True)
        self.clear()
        for moment in moments:
            self.addItem(QListWidgetItem(describe_moment(passes, moment)))
        self.setCurrentRow(at)
        self.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.step_by_key(event):
            super().keyPressEvent(event)

    def step_by_key(self, event: QKeyEvent) -> bool:
        """Go where a key says; whether it says so."""
        if not is_step_key(event):
            return False
        last, row = self.count() - 1, self.currentRow()
        places = {
            Qt.Key.Key_Left: max(row - 1, 0),
            Qt.Key.Key_Right: min(row + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event.key() == Qt.Key.Key_Space:
            self.play_wished.emit()
            return True
        place = places.get(Qt.Key(event.key()))
        if place is None or last < 0:
            return False
        self.setCurrentRow(place)
        return True


def is_step_key(event: QKeyEvent) -> bool:
    """Whether a key goes through the walk."""
    return not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and event.key() in KEYS


def describe_moment(passes: Passes, moment: Moment) -> str:
    """A line of the list."""
    update = update_at(passes, moment)
    operation = operation_at(passes, moment)
    words = update.name if update is not None else f"{operation.name} · {operation.label}"
    return f"{SIGNS[moment.phase]}  {words}"
