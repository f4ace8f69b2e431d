"""What the layer drawings share, and those that do not slide a window: matrix, heads, stamped kernels, tables, steps, means."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.drawings import Heads, Matrix, Slab, Spread, Table, Unrolled

MOST_HEADS = 8
MOST_STEPS = 6
MOST_ROWS = 9
STAMPED = 18
"""More cells than this along an axis of what is stamped are not drawn."""
CENTRE = Qt.AlignmentFlag.AlignCenter


def outline_pen(colour: str | QColor, width: float = 1.0, dashed: bool = False) -> QPen:
    pen = QPen(QColor(colour), width)
    if dashed:
        pen.setDashPattern([2, 2])
    return pen


def faint(colour: str, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def paint_grid(painter: QPainter, corner: QPointF, rows: int, columns: int, cell: float, theme: Theme) -> None:
    """Empty cells."""
    painter.fillRect(QRectF(corner.x(), corner.y(), columns * cell, rows * cell), QColor(theme.raised))
    painter.setPen(outline_pen(theme.outline))
    for row in range(rows + 1):
        y = corner.y() + row * cell
        painter.drawLine(QPointF(corner.x(), y), QPointF(corner.x() + columns * cell, y))
    for column in range(columns + 1):
        x = corner.x() + column * cell
        painter.drawLine(QPointF(x, corner.y()), QPointF(x, corner.y() + rows * cell))


def within(cells: range, count: int) -> range:
    """Those of the cells that are among the first ``count``."""
    return range(cells.start, min(cells.stop, count), cells.step)


def paint_arrow(painter: QPainter, start: QPointF, end: QPointF, theme: Theme) -> None:
    """An arrow to the right."""
    painter.setPen(outline_pen(theme.muted, 1.5))
    painter.drawLine(start, end)
    for side in (-3.0, 3.0):
        painter.drawLine(end, QPointF(end.x() - 4, end.y() + side))


# --- a matrix, heads ---------------------------------------------------------------------------------------------------------------


def paint_matrix(painter: QPainter, area: QRectF, theme: Theme, matrix: Matrix) -> None:
    """``y = W·x + b``: W as broad as there are inputs and as high as there are outputs, to scale while that can be seen."""
    left, top = area.left() + 26, area.top() + 18
    wide, high = area.width() - 146, area.height() - 26
    scale = min(wide / matrix.inputs, high / matrix.outputs)
    width, height = max(10.0, matrix.inputs * scale), max(10.0, matrix.outputs * scale)
    family = theme.family("dense")
    painter.setPen(outline_pen(theme.outline))
    painter.setBrush(faint(family, 60))
    painter.drawRect(QRectF(left, top, width, height))
    row = max(2.0, min(height / matrix.outputs, 12.0))
    painter.fillRect(QRectF(left, top + height * 0.3, width, row), faint(family, 220))
    x = left + width + 22
    column = 12.0
    painter.drawRect(QRectF(x, top, column, min(high, max(10.0, matrix.inputs * scale))))
    y = x + column + (44 if matrix.bias else 26)
    if matrix.bias:
        painter.drawRect(QRectF(x + column + 18, top, column, height))
    painter.setBrush(faint(theme.accent, 60))
    painter.drawRect(QRectF(y + 8, top, column, height))
    painter.fillRect(QRectF(y + 8, top + height * 0.3, column, row), QColor(theme.accent))
    painter.setPen(QColor(theme.muted))
    painter.setFont(fonts.mono(10))
    centre = Qt.AlignmentFlag.AlignCenter
    painter.drawText(QRectF(left - 20, top - 16, width + 40, 14), centre, f"{matrix.inputs:,}")
    painter.save()
    painter.translate(left - 8, top + height / 2)
    painter.rotate(-90)
    painter.drawText(QRectF(-50, -14, 100, 14), centre, f"{matrix.outputs:,}")
    painter.restore()
    signs = [(left + width + 4, "·", 16.0), (x + column + 2, "+" if matrix.bias else "=", 14.0)]
    signs += [(x + 2 * column + 20, "=", 16.0)] if matrix.bias else []
    for at, sign, room in signs:
        painter.drawText(QRectF(at, top, room, 18), centre, sign)
    names = [(x, "x")] + ([(x + column + 18, "b")] if matrix.bias else []) + [(y + 8, "y")]
    for at, name in names:
        painter.drawText(QRectF(at - 4, top - 16, column + 8, 14), centre, name)


def paint_heads(painter: QPainter, area: QRectF, theme: Theme, heads: Heads) -> None:
    """The features shared out to the heads, and for each head a square: which place looks at which."""
    shown = min(heads.heads, MOST_HEADS)
    bar = QRectF(area.left() + 1, area.top() + 1, area.width() - 2, 16)
    each = bar.width() / shown
    painter.setFont(fonts.mono(10))
    for head in range(shown):
        colour = theme.plot_lines[head % len(theme.plot_lines)]
        part = QRectF(bar.left() + head * each, bar.top(), each, bar.height()).adjusted(1, 0, -1, 0)
        painter.fillRect(part, faint(colour, 200))
        painter.setPen(QColor(theme.text))
    per_row = shown if shown <= 4 else -(-shown // 2)
    lines = -(-shown // per_row)
    room = min(bar.width() / per_row - 8, (area.height() - 26) / lines - 6)
    ratio = heads.queries / heads.keys
    wide, high = (room, room * ratio) if ratio <= 1 else (room / ratio, room)
    for head in range(shown):
        colour = theme.plot_lines[head % len(theme.plot_lines)]
        x = bar.left() + (head % per_row) * bar.width() / per_row + (bar.width() / per_row - wide) / 2
        y = bar.bottom() + 8 + (head // per_row) * (room + 6)
        box = QRectF(x, y, max(wide, 3.0), max(high, 3.0))
        _paint_head(painter, box, heads, colour, theme)


def _paint_head(painter: QPainter, box: QRectF, heads: Heads, colour: str, theme: Theme) -> None:
    """One head's square; what a causal head may not look at is left empty."""
    rows, columns = min(heads.queries, 12), min(heads.keys, 12)
    wide, high = box.width() / columns, box.height() / rows
    painter.setPen(Qt.PenStyle.NoPen)
    for row in range(rows):
        for column in range(columns):
            if heads.causal and column > row:
                continue
            painter.fillRect(
                QRectF(box.left() + column * wide, box.top() + row * high, wide, high).adjusted(0.4, 0.4, -0.4, -0.4),
                faint(colour, 90),
            )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(theme.outline))
    painter.drawRect(box)


