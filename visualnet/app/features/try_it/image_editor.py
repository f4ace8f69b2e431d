"""Makes an image: drawn with the mouse, opened from a file, dropped, or taken from the data and drawn over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSlider, QWidget

from visualnet.app.features.try_it.drawing_pad import BRUSH, DrawingPad
from visualnet.app.features.try_it.editor import Array
from visualnet.app.features.try_it.file_editor import FileEditor
from visualnet.app.widgets.basic import describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.data.own_sample.drawing import centre_drawing, fit_picture
from visualnet.data.own_sample.inputs import OwnInput

HINT = "Draw here with the mouse, or drop an image"
THICK = 1_000
"""Steps of the brush's slider for the whole side."""


class ImageEditor(FileEditor):
    """A pad with brush, undo and clear; a drawing is centred and scaled as MNIST's digits are, where that is wanted."""

    title = "Open image"
    files = "Images (*.png *.jpg *.jpeg *.bmp *.webp *.tif *.tiff *.gif)"

    def __init__(self, wanted: OwnInput, white_paper: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted, self._white_paper = wanted, white_paper
        self._picture: Array | None = None
        self._is_touched = False
        _, height, width = wanted.spec.shape
        self.pad = DrawingPad(HINT)
        self.pad.set_paper(white_paper, height or 1, width or 1)
        self.pad.changed.connect(self._drawn)
        self.back = icon_button("undo", "Undo stroke", "Take the last stroke back (Ctrl+Z on the pad)", self.pad.undo)
        self.clear = icon_button("delete", "Clear", "Empty the pad", self.pad.clear)
        self.open = icon_button("open", "Open image…", "Open an image from a file", self.choose_file)
        self.brush = describe(QSlider(Qt.Orientation.Horizontal), "Brush", "How thick the brush is")
        self.brush.setRange(10, 250)
        self.brush.setValue(round(BRUSH * THICK))
        self.brush.valueChanged.connect(self._set_brush)
        self.centre = describe(
            QCheckBox("Centre and scale"),
            "Centre and scale",
            "Bring what is drawn into the middle and to the size that the digits of MNIST have",
        )
        self.centre.setChecked(wanted.spec.shape[0] == 1)
        self.centre.toggled.connect(lambda _: self.changed.emit())
        self.brush.setMaximumWidth(160)
        buttons = row(self.back, self.clear, self.open, STRETCH, spacing=4)
        tools = column(label("Brush", "small"), self.brush, buttons, self.centre, STRETCH, spacing=6)
        row((self.pad, 1), tools, spacing=12, parent=self)
        self.centre.setVisible(wanted.spec.shape[0] == 1)
        self._show_tools()

    @property
    def large_picture(self) -> Array | None:
        """The opened picture (C, H, W), unless it was drawn over, where it is higher or wider than what the network reads."""
        picture, wanted = self._picture, self.wanted.spec.shape
        if picture is None or self._is_touched or self.pad.is_empty or 0 in wanted:
            return None
        return picture if picture.shape[1] > wanted[1] or picture.shape[2] > wanted[2] else None

    def value(self) -> Array | None:
        if self.pad.is_empty:
            return None
        shape = self.wanted.spec.shape
        if self._picture is not None and not self._is_touched:
            return fit_picture(self._picture, shape)
        pixels = self.pad.pixels()
        if self.centre.isChecked() and shape[0] == 1 and not self.pad.has_picture:
            ink = 1 - pixels[0] if self._white_paper else pixels[0]
            drawn = centre_drawing(ink, shape[1] or ink.shape[0], shape[2] or ink.shape[1])[None]
            return 1 - drawn if self._white_paper else drawn
        return fit_picture(pixels, shape)

    def begin_with(self, raw: Array) -> None:
        self._set_picture(np.asarray(raw, np.float32))

    def read(self, path: Path) -> Array:
        from visualnet.data.sources.images.decode import decode_image

        return decode_image(str(path), self.wanted.spec.shape[0])

    def take(self, raw: Array) -> None:
        self._set_picture(raw)

    def _set_picture(self, picture: Array) -> None:
        self._picture, self._is_touched = picture, False
        self.pad.blockSignals(True)
        self.pad.set_picture(picture)
        self.pad.blockSignals(False)
        self._show_tools()
        self.changed.emit()

    def _drawn(self) -> None:
        self._is_touched = True
        self._show_tools()
        self.changed.emit()

    def _show_tools(self) -> None:
        self.back.setEnabled(self.pad.can_undo)
        self.clear.setEnabled(not self.pad.is_empty)
        self.centre.setEnabled(not self.pad.has_picture)

    def _set_brush(self, value: int) -> None:
        self.pad.brush = value / THICK
