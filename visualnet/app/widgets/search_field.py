"""The field that searches."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import IconLabel, describe, icon_button, label, restyle
from visualnet.app.widgets.layouts import row


class SearchField(QFrame):
    """A line to search with: Esc clears, Enter takes, Up and Down go to the list beneath."""

    changed = Signal(str)
    accepted = Signal()
    moved = Signal(int)

    def __init__(self, placeholder: str, keys: str = "") -> None:
        super().__init__()
        self.edit = describe(QLineEdit(placeholderText=placeholder), placeholder.rstrip("…."))
        self.edit.setProperty("seamless", True)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(self.accepted)
        self._keys = label(keys)
        self._keys.setObjectName("keys")
        self._clear = icon_button("close", "Clear", "Clear (Esc)", self.edit.clear, size=12)
        self._clear.setFixedSize(20, 20)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row(IconLabel("search"), self.edit, self._keys, self._clear, margins=(GRID, 5, 6, 5), spacing=GRID, parent=self)
        self.setFocusProxy(self.edit)
        self._on_text("")

    def text(self) -> str:
        """What is searched."""
        return self.edit.text()

    def clear(self) -> None:
        """Search nothing."""
        self.edit.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self, active=event.type() == QEvent.Type.FocusIn)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                self.moved.emit(step)
                return True
            if event.key() == Qt.Key.Key_Escape and self.edit.text():
                self.edit.clear()
                return True
        return super().eventFilter(watched, event)

    def _on_text(self, text: str) -> None:
        self._keys.setVisible(not text and bool(self._keys.text()))
        self._clear.setVisible(bool(text))
        self.changed.emit(text)
