"""Paints what a layer shows of itself: a window that slides, stamped kernels, matrix, heads, tables, steps, means."""

from __future__ import annotations

from functools import singledispatch

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.figures.layer_diagrams import (
    MOST_HEADS,
    MOST_ROWS,
    MOST_STEPS,
    flat_spread,
    flat_window,
    spread_cells,
    spread_steps,
    window_cells,
    window_steps,
    within,
)
from visualnet.layers.declaration.drawings import Heads, Matrix, NormalizedGroup, SlidingWindow, Spread, Table, Unrolled

CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
GAP = 30.0
"""Between input and output, for the arrow."""


@singledispatch
def paint_drawing(drawing: object, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """Paint a layer's drawing at a step; nothing of what is no drawing."""


def outline_pen(colour: str, width: float = 1.0, dashed: bool = False) -> QPen:
    """A pen for edges."""
    pen = QPen(QColor(colour), width)
    if dashed:
        pen.setDashPattern([2, 2])
    return pen


def translucent(colour: str, alpha: int) -> QColor:
    """The colour, let through by ``alpha`` (0 to 255)."""
    result = QColor(colour)
    result.setAlpha(alpha)
    return result


def paint_cells(painter: QPainter, box: QRectF, rows: int, columns: int, theme: Theme) -> None:
    """Empty cells on their ground."""
    painter.fillRect(box, QColor(theme.raised))
    _paint_lines(painter, box, rows, columns, outline_pen(theme.outline))


def _paint_lines(painter: QPainter, box: QRectF, rows: int, columns: int, pen: QPen) -> None:
    painter.setPen(pen)
    for row in range(rows + 1):
        y = box.top() + row * box.height() / max(rows, 1)
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    for column in range(columns + 1):
        x = box.left() + column * box.width() / max(columns, 1)
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))


def _fill_cells(painter: QPainter, corner: QPointF, cell: float, rows: range, columns: range, colour: QColor) -> None:
    for row in rows:
        for column in columns:
            box = QRectF(corner.x() + column * cell, corner.y() + row * cell, cell, cell)
            painter.fillRect(box.adjusted(0.5, 0.5, -0.5, -0.5), colour)


