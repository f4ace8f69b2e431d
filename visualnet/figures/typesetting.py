"""Formulas set as in a book: fractions, tall brackets, powers, indices, lines broken before operators.

The tree comes from ``layers.declaration.notation``; here it gets sizes and places. Letters and their figures stand in one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from visualnet.layers.declaration.notation import Brackets, Derivation, Frac, Math, NotationRow, Script, Sign, signs

LETTERS, FIGURES = 0, 1
SMALL = 0.72
"""How much smaller an index or a power is."""
LEAST_PX = 9
SHORT_ROW = 0.3
"""A last row that fills less than this share of the room is short: a lone “+ 1”."""
TOO_LONG = 1e6
"""How much worse a row is that is too long than one that is too short."""


class FontMetrics(Protocol):
    """Measures text of a size in px, upright or italic."""

    def width(self, text: str, px: int, italic: bool) -> float: ...

    def cap_height(self, px: int, italic: bool) -> float: ...


class TypesetText(NamedTuple):
    """Letters or figures, in the colour of a name."""

    text: str
    px: int
    italic: bool
    key: str


class FractionBar(NamedTuple):
    """The line of a fraction."""

    width: float
    height: float


class Bracket(NamedTuple):
    """A bracket from its top left corner, as high as what it holds: round, or one that rounds down or up."""

    kind: str
    width: float
    height: float
    stroke: float


class TypesetBox(NamedTuple):
    """Something with a size on both sides of its baseline. Its parts stand at points that are counted from its baseline's start."""

    width: float
    up: float
    down: float
    parts: tuple[tuple[float, float, Part], ...] = ()

    @property
    def height(self) -> float:
        return self.up + self.down


Part: TypeAlias = "TypesetText | FractionBar | Bracket | TypesetBox"


class TypesetLine(NamedTuple):
    """A box, how far to the right it begins, and where its baseline is."""

    box: TypesetBox
    x: float
    y: float


class Indents(NamedTuple):
    """How far the rows are indented that follow the first: below what stands behind the ``=``, or as little as can be."""

    usual: float
    least: float


class TypesetDerivation(NamedTuple):
    """A derivation with all its lines in place."""

    lines: tuple[TypesetLine, ...]
    width: float
    height: float
    px: float


def typeset(derivation: Derivation, face: FontMetrics, px: float, room: float) -> TypesetDerivation | None:
    """The derivation in so much room: at the wished size if it fits, broken before operators if it must be, then a little smaller.

    None where even small type has no room: then plain text says it better.
    """
    whole = [(1.0, True), (0.92, True), (1.0, False), (0.92, False), (0.85, True), (0.85, False)]
    broken = [(size, False) for size in (1.0, 0.92, 0.85, 0.77, 0.7)]
    for attempts, breaks in ((whole, False), (broken, True)):
        for size, aligned in attempts:
            if px * size < LEAST_PX:
                break
            sheet = _sheet(derivation, Typesetter(face, px * size, aligned), room, breaks)
            if sheet.width <= room:
                return sheet
    return None