# --- stamped kernels ---------------------------------------------------------------------------------------------------------------


def flat_spread(drawing: Spread) -> Spread:
    """Along two axes, as paper has them: of a line one row, of a volume its last two axes."""
    if len(drawing.extents) == 1:
        one = Spread("·", (1,), (1,), (1,), (0,), (0,), (1,))
        return Spread(*(a + b for a, b in zip(one, drawing, strict=True)))  # type: ignore[type-var]
    return Spread(*(part[-2:] for part in drawing))


def spread_cells(spread: Spread) -> tuple[int, int]:
    """How many of the stamped cells are drawn, down and across."""
    return min(spread.total(0), STAMPED), min(spread.total(1), STAMPED)


def spread_steps(drawing: Spread) -> tuple[int, int]:
    """How many of the input's cells are drawn: those that stamp within what is drawn."""
    spread = flat_spread(drawing)
    drawn = spread_cells(spread)
    found = [sum(spread.stamps(a, i)[-1] < drawn[a] for i in range(min(spread.extents[a], STAMPED))) for a in (0, 1)]
    return max(1, found[0]), max(1, found[1])


def paint_spread(painter: QPainter, area: QRectF, theme: Theme, drawing: Spread, step: tuple[int, ...]) -> None:
    """The input; and the output with the cells that it stamps. Where stamps meet, they are added; what is cut off is dashed."""
    spread, family = flat_spread(drawing), theme.family("convolution")
    rows, columns = spread_cells(spread)
    across = spread_steps(drawing)
    gap = 30.0
    most = area.height() * (0.104 if rows > 1 else 0.2)
    cell = min(area.height() / max(rows, across[0]), (area.width() - gap - 4) / (columns + across[1]), most)
    left, right = area.left() + 1, area.left() + 1 + across[1] * cell + gap
    top = area.top() + 1
    paint_grid(painter, QPointF(left, top), across[0], across[1], cell, theme)
    _square(painter, QRectF(left + step[1] * cell, top + step[0] * cell, cell, cell), faint(family, 210), theme)
    middle = top + across[0] * cell / 2
    paint_arrow(painter, QPointF(left + across[1] * cell + 8, middle), QPointF(right - 8, middle), theme)
    painter.setPen(outline_pen(theme.outline, 1.0, dashed=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(right, top, columns * cell, rows * cell))
    kept = [
        range(k.start, min(k.stop, n)) for k, n in zip((spread.kept(0), spread.kept(1)), (rows, columns), strict=True)
    ]
    corner = QPointF(right + kept[1].start * cell, top + kept[0].start * cell)
    paint_grid(painter, corner, len(kept[0]), len(kept[1]), cell, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    for row in range(across[0]):
        for column in range(across[1]):
            # Where the input's cells begin to stamp: they are spread by the stride.
            at = QPointF(right + (column * spread.stride[1] + 0.5) * cell, top + (row * spread.stride[0] + 0.5) * cell)
            painter.setBrush(faint(family, 120))
            painter.drawEllipse(at, cell * 0.16, cell * 0.16)
    first = spread.stamps(0, step[0]), spread.stamps(1, step[1])
    for row in within(first[0], rows):
        for column in within(first[1], columns):
            box = QRectF(right + column * cell, top + row * cell, cell, cell)
            painter.fillRect(box.adjusted(0.5, 0.5, -0.5, -0.5), faint(family, 190))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(theme.text, 1.5))
    tall, wide = (min(s[-1] + 1, n) - s[0] for s, n in zip(first, (rows, columns), strict=True))
    painter.drawRect(QRectF(right + first[1][0] * cell, top + first[0][0] * cell, wide * cell, tall * cell))


def _square(painter: QPainter, box: QRectF, colour: QColor, theme: Theme) -> None:
    painter.setPen(outline_pen(theme.text, 1.5))
    painter.setBrush(colour)
    painter.drawRect(box)


# --- a table, steps, means ---------------------------------------------------------------------------------------------------------


def paint_table(painter: QPainter, area: QRectF, theme: Theme, table: Table, step: int) -> None:
    """The table with one row read, and the vector that comes out."""
    rows = min(table.rows, MOST_ROWS)
    cut = table.rows > rows
    high = (area.height() - 24) / (rows + cut)
    wide, family = min(150.0, area.width() * 0.46), theme.family("dense")
    left, top = area.left() + 44, area.top() + 18
    painter.setFont(fonts.mono(10))
    for row in range(rows):
        box = QRectF(left, top + row * high, wide, high)
        painter.setPen(outline_pen(theme.outline))
        painter.setBrush(faint(family, 220 if row == step else 40))
        painter.drawRect(box)
        painter.setPen(QColor(theme.text if row == step else theme.muted))
        painter.drawText(
            QRectF(left - 34, box.top(), 28, high),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            f"{row}",
        )
    painter.setPen(QColor(theme.muted))
    painter.drawText(QRectF(left, top - 16, wide, 14), CENTRE, f"{table.width:,}")
    if cut:
        painter.drawText(QRectF(left, top + rows * high, wide, high), CENTRE, f"… {table.rows - 1:,}")
    y = top + (step + 0.5) * high
    paint_arrow(painter, QPointF(left + wide + 8, y), QPointF(left + wide + 30, y), theme)
    painter.setPen(outline_pen(theme.text, 1.5))
    painter.setBrush(faint(family, 220))
    painter.drawRect(QRectF(left + wide + 36, y - high / 2, min(wide * 0.7, area.right() - left - wide - 40), high))


def paint_unrolled(painter: QPainter, area: QRectF, theme: Theme, drawing: Unrolled, step: int) -> None:
    """The same cell at each step, time to the right, layers upward; the state goes on, the output up."""
    steps, layers = min(drawing.steps, MOST_STEPS), min(drawing.layers, 3)
    family = theme.family("recurrent")
    wide = min(40.0, area.width() / (steps + 0.6) * 0.56)
    apart = (area.width() - 16) / (steps + (0.4 if drawing.steps > steps else 0.0))
    high = min(30.0, (area.height() - 40) / layers * 0.62)
    up = (area.height() - 40) / layers
    painter.setFont(fonts.mono(10))
    for at in range(steps):
        x = area.left() + 12 + at * apart
        painter.setPen(QColor(theme.text if at == step else theme.muted))
        painter.drawText(QRectF(x - 8, area.bottom() - 14, wide + 16, 14), CENTRE, f"x{_low(at + 1)}")
        painter.drawText(QRectF(x - 8, area.top(), wide + 16, 14), CENTRE, f"y{_low(at + 1)}")
        for level in range(layers):
            y = area.bottom() - 26 - level * up - high
            painter.setPen(outline_pen(theme.text if at == step else theme.outline, 1.5 if at == step else 1.0))
            painter.setBrush(faint(family, 200 if at == step else 90))
            painter.drawRoundedRect(QRectF(x, y, wide, high), 4, 4)
            painter.setPen(outline_pen(theme.muted, 1.2))
            painter.drawLine(
                QPointF(x + wide / 2, y + high),
                QPointF(x + wide / 2, y + high + up - high - 2 if level else area.bottom() - 15),
            )
            if level == layers - 1:
                painter.drawLine(QPointF(x + wide / 2, y), QPointF(x + wide / 2, area.top() + 15))
            if at + 1 < drawing.steps:
                _hand_on(painter, x + wide, x + apart, y + high / 2, theme, drawing, at + 1 == steps)


def _hand_on(
    painter: QPainter, start: float, end: float, y: float, theme: Theme, drawing: Unrolled, last: bool
) -> None:
    """The arrows of the state: forward, and back too where it is read from both ends."""
    shift = 4.0 if drawing.directions == 2 else 0.0
    end = end if not last else start + (end - start) * 0.5
    paint_arrow(painter, QPointF(start + 2, y - shift), QPointF(end - 2, y - shift), theme)
    if shift:
        painter.drawLine(QPointF(start + 2, y + shift), QPointF(end - 2, y + shift))
        for side in (-3.0, 3.0):
            painter.drawLine(QPointF(start + 2, y + shift), QPointF(start + 6, y + shift + side))


def _low(number: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(d)] for d in str(number))


