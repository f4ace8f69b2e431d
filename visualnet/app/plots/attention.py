"""Attention, live: who looks at whom, head by head, over the image's patches or over the words."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.attention_canvas import PAD, AttentionCanvas
from visualnet.app.plots.colours import Ink, text_font
from visualnet.app.plots.picture import Picture, text_button
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column, row
from visualnet.figures.attention import Attention, grey_levels


class AttentionView(Picture):
    """Heads as maps of query × source. Click a row or a patch to ask what it looks at; arrow keys move it."""

    file_name = "attention"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label(wrap=True)
        self._words.setContentsMargins(PAD, 6, PAD, 2)
        self._words.hide()
        tip = "Show for each head what the query looks at, over the image's patches"
        self._over = text_button("Over the image", tip, checkable=True)
        self._canvas = AttentionCanvas(self)
        head = row((self._words, 1), self._over, margins=(0, 4, PAD, 0))
        column(head, (self._canvas, 1), spacing=0, parent=self)
        self._canvas.said.connect(self._show_words)
        self._over.toggled.connect(self._canvas.set_over_image)

    def apply_ink(self, ink: Ink) -> None:
        self._words.setPalette(self.palette())
        self._words.setFont(text_font(self.font(), 12))
        self._canvas.set_ink(ink)

    def set_attention(
        self,
        weights: Any,
        *,
        image: Any = None,
        grid: tuple[int, int] | None = None,
        extra_tokens: int = 0,
        step: int | None = None,
    ) -> None:
        """Show weights (heads, queries, sources); each row sums to 1.

        `grid` (rows, columns) of patches lies over `image` (H W or C H W); `extra_tokens` come before the patches.
        """
        shown = np.asarray(weights, np.float32)
        if shown.ndim != 3 or shown.size == 0:
            raise ValueError(f"attention of shape {shown.shape} cannot be drawn: wanted (heads, queries, sources)")
        if grid is not None and shown.shape[2] != grid[0] * grid[1] + extra_tokens:
            grid = None
        picture = None if image is None or grid is None else grey_levels(np.asarray(image, np.float32))
        self._over.setVisible(grid is not None)
        self._canvas.show_attention(Attention(shown, grid, extra_tokens if grid else 0, step), picture)

    def words(self) -> str:
        """The sentence above the picture."""
        return self._words.text()

    def _show_words(self, words: str) -> None:
        self._words.setText(words)
        self._words.show()
