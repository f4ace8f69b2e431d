"""Attention, live: who looks at whom, head by head, over the image's patches or over the words, or one head large with its words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.attention_names import draw_names
from visualnet.app.plots.colours import (
    PlotColours,
    colour_table,
    draw_colour_bar,
    draw_empty,
    draw_nearest,
    indexed_image,
    text_font,
    translucent,
)
from visualnet.app.plots.picture import Picture, ScrollCanvas, text_button
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.text.format import format_number
from visualnet.figures.colours.indices import HATCH, hatch, levels
from visualnet.figures.sequences.attention import Attention, Floats, grey_levels, map_columns, peak

PAD, HEAD_LABEL, BAR_ROOM = 12, 18, 72
CELL_LEAST, CELL_MOST = 96, 240
CHIP = 22
WORDS_FROM = 380
"""A narrower picture has no sentence above it, in px at text of normal size."""
MIDDLE = Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | MIDDLE
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
HEADS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1, Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}


class AttentionCanvas(ScrollCanvas):
    """At the left the sources under the chosen head's weights; at the right every head's map."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, QSize(240, 140), QSize(480, 260))
        self.shown: Attention | None = None
        self.query = self.head = 0
        self._picture: NDArray[np.uint8] | None = None
        self._over_image = self._alone = False
        self._left = self._cell = self._margin = 0
        self._columns = 1
        self._images: dict[tuple[int, int], QImage] = {}
        """The heads' maps as they were drawn last: moving the query draws no map anew."""

    def show_attention(self, shown: Attention, picture: NDArray[np.uint8] | None) -> None:
        """Show weights; ``picture`` is the image under the patches, as grey levels."""
        if self.shown is None or shown.weights.shape != self.shown.weights.shape:
            self.head, self.query = 0, shown.middle
        self.shown, self._picture = shown, picture
        self._images.clear()
        self.arrange()
        self.description_changed.emit(shown.describe(self.head, self.query))

    def set_ink(self, colours: PlotColours) -> None:
        self._images.clear()
        super().set_ink(colours)

    def set_alone(self, on: bool) -> None:
        """Show the chosen head alone, large, with the names of its rows and columns; or all heads."""
        self._alone = on
        self.arrange()

    @property
    def heads(self) -> list[int]:
        """The heads whose maps are seen."""
        if self.shown is None:
            return []
        return [self.head] if self._alone else list(range(len(self.shown.weights)))

    def set_over_image(self, on: bool) -> None:
        """Draw each head's weights over the image's patches instead of its whole map."""
        self._over_image = on
        self.viewport().update()

    def choose(self, *, query: int | None = None, head: int | None = None) -> None:
        """Ask what another query or head looks at, as near to the wished one as there is."""
        if self.shown is not None:
            heads, queries, _ = self.shown.weights.shape
            self.head = self.head if head is None else min(max(head, 0), heads - 1)
            self.query = self.query if query is None else min(max(query, 0), queries - 1)
            self.description_changed.emit(self.shown.describe(self.head, self.query))
            self.viewport().update()

    def arrange(self) -> None:
        if self.shown is None:
            self.set_drawn_height(0)
            return
        size, sources = self.maximumViewportSize(), self.shown.weights.shape[2]
        self._left = int(min(max(size.width() * 0.36, 120), max(size.height() - 2 * PAD - 26, 120), 380))
        room = max(size.width() - self._left - 3 * PAD - BAR_ROOM, CELL_LEAST)
        self._margin = self._name_room() if self._alone else 0
        heads, most = len(self.heads), size.width() if self._alone else CELL_MOST
        room, high = max(room - self._margin, CELL_LEAST), max(size.height() - self._margin, CELL_LEAST)
        self._columns, self._cell = map_columns(heads, room, high, PAD, HEAD_LABEL, CELL_LEAST, most)
        tall = -(-heads // self._columns) * (self._cell + HEAD_LABEL + PAD) + PAD + self._margin
        if self.shown.grid is None:
            tall = max(tall, PAD + HEAD_LABEL + sources * CHIP + PAD)
        self.set_drawn_height(tall)

    def _name_room(self) -> int:
        """The room for the names beside and under one head's map."""
        assert self.shown is not None
        metrics = QFontMetricsF(text_font(self.font(), 11))
        _, queries, sources = self.shown.weights.shape
        longest = max((self.shown.short_name(i) for i in range(sources)), key=len)
        other = max((self.shown.short_name(i, True) for i in range(queries)), key=len)
        wide = max(metrics.horizontalAdvance(longest), metrics.horizontalAdvance(other))
        return int(min(max(wide + 10, 24), 96))

    def map_rect(self, head: int) -> QRectF:
        """Where a head's map stands."""
        row, column = divmod(0 if self._alone else head, self._columns)
        x = self._left + 2 * PAD + self._margin + column * (self._cell + PAD)
        y = PAD + HEAD_LABEL + row * (self._cell + HEAD_LABEL + PAD) - (0 if self._alone else self.scroll_offset)
        return QRectF(x, y, self._cell, self._cell)

    def source_rect(self, source: int) -> QRectF:
        """Where a source stands at the left: a patch of the image, a class token below it, or a position's line."""
        assert self.shown is not None
        if self.shown.grid is None:
            return QRectF(PAD, PAD + HEAD_LABEL - self.scroll_offset + source * CHIP, self._left, CHIP - 2)
        board = self._patch_area(QRectF(PAD, PAD + HEAD_LABEL, self._left, self._left))
        if source < self.shown.extra:
            return QRectF(PAD + source * 92, board.bottom() + 6, 88, 20)
        rows, columns = self.shown.grid
        row, column = divmod(source - self.shown.extra, columns)
        wide, high = board.width() / columns, board.height() / rows
        return QRectF(board.left() + column * wide, board.top() + row * high, wide, high)

    def _patch_area(self, square: QRectF) -> QRectF:
        """A square, cut to the shape of the patch grid."""
        assert self.shown is not None and self.shown.grid is not None
        rows, columns = self.shown.grid
        scale = square.width() / max(rows, columns)
        return QRectF(square.left(), square.top(), columns * scale, rows * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        painter, colours = QPainter(self.viewport()), self._colours
        if self.shown is None:
            painter.setFont(text_font(self.font(), 12))
            words = "Select an attention node to see who looks at whom"
            draw_empty(painter, QRectF(self.viewport().rect()), colours, words)
            return
        painter.setFont(text_font(self.font(), 11))
        table, highest = colour_table(colours, False), self.shown.highest
        over = self._over_image and self.shown.grid is not None
        for head in self.heads:
            if self.map_rect(head).bottom() > 0 and self.map_rect(head).top() < self.viewport().height():
                self._draw_head(painter, colours, self.shown, head, table, None if over else highest)
        self._draw_sources(painter, colours, self.shown, table)
        if not over:
            right = self.map_rect(self._columns - 1).right()
            bar = QRectF(right + PAD, PAD + HEAD_LABEL, 10, min(self._cell, 180))
            draw_colour_bar(painter, bar, colours, False, 0.0, highest)

    def _draw_head(
        self,
        painter: QPainter,
        colours: PlotColours,
        shown: Attention,
        head: int,
        table: list[int],
        highest: float | None,
    ) -> None:
        """A head's map, its brightest colour for the highest weight of all; without one, the query's weights over the image."""
        rect, chosen = self.map_rect(head), head == self.head
        row = shown.weights[head, self.query]
        painter.setFont(text_font(self.font(), 11, bold=chosen))
        painter.setPen(colours.text if chosen else colours.muted)
        label = QRectF(rect.left(), rect.top() - HEAD_LABEL, rect.width(), HEAD_LABEL - 2)
        painter.drawText(label, MIDDLE, shown.head_name(head))
        painter.setFont(text_font(self.font(), 11))
        painter.setPen(colours.muted)
        finite = bool(np.isfinite(row).all())
        total = f"Σ {float(row.sum()):.2f}" if finite else "Σ not finite"
        if highest is None and finite:
            total = f"brightest {float(row[shown.extra :].max()):.2f} · {total}"
        painter.drawText(label, RIGHT, total)
        if highest is None:
            inner = self._patch_area(rect)
            self._draw_patches(painter, inner, shown.patches(head, self.query), table)
            if chosen:
                painter.setPen(QPen(colours.accent, 2))
                painter.drawRect(inner)
            return
        draw_nearest(painter, rect, self._map_image(shown, head, highest, table))
        if self._alone:
            draw_names(painter, colours, shown, rect, self.query, self._margin - 8)
        high = rect.height() / shown.queries
        painter.setPen(QPen(colours.accent, 1.5))
        painter.drawRect(
            QRectF(rect.left() - 2, rect.top() + self.query * high - 1, rect.width() + 4, max(high, 2) + 2)
        )

    def _map_image(self, shown: Attention, head: int, highest: float, table: list[int]) -> QImage:
        """A head's map in no more pixels than there are."""
        edge = int(self._cell * self.devicePixelRatioF())
        if (head, edge) not in self._images:
            small = _heat_image(shown.map_of(head, edge, edge), highest, table)
            # As many pixels as on the screen, and of its kind: drawing it again is a plain copy.
            self._images[head, edge] = small.scaled(edge, edge).convertToFormat(QImage.Format.Format_RGB32)
        return self._images[head, edge]

    def _draw_sources(self, painter: QPainter, colours: PlotColours, shown: Attention, table: list[int]) -> None:
        painter.fillRect(QRectF(0, 0, self._left + PAD + 4, self.viewport().height()), colours.surface)
        painter.setFont(text_font(self.font(), 11, bold=True))
        painter.setPen(colours.text)
        title = QRectF(PAD, PAD - (self.scroll_offset if shown.grid is None else 0), self._left, HEAD_LABEL - 2)
        words = f"what {shown.query_name(self.query)} {shown.verb}"
        words = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, self._left)
        painter.drawText(title, MIDDLE, words)
        painter.setFont(text_font(self.font(), 11))
        row = shown.weights[self.head, self.query]
        if shown.grid is None:
            most = peak(row)
            first = max((self.scroll_offset - PAD - HEAD_LABEL) // CHIP, 0)
            last = min(first + self.viewport().height() // CHIP + 2, len(row))
            for source in range(first, last):
                weight = float(row[source])
                self._draw_chip(painter, colours, source, shown.short_name(source), weight, weight / most)
            return
        board = self._patch_area(QRectF(PAD, PAD + HEAD_LABEL, self._left, self._left))
        most = self._draw_patches(painter, board, shown.patches(self.head, self.query), table)
        for source in range(shown.extra):
            self._draw_chip(painter, colours, source, "class", float(row[source]), float(row[source]))
        if shown.is_self:
            for pen in (QPen(colours.ground, 4), QPen(colours.accent, 2)):
                painter.setPen(pen)
                painter.drawRect(self.source_rect(self.query))
        painter.setPen(colours.muted)
        below = QRectF(PAD, board.bottom() + (30 if shown.extra else 6), self._left, 16)
        painter.drawText(below, 0, f"brightest patch {format_number(most)}")

    def _draw_patches(self, painter: QPainter, area: QRectF, patches: Floats, table: list[int]) -> float:
        """The weights over the picture's patches, the brightest at the top of the colour map; answers its weight."""
        if self._picture is not None:
            high, wide = self._picture.shape
            grey = QImage(self._picture.data, wide, high, wide, QImage.Format.Format_Grayscale8)
            draw_nearest(painter, area, grey)
            painter.setOpacity(0.68)
        most = peak(patches)
        draw_nearest(painter, area, _heat_image(patches, most, table))
        painter.setOpacity(1.0)
        return most

    def _draw_chip(
        self, painter: QPainter, colours: PlotColours, source: int, name: str, weight: float, share: float
    ) -> None:
        rect = self.source_rect(source)
        share = min(max(share, 0.0), 1.0) if np.isfinite(weight) else 0.0
        painter.fillRect(rect, translucent(colours.line, 0.35))
        painter.fillRect(
            QRectF(rect.left(), rect.top(), rect.width() * share, rect.height()), translucent(colours.accent, 0.45)
        )
        if self.shown is not None and self.shown.is_self and source == self.query:
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        inner = rect.adjusted(6, 0, -6, 0)
        painter.setPen(colours.text)
        figure, metrics = f"{weight:.2f}", QFontMetricsF(painter.font())
        room = max(inner.width() - metrics.horizontalAdvance(figure) - 6, 0)
        painter.drawText(inner, MIDDLE, metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))
        painter.drawText(inner, RIGHT, figure)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event.position())

    def _choose_at(self, at: QPointF) -> None:
        if self.shown is None:
            return
        for head in self.heads:
            rect = self.map_rect(head)
            if rect.adjusted(0, -HEAD_LABEL, 0, 0).contains(at):
                on_map = at.y() >= rect.top() and not (self._over_image and self.shown.grid is not None)
                row = int((at.y() - rect.top()) / rect.height() * self.shown.queries) if on_map else None
                self.choose(head=head, query=row)
                return
        if self.shown.is_self:
            sources = range(self.shown.queries)
            self.choose(query=next((s for s in sources if self.source_rect(s).contains(at)), None))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown, key = self.shown, Qt.Key(event.key())
        on_patch = shown is not None and shown.grid is not None and self.query >= shown.extra
        across = shown.grid[1] if on_patch and shown is not None and shown.grid is not None else 1
        moves, heads = {Qt.Key.Key_Up: -across, Qt.Key.Key_Down: across}, dict(HEADS)
        (heads if shown is None or shown.grid is None else moves).update(STEPS)
        if shown is not None and key in moves:
            if 0 <= self.query + moves[key] < shown.queries:
                self.choose(query=self.query + moves[key])
        elif shown is not None and key in heads:
            self.choose(head=self.head + heads[key])
        else:
            super().keyPressEvent(event)


def _heat_image(values: Floats, high: float, table: list[int]) -> QImage:
    cells = levels(values, 0.0, high)
    if (cells == HATCH).any():
        hatch(cells)
    return indexed_image(cells, table)


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
        self._alone = text_button(
            "One head", "Show the chosen head alone, with the names of its rows and columns", checkable=True
        )
        self._canvas = AttentionCanvas(self)
        head = row((self._words, 1), self._alone, self._over, margins=(0, 4, PAD, 0))
        column(head, (self._canvas, 1), spacing=0, parent=self)
        self._canvas.description_changed.connect(self._show_words)
        self._over.toggled.connect(self._canvas.set_over_image)
        self._alone.toggled.connect(self._canvas.set_alone)

    def apply_colours(self, colours: PlotColours) -> None:
        self._words.setPalette(self.palette())
        self._words.setFont(text_font(self.font(), 12))
        self._canvas.set_ink(colours)

    def set_attention(
        self,
        weights: Any,
        *,
        image: Any = None,
        grid: tuple[int, int] | None = None,
        extra_tokens: int = 0,
        step: int | None = None,
        words: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
        maps: Any = None,
        title: tuple[str, ...] = ("head", "looks at"),
    ) -> None:
        """Show weights (heads, queries, sources); each row sums to 1.

        `grid` (rows, columns) of patches lies over `image` (H W or C H W); `extra_tokens` come before the patches. `words` are those of
        the queries and of the sources, `maps` the weights thinned by maximum, `title` what a map is called and what joins a query to its
        sources.
        """
        shown = np.asarray(weights, np.float32)
        if shown.ndim != 3 or shown.size == 0:
            raise ValueError(f"attention of shape {shown.shape} cannot be drawn: wanted (heads, queries, sources)")
        if grid is not None and shown.shape[2] != grid[0] * grid[1] + extra_tokens:
            grid = None
        picture = None if image is None or grid is None else grey_levels(np.asarray(image, np.float32))
        self._over.setVisible(grid is not None)
        self._alone.setVisible(min(shown.shape[1:]) > 1)
        extra = extra_tokens if grid else 0
        self._canvas.show_attention(Attention(shown, grid, extra, step, *words, maps, *title), picture)

    def words(self) -> str:
        """The sentence above the picture."""
        return self._words.text()

    def _show_words(self, words: str) -> None:
        self._words.setText(words)
        self._fit_words()

    def _fit_words(self) -> None:
        """In a narrow panel the picture has the room; the words are told where the pointer rests."""
        self._words.setVisible(bool(self._words.text()) and self.width() >= fonts.px(WORDS_FROM))
        self._canvas.setToolTip("" if self._words.isVisibleTo(self) else self._words.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()
