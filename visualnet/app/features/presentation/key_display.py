"""The keys that are pressed, written in a corner of the window, as in recordings of a screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from visualnet.app.theme import fonts

SHOWN_MS = 2200
MARGIN = 24
LONGEST = 28
"""So many letters of what is typed are shown, the last ones."""
_MODIFIERS = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
}
_Modifier = Qt.KeyboardModifier


class KeyDisplay(QLabel):
    """Words for a key or a combination, letters typed one after the other as they were typed; gone after a moment.

    It only reads along, at the handle of the window, where every key comes by once; what the key does is left to whom it is meant for.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, textFormat=Qt.TextFormat.PlainText)
        self.setObjectName("pressedKeys")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._host = window
        self._typed, self._last, self._times = "", "", 0
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._forget)
        self._handle = window.windowHandle()
        if self._handle is not None:
            self._handle.installEventFilter(self)
        self.hide()

    def close_(self) -> None:
        """Read along no more."""
        self._timer.stop()
        if self._handle is not None:
            self._handle.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Each press is announced once as ShortcutOverride; one that an action takes never comes as KeyPress.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self.show_key(event)
        return False

    def show_key(self, event: QKeyEvent) -> None:
        """Write what was pressed."""
        words = words_for(event)
        if not words:
            return
        if is_letter(event):
            self._typed, self._last, self._times = (self._typed + words)[-LONGEST:], "", 0
            self.setText(self._typed)
        else:
            self._times = self._times + 1 if words == self._last else 1
            self._typed, self._last = "", words
            self.setText(words if self._times == 1 else f"{words}   ×{self._times}")
        self.setFont(fonts.sans(fonts.px(20)))
        self.adjustSize()
        self.move(self._host.width() - self.width() - MARGIN, MARGIN)
        self.show()
        self.raise_()
        self._timer.start()

    def _forget(self) -> None:
        self._typed, self._last, self._times = "", "", 0
        self.hide()


def is_letter(event: QKeyEvent) -> bool:
    """Whether the key writes a letter, not a command."""
    commands = event.modifiers() & (_Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier)
    return not commands and event.text().isprintable() and bool(event.text().strip())


def words_for(event: QKeyEvent) -> str:
    """What a key is called on this system, with the keys held with it; nothing for those alone."""
    key = Qt.Key(event.key())
    if key in _MODIFIERS or key == Qt.Key.Key_unknown:
        return ""
    if is_letter(event):
        return event.text()
    held = event.modifiers() & ~(_Modifier.KeypadModifier | _Modifier.GroupSwitchModifier)
    return QKeySequence(QKeyCombination(held, key)).toString(QKeySequence.SequenceFormat.NativeText)
