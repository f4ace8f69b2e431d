"""Export picture: what of the network, in which style, as what; seen before it is written."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QProgressDialog,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.figures.picture import STYLES, Drawing, Look, drawing_of
from visualnet.app.figures.writers import PAGES, SCALES, Cancelled, Print, fitting, for_clipboard, image_of, write
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.theme.tokens import RADIUS
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.save_dialog import ask_target
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.errors import FileError
from visualnet.core.storage.embedded_project import CARRIED
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.visible import visible

SCOPES = ("whole", "selection", "visible")
SCOPE_WORDS = ("Whole sheet", "Selection", "Visible part")
STYLE_WORDS = ("Light", "Dark", "Print", "Publication")
STYLE_TIPS = (
    "As on the canvas, on a light ground",
    "As on the canvas, on a dark ground, for slides",
    "White ground, thin dark lines: little ink, clear in grey",
    "Volumes, sheets and bars scaled to the tensors, as in papers",
)
FORMATS = ("svg", "png", "pdf")
PAGE_WORDS = ("Fit", "A4", "A3", "Letter")
PREVIEW_MS = 60
PATIENCE_MS = 500


class Preview(QWidget):
    """The picture as it will be, as large as there is room; a chequered ground where it is transparent."""

    def __init__(self) -> None:
        super().__init__()
        self.drawing: Drawing | None = None
        self.transparent = False
        self.words = ""
        self._image = QImage()
        self.setMinimumSize(420, 320)
        self.setAccessibleName("Preview of the picture")

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    def show_drawing(self, drawing: Drawing | None, transparent: bool, words: str = "") -> None:
        """Show a drawing, or say why there is none."""
        self.drawing, self.transparent, self.words = drawing, transparent, words
        self._render()

    def _render(self) -> None:
        self._image = QImage()
        if self.drawing is not None:
            area, ratio = self.drawing.area, self.devicePixelRatioF()
            scale = min((self.width() - 32) / area.width(), (self.height() - 32) / area.height(), 1.5) * ratio
            self._image = image_of(self.drawing, max(scale, 1e-3), self.transparent)
            self._image.setDevicePixelRatio(ratio)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._render()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(QColor(theme.line), 1))
        p.setBrush(QColor(theme.field))
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if self.drawing is None or self._image.isNull():
            p.setPen(QColor(theme.muted))
            p.drawText(
                self.rect().adjusted(24, 24, -24, -24),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self.words,
            )
            p.end()
            return
        size = self._image.deviceIndependentSize()
        spot = QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )
        if self.transparent:
            p.fillRect(spot, QBrush(_chequers()))
        p.drawImage(spot.topLeft(), self._image)
        p.end()


def _chequers() -> QPixmap:
    """What stands for nothing in picture programs."""
    tile = QPixmap(16, 16)
    tile.fill(QColor("#ffffff"))
    p = QPainter(tile)
    for x, y in ((0, 0), (8, 8)):
        p.fillRect(x, y, 8, 8, QColor("#e6e8ec"))
    p.end()
    return tile


class ExportDialog(QDialog):
    """Choose, look, write. The choices are remembered in ``kept``."""

    def __init__(
        self,
        studio: Studio,
        kept: MutableMapping[str, Any],
        visible: tuple[float, float, float, float],
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.studio, self.kept, self.visible, self.folder = studio, kept, visible, folder
        self.written: Path | None = None
        self._known: dict[Look, Drawing] = {}
        self.setWindowTitle("Export picture")
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(PREVIEW_MS)
        self.timer.timeout.connect(self.refresh)
        self._build()
        self._recall()
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.preview = Preview()
        self.scope = self._choice(SCOPE_WORDS, "What is shown")
        self.style_ = self._choice(STYLE_WORDS, "Style", STYLE_TIPS)
        self.form = self._choice(
            [f.upper() for f in FORMATS], "File", ("Vector, for the web and papers", "Pixels", "Vector, a page")
        )
        self.scale = self._choice(
            [f"{n}×" for n in SCALES], "Pixels for one px", [f"{96 * n} dots per inch" for n in SCALES]
        )
        self.page = self._choice(
            PAGE_WORDS, "Page", ("A page of the picture's own size", *(f"On {w}, with margins" for w in PAGE_WORDS[1:]))
        )
        self.transparent = QCheckBox("Transparent background")
        self.carry = QCheckBox("Carry the project inside")
        for box in (self.transparent, self.carry):
            box.toggled.connect(self._changed)
        self.carried = label("", "muted", wrap=True)
        self.told = label("", "mono")
        self.scale_row, self.page_row = self._row("Resolution", self.scale), self._row("Page", self.page)
        side = QVBoxLayout()
        side.setSpacing(6)
        for words, widget in (("Show", self.scope), ("Style", self.style_), ("File", self.form)):
            side.addWidget(self._row(words, widget))
        for part in (self.scale_row, self.page_row, self.transparent, self.carry, self.carried):
            side.addWidget(part)
        side.addStretch(1)
        side.addWidget(self.told)
        self.save_button: QPushButton = button("Save…", "primary", done=self.save)
        self.copy_button: QPushButton = button("Copy", icon="copy", done=self.copy)
        self.copy_button.setToolTip("Put the picture on the clipboard")
        foot = QHBoxLayout()
        foot.addWidget(self.copy_button)
        foot.addStretch(1)
        foot.addWidget(button("Close", done=self.reject))
        foot.addWidget(self.save_button)
        self.save_button.setDefault(True)
        panel = QWidget()
        panel.setLayout(side)
        panel.setFixedWidth(344)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.preview, 1)
        row.addWidget(panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(row, 1)
        column.addLayout(foot)
        self.resize(1040, 600)

    def _choice(self, words: Sequence[str], name: str, tips: Sequence[str] = ()) -> Segmented:
        made = Segmented(words, name)
        for part, tip in zip(made.findChildren(QPushButton), tips, strict=False):
            part.setToolTip(tip)
        made.chosen.connect(lambda _: self._changed())
        return made

    def _row(self, words: str, widget: QWidget) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addWidget(label(words, "section"))
        column.addWidget(widget)
        return row

    def _recall(self) -> None:
        """The choices of last time; a selection is what one most likely wants to show."""
        for name, control, values in self._controls():
            value = self.kept.get(name)
            control.set_current(values.index(value) if value in values else 0)
        if self.kept.get("scale") not in SCALES:
            self.scale.set_current(SCALES.index(2))
        self.scope.set_current(1 if self.studio.selection and len(self.studio.selection) > 1 else 0)
        for part, enabled in zip(
            self.scope.findChildren(QPushButton), (True, bool(self.studio.selection), True), strict=True
        ):
            part.setEnabled(enabled)
        self.transparent.setChecked(self.kept.get("transparent") is True)
        self.carry.setChecked(self.kept.get("carry") is not False)

    def _controls(self) -> tuple[tuple[str, Segmented, tuple[Any, ...]], ...]:
        pages = ("", *PAGES)
        return (
            ("style", self.style_, STYLES),
            ("form", self.form, FORMATS),
            ("scale", self.scale, SCALES),
            ("page", self.page, pages),
        )

    # --- what is chosen ------------------------------------------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """What is to be seen."""
        scope, style = SCOPES[self.scope.current], STYLES[self.style_.current]
        sheet = self.studio.sheet
        if scope == "selection":
            return Look(style, sheet, frozenset(self.studio.selection))
        if scope == "visible":
            if style == "publication":
                return Look(style, sheet, self._seen())
            return Look(style, sheet, None, self.visible)
        return Look(style, sheet)

    def _seen(self) -> frozenset[str]:
        """The nodes whose corner is in the visible part."""
        x, y, w, h = self.visible
        places = self.studio.graph.places.items()
        return frozenset(i for i, (px, py) in places if x <= px <= x + w and y <= py <= y + h)

    @property
    def how(self) -> Print:
        """What it becomes."""
        pages = ("", *PAGES)
        form = FORMATS[self.form.current]
        page = pages[self.page.current] if form == "pdf" else ""
        return Print(form, SCALES[self.scale.current], page, self.transparent.isChecked(), self.carry.isChecked())

    def drawing(self) -> Drawing:
        """What is to be painted, made once for each look.

        Raises:
            ValueError: there is nothing to show.
        """
        look = self.look
        if look not in self._known:
            self._known[look] = drawing_of(self.studio.project, look, self.studio.analysis)
        return self._known[look]

    def _changed(self) -> None:
        self.timer.start()

    def refresh(self) -> None:
        """Show what is chosen, and remember it."""
        how = self.how
        for name, control, values in self._controls():
            self.kept[name] = values[control.current]
        self.kept["transparent"], self.kept["carry"] = how.transparent, how.carry
        self.scale_row.setVisible(how.form == "png")
        self.page_row.setVisible(how.form == "pdf")
        self.carried.setText(_carried(how))
        try:
            drawing = self.drawing()
        except ValueError as error:
            words = str(error)
            self.preview.show_drawing(None, False, capitalize_first(words) + ".")
        else:
            self.preview.show_drawing(drawing, how.transparent)
        ready = self.preview.drawing is not None
        self.save_button.setEnabled(ready)
        self.copy_button.setEnabled(ready)
        self.told.setText(_size(self.preview.drawing, how))

    # --- doing ---------------------------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setMimeData(for_clipboard(self.drawing(), self.how, self.studio.project))
        self.studio.message.emit("ok", "The picture is on the clipboard.")

    def save(self) -> None:
        """Ask for a name and write the file."""
        how = self.how
        stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.studio.project.name.lower()).strip("-")
        wish = self.folder / f"{stem or 'network'}.{how.form}"
        kinds = f"{how.form.upper()} (*.{how.form})"
        path = ask_target(self, "Export picture", str(wish), kinds, f".{how.form}")
        if path is None:
            return
        try:
            with_progress(self, lambda step: write(self.drawing(), path, how, self.studio.project, step))
        except Cancelled:
            return
        except (FileError, OSError, ValueError) as error:
            self.told.setText("")
            self.carried.setText(visible(f"{path.name} could not be written: {error}"))
            return
        self.written = path
        self.studio.message.emit("ok", f"Wrote {path}")
        self.accept()


def with_progress(parent: QWidget, work: Callable[[Callable[[float], bool]], None]) -> None:
    """Do something in steps; what takes longer than half a second shows how far it is, and can be stopped."""
    shown = QProgressDialog("Drawing the picture…", "Cancel", 0, 1000, parent)
    shown.setWindowTitle("Export picture")
    shown.setWindowModality(Qt.WindowModality.WindowModal)
    shown.setMinimumDuration(PATIENCE_MS)
    shown.setAutoClose(False)
    shown.setAutoReset(False)

    def step(share: float) -> bool:
        shown.setValue(min(999, int(share * 1000)))
        return not shown.wasCanceled()

    try:
        work(step)
    finally:
        shown.close()
        shown.deleteLater()


def _carried(how: Print) -> str:
    if not how.carry:
        return "The picture holds nothing but the picture."
    opened = (
        "A PDF reader shows it as an attachment."
        if how.form == "pdf"
        else "Drag the picture onto VisualNet to open it."
    )
    return f"{CARRIED} {opened}"


def _size(drawing: Drawing | None, how: Print) -> str:
    if drawing is None:
        return ""
    width, height = drawing.area.width(), drawing.area.height()
    if how.form == "png":
        scale = fitting(drawing, how.scale)
        return f"{round(width * scale):,} × {round(height * scale):,} pixels"
    if how.form == "pdf" and how.page:
        return f"on one page, {PAGE_WORDS[('', *PAGES).index(how.page)]}"
    return f"{round(width):,} × {round(height):,} px, vector"
