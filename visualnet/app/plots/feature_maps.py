"""Feature maps, live: every channel of a node a tile, in colours that mean numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.colours import (
    PlotColours,
    colour_table,
    draw_colour_bar,
    draw_empty,
    indexed_image,
    text_font,
    translucent,
)
from visualnet.app.plots.picture import Picture, ScrollCanvas, text_button
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.figures.ticks import nice_ticks, tick_labels
from visualnet.figures.tiles import (
    Maps,
    TileGrid,
    TileScale,
    arrange,
    common_scale,
    dead_channels,
    describe_cell,
    describe_channel,
    describe_shape,
    is_signed,
    own_scales,
    stretch_tile,
    tile_indices,
)

BAR_ROOM = 78
MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class MapPosition(NamedTuple):
    """A place in the maps."""

    channel: int
    row: int
    column: int


class TilesCanvas(ScrollCanvas):
    """The tiles themselves, composed once for what is in view."""

    enlarged = Signal(bool)
    cell_chosen = Signal(object)
    """A cell was clicked: its channel, row and column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, QSize(140, 90), QSize(320, 220))
        self.viewport().setMouseTracking(True)
        self.chosen: int | None = None
        self._array: Maps | None = None
        self._maps: Maps = np.zeros((1, 1, 1), np.float32)
        self._signed = self._own = False
        self._scale = TileScale(False, 0.0, 1.0)
        self._given: TileScale | None = None
        self._names: tuple[str, ...] = ()
        self._grid = TileGrid(1, 1, 1, 1, 1.0, 0)
        self._image: tuple[tuple[int, int], QImage] | None = None
        self._large: int | None = None
        self._cell: MapPosition | None = None
        self._dead = dead_channels(self._maps)

    def set_ink(self, colours: PlotColours) -> None:
        self._image = None
        super().set_ink(colours)

    def set_own_scale(self, on: bool) -> None:
        """Colour each channel on its own scale, or all on one."""
        self._own = on
        self._rescale()

    def show_maps(self, array: Maps, scale: TileScale | None = None, names: tuple[str, ...] = ()) -> None:
        """Show other values; what is chosen stays while the shape does. All have this ``scale``, if it is given, else that of the values;
        channels are called by their numbers, if not by ``names``."""
        if self._array is None or array.shape != self._array.shape:
            self.chosen = self._cell = None
            self.enlarge(None)
        self._array, self._signed = array, is_signed(array) if scale is None else scale.signed
        self._given, self._names = scale, names
        self._maps = array.reshape((1,) * (3 - array.ndim) + array.shape)
        self._dead = dead_channels(self._maps)
        self._rescale()

    def enlarge(self, channel: int | None) -> None:
        """Show one channel alone, where that is larger then, or all again."""
        if channel is not None and self._large is None and not self._enlarges():
            return
        if channel != self._large:
            self._large = channel
            self.enlarged.emit(channel is not None)
            self.arrange()

    def _enlarges(self) -> bool:
        """Whether one channel alone has a larger tile than among all."""
        if self._array is None or self._array.ndim < 3:
            return False
        size = self.maximumViewportSize()
        _, high, wide = self._maps.shape
        alone = arrange(1, high, wide, size.width() - BAR_ROOM, size.height())
        return alone.tile_w > self._grid.tile_w

    def _rescale(self) -> None:
        if self._array is not None:
            several = self._own and len(self._maps) > 1
            if several:
                self._scale = own_scales(self._maps, self._signed)
            else:
                self._scale = self._given or common_scale(self._maps, self._signed)
            self.arrange()
            self._say()

    def arrange(self) -> None:
        self._image = None
        if self._array is None:
            return
        size = self.maximumViewportSize()
        shown, (_, high, wide) = (1 if self._large is not None else len(self._maps)), self._maps.shape
        if self._array.ndim < 3:
            self._grid = stretch_tile(high, wide, size.width() - BAR_ROOM, size.height())
        else:
            self._grid = arrange(shown, high, wide, size.width() - BAR_ROOM, size.height())
            if self._grid.height > size.height():
                bar = self.verticalScrollBar().sizeHint().width()
                self._grid = arrange(shown, high, wide, size.width() - BAR_ROOM - bar, size.height())
        self.set_drawn_height(self._grid.height)
        self.verticalScrollBar().setSingleStep(max(self._grid.step_y // 2, 16))

    def _say(self) -> None:
        """One line of words: what is pointed at or chosen, else what there is."""
        if self._array is None:
            return
        if self._cell is not None:
            self.description_changed.emit(describe_cell(self._array, *self._cell, self._name(self._cell.channel)))
            return
        words = describe_shape(self._array, int(self._dead.sum()))
        if self.chosen is not None and len(self._maps) > 1:
            told = describe_channel(self.chosen, self._maps[self.chosen], self._name(self.chosen))
            words = f"{told} · {words}"
        self.description_changed.emit(words)

    def _name(self, channel: int) -> str:
        """What a channel is called in a sentence; empty where it has no name but its number."""
        if channel >= len(self._names):
            return ""
        name = self._names[channel]
        return f"channel {name}" if name.isdecimal() else name

    def tile_rect(self, channel: int) -> QRect:
        """Where a channel's tile stands."""
        x, y = self._grid.place(0 if self._large is not None else channel)
        return QRect(x, y - self.scroll_offset, self._grid.tile_w, self._grid.tile_h)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        painter, colours = QPainter(self.viewport()), self._colours
        if self._array is None:
            painter.setFont(text_font(self.font(), 12))
            draw_empty(painter, QRectF(self.viewport().rect()), colours, "Select a node to see its maps")
            return
        painter.setFont(text_font(self.font(), 10))
        if self._array.ndim == 1:
            self._draw_bars(painter, colours)
        else:
            self._draw_tiles(painter, colours)
            self._draw_scale(painter, colours)

    def _draw_tiles(self, painter: QPainter, colours: PlotColours) -> None:
        grid, top = self._grid, self.scroll_offset
        first = max((top - 6) // grid.step_y, 0)
        last = min((top + self.viewport().height()) // grid.step_y + 1, grid.rows)
        shown = range(first * grid.columns, min(last * grid.columns, len(self._maps)))
        if self._large is not None:
            shown = range(self._large, self._large + 1)
        if self._image is None or self._image[0] != (first, last):
            maps, scale = self._maps, self._scale
            if self._large is not None:
                maps, scale = maps[shown.start : shown.stop], scale.of(self._large)
            indices = tile_indices(maps, scale, grid, first, last)
            self._image = ((first, last), indexed_image(indices, colour_table(colours, scale.signed)))
        x, y = grid.place(first * grid.columns)
        painter.drawImage(QPoint(x, y - top), self._image[1])
        for channel in shown:
            self._draw_marks(painter, colours, channel)

    def _draw_marks(self, painter: QPainter, colours: PlotColours, channel: int) -> None:
        rect, tiled = self.tile_rect(channel), self._array is not None and self._array.ndim == 3
        if self._grid.label:
            painter.setPen(colours.accent if channel == self.chosen else colours.muted)
            name = self._names[channel] if channel < len(self._names) else str(channel)
            words = f"{name} zero" if self._dead[channel] and rect.width() >= 44 else name
            painter.drawText(QRect(rect.left(), rect.bottom() + 2, rect.width(), 13), MIDDLE, words)
        if tiled and self._dead[channel]:
            painter.setPen(QPen(colours.warning, 1, Qt.PenStyle.DashLine))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if tiled and channel == self.chosen and self._large is None:
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRect(rect.adjusted(-1, -1, 1, 1))
        if self._cell is not None and self._cell.channel == channel:
            _, high, wide = self._maps.shape
            _, row, column = self._cell
            x0, x1 = (rect.left() + at * rect.width() // wide for at in (column, column + 1))
            y0, y1 = (rect.top() + at * rect.height() // high for at in (row, row + 1))
            for pen in (QPen(colours.ground, 3), QPen(colours.text, 1)):
                painter.setPen(pen)
                painter.drawRect(QRect(x0 - 1, y0 - 1, max(x1 - x0, 1) + 1, max(y1 - y0, 1) + 1))

    def _draw_bars(self, painter: QPainter, colours: PlotColours) -> None:
        """A vector as bars from zero; where there are more bars than pixels each column shows its extremes."""
        values = self._maps[0, 0]
        rect, low, high = QRectF(self.tile_rect(0)), min(float(self._scale.low), 0.0), float(self._scale.high)
        per_unit = rect.height() / (high - low)
        marks = nice_ticks(low, high, max(int(rect.height() / 36), 2))
        for mark, words in zip(marks, tick_labels(marks), strict=True):
            y = round(rect.bottom() - (mark - low) * per_unit) + 0.5
            painter.setPen(QPen(colours.line, 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setPen(colours.muted)
            painter.drawText(QRectF(rect.right() + 8, y - 8, 60, 16), MIDDLE, words)
        slots = min(len(values), int(rect.width()))
        edges = np.linspace(0, len(values), slots + 1).astype(int)
        wide = rect.width() / slots
        finite = np.nan_to_num(values, nan=0, posinf=high, neginf=low)
        tops = rect.bottom() - (np.maximum(np.maximum.reduceat(finite, edges[:-1]), 0) - low) * per_unit
        feet = rect.bottom() - (np.minimum(np.minimum.reduceat(finite, edges[:-1]), 0) - low) * per_unit
        bad = np.logical_or.reduceat(~np.isfinite(values), edges[:-1])
        for i, (top, foot) in enumerate(zip(tops.tolist(), feet.tolist(), strict=True)):
            bar = QRectF(rect.left() + i * wide, top, max(wide - (wide >= 4), 1), max(foot - top, 1))
            pointed = self._cell is not None and edges[i] <= self._cell.column < edges[i + 1]
            if bad[i]:
                painter.fillRect(
                    QRectF(bar.left(), rect.top(), bar.width(), rect.height()), translucent(colours.muted, 0.35)
                )
            painter.fillRect(bar, colours.text if pointed else colours.accent)

    def _draw_scale(self, painter: QPainter, colours: PlotColours) -> None:
        """The colour bar: of all channels, or of the one that is looked at."""
        channel = self._large if self._large is not None else self._cell.channel if self._cell else self.chosen or 0
        scale = self._scale.of(channel)
        own = scale is not self._scale
        room = self.viewport().rect()
        tall = min(room.height() - 30 - 14 * own, 200)
        if tall < 30:
            return
        # Beside the maps, not at the edge of a panel that is wider than they are.
        columns = 1 if self._large is not None else min(self._grid.columns, len(self._maps))
        left = min(room.right() - BAR_ROOM, self._grid.place(0)[0] + columns * self._grid.step_x) + 10
        bar = QRectF(left, 12, 10, tall)
        draw_colour_bar(painter, bar, colours, scale.signed, float(scale.low), float(scale.high))
        if own:
            name = self._name(channel) or f"channel {channel}"
            painter.drawText(QRectF(bar.left() - 10, bar.bottom() + 10, BAR_ROOM, 14), 0, name)

    def _cell_at(self, at: QPoint) -> MapPosition | None:
        if self._array is None:
            return None
        grid, (_, high, wide) = self._grid, self._maps.shape
        column, x = divmod(at.x() - 6, grid.step_x)
        row, y = divmod(at.y() - 6 + self.scroll_offset, grid.step_y)
        channel, shown = row * grid.columns + column, 1 if self._large is not None else len(self._maps)
        if x >= grid.tile_w or y >= grid.tile_h or not 0 <= column < grid.columns or not 0 <= channel < shown:
            return None
        channel = channel if self._large is None else self._large
        return MapPosition(channel, y * high // grid.tile_h, x * wide // grid.tile_w)

    def _point(self, cell: MapPosition | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self._say()
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._cell_at(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point(None)
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell and event.button() == Qt.MouseButton.LeftButton:
            self._choose(cell.channel)
            self.cell_chosen.emit(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell and self._array is not None and self._array.ndim == 3:
            self.enlarge(None if self._large is not None else cell.channel)

    def _choose(self, channel: int) -> None:
        self.chosen = channel
        self._say()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, columns = event.key(), self._grid.columns
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if key == Qt.Key.Key_Escape and self._large is not None:
            self.enlarge(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.enlarge(self.chosen if self._large is None else None)
        elif key in moves and self._array is not None:
            wanted = 0 if self.chosen is None else self.chosen + moves[Qt.Key(key)]
            channel = min(max(wanted, 0), len(self._maps) - 1)
            self._choose(channel)
            if self._large is not None:
                self.enlarge(channel)
            self._scroll_to(self.tile_rect(channel))
        else:
            super().keyPressEvent(event)

    def _scroll_to(self, rect: QRect) -> None:
        if rect.top() < 0 or rect.bottom() > self.viewport().height():
            middle = self.viewport().height() // 2
            self.verticalScrollBar().setValue(self.scroll_offset + rect.center().y() - middle)


class TilesView(Picture):
    """All channels of a feature map. Click selects one, double click enlarges it, Escape goes back."""

    file_name = "feature-maps"
    cell_chosen = Signal(object)
    """A cell was clicked: its channel, row and column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._facts = label(), label()
        for words in (self._title, self._facts):
            words.setMinimumWidth(0)
            words.hide()
        self._scale_button = text_button("Own scale", "Colour each map on its own scale", checkable=True)
        self._back = text_button("All channels", "Back to all channels (Esc)")
        self._canvas = TilesCanvas(self)
        lines = column(self._title, self._facts, STRETCH, margins=(0, 4, 0, 2), spacing=2)
        head = row((lines, 1), self._back, self._scale_button, margins=(6, 2, 6, 0))
        column(head, (self._canvas, 1), spacing=2, parent=self)
        self._scale_button.toggled.connect(self._canvas.set_own_scale)
        self._back.clicked.connect(lambda: self._canvas.enlarge(None))
        self._canvas.description_changed.connect(self._facts.setText)
        self._canvas.enlarged.connect(self._back.setVisible)
        self._canvas.cell_chosen.connect(self.cell_chosen)

    def apply_colours(self, colours: PlotColours) -> None:
        muted = self._facts.palette()
        muted.setColor(QPalette.ColorRole.WindowText, colours.muted)
        self._facts.setPalette(muted)
        self._facts.setFont(text_font(self.font(), 12))
        self._title.setFont(text_font(self.font(), 12, bold=True))
        self._canvas.set_ink(colours)

    def set_maps(
        self,
        array: Any,
        *,
        step: int | None = None,
        title: str,
        scale: TileScale | None = None,
        names: tuple[str, ...] = (),
    ) -> None:
        """Show an activation: (C H W) as tiles, (T D) as a strip, (D) as bars; colours show the sign where there is one. ``scale`` and
        ``names`` as `TilesCanvas.show_maps` has them; without a ``title`` there is no line of it."""
        maps = np.asarray(array, np.float32)
        if maps.ndim not in (1, 2, 3) or maps.size == 0:
            raise ValueError(f"an activation of shape {maps.shape} cannot be drawn: wanted (C H W), (T D) or (D)")
        self._title.setText(title if step is None else f"{title} · step {step:,}")
        self._title.setVisible(bool(title))
        self._facts.show()
        self._scale_button.setVisible(maps.ndim == 3 and len(maps) > 1)
        self._canvas.show_maps(maps, scale, names)

    def facts(self) -> str:
        """The line of words under the title."""
        return self._facts.text()