def _frame(painter: QPainter, box: QRectF, theme: Theme, colour: QColor | None = None) -> None:
    """An edge that stands out, filled where a colour is given."""
    painter.setPen(outline_pen(theme.text, 1.5))
    painter.setBrush(colour if colour is not None else Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def paint_arrow(painter: QPainter, start: QPointF, end: QPointF, theme: Theme) -> None:
    """An arrow to the right."""
    painter.setPen(outline_pen(theme.muted, 1.5))
    painter.drawLine(start, end)
    for side in (-3.0, 3.0):
        painter.drawLine(end, QPointF(end.x() - 4, end.y() + side))


def _upright_text(painter: QPainter, x: float, y: float, box: QRectF, text: str) -> None:
    """Text that runs upwards, in a box around a point."""
    painter.save()
    painter.translate(x, y)
    painter.rotate(-90)
    painter.drawText(box, CENTRE, text)
    painter.restore()


@paint_drawing.register
def paint_window(drawing: SlidingWindow, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """The padded input with the window at a step, and the output with the place it fills; cells are to scale."""
    window, family = flat_window(drawing), theme.family("convolution")
    drawn, out = window_cells(window), window_steps(window)
    rows, columns = drawn
    most = area.height() * (0.104 if rows > 1 else 0.2)
    cell = min((area.height() - 10) / max(rows, 1), (area.width() - GAP - 18) / max(columns + out[1], 1), most)
    left, top = area.left() + 1, area.top() + 1
    whole = QRectF(left, top, columns * cell, rows * cell)
    _paint_lines(painter, whole, rows, columns, outline_pen(theme.outline, dashed=True))
    before = [window.padding[a][0] for a in (0, 1)]
    high, wide = (max(0, min(drawn[a], before[a] + window.extents[a]) - before[a]) for a in (0, 1))
    real = QRectF(left + before[1] * cell, top + before[0] * cell, wide * cell, high * cell)
    paint_cells(painter, real, high, wide, theme)
    taps = [within(window.taps(a, step[a]), drawn[a]) for a in (0, 1)]
    _fill_cells(painter, QPointF(left, top), cell, taps[0], taps[1], translucent(family, 210))
    high, wide = (min(window.span(a), drawn[a] - taps[a].start) for a in (0, 1))
    _frame(painter, QRectF(left + taps[1].start * cell, top + taps[0].start * cell, wide * cell, high * cell), theme)
    right, middle = whole.right() + GAP, top + out[0] * cell / 2
    paint_arrow(painter, QPointF(whole.right() + 8, middle), QPointF(right - 8, middle), theme)
    result = QRectF(right, top, out[1] * cell, out[0] * cell)
    paint_cells(painter, result, *out, theme)
    _frame(painter, QRectF(right + step[1] * cell, top + step[0] * cell, cell, cell), theme, translucent(family, 210))
    for axis in (0, 1):
        if drawn[axis] < window.total(axis):
            _paint_more(painter, axis, whole, theme)
        if drawn[axis] < window.total(axis) or out[axis] < window.steps(axis):
            _paint_more(painter, axis, result, theme)


def _paint_more(painter: QPainter, axis: int, box: QRectF, theme: Theme) -> None:
    """Three dots where more cells follow than are drawn."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.muted))
    for dot in range(3):
        if axis:
            at = QPointF(box.right() + 4 + 4 * dot, box.bottom() - 4)
        else:
            at = QPointF(box.left() + 4, box.bottom() + 3 + 3 * dot)
        painter.drawEllipse(at, 1.2, 1.2)


@paint_drawing.register
def paint_spread(drawing: Spread, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """The input; and the output with the cells that it stamps. Where stamps meet, they are added; what is cut off is dashed."""
    spread, family = flat_spread(drawing), theme.family("convolution")
    rows, columns = drawn = spread_cells(spread)
    down, across = spread_steps(spread)
    most = area.height() * (0.104 if rows > 1 else 0.2)
    cell = min(area.height() / max(rows, down), (area.width() - GAP - 4) / (columns + across), most)
    left, top = area.left() + 1, area.top() + 1
    right, middle = left + across * cell + GAP, top + down * cell / 2
    paint_cells(painter, QRectF(left, top, across * cell, down * cell), down, across, theme)
    _frame(painter, QRectF(left + step[1] * cell, top + step[0] * cell, cell, cell), theme, translucent(family, 210))
    paint_arrow(painter, QPointF(left + across * cell + 8, middle), QPointF(right - 8, middle), theme)
    painter.setPen(outline_pen(theme.outline, dashed=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(right, top, columns * cell, rows * cell))
    kept = [within(spread.kept(a), drawn[a]) for a in (0, 1)]
    tall, wide = len(kept[0]), len(kept[1])
    result = QRectF(right + kept[1].start * cell, top + kept[0].start * cell, wide * cell, tall * cell)
    paint_cells(painter, result, tall, wide, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(translucent(family, 120))
    for row in range(down):
        for column in range(across):
            # Where the input's cells begin to stamp: they are spread by the stride.
            at = QPointF(right + (column * spread.stride[1] + 0.5) * cell, top + (row * spread.stride[0] + 0.5) * cell)
            painter.drawEllipse(at, cell * 0.16, cell * 0.16)
    stamped = [spread.stamps(a, step[a]) for a in (0, 1)]
    inside = [within(stamped[a], drawn[a]) for a in (0, 1)]
    _fill_cells(painter, QPointF(right, top), cell, inside[0], inside[1], translucent(family, 190))
    tall, wide = (min(stamped[a][-1] + 1, drawn[a]) - stamped[a].start for a in (0, 1))
    first = QRectF(right + stamped[1].start * cell, top + stamped[0].start * cell, wide * cell, tall * cell)
    _frame(painter, first, theme)


@paint_drawing.register
def paint_matrix(matrix: Matrix, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """``y = W·x + b``: W as broad as there are inputs and as high as there are outputs, to scale while that can be seen."""
    left, top, column = area.left() + 26, area.top() + 18, 12.0
    wide, high = area.width() - 146, area.height() - 26
    scale = min(wide / matrix.inputs, high / matrix.outputs)
    width, height = max(10.0, matrix.inputs * scale), max(10.0, matrix.outputs * scale)
    row = max(2.0, min(height / matrix.outputs, 12.0))
    family = theme.family("dense")
    x = left + width + 22
    y = x + column + (52 if matrix.bias else 34)
    columns = [(x, "x", min(high, width), family), (y, "y", height, theme.accent)]
    if matrix.bias:
        columns.insert(1, (x + column + 18, "b", height, family))
    painter.setPen(outline_pen(theme.outline))
    painter.setBrush(translucent(family, 60))
    painter.drawRect(QRectF(left, top, width, height))
    painter.fillRect(QRectF(left, top + height * 0.3, width, row), translucent(family, 220))
    for at, _, tall, colour in columns:
        painter.setBrush(translucent(colour, 60))
        painter.drawRect(QRectF(at, top, column, tall))
    painter.fillRect(QRectF(y, top + height * 0.3, column, row), QColor(theme.accent))
    painter.setPen(QColor(theme.muted))
    painter.setFont(fonts.figures(10))
    painter.drawText(QRectF(left - 20, top - 16, width + 40, 14), CENTRE, f"{matrix.inputs:,}")
    _upright_text(painter, left - 8, top + height / 2, QRectF(-50, -14, 100, 14), f"{matrix.outputs:,}")
    signs = [(left + width + 4, "·", 16.0), (x + column + 2, "+" if matrix.bias else "=", 14.0)]
    if matrix.bias:
        signs.append((x + 2 * column + 20, "=", 16.0))
    for at, sign, room in signs:
        painter.drawText(QRectF(at, top, room, 18), CENTRE, sign)
    for at, name, _, _ in columns:
        painter.drawText(QRectF(at - 4, top - 16, column + 8, 14), CENTRE, name)


@paint_drawing.register
def paint_heads(heads: Heads, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """The features shared out to the heads, and for each head a square: which place looks at which."""
    shown = min(heads.heads, MOST_HEADS)
    bar = QRectF(area.left() + 1, area.top() + 1, area.width() - 2, 16)
    each = bar.width() / shown
    per_row = shown if shown <= 4 else -(-shown // 2)
    lines, apart = -(-shown // per_row), bar.width() / per_row
    room = min(apart - 8, (area.height() - 26) / lines - 6)
    ratio = heads.queries / heads.keys
    wide, high = (room, room * ratio) if ratio <= 1 else (room / ratio, room)
    for head in range(shown):
        colour = theme.plot_lines[head % len(theme.plot_lines)]
        part = QRectF(bar.left() + head * each, bar.top(), each, bar.height())
        painter.fillRect(part.adjusted(1, 0, -1, 0), translucent(colour, 200))
        x = bar.left() + (head % per_row) * apart + (apart - wide) / 2
        y = bar.bottom() + 8 + (head // per_row) * (room + 6)
        _paint_head(painter, QRectF(x, y, max(wide, 3.0), max(high, 3.0)), heads, colour, theme)


def _paint_head(painter: QPainter, box: QRectF, heads: Heads, colour: str, theme: Theme) -> None:
    """One head's square; what a causal head may not look at is left empty."""
    rows, columns = min(heads.queries, 12), min(heads.keys, 12)
    wide, high = box.width() / columns, box.height() / rows
    for row in range(rows):
        for column in range(min(columns, row + 1) if heads.causal else columns):
            cell = QRectF(box.left() + column * wide, box.top() + row * high, wide, high)
            painter.fillRect(cell.adjusted(0.4, 0.4, -0.4, -0.4), translucent(colour, 90))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(theme.outline))
    painter.drawRect(box)


@paint_drawing.register
def paint_table(table: Table, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """The table with one row read, and the vector that comes out."""
    rows, chosen = min(table.rows, MOST_ROWS), step[1]
    cut = table.rows > rows
    high = (area.height() - 24) / (rows + cut)
    wide, family = min(150.0, area.width() * 0.46), theme.family("dense")
    left, top = area.left() + 44, area.top() + 18
    painter.setFont(fonts.figures(10))
    for row in range(rows):
        y = top + row * high
        painter.setPen(outline_pen(theme.outline))
        painter.setBrush(translucent(family, 220 if row == chosen else 40))
        painter.drawRect(QRectF(left, y, wide, high))
        painter.setPen(QColor(theme.text if row == chosen else theme.muted))
        painter.drawText(QRectF(left - 34, y, 28, high), RIGHT, f"{row}")
    painter.setPen(QColor(theme.muted))
    painter.drawText(QRectF(left, top - 16, wide, 14), CENTRE, f"{table.width:,}")
    if cut:
        painter.drawText(QRectF(left, top + rows * high, wide, high), CENTRE, f"… {table.rows - 1:,}")
    y, end = top + (chosen + 0.5) * high, left + wide
    paint_arrow(painter, QPointF(end + 8, y), QPointF(end + 30, y), theme)
    vector = QRectF(end + 36, y - high / 2, min(wide * 0.7, area.right() - end - 40), high)
    _frame(painter, vector, theme, translucent(family, 220))


@paint_drawing.register
def paint_unrolled(drawing: Unrolled, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """The same cell at each step, time to the right, layers upward; the state goes on, the output up."""
    steps, layers = min(drawing.steps, MOST_STEPS), min(drawing.layers, 3)
    family = theme.family("recurrent")
    wide = min(40.0, area.width() / (steps + 0.6) * 0.56)
    apart = (area.width() - 16) / (steps + (0.4 if drawing.steps > steps else 0.0))
    up = (area.height() - 40) / layers
    high = min(30.0, up * 0.62)
    painter.setFont(fonts.figures(10))
    for at in range(steps):
        x, chosen = area.left() + 12 + at * apart, at == step[1]
        middle = x + wide / 2
        painter.setPen(QColor(theme.text if chosen else theme.muted))
        for name, y in (("x", area.bottom() - 14), ("y", area.top())):
            painter.drawText(QRectF(x - 8, y, wide + 16, 14), CENTRE, f"{name}{_subscript(at + 1)}")
        for level in range(layers):
            y = area.bottom() - 26 - level * up - high
            painter.setPen(outline_pen(theme.text, 1.5) if chosen else outline_pen(theme.outline))
            painter.setBrush(translucent(family, 200 if chosen else 90))
            painter.drawRoundedRect(QRectF(x, y, wide, high), 4, 4)
            painter.setPen(outline_pen(theme.muted, 1.2))
            painter.drawLine(QPointF(middle, y + high), QPointF(middle, y + up - 2 if level else area.bottom() - 15))
            if level == layers - 1:
                painter.drawLine(QPointF(middle, y), QPointF(middle, area.top() + 15))
            if at + 1 < drawing.steps:
                end = x + apart if at + 1 < steps else x + wide + (apart - wide) * 0.5
                _paint_state(painter, x + wide, end, y + high / 2, theme, drawing.directions == 2)


def _paint_state(painter: QPainter, start: float, end: float, y: float, theme: Theme, both: bool) -> None:
    """The arrows of the state: forward, and back too where it is read from both ends."""
    shift = 4.0 if both else 0.0
    paint_arrow(painter, QPointF(start + 2, y - shift), QPointF(end - 2, y - shift), theme)
    if both:
        painter.drawLine(QPointF(start + 2, y + shift), QPointF(end - 2, y + shift))
        for side in (-3.0, 3.0):
            painter.drawLine(QPointF(start + 2, y + shift), QPointF(start + 6, y + shift + side))


def _subscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


@paint_drawing.register
def paint_slab(slab: NormalizedGroup, painter: QPainter, area: QRectF, theme: Theme, step: tuple[int, int]) -> None:
    """Samples behind each other, channels down, places across; what shares one mean is filled."""
    samples, rows, columns = 3, min(slab.channels, 8), min(slab.places, 10)
    shift = 16.0
    front = QRectF(area.left() + 26, area.top() + 4 + (samples - 1) * shift, 0, 0)
    front.setWidth(min(190.0, area.width() - 128))
    front.setHeight(area.height() - 34 - shift * (samples - 1))
    share = max(1, round(rows * slab.together / slab.channels)) if slab.together < slab.channels else rows
    for sample in reversed(range(samples)):
        box = front.translated(sample * shift, -sample * shift)
        painter.fillRect(box, QColor(theme.raised))
        if sample == 0 or slab.batch:
            across = box.width() if slab.all_places else box.width() / columns
            filled = QRectF(box.left(), box.top(), across, box.height() / rows * share)
            painter.fillRect(filled, translucent(theme.family("normalization"), 210))
        _paint_lines(painter, box, rows, columns, outline_pen(theme.outline))
    painter.setPen(QColor(theme.muted))
    painter.setFont(fonts.figures(10))
    painter.drawText(QRectF(front.left(), front.bottom() + 3, front.width(), 14), CENTRE, f"{slab.places:,} places")
    _upright_text(
        painter, area.left() + 10, front.center().y(), QRectF(-60, -8, 120, 14), f"{slab.channels:,} channels"
    )
    painter.drawText(QPointF(front.right() + shift * (samples - 1) + 6, area.top() + 16), "samples")
