"""The field that searches."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from visualnet.app.theme import icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import IconLabel, label, restyle


class SearchField(QFrame):
    """A line to search with: Esc clears, Enter takes, Up and Down go to the list beneath."""

    changed = Signal(str)
    accepted = Signal()
    moved = Signal(int)

    def __init__(self, placeholder: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setProperty("seamless", True)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder.rstrip("…."))
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(self.accepted)
        self._keys = label(keys)
        self._keys.setObjectName("keys")
        self._clear = QToolButton()
        self._clear.setIconSize(QSize(12, 12))
        self._clear.setFixedSize(20, 20)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setToolTip("Clear (Esc)")
        self._clear.setAccessibleName("Clear")
        self._clear.clicked.connect(self.edit.clear)
        icons.bind(self._clear, "close", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 5, 6, 5)
        row.setSpacing(GRID)
        for widget in (IconLabel("search", 16, "muted"), self.edit, self._keys, self._clear):
            row.addWidget(widget)
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
