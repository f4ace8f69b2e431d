"""Records a sound with a microphone that the person picks; where there is none, it says so."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from visualnet.app.services.sound.devices import NO_MICROPHONE, NoSound, SoundDevices, find_devices
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import row
from visualnet.core.text.format import format_playing_time

LOOK_MS = 100
LONGEST_S = 60.0
"""Nobody means to record for longer; it ends by itself."""


class SoundRecorder(QWidget):
    """``grown`` shows what is heard while it goes on (the samples), ``recorded`` tells the whole sound at the end."""

    grown = Signal(object)
    recorded = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._devices: SoundDevices | None = None
        self.record = button("Record", icon="record", done=self.toggle)
        self.record.setToolTip("Record a sound with the microphone; press again to end")
        self.microphone = describe(QComboBox(), "Microphone", "Which microphone is used")
        self.microphone.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.microphone.setMinimumContentsLength(10)
        self.words = label("", "muted", wrap=True)
        row(self.record, self.microphone, (self.words, 1), spacing=6, parent=self)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def recording(self) -> bool:
        """Whether it records now."""
        return self._timer.isActive()

    def refresh(self) -> None:
        """Offer the microphones that are there now."""
        try:
            self._devices = find_devices()
            names = self._devices.microphones()
            words = "" if names else NO_MICROPHONE
        except NoSound as error:
            names, words = (), str(error)
        chosen = self.microphone.currentText()
        self.microphone.clear()
        self.microphone.addItems(names)
        self.microphone.setCurrentIndex(max(self.microphone.findText(chosen), 0))
        self._say(words)

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.record.setVisible(self.microphone.count() > 0)
        self.microphone.setVisible(self.microphone.count() > 1)

    def toggle(self) -> None:
        """Record, or end it."""
        if self.recording:
            self._end()
        elif self._devices is not None:
            try:
                self._devices.record(self.microphone.currentText())
            except OSError as error:
                self._say(str(error))
                return
            self._say("")
            self._timer.start()
            self._show_state()

    def _look(self) -> None:
        assert self._devices is not None
        sound = self._devices.recorded()
        self.record.setText(f"Stop  {format_playing_time(sound.seconds)}")
        self.grown.emit(sound.samples)
        if sound.seconds >= LONGEST_S:
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        self._show_state()
        if self._devices is not None:
            self.recorded.emit(self._devices.end_recording())

    def _show_state(self) -> None:
        self.record.setText("Stop" if self.recording else "Record")
        icons.bind(self.record, "stop" if self.recording else "record")
        self.microphone.setEnabled(not self.recording)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.recording:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        if self.recording:
            self._end()
        super().hideEvent(event)
