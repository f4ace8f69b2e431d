"""Formulas as in a book: fractions, tall brackets, powers, indices, drawn with a painter. Letters and their figures stand in one column.

The tree comes from ``layers.notation``; here it only gets sizes and places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme, contrast, mix
from visualnet.layers.declaration.notation import Derivation, Fence, Frac, Math, Row, Script, Sign, signs

LETTERS, FIGURES = 0, 1
SMALL = 0.72
"""How much smaller an index or a power is."""
LEAST_PX = 9
READABLE = 4.5


@lru_cache(maxsize=256)
def _face(px: int, italic: bool) -> tuple[QFont, QFontMetricsF]:
    # To make a font takes longer than to measure with it, and a formula asks for each of its signs.
    font = fonts.sans(px)
    font.setItalic(italic)
    return font, QFontMetricsF(font)


class Box(NamedTuple):
    """Something with a size on both sides of its baseline, that can paint itself at a point of the baseline."""

    width: float
    up: float
    down: float
    paint: Callable[[QPainter, float, float], None]

    @property
    def height(self) -> float:
        return self.up + self.down


def colours(derivation: Derivation, theme: Theme) -> dict[str, str]:
    """A colour for each name of the formula, the same for its letter, its figure and its entry in the legend."""
    keys = dict.fromkeys(s.key for s in signs(derivation.tree) if s.key)
    return {key: _readable(theme.plot_lines[at % len(theme.plot_lines)], theme) for at, key in enumerate(keys)}


def _readable(colour: str, theme: Theme) -> str:
    """The colour, nearer to that of text as far as it must be to be read."""
    share = 0.0
    while contrast(mix(colour, theme.text, share), theme.raised) < READABLE and share < 1:
        share += 0.1
    return mix(colour, theme.text, share)


class Setter:
    """Gives a tree sizes, for one size of type. ``aligned``: a letter takes as much room as its figure."""

    def __init__(self, px: float, theme: Theme, inks: Mapping[str, str], aligned: bool = True) -> None:
        self.px, self.theme, self.inks, self.aligned = px, theme, inks, aligned

    def box(self, part: Math, which: int, px: float = 0.0) -> Box:
        """The box of a tree, in letters or in figures."""
        px = px or self.px
        if isinstance(part, Sign):
            return self.sign(part, which, px)
        if isinstance(part, Row):
            return self.row([self.spaced(p, at, which, px) for at, p in enumerate(part.parts)])
        if isinstance(part, Frac):
            return self.fraction(part, which, px)
        if isinstance(part, Script):
            return self.script(part, which, px)
        return self.fence(part, which, px)

    # --- signs -------------------------------------------------------------------------------------------------------

    def sign(self, sign: Sign, which: int, px: float) -> Box:
        texts = (sign.text, sign.figure or sign.text)
        widths = [self._width(texts[w], sign, w, px) for w in (LETTERS, FIGURES)]
        width = max(widths) if self.aligned else widths[which]
        font, metrics = self._font(sign, which, px), self._metrics(sign, which, px)
        ink = QColor(self.inks.get(sign.key, self.theme.text))
        text, inset = texts[which], (width - widths[which]) / 2

        def paint(painter: QPainter, x: float, y: float) -> None:
            painter.setFont(font)
            painter.setPen(ink)
            painter.drawText(QPointF(x + inset, y), text)

        return Box(width, metrics.capHeight() + px * 0.12, px * 0.22, paint)

    def _width(self, text: str, sign: Sign, which: int, px: float) -> float:
        if not text.strip() and not self.aligned:
            return 0.0
        return self._metrics(sign, which, px).horizontalAdvance(text)

    def _font(self, sign: Sign, which: int, px: float) -> QFont:
        return QFont(_face(*self._look(sign, which, px))[0])

    def _metrics(self, sign: Sign, which: int, px: float) -> QFontMetricsF:
        return _face(*self._look(sign, which, px))[1]

    def _look(self, sign: Sign, which: int, px: float) -> tuple[int, bool]:
        return max(1, round(px)), which == LETTERS and sign.role == "name" and len(sign.text) <= 2

    def spaced(self, part: Math, at: int, which: int, px: float) -> Box:
        """A part of a row, with the room that an operator wants around it."""
        box = self.box(part, which, px)
        if not isinstance(part, Sign) or part.role != "op":
            return box
        tight = part.text in ("·", ",") or at == 0
        before = 0.0 if part.text == "," or at == 0 else px * (0.14 if tight else 0.28)
        after = px * (0.25 if part.text == "," else 0.06 if at == 0 else 0.14 if tight else 0.28)
        paint = box.paint
        return box._replace(width=box.width + before + after, paint=lambda p, x, y: paint(p, x + before, y))

    # --- boxes of boxes ----------------------------------------------------------------------------------------------

    def row(self, boxes: Sequence[Box]) -> Box:
        def paint(painter: QPainter, x: float, y: float) -> None:
            for box in boxes:
                box.paint(painter, x, y)
                x += box.width

        up, down = max((b.up for b in boxes), default=0.0), max((b.down for b in boxes), default=0.0)
        return Box(sum(b.width for b in boxes), up, down, paint)

    def fraction(self, part: Frac, which: int, px: float) -> Box:
        top, bottom = self.box(part.top, which, px * 0.95), self.box(part.bottom, which, px * 0.95)
        width, axis, gap = max(top.width, bottom.width) + px * 0.3, px * 0.3, px * 0.16
        line, ink = max(1.0, px / 15), QColor(self.theme.text)

        def paint(painter: QPainter, x: float, y: float) -> None:
            painter.fillRect(QRectF(x, y - axis - line / 2, width, line), ink)
            top.paint(painter, x + (width - top.width) / 2, y - axis - gap - top.down)
            bottom.paint(painter, x + (width - bottom.width) / 2, y - axis + gap + bottom.up)

        return Box(width + px * 0.1, axis + gap + top.height, gap + bottom.height - axis, paint)

    def script(self, part: Script, which: int, px: float) -> Box:
        base, small = self.box(part.base, which, px), px * SMALL
        above = self.box(part.above, which, small) if part.above is not None else None
        below = self.box(part.below, which, small) if part.below is not None else None
        if below is not None and which == FIGURES:
            below = below._replace(paint=lambda _p, _x, _y: None)
        rise, sink = base.up * 0.55, px * 0.18

        def paint(painter: QPainter, x: float, y: float) -> None:
            base.paint(painter, x, y)
            if above is not None:
                above.paint(painter, x + base.width + px * 0.04, y - rise)
            if below is not None:
                below.paint(painter, x + base.width, y + sink)

        wide = max((b.width for b in (above, below) if b is not None), default=0.0)
        up = max(base.up, rise + above.up if above is not None else 0.0)
        down = max(base.down, sink + below.down if below is not None else 0.0)
        return Box(base.width + wide + px * 0.06, up, down, paint)

    def fence(self, part: Fence, which: int, px: float) -> Box:
        inner = self.box(part.inner, which, px)
        wide, reach = px * 0.36, px * 0.06
        pen = QPen(QColor(self.theme.text), max(1.1, px / 13), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)

        def paint(painter: QPainter, x: float, y: float) -> None:
            inner.paint(painter, x + wide, y)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            area = QRectF(0, y - inner.up - reach, wide * 0.5, inner.height + 2 * reach)
            area.moveLeft(x + wide * 0.3)
            painter.drawPath(bracket(part.left, area))
            area.moveLeft(x + wide + inner.width + wide * 0.2)
            painter.drawPath(bracket(part.right, area))

        return Box(inner.width + 2 * wide, inner.up + reach, inner.down + reach, paint)


def bracket(kind: str, area: QRectF) -> QPainterPath:
    """A bracket as high as the area: ``(``, ``)``, or one that rounds down or up."""
    left = kind in "(⌊⌈"
    spine, tip = (area.left(), area.right()) if left else (area.right(), area.left())
    if kind in "()":
        path = QPainterPath(QPointF(tip, area.top()))
        path.quadTo(QPointF(spine - (tip - spine) * 0.25, area.center().y()), QPointF(tip, area.bottom()))
        return path
    low = kind in "⌊⌋"
    path = QPainterPath(QPointF(spine, area.top()) if low else QPointF(tip, area.top()))
    if not low:
        path.lineTo(spine, area.top())
    path.lineTo(spine, area.bottom())
    if low:
        path.lineTo(tip, area.bottom())
    return path


# --- a derivation ------------------------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A box, how far to the right it begins, and where its baseline is."""

    box: Box
    x: float
    y: float


