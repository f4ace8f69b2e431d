"""A slider along a way that an observation tells of, from its start to its end, which can be played."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSlider, QWidget

from visualnet.app.theme import icons
from visualnet.app.widgets.basic import describe, icon_button
from visualnet.app.widgets.layouts import row

STEPS = 400
TICK_MS = 40
PLAYED_MS = 8000
"""So long it takes to be played from start to end."""


class PathSlider(QWidget):
    """``moved`` tells the share of the way, from 0 to 1; ``settled`` that it rests there."""

    moved = Signal(float)
    settled = Signal()

    def __init__(self, name: str, about: str) -> None:
        super().__init__()
        self.play = icon_button(
            "play", "Play", "Play it from here, or from the start where it is at its end", self.toggle
        )
        self.slider = describe(QSlider(Qt.Orientation.Horizontal), name, about)
        self.slider.setRange(0, STEPS)
        self.slider.valueChanged.connect(self._take)
        row(self.play, (self.slider, 1), margins=(10, 0, 10, 4), spacing=6, parent=self)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._go_on)

    @property
    def share(self) -> float:
        """How far along the way."""
        return self.slider.value() / STEPS

    @property
    def playing(self) -> bool:
        """Whether it moves by itself."""
        return self._timer.isActive()

    def show_share(self, share: float) -> None:
        """Stand there, without telling."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(share * STEPS))

    def toggle(self) -> None:
        """Play, or stop."""
        if self.playing:
            self.stop()
            return
        if self.slider.value() == STEPS:
            self.slider.setValue(0)
        self._timer.start()
        icons.bind(self.play, "stop", "muted")

    def stop(self) -> None:
        """Move no further."""
        if self.playing:
            self._timer.stop()
            icons.bind(self.play, "play", "muted")
            self.settled.emit()

    def _go_on(self) -> None:
        self.slider.setValue(self.slider.value() + max(STEPS * TICK_MS // PLAYED_MS, 1))
        if self.slider.value() == STEPS:
            self.stop()

    def _take(self, _: int) -> None:
        self.moved.emit(self.share)
        if not self.playing:
            self.settled.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()
