"""The drawing of feature maps: tiles, bars, a colour bar, and what the pointer asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from visualnet.app.plots.colours import (
    Ink,
    draw_colour_bar,
    draw_empty,
    faded,
    nice_ticks,
    number,
    text_font,
    tick_words,
)
from visualnet.app.plots.tile_layout import Grid, Maps, Scale, arrange, common_scale, own_scales, stretched, tile_image

BAR_ROOM = 78


class TilesCanvas(QAbstractScrollArea):
    """The tiles themselves, composed once for what is in view."""

    said = Signal(str)
    selected = Signal(int)
    enlarged = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(140, 90)
        self._ink: Ink | None = None
        self._array: Maps | None = None
        self._maps: Maps = np.zeros((1, 1, 1), np.float32)
        self._signed = self._own = False
        self._scale = Scale(False, 0.0, 1.0)
        self._grid: Grid | None = None
        self._image: tuple[tuple[int, int], QImage] | None = None
        self._chosen: int | None = None
        self._large: int | None = None
        self._cell: tuple[int, int, int] | None = None
        self._dead = np.zeros(0, bool)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def set_ink(self, ink: Ink) -> None:
        self._ink, self._image = ink, None
        self.viewport().update()

    def set_own_scale(self, on: bool) -> None:
        self._own = on
        self._rescale()

    def show_maps(self, array: Maps | None, signed: bool) -> None:
        before = None if self._array is None else self._array.shape
        self._array, self._signed = array, signed
        if array is None or array.shape != before:
            self._chosen = self._cell = None
            self.enlarge(None)
        if array is None:
            self._layout()
            return
        self._maps = array if array.ndim == 3 else array[None] if array.ndim == 2 else array[None, None]
        self._dead = ~self._maps.reshape(len(self._maps), -1).any(1)
        self._rescale()

    def select(self, channel: int | None) -> None:
        self._chosen = channel
        self._say()
        self.viewport().update()

    def enlarge(self, channel: int | None) -> None:
        if channel != self._large:
            self._large = channel
            self.enlarged.emit(channel is not None)
            self._layout()

    def _rescale(self) -> None:
        if self._array is not None:
            several = self._own and len(self._maps) > 1
            self._scale = own_scales(self._maps, self._signed) if several else common_scale(self._maps, self._signed)
            self._layout()
            self._say()

    def _layout(self) -> None:
        self._image = None
        self.viewport().update()
        if self._array is None:
            self._grid = None
            self.verticalScrollBar().setRange(0, 0)
            return
        size = self.maximumViewportSize()
        shown, (_, high, wide) = (1 if self._large is not None else len(self._maps)), self._maps.shape
        if self._array.ndim == 3:
            bar = self.verticalScrollBar().sizeHint().width()
            self._grid = arrange(shown, high, wide, size.width() - BAR_ROOM, size.height())
            if self._grid.height > size.height():
                self._grid = arrange(shown, high, wide, size.width() - BAR_ROOM - bar, size.height())
        else:
            self._grid = stretched(high, wide, size.width() - BAR_ROOM, size.height())
        self.verticalScrollBar().setRange(0, max(self._grid.height - size.height(), 0))
        self.verticalScrollBar().setPageStep(size.height())
        self.verticalScrollBar().setSingleStep(max(self._grid.step_y // 2, 16))

    def _say(self) -> None:
        """One line of words: what is pointed at or chosen, else what there is."""
        if self._array is None:
            return
        if self._cell is not None:
            self.said.emit(self._cell_words(*self._cell))
            return
        shape = self._array.shape
        kind = {1: ("{} values",), 2: ("{} tokens down", "{} features across"), 3: ("{} channels", "{}×{}")}[len(shape)]
        numbers = iter(shape)
        words = [part.format(*(next(numbers) for _ in range(part.count("{}")))) for part in kind]
        if len(shape) == 3 and shape[0] == 1:
            words[0] = "1 channel"
        dead = int(self._dead.sum()) if len(shape) == 3 else 0
        bad = int((~np.isfinite(self._array)).sum())
        words += [f"{dead} all zero"] * bool(dead) + [f"{bad:,} not finite"] * bool(bad)
        if self._chosen is not None and self._chosen < len(self._maps) and len(self._maps) > 1:
            words.insert(0, self._channel_words(self._chosen))
        self.said.emit(" · ".join(words))

    def _channel_words(self, channel: int) -> str:
        values = self._maps[channel][np.isfinite(self._maps[channel])]
        if not len(values):
            return f"channel {channel}: no finite value"
        return f"channel {channel}: {number(float(values.min()))} to {number(float(values.max()))}"

    def _cell_words(self, channel: int, row: int, column: int) -> str:
        value = number(float(self._maps[channel, row, column]), 4)
        assert self._array is not None
        if self._array.ndim == 1:
            return f"feature {column}: {value}"
        if self._array.ndim == 2:
            return f"token {row}, feature {column}: {value}"
        return f"channel {channel} at ({row}, {column}): {value}"

    # --- drawing -----------------------------------------------------------------------------------------------------

    def tile_rect(self, channel: int) -> QRect:
        assert self._grid is not None
        x, y = self._grid.place(0 if self._large is not None else channel)
        return QRect(x, y - self.verticalScrollBar().value(), self._grid.tile_w, self._grid.tile_h)

    def _rows_in_view(self) -> tuple[int, int]:
        assert self._grid is not None
        top = self.verticalScrollBar().value()
        first = max((top - 6) // self._grid.step_y, 0)
        return first, min((top + self.viewport().height()) // self._grid.step_y + 1, self._grid.rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:
            return
        painter = QPainter(self.viewport())
        painter.setFont(text_font(self.font(), 12))
        if self._grid is None or self._array is None:
            words = "Select a node to see its maps"
            draw_empty(painter, QRectF(self.viewport().rect()), self._ink, words)
            return
        painter.setFont(text_font(self.font(), 10))
        if self._array.ndim == 1:
            self._draw_bars(painter, self._ink)
        else:
            self._draw_tiles(painter, self._ink)
            self._draw_scale(painter, self._ink)

    def _draw_tiles(self, painter: QPainter, ink: Ink) -> None:
        assert self._grid is not None
        first, last = self._rows_in_view()
        if self._image is None or self._image[0] != (first, last):
            maps, scale = self._maps, self._scale
            if self._large is not None:
                maps = maps[self._large : self._large + 1]
                if np.ndim(scale.low):
                    scale = Scale(scale.signed, scale.low[self._large], scale.high[self._large])
            self._image = ((first, last), tile_image(maps, scale, self._grid, ink, first, last))
        x, y = self._grid.place(first * self._grid.columns)
        painter.drawImage(QPoint(x, y - self.verticalScrollBar().value()), self._image[1])
        if self._large is not None:
            shown = range(self._large, self._large + 1)
        else:
            shown = range(first * self._grid.columns, min(last * self._grid.columns, len(self._maps)))
        for channel in shown:
            self._draw_marks(painter, ink, channel)

    def _draw_marks(self, painter: QPainter, ink: Ink, channel: int) -> None:
        assert self._grid is not None
        assert self._array is not None
        rect = self.tile_rect(channel)
        if self._grid.label:
            painter.setPen(ink.accent if channel == self._chosen else ink.muted)
            words = f"{channel} zero" if self._dead[channel] and rect.width() >= 44 else str(channel)
            below = QRect(rect.left(), rect.bottom() + 2, rect.width(), 13)
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        if self._dead[channel] and self._array.ndim == 3:
            painter.setPen(QPen(ink.warning, 1, Qt.PenStyle.DashLine))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if channel == self._chosen and self._large is None and self._array.ndim == 3:
            painter.setPen(QPen(ink.accent, 2))
            painter.drawRect(rect.adjusted(-1, -1, 1, 1))
        if self._cell is not None and self._cell[0] == channel:
            _, high, wide = self._maps.shape
            _, row, column = self._cell
            x0, x1 = rect.left() + column * rect.width() // wide, rect.left() + (column + 1) * rect.width() // wide
            y0, y1 = rect.top() + row * rect.height() // high, rect.top() + (row + 1) * rect.height() // high
            painter.setPen(QPen(ink.ground, 3))
            painter.drawRect(QRect(x0 - 1, y0 - 1, max(x1 - x0, 1) + 1, max(y1 - y0, 1) + 1))
            painter.setPen(QPen(ink.text, 1))
            painter.drawRect(QRect(x0 - 1, y0 - 1, max(x1 - x0, 1) + 1, max(y1 - y0, 1) + 1))

    def _draw_bars(self, painter: QPainter, ink: Ink) -> None:
        """A vector as bars from zero; where there are more bars than pixels each column shows its extremes."""
        values = self._maps[0, 0]
        rect, low, high = QRectF(self.tile_rect(0)), min(float(self._scale.low), 0.0), float(self._scale.high)
        marks = nice_ticks(low, high, max(int(rect.height() / 36), 2))
        for mark, words in zip(marks, tick_words(marks), strict=True):
            y = round(rect.bottom() - (mark - low) / (high - low) * rect.height()) + 0.5
            painter.setPen(QPen(ink.line, 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setPen(ink.muted)
            middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(rect.right() + 8, y - 8, 60, 16), middle, words)
        slots = min(len(values), int(rect.width()))
        edges = np.linspace(0, len(values), slots + 1).astype(int)
        wide = rect.width() / slots
        gap = 1 if wide >= 4 else 0
        tops = np.maximum.reduceat(np.nan_to_num(values, nan=0, posinf=high, neginf=low), edges[:-1])
        lows = np.minimum.reduceat(np.nan_to_num(values, nan=0, posinf=high, neginf=low), edges[:-1])
        bad = np.logical_or.reduceat(~np.isfinite(values), edges[:-1])
        for i in range(slots):
            y1 = rect.bottom() - (max(float(tops[i]), 0) - low) / (high - low) * rect.height()
            y0 = rect.bottom() - (min(float(lows[i]), 0) - low) / (high - low) * rect.height()
            bar = QRectF(rect.left() + i * wide, y1, max(wide - gap, 1), max(y0 - y1, 1))
            pointed = self._cell is not None and edges[i] <= self._cell[2] < edges[i + 1]
            colour = ink.text if pointed else ink.accent
            if bad[i]:
                painter.fillRect(QRectF(bar.left(), rect.top(), bar.width(), rect.height()), faded(ink.muted, 0.35))
            painter.fillRect(bar, colour)

    def _draw_scale(self, painter: QPainter, ink: Ink) -> None:
        channel = self._large if self._large is not None else self._cell[0] if self._cell else self._chosen or 0
        scale, own = self._scale, bool(np.ndim(self._scale.low))
        low = float(scale.low[channel] if own else scale.low)
        high = float(scale.high[channel] if own else scale.high)
        room = self.viewport().rect()
        tall = min(room.height() - 30 - 14 * own, 200)
        if tall < 30:
            return
        bar = QRectF(room.right() - BAR_ROOM + 16, 12, 10, tall)
        draw_colour_bar(painter, bar, ink, scale.signed, low, high)
        if own:
            painter.drawText(QRectF(bar.left() - 10, bar.bottom() + 10, BAR_ROOM, 14), 0, f"channel {channel}")

    # --- hands -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: Any) -> None:
        self._layout()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def viewportSizeHint(self) -> QSize:
        return QSize(320, 220)

    def _cell_at(self, at: QPoint) -> tuple[int, int, int] | None:
        if self._grid is None:
            return None
        x, y = at.x() - 6, at.y() - 6 + self.verticalScrollBar().value()
        column, row = x // self._grid.step_x, y // self._grid.step_y
        inside_x, inside_y = x % self._grid.step_x, y % self._grid.step_y
        channel = row * self._grid.columns + column
        shown = 1 if self._large is not None else len(self._maps)
        inside = inside_x < self._grid.tile_w and inside_y < self._grid.tile_h and 0 <= column < self._grid.columns
        if not inside or not 0 <= channel < shown:
            return None
        _, high, wide = self._maps.shape
        channel = channel if self._large is None else self._large
        return channel, inside_y * high // self._grid.tile_h, inside_x * wide // self._grid.tile_w

    def _point(self, cell: tuple[int, int, int] | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self._say()
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._cell_at(event.position().toPoint()))

    def leaveEvent(self, event: Any) -> None:
        self._point(None)

    def viewportEvent(self, event: Any) -> bool:
        if event.type() == event.Type.Leave:
            self._point(None)
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell and event.button() == Qt.MouseButton.LeftButton:
            self._choose(cell[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell and self._array is not None and self._array.ndim == 3:
            self.enlarge(None if self._large is not None else cell[0])

    def _choose(self, channel: int) -> None:
        self.select(channel)
        self.selected.emit(channel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, grid = event.key(), self._grid
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if grid is not None:
            moves |= {Qt.Key.Key_Up: -grid.columns, Qt.Key.Key_Down: grid.columns}
        if key == Qt.Key.Key_Escape and self._large is not None:
            self.enlarge(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen is not None:
            self.enlarge(self._chosen if self._large is None else None)
        elif key in moves and grid is not None:
            old = -1 if self._chosen is None else self._chosen
            channel = min(max(old + (1 if old < 0 else moves[Qt.Key(key)]), 0), len(self._maps) - 1)
            self._choose(channel)
            if self._large is not None:
                self.enlarge(channel)
            rect = self.tile_rect(channel)
            bar = self.verticalScrollBar()
            if rect.top() < 0 or rect.bottom() > self.viewport().height():
                bar.setValue(bar.value() + rect.center().y() - self.viewport().height() // 2)
        else:
            super().keyPressEvent(event)
