"""Attention, live: who looks at whom, head by head, over the image's patches or over the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from visualnet.app.plots.attention_canvas import AttentionCanvas, grey
from visualnet.app.plots.colours import ink_of, text_font
from visualnet.app.plots.export import picture_menu
from visualnet.app.theme.tokens import Theme

Floats = NDArray[np.float32]
PAD, HEAD_LABEL, BAR_ROOM = 12, 18, 72
CELL_LEAST, CELL_MOST = 96, 240
CHIP = 22


class AttentionView(QWidget):
    """Heads as maps of query × source. Click a row or a patch to ask what it looks at; arrow keys move it."""

    query_selected = Signal(int)
    head_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setContentsMargins(PAD, 6, PAD, 2)
        self._over = QToolButton(text="Over the image", checkable=True, visible=False)
        self._over.setToolTip("Show for each head what the query looks at, over the image's patches")
        self._canvas = AttentionCanvas(self)
        head = QHBoxLayout()
        head.setContentsMargins(0, 4, PAD, 0)
        head.addWidget(self._words, 1)
        head.addWidget(self._over)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self._canvas, 1)
        self._canvas.said.connect(self._say)
        self._over.toggled.connect(self._canvas.set_over_image)
        self._canvas.query_chosen.connect(self.query_selected)
        self._canvas.head_chosen.connect(self.head_selected)
        self._say("")

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        ink = ink_of(theme)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), ink.surface)
        palette.setColor(self.foregroundRole(), ink.text)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        self._words.setPalette(palette)
        self._words.setFont(text_font(self.font(), 12))
        self._canvas.ink = ink
        self._canvas.viewport().update()

    def set_attention(
        self,
        weights: Any,
        *,
        image: Any = None,
        grid: tuple[int, int] | None = None,
        tokens: Sequence[str] | None = None,
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
        names = list(tokens) if tokens is not None and len(tokens) == shown.shape[2] else None
        picture = None if image is None or grid is None else grey(np.asarray(image, np.float32))
        self._over.setVisible(grid is not None)
        self._canvas.show_weights(shown, picture, grid, names, extra_tokens if grid else 0, step)

    def set_over_image(self, on: bool) -> None:
        """Draw each head's weights over the image's patches instead of its whole map."""
        self._over.setChecked(on)

    def select_query(self, query: int) -> None:
        """Ask what this query looks at."""
        self._canvas.choose(query=query)

    def select_head(self, head: int) -> None:
        """Show this head large."""
        self._canvas.choose(head=head)

    @property
    def query(self) -> int:
        """The query asked about."""
        return self._canvas.query

    @property
    def head(self) -> int:
        """The head shown large."""
        return self._canvas.head

    def words(self) -> str:
        """The sentence above the picture."""
        return self._words.text()

    def clear(self) -> None:
        """Show the empty sentence again."""
        self._canvas.weights = None
        self._canvas.arrange()
        self._over.hide()
        self._say("")

    def row_center(self, head: int, query: int) -> QPoint:
        """The middle of a query's row in a head's map, in this widget's pixels."""
        rect, count = self._canvas.map_rect(head), self._canvas.queries
        at = QPointF(rect.center().x(), rect.top() + (query + 0.5) / count * rect.height())
        return self._canvas.viewport().mapTo(self, at.toPoint())

    def source_center(self, source: int) -> QPoint:
        """The middle of a patch or token in the large picture at the left, in this widget's pixels."""
        return self._canvas.viewport().mapTo(self, self._canvas.source_rect(source).center().toPoint())

    def menu(self) -> QMenu:
        """Copy picture and Save picture…"""
        return picture_menu(self, "attention")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))
