"""Messages that wait to be read and block nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import IconLabel, button, icon_button, label
from visualnet.app.widgets.layouts import clear, row
from visualnet.core.text.visible import visible

MessageAction = tuple[str, Callable[[], object]]


class Message(QFrame):
    """A severity, plain words, buttons that act, and a way to close it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("hint", 16, "hint")
        self._text = label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = row(spacing=GRID)
        close = icon_button("close", "Close", done=self.dismiss, size=14)
        row(self._icon, (self._text, 1), self._buttons, close, margins=(12, 6, 6, 6), spacing=10, parent=self)
        self.hide()

    @property
    def text(self) -> str:
        """The words shown."""
        return self._text.text()

    def show_message(self, text: str, severity: str = "hint", actions: Sequence[MessageAction] = ()) -> None:
        """Show the words, with a button for each action; a pressed button also closes the message."""
        self._icon.set_icon(severity, severity)
        text = visible(text, lines=True)
        self._text.setText(text)
        self.setAccessibleName(f"{severity}: {text}")
        clear(self._buttons)
        for words, act in actions:
            self._buttons.addWidget(button(words, done=partial(self._do, act)))
        self.show()

    def dismiss(self) -> None:
        """Close the message."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _do(self, act: Callable[[], object]) -> None:
        self.dismiss()
        act()


class Banner(Message):
    """A strip across the top of a page, until it is closed."""


class Toast(Message):
    """A message that floats at the lower edge of its parent and leaves by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        parent.installEventFilter(self)

    def show_message(
        self, text: str, severity: str = "ok", actions: Sequence[MessageAction] = (), seconds: float = 6.0
    ) -> None:
        """Show the words for some seconds; errors stay until they are closed."""
        super().show_message(text, severity, actions)
        self._place()
        self.raise_()
        self._timer.stop()
        if severity != "error":
            self._timer.start(round(seconds * 1000))

    def dismiss(self) -> None:
        """Close the message."""
        self._timer.stop()
        super().dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = max(self._host.width() - 4 * GRID, 120)
        self._text.setWordWrap(False)
        wanted = self.sizeHint().width()
        self._text.setWordWrap(wanted > room)
        width = min(wanted, room)
        height = self.heightForWidth(width) if wanted > room else self.sizeHint().height()
        self.setGeometry((self._host.width() - width) // 2, self._host.height() - height - 2 * GRID, width, height)
