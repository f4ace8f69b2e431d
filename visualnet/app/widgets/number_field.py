"""A number that can be typed, stepped, wheeled and dragged."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.basic import label, restyle

Number = int | float
_PIXELS_A_STEP = 6


class NumberField(QLineEdit):
    """A whole or real number with its unit.

    `edited` follows every valid change while the person is at it; `finished` comes once, with Enter, on leaving, or at
    the end of a drag. Text that is no such number is marked, says why in its tip, and goes away on leaving.
    """

    edited = Signal(object)
    finished = Signal(object)

    def __init__(
        self,
        value: Number = 0,
        *,
        whole: bool = True,
        minimum: Number | None = None,
        maximum: Number | None = None,
        step: Number = 1,
        ladder: bool = False,
        unit: str = "",
        check: Callable[[Number], str | None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole, self._minimum, self._maximum = whole, minimum, maximum
        self._step, self._ladder, self._check = step, ladder, check
        self._value: Number = value
        self._settled: Number = value
        self._problem = ""
        self._scrubbed: QWidget | None = None
        self._scrub_from: tuple[float, int] | None = None
        self._tip = ""
        self.setProperty("mono", True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._unit = label(unit, "small", self)
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._unit.setVisible(bool(unit))
        self.textEdited.connect(self._on_typed)
        self.set_value(value)

    # The value

    @property
    def value(self) -> Number:
        """The last valid number."""
        return self._value

    @property
    def problem(self) -> str:
        """Why the text is no valid number, or ""."""
        return self._problem

    def set_value(self, value: Number) -> None:
        """Show a number without telling anyone; while it is being typed, the text stays as typed."""
        self._value = self._settled = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(_written(value))
            self._mark("")

    def set_tip(self, tip: str) -> None:
        """What the number means; shown when nothing is wrong with it."""
        self._tip = tip
        self.setToolTip(self._problem or tip)

    def set_unit(self, unit: str) -> None:
        """Change the unit."""
        self._unit.setText(unit)
        self._unit.setVisible(bool(unit))
        self._place_unit()

    def set_problem(self, reason: str) -> None:
        """Mark the number as wrong for a reason from outside, or "" to clear it."""
        self._mark(reason)

    def scrub_with(self, handle: QWidget) -> None:
        """Let a drag over `handle` (usually the row's label) change the number."""
        self._scrubbed = handle
        handle.setCursor(Qt.CursorShape.SizeHorCursor)
        handle.installEventFilter(self)

    def step_by(self, steps: int) -> None:
        """Go some steps up or down, within the bounds."""
        value: Number = self._value
        if self._ladder and not self._whole:
            for _ in range(abs(steps)):
                value = _rung(float(value), steps > 0)
        else:
            value = value + steps * self._step
            if not self._whole:
                value = round(value, 10)
        self._take(self._bounded(value))

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        ten = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step_by(ten if key == Qt.Key.Key_Up else -ten)
            self.selectAll()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
            self.selectAll()
        elif key == Qt.Key.Key_Escape and (self._problem or self._value != self._settled):
            self._take(self._settled)
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without the focus the wheel belongs to the panel: scrolling must never change a number on its way.
        if not self.hasFocus():
            event.ignore()
            return
        steps = round(event.angleDelta().y() / 120) or (1 if event.angleDelta().y() > 0 else -1)
        self.step_by(steps)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._finish()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_unit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._scrubbed and isinstance(event, QMouseEvent) and self.isEnabled():
            return self._scrub(event)
        return super().eventFilter(watched, event)

    # Inside

    def _scrub(self, event: QMouseEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._scrub_from = (event.globalPosition().x(), 0)
        elif event.type() == QEvent.Type.MouseMove and self._scrub_from is not None:
            start, done = self._scrub_from
            steps = int((event.globalPosition().x() - start) / _PIXELS_A_STEP)
            if steps != done:
                self._scrub_from = (start, steps)
                self.step_by(steps - done)
        elif event.type() == QEvent.Type.MouseButtonRelease and self._scrub_from is not None:
            self._scrub_from = None
            self._finish()
        else:
            return False
        return True

    def _on_typed(self, text: str) -> None:
        value, reason = self._read(text)
        self._mark(reason)
        if value is not None and value != self._value:
            self._value = value
            self.edited.emit(value)

    def _take(self, value: Number) -> None:
        self.setText(_written(value))
        self._mark(self._check(value) or "" if self._check else "")
        if value != self._value and not self._problem:
            self._value = value
            self.edited.emit(value)

    def _finish(self) -> None:
        self.setText(_written(self._value))
        self.setModified(False)
        self._mark("")
        if self._value != self._settled:
            self._settled = self._value
            self.finished.emit(self._value)

    def _read(self, text: str) -> tuple[Number | None, str]:
        plain = text.strip().replace(" ", "").replace("_", "").replace("\u2212", "-")
        if self._whole:
            plain = plain.replace(",", "")
        try:
            value: Number = int(plain) if self._whole else float(plain.replace(",", "."))
        except ValueError:
            return None, "A whole number is needed here" if self._whole else "A number is needed here, such as 0.01"
        if not math.isfinite(value):
            return None, "A finite number is needed here"
        if self._minimum is not None and value < self._minimum:
            return None, f"At least {_written(self._minimum)}"
        if self._maximum is not None and value > self._maximum:
            return None, f"At most {_written(self._maximum)}"
        reason = self._check(value) if self._check else None
        return (None, reason) if reason else (value, "")

    def _bounded(self, value: Number) -> Number:
        if self._minimum is not None:
            value = max(value, self._minimum)
        return value if self._maximum is None else min(value, self._maximum)

    def _mark(self, reason: str) -> None:
        self._problem = reason
        self.setToolTip(reason or self._tip)
        self.setAccessibleDescription(reason)
        if bool(self.property("invalid")) != bool(reason):
            restyle(self, invalid=bool(reason))

    def _place_unit(self) -> None:
        self._unit.adjustSize()
        right = self._unit.width() + GRID if not self._unit.isHidden() else 0
        self.setTextMargins(0, 0, right - 2 if right else 0, 0)
        self._unit.move(self.width() - self._unit.width() - GRID, (self.height() - self._unit.height()) // 2)


def _written(value: Number) -> str:
    return str(value) if isinstance(value, int) else f"{value:.10g}"


def _rung(value: float, up: bool) -> float:
    """The next of …, 1, 2, 5, 10, … above or below a positive number: even steps for what spans magnitudes."""
    if value <= 0:
        return 1e-6 if up else 0.0
    exponent = math.floor(math.log10(value) + 1e-12)
    rungs = [factor * 10.0**power for power in range(exponent - 1, exponent + 2) for factor in (1, 2, 5)]
    if up:
        found = next(rung for rung in rungs if rung > value * (1 + 1e-9))
    else:
        found = next(rung for rung in reversed(rungs) if rung < value * (1 - 1e-9))
    return float(f"{found:.6g}")
