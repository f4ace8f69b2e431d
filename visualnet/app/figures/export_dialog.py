"""Export picture: what of the network, in which style, as what; seen before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QProgressDialog, QPushButton, QWidget

from visualnet.app.figures.picture import PictureOptions, StepwiseDrawing, make_drawing
from visualnet.app.figures.writers import SCALES, Output, largest_scale, mime_data, render_image, write
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.theme.child_objects import find_descendants
from visualnet.app.theme.tokens import RADIUS
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.painting import painting
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.errors import Cancelled, FileError
from visualnet.core.storage.embedded_project import CARRIED
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import visible

SCOPES = {"whole": ("Whole sheet", ""), "selection": ("Selection", ""), "visible": ("Visible part", "")}
"""For each value of a choice its word and its tip."""
STYLES = {
    "light": ("Light", "As on the canvas, on a light ground"),
    "dark": ("Dark", "As on the canvas, on a dark ground, for slides"),
    "print": ("Print", "White ground, thin dark lines: little ink, clear in grey"),
    "publication": ("Publication", "Volumes, sheets and bars scaled to the tensors, as in papers"),
}
FORMS = {"svg": ("SVG", "Vector, for the web and papers"), "png": ("PNG", "Pixels"), "pdf": ("PDF", "Vector, a page")}
RESOLUTIONS = {scale: (f"{scale}×", f"{96 * scale} dots per inch") for scale in SCALES}
PAPERS = {
    "": ("Fit", "A page of the picture's own size"),
    "a4": ("A4", "On A4, with margins"),
    "a3": ("A3", "On A3, with margins"),
    "letter": ("Letter", "On Letter, with margins"),
}
USUAL_SCALE = 2
PREVIEW_MS = 60
PATIENCE_MS = 500


class FigurePreview(QWidget):
    """The picture as it will be, as large as there is room; a chequered ground where it is transparent."""

    def __init__(self) -> None:
        super().__init__()
        self.drawing: StepwiseDrawing | None = None
        self.transparent = False
        self.words = ""
        self._image = QImage()
        self.setMinimumSize(420, 320)
        self.setAccessibleName("Preview of the picture")

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    def show_drawing(self, drawing: StepwiseDrawing | None, transparent: bool, words: str = "") -> None:
        """Show a drawing, or say why there is none."""
        self.drawing, self.transparent, self.words = drawing, transparent, words
        self._render()

    def _render(self) -> None:
        self._image = QImage()
        if self.drawing is not None:
            area, ratio = self.drawing.area, self.devicePixelRatioF()
            scale = min((self.width() - 32) / area.width(), (self.height() - 32) / area.height(), 1.5) * ratio
            self._image = render_image(self.drawing, max(scale, 1e-3), self.transparent)
            self._image.setDevicePixelRatio(ratio)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._render()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self) as painter:
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.setBrush(QColor(theme.field))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
            if self._image.isNull():
                painter.setPen(QColor(theme.muted))
                centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect().adjusted(24, 24, -24, -24), centred, self.words)
            else:
                size = self._image.deviceIndependentSize()
                corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
                if self.transparent:
                    painter.fillRect(QRectF(corner, size), QBrush(_chequered_tile()))
                painter.drawImage(corner, self._image)


def _chequered_tile() -> QPixmap:
    """What stands for nothing in picture programs."""
    tile = QPixmap(16, 16)
    tile.fill(QColor("#ffffff"))
    painter = QPainter(tile)
    for x, y in ((0, 0), (8, 8)):
        painter.fillRect(x, y, 8, 8, QColor("#e6e8ec"))
    painter.end()
    return tile


class ValueSwitch(QWidget):
    """A title, and a switch between a few values, each with its word and its tip."""

    changed = Signal()

    def __init__(self, title: str, options: Mapping[Any, tuple[str, str]], name: str = "") -> None:
        super().__init__()
        self._values = tuple(options)
        self._switch = Segmented([word for word, _ in options.values()], name or title)
        self._parts = find_descendants(self._switch, QPushButton)
        for part, (_, tip) in zip(self._parts, options.values(), strict=True):
            part.setToolTip(tip)
        self._switch.chosen.connect(lambda _: self.changed.emit())
        column(label(title, "section"), self._switch, margins=(0, 0, 0, 6), spacing=4, parent=self)

    @property
    def value(self) -> Any:
        """The chosen value."""
        return self._values[self._switch.current]

    def choose(self, value: object) -> None:
        """Choose a value; the first one for what is none."""
        self._switch.set_current(self._values.index(value) if value in self._values else 0)

    def offer(self, value: object, on: bool) -> None:
        """Whether a value can be chosen."""
        self._parts[self._values.index(value)].setEnabled(on)


class FigureExportDialog(QDialog):
    """Choose, look, write. The choices are remembered in ``kept``."""

    def __init__(
        self,
        studio: Studio,
        kept: MutableMapping[str, Any],
        visible_area: tuple[float, float, float, float],
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.studio, self.kept, self.visible_area, self.folder = studio, kept, visible_area, folder
        self.written: Path | None = None
        self._drawings: dict[PictureOptions, StepwiseDrawing] = {}
        self.setWindowTitle("Export picture")
        self.timer = QTimer(self, singleShot=True, interval=PREVIEW_MS)
        self.timer.timeout.connect(self.refresh)
        self._build()
        self._recall()
        self.refresh()

    def _build(self) -> None:
        self.preview = FigurePreview()
        self.scope = ValueSwitch("Show", SCOPES, "What is shown")
        self.style_, self.form = ValueSwitch("Style", STYLES), ValueSwitch("File", FORMS)
        self.scale = ValueSwitch("Resolution", RESOLUTIONS, "Pixels for one px")
        self.page = ValueSwitch("Page", PAPERS)
        self._remembered = {"style": self.style_, "form": self.form, "scale": self.scale, "page": self.page}
        self.transparent = QCheckBox("Transparent background")
        self.carry = QCheckBox("Carry the project inside")
        for choice in (self.scope, *self._remembered.values()):
            choice.changed.connect(self.timer.start)
        for box in (self.transparent, self.carry):
            box.toggled.connect(lambda _: self.timer.start())
        self.note, self.size_label = label("", "muted", wrap=True), label("", "figures")
        self.save_button = button("Save…", "primary", done=self.save)
        self.save_button.setDefault(True)
        self.copy_button = button("Copy", icon="copy", done=self.copy)
        self.copy_button.setToolTip("Put the picture on the clipboard")
        side = QWidget()
        side.setFixedWidth(344)
        choices = (self.scope, *self._remembered.values(), self.transparent, self.carry)
        column(*choices, self.note, STRETCH, self.size_label, margins=9, spacing=6, parent=side)
        column(
            (row((self.preview, 1), side, spacing=16), 1),
            row(self.copy_button, STRETCH, button("Close", done=self.reject), self.save_button),
            margins=16,
            spacing=16,
            parent=self,
        )
        self.resize(1040, 600)

    def _recall(self) -> None:
        """The choices of last time; a selection is what one most likely wants to show."""
        for name, choice in self._remembered.items():
            choice.choose(self.kept.get(name))
        if self.kept.get("scale") not in SCALES:
            self.scale.choose(USUAL_SCALE)
        self.scope.choose("selection" if len(self.studio.selection) > 1 else "whole")
        self.scope.offer("selection", bool(self.studio.selection))
        self.transparent.setChecked(self.kept.get("transparent") is True)
        self.carry.setChecked(self.kept.get("carry") is not False)

    @property
    def look(self) -> PictureOptions:
        """What is to be seen."""
        style, sheet = self.style_.value, self.studio.sheet
        if self.scope.value == "selection":
            return PictureOptions(style, sheet, frozenset(self.studio.selection))
        if self.scope.value == "visible" and style == "publication":
            return PictureOptions(style, sheet, self._visible_nodes())
        return PictureOptions(style, sheet, None, self.visible_area if self.scope.value == "visible" else None)

    def _visible_nodes(self) -> frozenset[str]:
        """The nodes whose corner is in the visible part."""
        area, places = QRectF(*self.visible_area), self.studio.graph.places
        return frozenset(i for i, (x, y) in places.items() if area.contains(x, y))

    @property
    def output(self) -> Output:
        """What it becomes."""
        form = self.form.value
        page = self.page.value if form == "pdf" else ""
        return Output(form, self.scale.value, page, self.transparent.isChecked(), self.carry.isChecked())

    def drawing(self) -> StepwiseDrawing:
        """What is to be painted, made once for each look.

        Raises:
            ValueError: there is nothing to show.
        """
        look = self.look
        if look not in self._drawings:
            self._drawings[look] = make_drawing(self.studio.project, look, self.studio.analysis)
        return self._drawings[look]

    def refresh(self) -> None:
        """Show what is chosen, and remember it."""
        output = self.output
        self.kept.update({name: choice.value for name, choice in self._remembered.items()})
        self.kept.update(transparent=output.transparent, carry=output.carry)
        self.scale.setVisible(output.form == "png")
        self.page.setVisible(output.form == "pdf")
        self.note.setText(_project_words(output))
        try:
            self.preview.show_drawing(self.drawing(), output.transparent)
        except ValueError as error:
            self.preview.show_drawing(None, False, capitalize_first(str(error)) + ".")
        drawing = self.preview.drawing
        self.save_button.setEnabled(drawing is not None)
        self.copy_button.setEnabled(drawing is not None)
        self.size_label.setText(_size_words(drawing, output) if drawing is not None else "")

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setMimeData(mime_data(self.drawing(), self.output, self.studio.project))
        self.studio.message.emit("ok", "The picture is on the clipboard.")

    def save(self) -> None:
        """Ask for a name and write the file."""
        output = self.output
        stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.studio.project.name.lower()).strip("-")
        wish = self.folder / f"{stem or 'network'}.{output.form}"
        kinds = f"{output.form.upper()} (*.{output.form})"
        path = ask_target(self, "Export picture", str(wish), kinds, f".{output.form}")
        if path is None:
            return
        try:
            with_progress(self, lambda step: write(self.drawing(), path, output, self.studio.project, step))
        except Cancelled:
            return
        except (FileError, OSError, ValueError) as error:
            self.size_label.setText("")
            self.note.setText(visible(f"{path.name} could not be written: {error}"))
            return
        self.written = path
        self.studio.message.emit("ok", f"Wrote {path}")
        self.accept()


def with_progress(parent: QWidget, work: Callable[[Callable[[float], bool]], None]) -> None:
    """Do something in steps; what takes longer than half a second shows how far it is, and can be stopped."""
    progress = QProgressDialog("Drawing the picture…", "Cancel", 0, 1000, parent)
    progress.setWindowTitle("Export picture")
    progress.setWindowModality(Qt.WindowModality.WindowModal)
    progress.setMinimumDuration(PATIENCE_MS)
    progress.setAutoClose(False)
    progress.setAutoReset(False)

    def step(share: float) -> bool:
        progress.setValue(min(999, int(share * 1000)))
        return not progress.wasCanceled()

    try:
        work(step)
    finally:
        progress.close()
        progress.deleteLater()


def _project_words(output: Output) -> str:
    if not output.carry:
        return "The picture holds nothing but the picture."
    if output.form == "pdf":
        return f"{CARRIED} A PDF reader shows it as an attachment."
    return f"{CARRIED} Drag the picture onto VisualNet to open it."


def _size_words(drawing: StepwiseDrawing, output: Output) -> str:
    width, height = drawing.area.width(), drawing.area.height()
    if output.form == "png":
        scale = largest_scale(drawing, output.scale)
        return f"{round(width * scale):,} × {round(height * scale):,} pixels"
    if output.page:
        return f"on one page, {PAPERS[output.page][0]}"
    return f"{round(width):,} × {round(height):,} px, vector"
