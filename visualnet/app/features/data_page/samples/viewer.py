"""One sample, large: its picture with boxes and masks, its whole text, its curves, or its row as a table; and where it comes from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.features.data_page.samples.display import SampleDisplay
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.services.data_examiner import Opened
from visualnet.app.widgets.basic import ElidedLabel, button, icon_button, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.text.hidden_characters import visible
from visualnet.data.examination.sample_content import SampleContent, read_contents
from visualnet.data.examination.sound import Sound, read_sound

LARGEST_PX = 1600
PART_WORDS = ("training", "validation", "test", "left out")


class SampleViewer(QWidget):
    """Shows one sample. ``step_wished`` asks for the next one or the one before, ``left`` for the grid."""

    step_wished = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The sample")
        self.back = button("All samples", icon="chevron-left", done=self.left.emit)
        self.back.setToolTip("Back to all samples (Esc)")
        self.title = ElidedLabel("", "heading")
        self.words = label("", "muted", wrap=True, selectable=True)
        steps = (
            icon_button("chevron-left", "Sample before", "Sample before (←)", lambda: self.step_wished.emit(-1)),
            icon_button("chevron-right", "Next sample", "Next sample (→)", lambda: self.step_wished.emit(1)),
        )
        self.display = SampleDisplay()
        head = row(self.back, (self.title, 1), *steps, spacing=8)
        column(head, self.words, (self.display, 1), spacing=6, parent=self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._task: BackgroundTask | None = None

    def show_sample(self, opened: Opened, sample: int) -> None:
        """Decode it, whole, and show it."""
        if self._task is not None:
            self._task.cancel()
        part = PART_WORDS[opened.part_of(sample)]
        place = opened.samples.describe(sample)
        self.words.setText(visible(" · ".join(filter(None, (f"sample {sample:,}", part, place)))))

        def read(_job: Job) -> tuple[SampleContent | str, Sound | None]:
            (content,) = read_contents(opened.source, opened.samples, opened.choice, [sample], LARGEST_PX)
            return content, None if isinstance(content, str) else read_sound(opened.source, opened.samples, sample)

        self._task = BackgroundTask(
            read,
            lambda found: self._show(found[0], found[1], opened.source.class_names()),
            name="decode a sample",
            words="The sample cannot be shown",
            parent=self,
        )

    def _show(self, content: SampleContent | str, sound: Sound | None, classes: tuple[str, ...]) -> None:
        if isinstance(content, str):
            self.title.setText("It cannot be read")
            self.display.show_fault(content)
            return
        height, width = content.size
        size = f" · {width} × {height} px" if height else ""
        self.title.setText(f"{content.label or 'Sample'}{size}")
        self.display.show_content(content, classes, sound)

    def hideEvent(self, event: QHideEvent) -> None:
        self.display.player.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Space and self.display.player.sound is not None:
            self.display.player.toggle()
        elif event.key() in steps:
            self.step_wished.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
