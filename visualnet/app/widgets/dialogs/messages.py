"""Messages that wait to be read and block nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QPushButton, QWidget

from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import IconLabel, button, icon_button, label
from visualnet.app.widgets.layouts import add, clear, row
from visualnet.core.text.hidden_characters import visible

SIDES = 12 + 6 + 2 * 10
"""What margins and gaps take of a message's width."""
READABLE = 40
"""A line of so many letters reads well; where less room is left beside the buttons, they stand below."""
MessageAction = tuple[str, Callable[[], object]]


class MessageFrame(QFrame):
    """A severity, plain words, buttons that act, and a way to close it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("hint", 16, "hint")
        self._text = label("", wrap=True, selectable=True)
        self._buttons = row(spacing=GRID)
        self._shown_buttons: list[QPushButton] = []
        self._close = icon_button("close", "Close", done=self.dismiss, size=14)
        self._body = row((self._text, 1), (self._buttons, 0, Qt.AlignmentFlag.AlignLeft), spacing=10)
        row(self._icon, (self._body, 1), self._close, margins=(12, 6, 6, 6), spacing=10, parent=self)
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
        self._shown_buttons = [button(words, done=partial(self._do, act)) for words, act in actions]
        add(self._buttons, *self._shown_buttons)
        for each in self._shown_buttons:
            each.show()  # else it has no place until the event loop shows it
        self._arrange(self.width())
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width())

    def _arrange(self, width: int) -> None:
        """Buttons beside the words while these have room for a line that reads well; else below them, and there one below the other."""
        metrics = self._text.fontMetrics()
        line = min(metrics.horizontalAdvance(self._text.text()), READABLE * metrics.averageCharWidth())
        beside = sum(each.sizeHint().width() + GRID for each in self._shown_buttons)
        room = width - self._icon.width() - self._close.sizeHint().width() - SIDES
        self._set_directions(line + beside <= room, beside <= room)

    def _set_directions(self, body: bool, buttons: bool) -> None:
        for layout, side_by_side in ((self._body, body), (self._buttons, buttons)):
            layout.setDirection(QBoxLayout.Direction.LeftToRight if side_by_side else QBoxLayout.Direction.TopToBottom)

    def dismiss(self) -> None:
        """Close the message."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _do(self, act: Callable[[], object]) -> None:
        self.dismiss()
        act()


class Banner(MessageFrame):
    """A strip across the top of a page, until it is closed."""


class Toast(MessageFrame):
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
        self._set_directions(True, True)
        width = min(self._measured().totalSizeHint().width(), room)
        self._text.setWordWrap(width == room)
        self._arrange(width)
        layout = self._measured()
        height = layout.totalHeightForWidth(width) if width == room else layout.totalSizeHint().height()
        self.setGeometry((self._host.width() - width) // 2, self._host.height() - height - 2 * GRID, width, height)

    def _measured(self) -> QLayout:
        """The layout, with sizes of what is shown now: what lies within keeps those of before until the event loop comes to it."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return layout