class Typesetter:
    """Gives a tree sizes, for one size of type. ``aligned``: a letter takes as much room as its figure."""

    def __init__(self, face: FontMetrics, px: float, aligned: bool = True) -> None:
        self.face, self.px, self.aligned = face, px, aligned

    def box(self, part: Math, which: int, px: float = 0.0) -> TypesetBox:
        """The box of a tree, in letters or in figures."""
        px = px or self.px
        if isinstance(part, Sign):
            return self.sign(part, which, px)
        if isinstance(part, NotationRow):
            return row([self.space(p, at, which, px) for at, p in enumerate(part.parts)])
        if isinstance(part, Frac):
            return self.fraction(part, which, px)
        if isinstance(part, Script):
            return self.script(part, which, px)
        return self.fence(part, which, px)

    def sign(self, sign: Sign, which: int, px: float) -> TypesetBox:
        texts = sign.text, sign.figure or sign.text
        size = max(1, round(px))
        italics = sign.role == "name" and len(sign.text) <= 2, False
        widths = [
            self.face.width(text, size, italic) if text.strip() or self.aligned else 0.0
            for text, italic in zip(texts, italics, strict=True)
        ]
        width = max(widths) if self.aligned else widths[which]
        text = TypesetText(texts[which], size, italics[which], sign.key)
        up = self.face.cap_height(size, italics[which]) + px * 0.12
        return TypesetBox(width, up, px * 0.22, (((width - widths[which]) / 2, 0.0, text),))

    def space(self, part: Math, at: int, which: int, px: float) -> TypesetBox:
        """A part of a row, with the room that an operator wants around it."""
        box = self.box(part, which, px)
        if not isinstance(part, Sign) or part.role != "op":
            return box
        tight = part.text in ("·", ",") or at == 0
        before = 0.0 if part.text == "," or at == 0 else px * (0.14 if tight else 0.28)
        after = px * (0.25 if part.text == "," else 0.06 if at == 0 else 0.14 if tight else 0.28)
        return box._replace(width=box.width + before + after, parts=((before, 0.0, box),))

    def fraction(self, part: Frac, which: int, px: float) -> TypesetBox:
        top, bottom = self.box(part.top, which, px * 0.95), self.box(part.bottom, which, px * 0.95)
        width, axis, gap = max(top.width, bottom.width) + px * 0.3, px * 0.3, px * 0.16
        bar = FractionBar(width, max(1.0, px / 15))
        parts = (
            (0.0, -axis - bar.height / 2, bar),
            ((width - top.width) / 2, -axis - gap - top.down, top),
            ((width - bottom.width) / 2, -axis + gap + bottom.up, bottom),
        )
        return TypesetBox(width + px * 0.1, axis + gap + top.height, gap + bottom.height - axis, parts)

    def script(self, part: Script, which: int, px: float) -> TypesetBox:
        base = self.box(part.base, which, px)
        rise, sink = base.up * 0.55, px * 0.18
        parts: list[tuple[float, float, Part]] = [(0.0, 0.0, base)]
        width, up, down = 0.0, base.up, base.down
        if part.above is not None:
            above = self.box(part.above, which, px * SMALL)
            parts.append((base.width + px * 0.04, -rise, above))
            width, up = above.width, max(up, rise + above.up)
        if part.below is not None:
            below = self.box(part.below, which, px * SMALL)
            if which == LETTERS:
                parts.append((base.width, sink, below))
            width, down = max(width, below.width), max(down, sink + below.down)
        return TypesetBox(base.width + width + px * 0.06, up, down, tuple(parts))

    def fence(self, part: Brackets, which: int, px: float) -> TypesetBox:
        inner = self.box(part.inner, which, px)
        wide, reach = px * 0.36, px * 0.06
        left, right = (
            Bracket(kind, wide * 0.5, inner.height + 2 * reach, max(1.1, px / 13)) for kind in (part.left, part.right)
        )
        top = -inner.up - reach
        parts = (
            (wide, 0.0, inner),
            (wide * 0.3, top, left),
            (wide + inner.width + wide * 0.2, top, right),
        )
        return TypesetBox(inner.width + 2 * wide, inner.up + reach, inner.down + reach, parts)


def row(boxes: Sequence[TypesetBox]) -> TypesetBox:
    """One box after another on one baseline."""
    parts: list[tuple[float, float, Part]] = []
    x = 0.0
    for box in boxes:
        parts.append((x, 0.0, box))
        x += box.width
    up, down = max((b.up for b in boxes), default=0.0), max((b.down for b in boxes), default=0.0)
    return TypesetBox(x, up, down, tuple(parts))


# --- lines -------------------------------------------------------------------------------------------------------------------------


