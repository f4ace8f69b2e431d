"""A line for numbers, several numbers, words or expressions: ``5``, ``5×3``, ``same``, ``2*channels``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from visualnet.app.forms.completion import NameCompleter
from visualnet.app.state.deferred_refresh import refresh_between_events
from visualnet.app.widgets.basic import label, restyle
from visualnet.core.graph import Value
from visualnet.core.text.values import read_value, step_value, write_value

SCRUB_PX = 6


class ValueField(QLineEdit):
    """Edits one raw value. ``check`` says what is wrong with a value, or gives "" — then ``edited`` tells of it while typing, stepping and
    scrubbing, and ``finished`` once at the end. Escape goes back to what stood there before.

    A first click selects the whole value. Return and Escape end with ``left``: the keyboard may go back to where it came from. What is
    typed and cannot be read stays as it stands, marked, until it is mended or Escape is pressed."""

    edited = Signal(object)
    finished = Signal()
    marked = Signal(str)
    """Why what stands in the field is wrong; nothing once it is right."""
    left = Signal()
    """Return or Escape has ended the work in the field."""
    discarded = Signal(str)
    """What had been typed, could not be read, and is shown no longer, for the field shows something else now."""

    def __init__(
        self,
        check: Callable[[Value], str],
        *,
        several: bool = False,
        unit: str = "",
        empty: bool = False,
        names: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        """``names`` gives those that may be used here, with their values; they are offered while one is typed."""
        super().__init__(alignment=Qt.AlignmentFlag.AlignRight)
        self._check, self._several, self._empty, self.names = check, several, empty, names
        self._value: Value = None
        self._settled: Value = None
        self._completer: NameCompleter | None = None
        self._scrub: tuple[float, Value] | None = None
        self._clicked_into = False
        """Whether the press that goes on brought the focus: its release selects the whole value."""
        self._handle: QWidget | None = None
        self._tip = self._problem = ""
        self.setAcceptDrops(False)
        self.setProperty("figures", True)
        self._unit = label(unit, "small", self)
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._unit.setVisible(bool(unit))
        self.textEdited.connect(self._typed)

    @property
    def value(self) -> Value:
        """The last value that was right."""
        return self._value

    def set_value(self, raw: Value, placeholder: str = "") -> None:
        """Show a value without telling anyone; what is being typed stays as typed, and so does what could not be read, while the value
        is the same."""
        same = raw == self._value
        if not same or not (self.hasFocus() or self.unreadable):
            self._settled = raw
        self._value = raw
        self.setPlaceholderText(placeholder)
        if self.isModified() and (self.hasFocus() or (same and self.unreadable)):
            return
        self.discard()
        self.setText(write_value(raw))
        self.set_problem("")

    @property
    def unreadable(self) -> bool:
        """Whether something stands here that was typed and is no value."""
        return self.isModified() and bool(self._check(self._read(self.text())))

    def discard(self) -> None:
        """Show the last value that was right in place of what could not be read, and tell of that: something else is shown now."""
        if self.unreadable:
            text = self.text()
            self.setText(write_value(self._value))
            self.set_problem("")
            self.discarded.emit(text)

    def set_suffix(self, text: str) -> None:
        """A muted word at the right end: the unit, or what an expression comes to."""
        if self._unit.text() != text:
            self._unit.setText(text)
            self._unit.setVisible(bool(text))
            self._place()

    def set_tip(self, tip: str) -> None:
        """What the value means."""
        self._tip = tip
        self.setToolTip(self._problem or tip)
        self.setAccessibleDescription(self._problem or tip)

    def scrub_with(self, handle: QWidget) -> None:
        """Dragging this widget sideways changes the number."""
        self._handle = handle
        handle.setCursor(Qt.CursorShape.SizeHorCursor)
        handle.installEventFilter(self)

    def step_by(self, steps: int) -> None:
        """Go up or down, as far as is allowed: whole numbers by one, others along 1, 2, 5, 10 …"""
        self._go(self._value, steps)

    def _go(self, start: Value, steps: int) -> None:
        for left in range(abs(steps), 0, -1):
            value = step_value(start, left if steps > 0 else -left)
            if value == self._value or self._take(value):
                return

    def _take(self, value: Value) -> bool:
        """Set the value, if it is right."""
        if self._check(value):
            return False
        self._value = value
        self.setText(write_value(value))
        self.setModified(False)
        self.set_problem("")
        with refresh_between_events():
            self.edited.emit(value)
        return True

    def _read(self, text: str) -> Value:
        return None if self._empty and not text.strip() else read_value(text, self._several)

    def _typed(self, text: str) -> None:
        value = self._read(text)
        reason = self._check(value)
        self.set_problem(reason)
        if not reason and value != self._value:
            self._value = value
            with refresh_between_events():
                self.edited.emit(value)
        if self._completer is not None or (self.names() and text[-1:].isalpha()):
            self._completer = self._completer or NameCompleter(self)
            self._completer.offer(self.names())

    def set_problem(self, reason: str) -> None:
        """Mark what stands here as wrong for a reason, or as right."""
        if reason == self._problem:
            return
        self._problem = reason
        self.setToolTip(reason or self._tip)
        self.setAccessibleDescription(reason or self._tip)
        self.marked.emit(reason)
        if bool(self.property("invalid")) != bool(reason):
            restyle(self, invalid=bool(reason))

    def _finish(self) -> None:
        """End what was done here. What cannot be read stays, for it was typed for some reason."""
        if not self.unreadable:
            if self.isModified():
                self.setText(write_value(self._value))  # which also ends being modified
            self._settled = self._value
        self.finished.emit()

    def _place(self) -> None:
        self._unit.adjustSize()
        self._unit.move(self.width() - self._unit.width() - 8, (self.height() - self._unit.height()) // 2)
        self.setTextMargins(0, 0, self._unit.width() + 4 if self._unit.isVisibleTo(self) else 0, 0)

    def show_mixed(self) -> None:
        """Several nodes differ here: nothing is shown, and what is typed is set for all."""
        self.set_value(None, "differ")

    # Qt

    def event(self, event: QEvent) -> bool:
        # Undo belongs to the document unless something is just being typed: a spun number is taken back with Ctrl+Z right here.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not self.isModified():
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._choosing() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab):
            event.ignore()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            ten = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.step_by(ten if key == Qt.Key.Key_Up else -ten)
            self.selectAll()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
            if self.unreadable:
                self.selectAll()
            else:
                self.left.emit()
        elif key == Qt.Key.Key_Escape:
            self._restore()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _restore(self) -> None:
        """Go back to what stood here before."""
        if self._value != self._settled:
            self._take(self._settled)
        if self.isModified():
            self.setText(write_value(self._value))
            self.set_problem("")
        self._finish()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self._clicked_into and event.button() != Qt.MouseButton.LeftButton:
            self._clicked_into = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._clicked_into and not self.hasSelectedText():
            self.selectAll()
        self._clicked_into = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Qt would take one word: of 0.02 what stands before the point.
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without the focus the wheel belongs to the panel: scrolling must never change a number on its way.
        if not self.hasFocus():
            event.ignore()
            return
        self.step_by(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._clicked_into = event.reason() == Qt.FocusReason.MouseFocusReason

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # One that is no longer seen is being taken down with its list of names: nobody is left to be told.
        if event.reason() != Qt.FocusReason.PopupFocusReason and self.isVisible() and not self._choosing():
            self._finish()

    def _choosing(self) -> bool:
        """Whether names are on offer: their list answers Enter and Escape then."""
        return self._completer is not None and self._completer.popup().isVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._handle or not isinstance(event, QMouseEvent) or not self.isEnabled():
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._scrub = (event.globalPosition().x(), self._value)
        elif event.type() == QEvent.Type.MouseMove and self._scrub is not None:
            start, value = self._scrub
            steps = int((event.globalPosition().x() - start) / SCRUB_PX)
            if steps:
                self._go(value, steps)
            elif value != self._value:
                self._take(value)
        elif event.type() == QEvent.Type.MouseButtonRelease and self._scrub is not None:
            self._scrub = None
            self._finish()
        else:
            return False
        return True
