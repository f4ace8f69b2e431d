"""Takes a sound: opened from a file, dropped, or one of the data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QLineF, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from visualnet.app.features.try_it.editor import Array, InputEditor
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.widgets.basic import button, describe
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.visible import visible

FILES = "Sounds (*.wav *.flac *.ogg *.mp3)"
HINT = "Drop a sound here, or open one"


class Waveform(QWidget):
    """The loudest and the softest moment of every column of pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.sound: Array | None = None
        describe(self, "Sound", HINT)
        self.setMinimumSize(140, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.setPen(palette.color(palette.ColorRole.PlaceholderText))
        if self.sound is None or not self.sound.size:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, HINT)
        else:
            painter.setPen(palette.color(palette.ColorRole.Highlight))
            middle, parts = (
                self.height() / 2,
                np.array_split(self.sound.reshape(-1), min(self.width(), self.sound.size)),
            )
            loudest = max(float(np.abs(self.sound).max()), 1e-6)
            heights = [
                (middle * (1 - float(p.max()) / loudest), middle * (1 - float(p.min()) / loudest)) for p in parts
            ]
            painter.drawLines([QLineF(x, top, x, bottom + 1) for x, (top, bottom) in enumerate(heights)])
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(260, 120)


class SoundEditor(InputEditor):
    """A sound as it was opened."""

    def __init__(self, read: Callable[[Path], Array], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self.wave = Waveform()
        self.open = button("Open a sound…", done=self._choose)
        column((self.wave, 1), row(self.open, STRETCH), spacing=6, parent=self)
        self.setAcceptDrops(True)

    def value(self) -> Array | None:
        return self.wave.sound

    def begin_with(self, raw: Array) -> None:
        self.wave.sound = np.asarray(raw, np.float32)
        self.wave.update()
        self.changed.emit()

    def open_file(self, path: Path) -> None:
        """Take the sound of a file. It is decoded beside the window."""
        BackgroundTask(
            lambda _job: self._read(path),
            self.begin_with,
            failed=self.failed.emit,
            name="sound",
            words=f"“{visible(path.name)}” cannot be opened",
            parent=self,
        )

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Open a sound", "", FILES)
        if chosen:
            self.open_file(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_file(Path(event.mimeData().urls()[0].toLocalFile()))