def _sheet(derivation: Derivation, typesetter: Typesetter, room: float, breaks: bool) -> TypesetDerivation:
    """The lines with their places: what is asked for, the formula; below it the answer, the formula with its figures."""
    px = typesetter.px
    equals = typesetter.space(Sign("="), 1, LETTERS, px)
    asked = [
        typesetter.sign(Sign(derivation.lead, role="name"), LETTERS, px),
        typesetter.sign(Sign(derivation.result, role="number"), LETTERS, px),
    ]
    start = max(box.width for box in asked) + equals.width
    indents = Indents(start if start < room * 0.4 else 1.5 * px, 1.5 * px)
    lines: list[TypesetLine] = []
    y = 0.0
    for which in _versions(derivation):
        parts = _parts(derivation.tree, typesetter, which)
        rows, indent = [row([box for _, box in parts])], indents.usual
        if breaks:
            rows, indent = _broken_rows(parts, room, start, indents)
        for at, box in enumerate(rows):
            x = indent
            if at == 0:
                head = row([asked[which], equals])
                x, box = start - head.width, row([head, box])
            y += (px * (0.55 if at == 0 else 0.3) if lines else 0.0) + box.up
            lines.append(TypesetLine(box, x, y))
            y += box.down
    width = max((line.x + line.box.width for line in lines), default=0.0)
    return TypesetDerivation(tuple(lines), width, y, px)


def _versions(derivation: Derivation) -> tuple[int, ...]:
    """In letters, in figures, or both: what says nothing is left out."""
    if not derivation.lettered:
        return (FIGURES,)
    return (LETTERS, FIGURES) if any(sign.figure.strip() for sign in signs(derivation.tree)) else (LETTERS,)


def _parts(tree: Math, typesetter: Typesetter, which: int) -> list[tuple[str, TypesetBox]]:
    """The boxes of a row, each with its operator, if it is one."""
    parts = tree.parts if isinstance(tree, NotationRow) else (tree,)
    return [
        (p.text if isinstance(p, Sign) and p.role == "op" else "", typesetter.space(p, at, which, typesetter.px))
        for at, p in enumerate(parts)
    ]


def _broken_rows(
    parts: Sequence[tuple[str, TypesetBox]], room: float, start: float, indents: Indents
) -> tuple[list[TypesetBox], float]:
    """The boxes in rows that begin with an operator of the outermost level, as few and as even as can be; and how far these are indented.

    The first row is empty where what is asked for stands alone in its line: so no short term is left alone in the last one.
    """
    rest = room - indents.usual
    beside = _balance(_terms(parts, rest), room - start, rest)
    if len(beside) > 1 and _width(beside[-1]) < SHORT_ROW * rest:
        wider = room - indents.least
        below = [[], *_balance(_terms(parts, wider), wider, wider)]
        if len(below) <= len(beside) and all(_width(boxes) <= wider for boxes in below):
            return [row(boxes) for boxes in below], indents.least
    return [row(boxes) for boxes in beside], indents.usual


def _terms(parts: Sequence[tuple[str, TypesetBox]], room: float) -> list[list[TypesetBox]]:
    """What may begin a row: a sum is torn apart before a product is, and a product only where it has no room."""
    terms: list[list[tuple[str, TypesetBox]]] = []
    for op, box in parts:
        if op in ("+", "−") or not terms:
            terms.append([])
        terms[-1].append((op, box))
    found: list[list[TypesetBox]] = []
    for term in terms:
        found.append([])
        wide = _width([box for _, box in term]) > room
        for op, box in term:
            if wide and op == "·" and found[-1]:
                found.append([])
            found[-1].append(box)
    return found


def _balance(terms: Sequence[list[TypesetBox]], first: float, rest: float) -> list[list[TypesetBox]]:
    """The terms in as few rows as have room for them, with as little left free in the fullest and the emptiest as can be."""
    best: list[tuple[int, float, list[list[TypesetBox]]]] = [(0, 0.0, [])]
    for end in range(1, len(terms) + 1):
        found = []
        for begin in range(end):
            rows, spent, before = best[begin]
            boxes = [box for term in terms[begin:end] for box in term]
            free = (rest if before else first) - _width(boxes)
            # A row that is too long is taken only where nothing else is left: then smaller type is tried.
            over = max(-free, 0.0) * TOO_LONG
            found.append((rows + 1, spent + free * free + over * over, [*before, boxes]))
        fitting = [f for f in found if f[1] < TOO_LONG**2] or found
        best.append(min(fitting, key=lambda f: f[:2]))
    return best[-1][2]


def _width(boxes: Sequence[TypesetBox]) -> float:
    return sum(box.width for box in boxes)
