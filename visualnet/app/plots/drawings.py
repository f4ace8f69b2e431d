"""The inspector's small drawings: a window that slides over its padded input, a matrix, heads; and what a place sees of the sample."""

from __future__ import annotations

from functools import singledispatchmethod

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme
from visualnet.layers.drawings import Drawing, Heads, Matrix, Window

CELLS = 24
"""More cells than this along an axis are not drawn; a fading edge says so."""
HEIGHT = 148
STEP_MS = 420
MOST_HEADS = 8


class LayerDrawing(QWidget):
    """One drawing. The window slides while the pointer rests on it; the arrow keys move it when it has the focus."""

    def __init__(self, parent: QWidget | None = None, high: int = HEIGHT) -> None:
        super().__init__(parent)
        self.high = high
        self.words_px = 11 if high <= HEIGHT else 20
        self.drawing: Drawing | None = None
        self.step: tuple[int, ...] = (0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.timer = QTimer(self)
        self.timer.setInterval(STEP_MS)
        self.timer.timeout.connect(lambda: self.move_on(1))

    def sizeHint(self) -> QSize:
        return QSize(240, self.high + 3 * self.words_px + 7)

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Draw something else; None takes the drawing away."""
        if drawing != self.drawing:
            self.drawing = drawing
            window = flat(drawing)
            self.step = (0, 0)
            if window is not None:  # one step in from the corner shows more than the corner
                self.step = tuple(min(1, max(0, s - 1)) for s in seen_steps(window))
            self.setAccessibleName("Drawing of the layer")
            self.setAccessibleDescription(self.words())
        self.setVisible(drawing is not None)
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def words(self) -> str:
        """What is drawn, with its figures."""
        return _words(self.drawing, self.step)

    # --- moving --------------------------------------------------------------------------------------------------------------------

    def move_on(self, by: int, axis: int = -1) -> None:
        """Let the window step on, row by row; with an axis, along it only."""
        window = flat(self.drawing)
        if window is None:
            return
        rows, columns = seen_steps(window)
        if not rows or not columns:
            return
        if axis == -1:
            at = (self.step[0] * columns + self.step[1] + by) % (rows * columns)
            self.step = (at // columns, at % columns)
        else:
            step = list(self.step)
            step[axis] = max(0, min((rows, columns)[axis] - 1, step[axis] + by))
            self.step = tuple(step)
        self.setAccessibleDescription(self.words())
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        if flat(self.drawing) is not None:
            self.timer.start()
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:
        self.timer.stop()
        super().leaveEvent(event)  # type: ignore[arg-type]

    def hideEvent(self, event: object) -> None:
        self.timer.stop()
        super().hideEvent(event)  # type: ignore[arg-type]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.timer.stop()
        self.move_on(1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Right: (1, 1),
            Qt.Key.Key_Left: (-1, 1),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Up: (-1, 0),
        }
        if event.key() in ways and flat(self.drawing) is not None:
            self.timer.stop()
            self.move_on(*ways[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    # --- painting ------------------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = icons.current_theme()
        area = QRectF(0, 2, self.width(), self.high - 4)
        self._paint(self.drawing, painter, area, theme)
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.muted))
        painter.setFont(fonts.sans(self.words_px))
        box = QRectF(0, self.high, self.width(), self.height() - self.high)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self.words())
        painter.end()

    @singledispatchmethod
    def _paint(self, drawing: object, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Nothing is drawn of what says nothing."""

    @_paint.register
    def _(self, drawing: Window, painter: QPainter, area: QRectF, theme: Theme) -> None:
        window = flat(drawing)
        if window is not None:
            paint_window(painter, area, theme, window, self.step)

    @_paint.register
    def _(self, drawing: Matrix, painter: QPainter, area: QRectF, theme: Theme) -> None:
        paint_matrix(painter, area, theme, drawing)

    @_paint.register
    def _(self, drawing: Heads, painter: QPainter, area: QRectF, theme: Theme) -> None:
        paint_heads(painter, area, theme, drawing)


# --- figures -----------------------------------------------------------------------------------------------------------------------


def flat(drawing: Drawing | None) -> Window | None:
    """A window along two axes, as paper has them: of a line one row, of a volume its last two axes."""
    if not isinstance(drawing, Window):
        return None
    if len(drawing.extents) == 1:
        one = Window("·", (1,), (1,), (1,), ((0, 0),), (1,))
        return Window(*(a + b for a, b in zip(one[:6], drawing[:6], strict=True)), up=drawing.up)  # type: ignore[arg-type]
    return Window(*(a[-2:] for a in drawing[:6]), up=drawing.up)  # type: ignore[arg-type]


def seen_cells(window: Window, axis: int) -> int:
    """How many of the padded cells are drawn along an axis."""
    return min(window.total(axis), max(CELLS, window.span(axis) + window.stride[axis]))


def seen_steps(window: Window) -> tuple[int, ...]:
    """How many steps are drawn: those whose window lies within the drawn cells."""
    found = []
    for axis in (0, 1):
        steps = window.steps(axis)
        if seen_cells(window, axis) < window.total(axis):
            steps = min(steps, (seen_cells(window, axis) - window.span(axis)) // window.stride[axis] + 1)
        found.append(steps)
    return tuple(found)


def _words(drawing: Drawing | None, step: tuple[int, ...]) -> str:
    if isinstance(drawing, Heads):
        places = f"{drawing.queries} places look at {drawing.keys}"
        causal = ", each only at itself and earlier ones" if drawing.causal else ""
        shown = f"{MOST_HEADS} of " if drawing.heads > MOST_HEADS else ""
        return f"{shown}{drawing.heads} heads of {drawing.each} features each: {places}{causal}."
    if isinstance(drawing, Matrix):
        bias = f" + {drawing.outputs:,} biases" if drawing.bias else ""
        often = f", used at each of {drawing.positions:,} places" if drawing.positions > 1 else ""
        return f"{drawing.outputs:,}×{drawing.inputs:,} weights{bias} = {drawing.weights:,}{often}."
    window = flat(drawing)
    if window is None:
        return ""
    one = len(drawing.extents) == 1 if isinstance(drawing, Window) else False
    axes = (1,) if one else (0, 1)
    counts = "×".join(str(window.steps(a)) for a in axes)
    reads = []
    for axis, name in zip(axes, ("cells",) if one else ("rows", "columns"), strict=True):
        taps = window.taps(axis, step[axis])
        first, last = (t - window.padding[axis][0] + 1 for t in (taps[0], taps[-1]))
        reads.append(f"{name} {first} to {last}" if first != last else f"{name[:-1]} {first}")
    place = ", ".join(str(step[a] + 1) for a in axes)
    return f"{counts} places. Place {place} reads {' and '.join(reads)}."


# --- a window ----------------------------------------------------------------------------------------------------------------------


def outline_pen(colour: str | QColor, width: float = 1.0, dashed: bool = False) -> QPen:
    pen = QPen(QColor(colour), width)
    if dashed:
        pen.setDashPattern([2, 2])
    return pen


def faint(colour: str, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def paint_window(painter: QPainter, area: QRectF, theme: Theme, window: Window, step: tuple[int, ...]) -> None:
    """The padded input with the window at a step, and the output with the place it fills; cells are to scale."""
    rows, columns = seen_cells(window, 0), seen_cells(window, 1)
    out_rows, out_columns = seen_steps(window)
    gap = 30.0
    cell = min(
        area.height() / max(rows, 1), (area.width() - gap - 18) / max(columns + out_columns, 1), area.height() * 0.104
    )
    left, top = area.left() + 1, area.top() + 1
    family = theme.family("convolution")
    _paint_input(painter, QPointF(left, top), cell, theme, window)
    taps = [window.taps(axis, step[axis]) for axis in (0, 1)]
    painter.setPen(Qt.PenStyle.NoPen)
    for row in taps[0]:
        for column in taps[1]:
            inside = row < window.total(0) and column < window.total(1)
            if inside:
                painter.setBrush(faint(family, 210))
                painter.drawRect(
                    QRectF(left + column * cell, top + row * cell, cell, cell).adjusted(0.5, 0.5, -0.5, -0.5)
                )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(theme.text, 1.5))
    frame = QRectF(left + taps[1][0] * cell, top + taps[0][0] * cell, window.span(1) * cell, window.span(0) * cell)
    painter.drawRect(frame)
    right = left + columns * cell + gap
    middle = top + out_rows * cell / 2
    _arrow(painter, QPointF(left + columns * cell + 8, middle), QPointF(right - 8, middle), theme)
    _grid(painter, QPointF(right, top), out_rows, out_columns, cell, theme)
    painter.setPen(outline_pen(theme.text, 1.5))
    painter.setBrush(faint(family, 210))
    painter.drawRect(QRectF(right + step[1] * cell, top + step[0] * cell, cell, cell))
    for axis, (drawn, steps) in enumerate(zip((rows, columns), (out_rows, out_columns), strict=True)):
        if drawn < window.total(axis) or steps < window.steps(axis):
            _more(painter, axis, QRectF(left, top, columns * cell, rows * cell), theme, drawn < window.total(axis))
            _more(painter, axis, QRectF(right, top, out_columns * cell, out_rows * cell), theme, True)


def _paint_input(painter: QPainter, corner: QPointF, cell: float, theme: Theme, window: Window) -> None:
    """Real cells in full lines, padding dashed."""
    drawn = [seen_cells(window, axis) for axis in (0, 1)]
    before = [window.padding[axis][0] for axis in (0, 1)]
    ends = [min(drawn[axis], before[axis] + window.extents[axis]) for axis in (0, 1)]
    outer = QRectF(corner.x(), corner.y(), drawn[1] * cell, drawn[0] * cell)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(theme.outline, 1.0, dashed=True))
    for row in range(drawn[0] + 1):
        y = corner.y() + row * cell
        painter.drawLine(QPointF(outer.left(), y), QPointF(outer.right(), y))
    for column in range(drawn[1] + 1):
        x = corner.x() + column * cell
        painter.drawLine(QPointF(x, outer.top()), QPointF(x, outer.bottom()))
    real = QPointF(corner.x() + before[1] * cell, corner.y() + before[0] * cell)
    rows, columns = max(0, ends[0] - before[0]), max(0, ends[1] - before[1])
    painter.fillRect(QRectF(real.x(), real.y(), columns * cell, rows * cell), QColor(theme.raised))
    _grid(painter, real, rows, columns, cell, theme)


def _grid(painter: QPainter, corner: QPointF, rows: int, columns: int, cell: float, theme: Theme) -> None:
    painter.fillRect(QRectF(corner.x(), corner.y(), columns * cell, rows * cell), QColor(theme.raised))
    painter.setPen(outline_pen(theme.outline))
    for row in range(rows + 1):
        y = corner.y() + row * cell
        painter.drawLine(QPointF(corner.x(), y), QPointF(corner.x() + columns * cell, y))
    for column in range(columns + 1):
        x = corner.x() + column * cell
        painter.drawLine(QPointF(x, corner.y()), QPointF(x, corner.y() + rows * cell))


def _arrow(painter: QPainter, start: QPointF, end: QPointF, theme: Theme) -> None:
    painter.setPen(outline_pen(theme.muted, 1.5))
    painter.drawLine(start, end)
    for side in (-3.0, 3.0):
        painter.drawLine(end, QPointF(end.x() - 4, end.y() + side))


def _more(painter: QPainter, axis: int, box: QRectF, theme: Theme, cut: bool) -> None:
    """Three dots where more cells follow than are drawn."""
    if not cut:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.muted))
    for dot in range(3):
        if axis:
            at = QPointF(box.right() + 4 + 4 * dot, box.bottom() - 4)
        else:
            at = QPointF(box.left() + 4, box.bottom() + 3 + 3 * dot)
        painter.drawEllipse(at, 1.2, 1.2)


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


# --- what a place sees -------------------------------------------------------------------------------------------------------------