class Sheet(NamedTuple):
    """A derivation with all its lines in place."""

    lines: tuple[Line, ...]
    width: float
    height: float
    px: float

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Paint it with its corner at a point."""
        for line in self.lines:
            line.box.paint(painter, x + line.x, y + line.y)


def typeset(derivation: Derivation, theme: Theme, px: float, room: float) -> Sheet | None:
    """The derivation in so much room: at the wished size if it fits, broken before operators if it must be, then a little smaller.

    None where even small type has no room: then plain text says it better.
    """
    inks = colours(derivation, theme)
    for size, aligned in ((1.0, True), (0.92, True), (1.0, False), (0.92, False), (0.85, True), (0.85, False)):
        if px * size < LEAST_PX:
            break
        setter = Setter(px * size, theme, inks, aligned)
        whole = _sheet(derivation, setter, room, broken=False)
        if whole.width <= room:
            return whole
    for size in (1.0, 0.92, 0.85, 0.77, 0.7):
        if px * size < LEAST_PX:
            break
        made = _sheet(derivation, Setter(px * size, theme, inks, aligned=False), room, broken=True)
        if made.width <= room:
            return made
    return None


def _sheet(derivation: Derivation, setter: Setter, room: float, broken: bool) -> Sheet:
    """The lines with their places: what is asked for, the formula; below it the answer, the formula with its figures."""
    px = setter.px
    equals = setter.spaced(Sign("="), 1, LETTERS, px)
    asked = [setter.sign(Sign(derivation.lead, role="name"), LETTERS, px)]
    asked.append(setter.sign(Sign(derivation.result, role="number"), LETTERS, px))
    start = max(box.width for box in asked) + equals.width
    indent = start if start < room * 0.4 else 1.5 * px
    lines: list[Line] = []
    y = 0.0
    for which in _rows(derivation):
        parts = _parts(derivation.tree, setter, which)
        rows = [setter.row([b for _, b in parts])]
        if broken:
            rows = _broken(parts, setter, room - start, room - indent)
        for at, row in enumerate(rows):
            head = setter.row([asked[which], equals]) if at == 0 else None
            box = setter.row([head, row]) if head is not None else row
            x = start - head.width if head is not None else indent
            y += (px * (0.55 if at == 0 else 0.3) if lines else 0.0) + box.up
            lines.append(Line(box, x, y))
            y += box.down
    width = max((line.x + line.box.width for line in lines), default=0.0)
    return Sheet(tuple(lines), width, y, px)


def _rows(derivation: Derivation) -> tuple[int, ...]:
    """In letters, in figures, or both: what says nothing is left out."""
    if not derivation.lettered:
        return (FIGURES,)
    return (LETTERS,) if isinstance(derivation.tree, Sign) and not derivation.tree.figure else (LETTERS, FIGURES)


def _parts(tree: Math, setter: Setter, which: int) -> list[tuple[str, Box]]:
    """The boxes of a row, each with its operator, if it is one."""
    parts = tree.parts if isinstance(tree, Row) else (tree,)
    boxes = [setter.spaced(p, at, which, setter.px) for at, p in enumerate(parts)]
    return [(p.text if isinstance(p, Sign) and p.role == "op" else "", b) for p, b in zip(parts, boxes, strict=True)]


def _broken(parts: Sequence[tuple[str, Box]], setter: Setter, first: float, rest: float) -> list[Box]:
    """The boxes in rows that begin with an operator; a sum is torn apart before a product is."""
    terms: list[list[tuple[str, Box]]] = [[]]
    for op, box in parts:
        if op in ("+", "−") and terms[-1]:
            terms.append([])
        terms[-1].append((op, box))
    rows: list[list[Box]] = [[]]
    for term in terms:
        boxes = [b for _, b in term]
        if _wide(rows[-1]) + _wide(boxes) <= (first if len(rows) == 1 else rest):
            rows[-1] += boxes
            continue
        if _wide(boxes) <= rest and rows[-1]:
            rows.append(boxes)
            continue
        for op, box in term:
            if op in ("·", "+", "−") and rows[-1] and _wide(rows[-1]) + 2.5 * box.width > rest * 0.8:
                rows.append([])
            rows[-1].append(box)
    return [setter.row(r) for r in rows if r]


def _wide(boxes: Sequence[Box]) -> float:
    return sum(b.width for b in boxes)