def paint_slab(painter: QPainter, area: QRectF, theme: Theme, slab: Slab) -> None:
    """Samples behind each other, channels down, places across; what shares one mean is filled."""
    samples, rows, columns = 3, min(slab.channels, 8), min(slab.places, 10)
    shift = 16.0
    wide = min(190.0, area.width() - 128)
    high = area.height() - 34 - shift * (samples - 1)
    family = theme.family("normalization")
    share = max(1, round(rows * slab.together / slab.channels)) if slab.together < slab.channels else rows
    for sample in reversed(range(samples)):
        left, top = area.left() + 26 + sample * shift, area.top() + 4 + (samples - 1 - sample) * shift
        cell_w, cell_h = wide / columns, high / rows
        painter.fillRect(QRectF(left, top, wide, high), QColor(theme.raised))
        if sample == 0 or slab.batch:
            across = wide if slab.all_places else cell_w
            painter.fillRect(QRectF(left, top, across, cell_h * share), faint(family, 210))
        painter.setPen(outline_pen(theme.outline))
        for row in range(rows + 1):
            painter.drawLine(QPointF(left, top + row * cell_h), QPointF(left + wide, top + row * cell_h))
        for column in range(columns + 1):
            painter.drawLine(QPointF(left + column * cell_w, top), QPointF(left + column * cell_w, top + high))
    painter.setPen(QColor(theme.muted))
    painter.setFont(fonts.mono(10))
    low = area.top() + 4 + (samples - 1) * shift + high
    painter.drawText(QRectF(area.left() + 26, low + 3, wide, 14), CENTRE, f"{slab.places:,} places")
    painter.save()
    painter.translate(area.left() + 10, low - high / 2)
    painter.rotate(-90)
    painter.drawText(QRectF(-60, -8, 120, 14), CENTRE, f"{slab.channels:,} channels")
    painter.restore()
    painter.drawText(QPointF(area.left() + 26 + wide + shift * (samples - 1) + 6, area.top() + 16), "samples")


