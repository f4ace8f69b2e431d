"""Feature maps, live: every channel of a node a tile, in colours that mean numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.colours import Ink, text_font
from visualnet.app.plots.feature_maps_canvas import TilesCanvas
from visualnet.app.plots.picture import Picture, text_button
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import STRETCH, column, row


class TilesView(Picture):
    """All channels of a feature map. Click selects one, double click enlarges it, Escape goes back."""

    file_name = "feature-maps"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._facts = label(), label()
        for words in (self._title, self._facts):
            words.setMinimumWidth(0)
            words.hide()
        self._scale_button = text_button("Own scale", "Colour each map on its own scale", checkable=True)
        self._back = text_button("All channels", "Back to all channels (Esc)")
        self._canvas = TilesCanvas(self)
        head = row(self._title, STRETCH, self._back, self._scale_button, margins=(6, 4, 6, 0))
        facts = row((self._facts, 1), margins=(6, 0, 6, 2))
        column(head, facts, (self._canvas, 1), spacing=2, parent=self)
        self._scale_button.toggled.connect(self._canvas.set_own_scale)
        self._back.clicked.connect(lambda: self._canvas.enlarge(None))
        self._canvas.said.connect(self._facts.setText)
        self._canvas.enlarged.connect(self._back.setVisible)

    def apply_ink(self, ink: Ink) -> None:
        muted = self._facts.palette()
        muted.setColor(QPalette.ColorRole.WindowText, ink.muted)
        self._facts.setPalette(muted)
        self._facts.setFont(text_font(self.font(), 12))
        self._title.setFont(text_font(self.font(), 12, bold=True))
        self._canvas.set_ink(ink)

    def set_maps(self, array: Any, *, step: int | None = None, title: str) -> None:
        """Show an activation: (C H W) as tiles, (T D) as a strip, (D) as bars; colours show the sign where there is one."""
        maps = np.asarray(array, np.float32)
        if maps.ndim not in (1, 2, 3) or maps.size == 0:
            raise ValueError(f"an activation of shape {maps.shape} cannot be drawn: wanted (C H W), (T D) or (D)")
        self._title.setText(title if step is None else f"{title} · step {step:,}")
        self._title.show()
        self._facts.show()
        self._scale_button.setVisible(maps.ndim == 3 and len(maps) > 1)
        self._canvas.show_maps(maps)

    def facts(self) -> str:
        """The line of words under the title."""
        return self._facts.text()
