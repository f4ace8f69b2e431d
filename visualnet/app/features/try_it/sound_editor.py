"""Takes a sound: recorded, opened from a file, dropped, or one of the data; it can be heard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.features.data_page.samples.display import SampleCanvas
from visualnet.app.features.data_page.samples.sound_player import SoundPlayer
from visualnet.app.features.try_it.editor import Array
from visualnet.app.features.try_it.file_editor import FileEditor
from visualnet.app.features.try_it.sound_recorder import SoundRecorder
from visualnet.app.widgets.basic import button
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.data.examination.sample_content import SampleContent, thin_curves
from visualnet.data.examination.sound import Sound
from visualnet.data.own_sample.recording import fit_recording

HINT, NO_RATE_HINT = "Record a sound, or drop one here", "Drop a sound here, or open one"


class SoundEditor(FileEditor):
    """A sound of so many samples a second (``rate``; 0: that is not known, and it cannot be heard). ``length`` is that of the data's own
    sounds where all have the same, else 0."""

    title = "Open a sound"
    files = "Sounds (*.wav *.flac *.ogg *.mp3)"

    def __init__(
        self, read: Callable[[Path], Array], rate: int = 0, length: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._read, self.rate, self.length = read, rate, length
        self._raw: Array | None = None
        self.wave, self.player, self.recorder = (
            SampleCanvas(HINT if rate else NO_RATE_HINT),
            SoundPlayer(),
            SoundRecorder(),
        )
        self.open = button("Open a sound…", icon="open", done=self.choose_file)
        self.recorder.recorded.connect(self._take_recording)
        self.recorder.grown.connect(self._show_curve)
        self.player.moved.connect(self.wave.set_position)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tools = row(self.recorder, self.open, STRETCH, spacing=6)
        column((self.wave, 1), self.player, tools, spacing=6, parent=self)
        self.recorder.setVisible(bool(rate))

    def value(self) -> Array | None:
        return self._raw

    def begin_with(self, raw: Array) -> None:
        self._raw = np.asarray(raw, np.float32)
        sound = self._raw.reshape(-1)
        self._show_curve(sound)
        self.player.show_sound(Sound(sound, self.rate) if self.rate else None)
        if self.recorder.words.isVisible() and self.player.words.text() == self.recorder.words.text():
            self.player.hide()  # it is said once
        self.changed.emit()

    def read(self, path: Path) -> Array:
        return self._read(path)

    def take(self, raw: Array) -> None:
        self.begin_with(raw)

    def _take_recording(self, sound: Sound) -> None:
        if len(sound.samples):
            self.begin_with(fit_recording(sound, self.rate, self.length))

    def _show_curve(self, samples: Array) -> None:
        contents = (
            (("", SampleContent("curves", "of your own", curves=thin_curves(samples[None]))),) if len(samples) else ()
        )
        self.wave.show_contents(contents, ())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.player.sound is not None:
            self.player.toggle()
        else:
            super().keyPressEvent(event)
