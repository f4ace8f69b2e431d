"""One sample, large: its picture with boxes and masks, its whole text, its curves, or its row as a table; and where it comes from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QTableWidget, QTableWidgetItem, QWidget

from visualnet.app.features.data_page.samples.face_painting import paint_face
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.services.data_examiner import Opened
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import ElidedLabel, button, describe, icon_button, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.text.visible import visible
from visualnet.data.examination.face import Face, read_faces

LARGEST_PX = 1600
PART_WORDS = ("training", "validation", "test", "left out")


class FaceView(QWidget):
    """A picture or curves, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.face: Face | None = None
        self.classes: tuple[str, ...] = ()
        self.setMinimumSize(120, 120)

    def show_face(self, face: Face, classes: tuple[str, ...]) -> None:
        """Show this one."""
        self.face, self.classes = face, classes
        self.setAccessibleName(f"Sample: {face.label}" if face.label else "Sample")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = icons.current_theme()
        painter.fillRect(self.rect(), QColor(theme.field))
        if self.face is not None:
            area = QRectF(self.rect()).adjusted(8, 8, -8, -8)
            paint_face(painter, area, self.face, theme, fonts.sans(fonts.px(12)), self.classes, named=True)
        painter.end()


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
        self.words = label("", "muted", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        steps = (
            icon_button("chevron-left", "Sample before", "Sample before (←)", lambda: self.step_wished.emit(-1)),
            icon_button("chevron-right", "Next sample", "Next sample (→)", lambda: self.step_wished.emit(1)),
        )
        self.picture = FaceView()
        self.text = describe(QPlainTextEdit(readOnly=True), "Text of the sample")
        self.table = describe(QTableWidget(0, 2), "Values of the sample")
        self.table.setHorizontalHeaderLabels(("Column", "Value"))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.fault = label("", "error", wrap=True)
        self.stack = QStackedWidget()
        for shown in (self.picture, self.text, self.table, self.fault):
            self.stack.addWidget(shown)
        head = row(self.back, (self.title, 1), *steps, spacing=8)
        column(head, self.words, (self.stack, 1), spacing=6, parent=self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._task: BackgroundTask | None = None

    def show_sample(self, opened: Opened, sample: int) -> None:
        """Decode it, whole, and show it."""
        if self._task is not None:
            self._task.cancel()
        part = PART_WORDS[opened.part_of(sample)]
        place = opened.samples.describe(sample)
        self.words.setText(visible(" · ".join(filter(None, (f"sample {sample:,}", part, place)))))

        def done(faces: list[Face | str]) -> None:
            self._show(faces[0], opened.source.class_names())

        self._task = BackgroundTask(
            lambda _job: read_faces(opened.source, opened.samples, opened.choice, [sample], LARGEST_PX),
            done,
            name="decode a sample",
            words="The sample cannot be shown",
            parent=self,
        )

    def _show(self, face: Face | str, classes: tuple[str, ...]) -> None:
        if isinstance(face, str):
            self.title.setText("It cannot be read")
            self.fault.setText(visible(face))
            self.stack.setCurrentWidget(self.fault)
            return
        height, width = face.size
        size = f" · {width} × {height} px" if height else ""
        self.title.setText(f"{face.label or 'Sample'}{size}")
        if face.kind == "text":
            self.text.setPlainText(face.words)
            self.stack.setCurrentWidget(self.text)
        elif face.kind == "row":
            self.table.setRowCount(len(face.row))
            for at, pair in enumerate(face.row):
                for side, words in enumerate(pair):
                    self.table.setItem(at, side, QTableWidgetItem(visible(words)))
            self.table.resizeColumnToContents(0)
            self.stack.setCurrentWidget(self.table)
        else:
            self.picture.show_face(face, classes)
            self.stack.setCurrentWidget(self.picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in steps:
            self.step_wished.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
