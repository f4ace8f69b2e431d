"""The inspector's small drawings: a window that slides over its padded input, a matrix, heads; and what a place sees of the sample."""

from __future__ import annotations

from functools import singledispatchmethod
from math import prod

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPicture
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.diagrams.other_diagrams import (
    MOST_HEADS,
    MOST_ROWS,
    MOST_STEPS,
    faint,
    outline_pen,
    paint_arrow,
    paint_grid,
    paint_heads,
    paint_matrix,
    paint_slab,
    paint_spread,
    paint_table,
    paint_unrolled,
    slab_words,
    spread_steps,
    spread_words,
    table_words,
    unrolled_words,
    within,
)
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme
from visualnet.layers.declaration.drawings import Drawing, Heads, Matrix, Slab, Spread, Table, Unrolled, Window

CELLS = 24
"""More cells than this along an axis are not drawn, unless two steps of the window need them; a fading edge says so."""
MOST_CELLS = 96
"""Nor are more than these, however large the window is."""
HEIGHT = 148
STEP_MS = 420


class LayerDrawing(QWidget):
    """One drawing. The window slides while the pointer rests on it; the arrow keys move it when it has the focus."""

    def __init__(self, parent: QWidget | None = None, high: int = HEIGHT) -> None:
        super().__init__(parent)
        self.high = high
        self.words_px = fonts.px(11) if high <= HEIGHT else 20
        self.drawing: Drawing | None = None
        self.step: tuple[int, ...] = (0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Drawing of the layer")
        self.timer = QTimer(self)
        self.timer.setInterval(STEP_MS)
        self.timer.timeout.connect(lambda: self.move_on(1))

    def sizeHint(self) -> QSize:
        lines = 3 * QFontMetrics(fonts.sans(self.words_px)).lineSpacing()
        return QSize(240, self.high + lines + 4)

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Draw something else; None takes the drawing away."""
        if drawing != self.drawing:
            self.drawing = drawing
            # One step in from the corner shows more than the corner.
            self.step = tuple(min(1, max(0, s - 1)) for s in moves(drawing))
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
        rows, columns = moves(self.drawing)
        if rows * columns < 2:
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
        if prod(moves(self.drawing)) > 1:
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
        if event.key() in ways and prod(moves(self.drawing)) > 1:
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
        under = min(self.high, self._end(theme) + 8) if self.high > HEIGHT else self.high
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.muted))
        painter.setFont(fonts.sans(self.words_px))
        box = QRectF(0, under, self.width(), self.height() - under)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self.words())
        painter.end()

    def _end(self, theme: Theme) -> int:
        """Where the drawing ends below: a large one in a narrow place is not as high as it might be."""
        recorded = QPicture()
        recorder = QPainter(recorded)
        self._paint(self.drawing, recorder, QRectF(0, 2, self.width(), self.high - 4), theme)
        recorder.end()
        return recorded.boundingRect().bottom()

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

    @_paint.register
    def _(self, drawing: Spread, painter: QPainter, area: QRectF, theme: Theme) -> None:
        paint_spread(painter, area, theme, drawing, self.step)

    @_paint.register
    def _(self, drawing: Table, painter: QPainter, area: QRectF, theme: Theme) -> None:
        paint_table(painter, area, theme, drawing, self.step[1])

    @_paint.register
    def _(self, drawing: Unrolled, painter: QPainter, area: QRectF, theme: Theme) -> None:
        paint_unrolled(painter, area, theme, drawing, self.step[1])

    @_paint.register
    def _(self, drawing: Slab, painter: QPainter, area: QRectF, theme: Theme) -> None:
        paint_slab(painter, area, theme, drawing)


# --- figures -----------------------------------------------------------------------------------------------------------------------


def moves(drawing: Drawing | None) -> tuple[int, int]:
    """How many steps something in the drawing can take, down and across; 1×1 where nothing moves."""
    window = flat(drawing)
    if window is not None:
        rows, columns = seen_steps(window)
        return rows, columns
    if isinstance(drawing, Spread):
        return spread_steps(drawing)
    if isinstance(drawing, Table):
        return 1, min(drawing.rows, MOST_ROWS)
    if isinstance(drawing, Unrolled):
        return 1, min(drawing.steps, MOST_STEPS)
    return 1, 1


def flat(drawing: Drawing | None) -> Window | None:
    """A window along two axes, as paper has them: of a line one row, of a volume its last two axes."""
    if not isinstance(drawing, Window):
        return None
    if len(drawing.extents) == 1:
        one = Window("·", (1,), (1,), (1,), ((0, 0),), (1,))
        return Window(*(a + b for a, b in zip(one[:6], drawing[:6], strict=True)), up=drawing.up)  # type: ignore[arg-type]
    return Window(*(a[-2:] for a in drawing[:6]), up=drawing.up)  # type: ignore[arg-type]


def seen_cells(window: Window, axis: int) -> int:
    """How many of the padded cells are drawn along an axis: two steps, while that many cells can be told apart."""
    return min(window.total(axis), max(CELLS, min(window.span(axis) + window.stride[axis], MOST_CELLS)))


def seen_steps(window: Window) -> tuple[int, ...]:
    """How many steps are drawn: those whose window lies within the drawn cells."""
    found = []
    for axis in (0, 1):
        steps = window.steps(axis)
        if seen_cells(window, axis) < window.total(axis):
            steps = min(steps, max(0, seen_cells(window, axis) - window.span(axis)) // window.stride[axis] + 1)
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
    if isinstance(drawing, Spread):
        return spread_words(drawing, step)
    if isinstance(drawing, Table):
        return table_words(drawing, step[1])
    if isinstance(drawing, Unrolled):
        return unrolled_words(drawing, step[1])
    if isinstance(drawing, Slab):
        return slab_words(drawing)
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


def paint_window(painter: QPainter, area: QRectF, theme: Theme, window: Window, step: tuple[int, ...]) -> None:
    """The padded input with the window at a step, and the output with the place it fills; cells are to scale."""
    rows, columns = seen_cells(window, 0), seen_cells(window, 1)
    out_rows, out_columns = seen_steps(window)
    gap = 30.0
    most = area.height() * (0.104 if rows > 1 else 0.2)
    cell = min((area.height() - 10) / max(rows, 1), (area.width() - gap - 18) / max(columns + out_columns, 1), most)
    left, top = area.left() + 1, area.top() + 1
    family = theme.family("convolution")
    _paint_input(painter, QPointF(left, top), cell, theme, window)
    taps = [within(window.taps(axis, step[axis]), n) for axis, n in ((0, rows), (1, columns))]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint(family, 210))
    for row in taps[0]:
        for column in taps[1]:
            painter.drawRect(QRectF(left + column * cell, top + row * cell, cell, cell).adjusted(0.5, 0.5, -0.5, -0.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(theme.text, 1.5))
    across = [min(window.span(axis), n - taps[axis].start) for axis, n in ((0, rows), (1, columns))]
    painter.drawRect(
        QRectF(left + taps[1].start * cell, top + taps[0].start * cell, across[1] * cell, across[0] * cell)
    )
    right = left + columns * cell + gap
    middle = top + out_rows * cell / 2
    paint_arrow(painter, QPointF(left + columns * cell + 8, middle), QPointF(right - 8, middle), theme)
    paint_grid(painter, QPointF(right, top), out_rows, out_columns, cell, theme)
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
    paint_grid(painter, real, rows, columns, cell, theme)


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
