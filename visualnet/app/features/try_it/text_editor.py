"""Makes a text: typed."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from visualnet.app.features.try_it.editor import Array, InputEditor
from visualnet.app.widgets.basic import describe
from visualnet.app.widgets.layouts import column
from visualnet.data.own_sample.inputs import OwnInput

LONGEST = 20_000


class TextEditor(InputEditor):
    """A field to type in."""

    def __init__(self, wanted: OwnInput, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = wanted
        self.text = describe(QPlainTextEdit(), "Text", "The text that the network reads")
        self.text.setPlaceholderText("Type a sentence")
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self.changed.emit)
        column((self.text, 1), parent=self)

    def value(self) -> Array | None:
        text = self.text.toPlainText()[:LONGEST]
        return np.array([ord(letter) for letter in text], np.int64) if text else None

    def begin_with(self, raw: Array) -> None:
        self.text.setPlainText("".join(map(chr, np.asarray(raw, np.int64).tolist())))
