"""Feature maps, live: every channel of a node a tile, in colours that mean numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from visualnet.app.plots.colours import ink_of, text_font
from visualnet.app.plots.export import picture_menu
from visualnet.app.plots.feature_maps_canvas import TilesCanvas
from visualnet.app.plots.tile_layout import is_signed
from visualnet.app.theme.tokens import Theme

BAR_ROOM = 78


class TilesView(QWidget):
    """All channels of a feature map. Click selects one, double click enlarges it, Escape goes back."""

    channel_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._facts = QLabel(), QLabel()
        for label in (self._title, self._facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(0)
        self._scale_button = QToolButton(text="Own scale", checkable=True, toolTip="Colour each map on its own scale")
        self._back = QToolButton(text="All channels", toolTip="Back to all channels (Esc)", visible=False)
        self._canvas = TilesCanvas(self)
        head = QHBoxLayout()
        head.setContentsMargins(6, 4, 6, 0)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._back)
        head.addWidget(self._scale_button)
        facts = QHBoxLayout()
        facts.setContentsMargins(6, 0, 6, 2)
        facts.addWidget(self._facts, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(head)
        box.addLayout(facts)
        box.addWidget(self._canvas, 1)
        self._scale_button.toggled.connect(self._canvas.set_own_scale)
        self._back.clicked.connect(lambda: self._canvas.enlarge(None))
        self._canvas.said.connect(self._facts.setText)
        self._canvas.selected.connect(self.channel_selected)
        self._canvas.enlarged.connect(self._back.setVisible)
        self._show_head("", False)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        ink = ink_of(theme)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), ink.surface)
        palette.setColor(self.foregroundRole(), ink.text)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        muted = self._facts.palette()
        muted.setColor(self._facts.foregroundRole(), ink.muted)
        self._facts.setPalette(muted)
        self._facts.setFont(text_font(self.font(), 12))
        self._title.setFont(text_font(self.font(), 12, bold=True))
        self._canvas.set_ink(ink)

    def set_maps(self, array: Any, *, signed: bool | None = None, step: int | None = None, title: str = "") -> None:
        """Show an activation: (C H W) as tiles, (T D) as a strip, (D) as bars. `signed` None: by its values."""
        maps = np.asarray(array, np.float32)
        if maps.ndim not in (1, 2, 3) or maps.size == 0:
            raise ValueError(f"an activation of shape {maps.shape} cannot be drawn: wanted (C H W), (T D) or (D)")
        words = " · ".join(filter(None, (title, "" if step is None else f"step {step:,}")))
        self._show_head(words, maps.ndim == 3 and len(maps) > 1)
        self._canvas.show_maps(maps, is_signed(maps) if signed is None else signed)

    def set_own_scale(self, on: bool) -> None:
        """Colour each channel on its own scale, or all on one."""
        self._scale_button.setChecked(on)

    def select(self, channel: int | None) -> None:
        """Mark a channel, as a click does."""
        self._canvas.select(channel)

    def clear(self) -> None:
        """Show the empty sentence again."""
        self._show_head("", False)
        self._canvas.show_maps(None, False)

    def facts(self) -> str:
        """The line of words under the title."""
        return self._facts.text()

    def tile_center(self, channel: int) -> QPoint:
        """The middle of a channel's tile, in this widget's pixels."""
        return self._canvas.viewport().mapTo(self, self._canvas.tile_rect(channel).center())

    def menu(self) -> QMenu:
        """Copy picture and Save picture…, with the numbers of a strip or of bars."""
        return picture_menu(self, "feature-maps")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def _show_head(self, title: str, several: bool) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._scale_button.setVisible(several)
        self._facts.setVisible(bool(title))