# --- in words ----------------------------------------------------------------------------------------------------------------------


def spread_words(drawing: Spread, step: tuple[int, ...]) -> str:
    """``28×28 cells. Cell 2, 2 stamps rows 3 to 6 …``, counted in the output."""
    spread = flat_spread(drawing)
    axes = (1,) if len(drawing.extents) == 1 else (0, 1)
    size = "×".join(str(len(spread.kept(a))) for a in axes)
    parts = []
    for axis, name in zip(axes, ("cells",) if len(axes) == 1 else ("rows", "columns"), strict=True):
        stamped = spread.stamps(axis, step[axis])
        first, last = (c - spread.padding[axis] + 1 for c in (stamped[0], stamped[-1]))
        parts.append(f"{name} {first} to {last}")
    place = ", ".join(str(step[a] + 1) for a in axes)
    return f"Cell {place} stamps {' and '.join(parts)} of {size}; where stamps meet they add up."


def table_words(table: Table, step: int) -> str:
    return f"Index {step} reads row {step} of {table.rows:,}×{table.width:,} numbers; {table.positions:,} indices a sample."


def unrolled_words(drawing: Unrolled, step: int) -> str:
    shown = f"{MOST_STEPS} of " if drawing.steps > MOST_STEPS else ""
    states = " and ".join(drawing.states)
    ways = ", read from both ends" if drawing.directions == 2 else ""
    return (
        f"{shown}{drawing.steps:,} steps{ways}: step {step + 1} reads {drawing.features:,} features and hands on "
        f"{states} of {drawing.hidden:,} numbers, for each of "
        f"{format_quantity(drawing.states_count, 'layer', 'layers and directions' if drawing.directions == 2 else '')}."
    )


def slab_words(slab: Slab) -> str:
    where = "the whole batch" if slab.batch else "each sample on its own"
    more = " of every sample" if slab.batch else ""
    return f"{format_quantity(slab.means, 'mean')} for {where}, each over {format_quantity(slab.over, 'number')}{more}."
