"""Messages that wait to be read and block nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from visualnet.app.theme import icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.core.text.visible import visible

Act = tuple[str, Callable[[], object]]


class Message(QFrame):
    """A severity, plain words, buttons that act, and a way to close it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("hint", 16, "hint")
        self._words = label("", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(GRID)
        self._close = QToolButton()
        self._close.setIconSize(QSize(14, 14))
        self._close.setToolTip("Close")
        self._close.setAccessibleName("Close")
        self._close.clicked.connect(self.dismiss)
        icons.bind(self._close, "close", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addLayout(self._acts)
        row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """The words shown."""
        return self._words.text()

    def show_message(self, text: str, severity: str = "hint", acts: Sequence[Act] = ()) -> None:
        """Show the words, with a button for each act; a pressed button also closes the message."""
        self._icon.set_icon(severity, severity)
        text = visible(text, lines=True)
        self._words.setText(text)
        self.setAccessibleName(f"{severity}: {text}")
        while (item := self._acts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for words, act in acts:
            self._acts.addWidget(button(words, done=lambda act=act: self._do(act)))
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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        parent.installEventFilter(self)

    def show_message(self, text: str, severity: str = "ok", acts: Sequence[Act] = (), seconds: float = 6.0) -> None:
        """Show the words for some seconds; errors stay until they are closed."""
        super().show_message(text, severity, acts)
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
        host = self.parentWidget()
        around = 4 * GRID
        for child in (self._words,):
            child.setWordWrap(False)
        wanted = self.sizeHint().width()
        room = max(host.width() - around, 120)
        self._words.setWordWrap(wanted > room)
        width = min(wanted, room)
        layout = self.layout()
        assert layout is not None
        height = layout.heightForWidth(width) if wanted > room else self.sizeHint().height()
        self.setGeometry((host.width() - width) // 2, host.height() - height - 2 * GRID, width, height)
