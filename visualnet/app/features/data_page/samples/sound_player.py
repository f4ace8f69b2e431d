"""A sound that can be heard: a button, how far it is, and where it cannot be heard, why."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.services.sound.devices import NoSound, SoundDevices, find_devices
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import icon_button, label
from visualnet.app.widgets.layouts import row
from visualnet.core.text.format import format_playing_time
from visualnet.data.examination.sound import Sound

LOOK_MS = 33
"""How often the line on the waveform moves."""


class SoundPlayer(QWidget):
    """Plays one sound and stops it. ``moved`` tells the share of it that was heard, and None when it is over."""

    moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sound: Sound | None = None
        self._devices: SoundDevices | None = None
        self.play = icon_button("play", "Play", done=self.toggle)
        self.time = label("", "figures")
        self.words = label("", "muted", wrap=True)
        row(self.play, self.time, (self.words, 1), spacing=8, parent=self)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.hide()

    @property
    def playing(self) -> bool:
        """Whether it is heard now."""
        return self._timer.isActive()

    def show_sound(self, sound: Sound | None) -> None:
        """Offer this sound; without one there is nothing to be seen."""
        self.stop()
        self.sound = sound
        self.setVisible(sound is not None)
        if sound is not None:
            trouble = self._find_trouble()
            self.play.setVisible(not trouble)
            self.words.setText(trouble)
            self._show_time(None)

    def _find_trouble(self) -> str:
        try:
            self._devices = find_devices()
        except NoSound as error:
            return str(error)
        return self._devices.why_silent()

    def toggle(self) -> None:
        """Play it from its beginning, or stop."""
        if self.playing:
            self.stop()
        elif self.sound is not None and self._devices is not None and self.play.isVisibleTo(self):
            try:
                self._devices.play(self.sound)
            except OSError as error:
                self.words.setText(str(error))
                return
            self.words.setText("")
            self._timer.start()
            self._show_state()
            self._look()

    def stop(self) -> None:
        """Play no further."""
        if self.playing and self._devices is not None:
            self._devices.stop()
            self._end()

    def _look(self) -> None:
        position = self._devices.position() if self._devices is not None else None
        if position is None or self.sound is None:
            self._end()
        else:
            self._show_time(position)
            self.moved.emit(min(position / max(self.sound.seconds, 1e-6), 1.0))

    def _end(self) -> None:
        self._timer.stop()
        self._show_state()
        self._show_time(None)
        self.moved.emit(None)

    def _show_state(self) -> None:
        icons.bind(self.play, "stop" if self.playing else "play")
        words = "Stop" if self.playing else "Play"
        self.play.setAccessibleName(words)
        self.play.setToolTip(f"{words} (Space)")

    def _show_time(self, position: float | None) -> None:
        whole = format_playing_time(self.sound.seconds) if self.sound is not None else ""
        self.time.setText(f"{format_playing_time(position)} of {whole}" if position is not None else whole)

    def hideEvent(self, event: QHideEvent) -> None:
        self.stop()
        super().hideEvent(event)
