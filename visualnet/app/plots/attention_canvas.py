"""The drawing of attention: heads as heat maps, and one query's weights over the sources."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from visualnet.app.plots.colours import (
    HATCH,
    Ink,
    colour_table,
    draw_colour_bar,
    draw_empty,
    draw_nearest,
    faded,
    hatch,
    indexed_image,
    levels,
    number,
    text_font,
)

Floats = NDArray[np.float32]
PAD, HEAD_LABEL, BAR_ROOM = 12, 18, 72
CELL_LEAST, CELL_MOST = 96, 240
CHIP = 22


class AttentionCanvas(QAbstractScrollArea):
    """At the left the sources under the chosen head's weights; at the right every head's map."""

    said = Signal(str)
    query_chosen = Signal(int)
    head_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumSize(240, 140)
        self.ink: Ink | None = None
        self.weights: Floats | None = None
        self.query = self.head = 0
        self._picture: NDArray[np.uint8] | None = None
        self._grid: tuple[int, int] | None = None
        self._tokens: list[str] | None = None
        self._extra = 0
        self._step: int | None = None
        self._over = False
        self._left = self._cell = 0
        self._columns = 1
        self._high = 1.0

    @property
    def queries(self) -> int:
        return 0 if self.weights is None else self.weights.shape[1]

    def show_weights(
        self,
        weights: Floats,
        picture: NDArray[np.uint8] | None,
        grid: tuple[int, int] | None,
        tokens: list[str] | None,
        extra: int,
        step: int | None,
    ) -> None:
        if self.weights is None or weights.shape != self.weights.shape:
            self.head = 0
            middle = 0 if grid is None else extra + grid[0] // 2 * grid[1] + grid[1] // 2
            self.query = min(middle, weights.shape[1] - 1)
        self.weights, self._picture, self._grid = weights, picture, grid
        self._tokens, self._extra, self._step = tokens, extra, step
        finite = weights[np.isfinite(weights)]
        self._high = float(finite.max()) if len(finite) and finite.max() > 0 else 1.0
        self.arrange()
        self._say()

    def set_over_image(self, on: bool) -> None:
        self._over = on
        self.viewport().update()

    def choose(self, *, query: int | None = None, head: int | None = None) -> None:
        if self.weights is None:
            return
        heads, queries, _ = self.weights.shape
        if head is not None and min(max(head, 0), heads - 1) != self.head:
            self.head = min(max(head, 0), heads - 1)
            self.head_chosen.emit(self.head)
        if query is not None and min(max(query, 0), queries - 1) != self.query:
            self.query = min(max(query, 0), queries - 1)
            self.query_chosen.emit(self.query)
        self._say()
        self.viewport().update()

    # --- words -------------------------------------------------------------------------------------------------------

    def name(self, index: int, *, of_query: bool = False) -> str:
        """What a place in the sequence is called."""
        if self._grid is not None and index >= self._extra:
            return f"patch ({(index - self._extra) // self._grid[1]}, {(index - self._extra) % self._grid[1]})"
        if self._grid is not None:
            return "class token" if self._extra == 1 else f"extra token {index}"
        same = self.weights is not None and self.weights.shape[1] == self.weights.shape[2]
        if self._tokens is not None and (same or not of_query):
            return f"“{self._tokens[index]}”"
        return f"position {index}"

    def _say(self) -> None:
        assert self.weights is not None
        row = self.weights[self.head, self.query]
        start = "" if self._step is None else f"Step {self._step:,}, "
        head = f"{start}head {self.head}" if start else f"Head {self.head}"
        if not np.isfinite(row).all():
            self.said.emit(f"{head}: query {self.name(self.query, of_query=True)} has weights that are not finite.")
            return
        top = np.argsort(-row, kind="stable")[:3]
        looks = ", ".join(f"{self.name(int(i))} {row[i]:.2f}" for i in top)
        words = f"{head}: query {self.name(self.query, of_query=True)} looks at {looks}."
        self.said.emit(f"{words} Row sum {float(row.sum()):.2f}.")

    # --- places ------------------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        self.viewport().update()
        if self.weights is None:
            self.verticalScrollBar().setRange(0, 0)
            return
        size, heads = self.maximumViewportSize(), len(self.weights)
        self._left = int(min(max(size.width() * 0.36, 120), max(size.height() - 2 * PAD - 26, 120), 380))
        room = max(size.width() - self._left - 3 * PAD - BAR_ROOM, CELL_LEAST)
        self._columns, self._cell = max((room + PAD) // (CELL_LEAST + PAD), 1), CELL_LEAST
        for columns in range(1, heads + 1):
            rows = -(-heads // columns)
            across, down = (room + PAD) // columns - PAD, (size.height() - PAD) // rows - HEAD_LABEL - PAD
            cell = min(across, down, CELL_MOST)
            if cell > self._cell:
                self._columns, self._cell = columns, cell
        tall = -(-heads // self._columns) * (self._cell + HEAD_LABEL + PAD) + PAD
        if self._grid is None:
            tall = max(tall, int(PAD + HEAD_LABEL + self.weights.shape[2] * CHIP + PAD))
        self.verticalScrollBar().setRange(0, max(tall - size.height(), 0))
        self.verticalScrollBar().setPageStep(size.height())

    def map_rect(self, head: int) -> QRectF:
        """Where a head's map stands."""
        x = self._left + 2 * PAD + head % self._columns * (self._cell + PAD)
        y = (
            PAD
            + HEAD_LABEL
            + head // self._columns * (self._cell + HEAD_LABEL + PAD)
            - self.verticalScrollBar().value()
        )
        return QRectF(x, y, self._cell, self._cell)

    def _board(self) -> QRectF:
        """The image at the left, with the shape of the patch grid."""
        assert self._grid is not None
        rows, columns = self._grid
        scale = self._left / max(rows, columns)
        return QRectF(PAD, PAD + HEAD_LABEL, columns * scale, rows * scale)

    def source_rect(self, source: int) -> QRectF:
        """Where a source stands at the left: a patch of the image, a class token below it, or a token's line."""
        if self._grid is None:
            top = PAD + HEAD_LABEL - self.verticalScrollBar().value()
            return QRectF(PAD, top + source * CHIP, self._left, CHIP - 2)
        board = self._board()
        if source < self._extra:
            return QRectF(PAD + source * 92, board.bottom() + 6, 88, 20)
        row, column = divmod(source - self._extra, self._grid[1])
        wide, high = board.width() / self._grid[1], board.height() / self._grid[0]
        return QRectF(board.left() + column * wide, board.top() + row * high, wide, high)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.ink is None:
            return
        painter = QPainter(self.viewport())
        if self.weights is None:
            painter.setFont(text_font(self.font(), 12))
            draw_empty(
                painter, QRectF(self.viewport().rect()), self.ink, "Select an attention node to see who looks at whom"
            )
            return
        painter.setFont(text_font(self.font(), 11))
        table = colour_table(self.ink, False)
        for head in range(len(self.weights)):
            if self.map_rect(head).bottom() > 0 and self.map_rect(head).top() < self.viewport().height():
                self._draw_head(painter, self.ink, head, table)
        self._draw_sources(painter, self.ink, table)
        right = self.map_rect(self._columns - 1).right()
        bar = QRectF(right + PAD, PAD + HEAD_LABEL, 10, min(self._cell, 180))
        if not (self._over and self._grid is not None):
            draw_colour_bar(painter, bar, self.ink, False, 0.0, self._high)

    def _draw_head(self, painter: QPainter, ink: Ink, head: int, table: list[int]) -> None:
        assert self.weights is not None
        rect, chosen = self.map_rect(head), head == self.head
        row = self.weights[head, self.query]
        painter.setFont(text_font(self.font(), 11, bold=chosen))
        painter.setPen(ink.text if chosen else ink.muted)
        label = QRectF(rect.left(), rect.top() - HEAD_LABEL, rect.width(), HEAD_LABEL - 2)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, f"head {head}")
        painter.setFont(text_font(self.font(), 11))
        painter.setPen(ink.muted)
        total = f"Σ {float(row.sum()):.2f}" if np.isfinite(row).all() else "Σ not finite"
        if self._over and self._grid is not None and np.isfinite(row).all():
            total = f"brightest {float(row[self._extra :].max()):.2f} · {total}"
        painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, total)
        if self._over and self._grid is not None:
            inner = self._patch_area(rect)
            self._draw_patches(painter, inner, row[self._extra :].reshape(self._grid), table)
            if chosen:
                painter.setPen(QPen(ink.accent, 2))
                painter.drawRect(inner)
            return
        draw_nearest(painter, rect, _heat(self.weights[head], self._high, table))
        high = rect.height() / self.queries
        line = QRectF(rect.left() - 2, rect.top() + self.query * high - 1, rect.width() + 4, max(high, 2) + 2)
        painter.setPen(QPen(ink.accent, 1.5))
        painter.drawRect(line)

    def _draw_sources(self, painter: QPainter, ink: Ink, table: list[int]) -> None:
        assert self.weights is not None
        painter.fillRect(QRectF(0, 0, self._left + PAD + 4, self.viewport().height()), ink.surface)
        painter.setFont(text_font(self.font(), 11, bold=True))
        painter.setPen(ink.text)
        scrolled = self.verticalScrollBar().value() if self._grid is None else 0
        title = QRectF(PAD, PAD - scrolled, self._left, HEAD_LABEL - 2)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, f"head {self.head}, over the sources")
        painter.setFont(text_font(self.font(), 11))
        row = self.weights[self.head, self.query]
        if self._grid is None:
            self._draw_tokens(painter, ink, row)
            return
        board, patches = self._board(), row[self._extra :].reshape(self._grid)
        peak = self._draw_patches(painter, board, patches, table)
        for source in range(self._extra):
            self._draw_chip(painter, ink, source, float(row[source]))
        if self._same_places():
            painter.setPen(QPen(ink.ground, 4))
            painter.drawRect(self.source_rect(self.query))
            painter.setPen(QPen(ink.accent, 2))
            painter.drawRect(self.source_rect(self.query))
        painter.setPen(ink.muted)
        low = board.bottom() + (30 if self._extra else 6)
        painter.drawText(QRectF(PAD, low, self._left, 16), 0, f"brightest patch {number(peak)}")

    def _draw_patches(self, painter: QPainter, area: QRectF, patches: Floats, table: list[int]) -> float:
        """The weights over the picture's patches, the brightest at the top of the colour map; answers its weight."""
        if self._picture is not None:
            high, wide = self._picture.shape
            grey = QImage(self._picture.data, wide, high, wide, QImage.Format.Format_Grayscale8)
            draw_nearest(painter, area, grey)
            painter.setOpacity(0.68)
        peak = float(np.nanmax(np.where(np.isfinite(patches), patches, 0))) or 1.0
        draw_nearest(painter, area, _heat(patches, peak, table))
        painter.setOpacity(1.0)
        return peak

    def _patch_area(self, rect: QRectF) -> QRectF:
        """A head's square, cut to the shape of the patch grid."""
        assert self._grid is not None
        rows, columns = self._grid
        scale = rect.width() / max(rows, columns)
        return QRectF(rect.left(), rect.top(), columns * scale, rows * scale)

    def _draw_tokens(self, painter: QPainter, ink: Ink, row: Floats) -> None:
        peak = float(np.nanmax(np.where(np.isfinite(row), row, 0))) or 1.0
        for source in range(len(row)):
            if self.source_rect(source).top() > self.viewport().height():
                break
            self._draw_chip(painter, ink, source, float(row[source]), peak)

    def _draw_chip(self, painter: QPainter, ink: Ink, source: int, weight: float, peak: float = 1.0) -> None:
        rect = self.source_rect(source)
        share = min(max(weight / peak, 0.0), 1.0) if np.isfinite(weight) else 0.0
        painter.fillRect(rect, faded(ink.line, 0.35))
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width() * share, rect.height()), faded(ink.accent, 0.45))
        if self._same_places() and source == self.query:
            painter.setPen(QPen(ink.accent, 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        inner = rect.adjusted(6, 0, -6, 0)
        painter.setPen(ink.text)
        figure = f"{weight:.2f}"
        name = self._tokens[source] if self._tokens else "class" if self._grid else str(source)
        room = inner.width() - QFontMetricsF(painter.font()).horizontalAdvance(figure) - 6
        name = QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)

    def _same_places(self) -> bool:
        """Self-attention: the queries are the sources, so a source can be asked."""
        return self.weights is not None and self.weights.shape[1] == self.weights.shape[2]

    # --- hands -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: Any) -> None:
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def viewportSizeHint(self) -> QSize:
        return QSize(480, 260)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event.position())

    def _ask(self, at: QPointF) -> None:
        if self.weights is None:
            return
        for head in range(len(self.weights)):
            rect = self.map_rect(head)
            if rect.adjusted(0, -HEAD_LABEL, 0, 0).contains(at):
                if self._over and self._grid is not None:
                    self.choose(head=head)
                    return
                row = int((at.y() - rect.top()) / rect.height() * self.queries) if at.y() >= rect.top() else None
                self.choose(head=head, query=row)
                return
        if self._same_places():
            for source in range(self.queries):
                if self.source_rect(source).contains(at):
                    self.choose(query=source)
                    return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across = self._grid[1] if self._grid is not None and self.query >= self._extra else 1
        moves = {Qt.Key.Key_Up: -across, Qt.Key.Key_Down: across}
        heads = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1, Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        (heads if self._grid is None else moves).update(sideways)
        key = Qt.Key(event.key())
        if self.weights is not None and key in moves:
            wanted = self.query + moves[key]
            self.choose(query=wanted if 0 <= wanted < self.queries else self.query)
        elif self.weights is not None and key in heads:
            self.choose(head=self.head + heads[key])
        else:
            super().keyPressEvent(event)


def grey(image: Floats) -> NDArray[np.uint8]:
    """An image (H W or C H W) as grey levels from its least to its greatest value."""
    flat = image.mean(0) if image.ndim == 3 else image
    flat = np.nan_to_num(flat, posinf=0, neginf=0)
    low, span = flat.min(), np.ptp(flat) or 1.0
    return np.ascontiguousarray(((flat - low) * (255 / span)).astype(np.uint8))


def _heat(values: Floats, high: float, table: list[int]) -> QImage:
    cells = levels(values, 0.0, high)
    if (cells == HATCH).any():
        hatch(cells)
    return indexed_image(cells, table)
