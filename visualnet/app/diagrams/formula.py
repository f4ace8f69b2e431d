"""Formulas painted: the window's type for `figures.typesetting`, the colours of names, and what paints a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme, contrast, mix
from visualnet.figures import typesetting
from visualnet.figures.typesetting import Bracket, FractionBar, TypesetBox, TypesetDerivation
from visualnet.layers.declaration.notation import Derivation, signs

READABLE = 4.5


@lru_cache(maxsize=256)
def _face(px: int, italic: bool) -> tuple[QFont, QFontMetricsF]:
    # To make a font takes longer than to measure with it, and a formula asks for each of its signs.
    font = fonts.sans(px)
    font.setItalic(italic)
    return font, QFontMetricsF(font)


class _Sans:
    """The window's face of words, measured."""

    def width(self, text: str, px: int, italic: bool) -> float:
        return _face(px, italic)[1].horizontalAdvance(text)

    def cap_height(self, px: int, italic: bool) -> float:
        return _face(px, italic)[1].capHeight()


def typeset(derivation: Derivation, px: float, room: float) -> TypesetDerivation | None:
    """The derivation in the window's type and in so much room; None where there is too little."""
    return typesetting.typeset(derivation, _Sans(), px, room)


def colours(derivation: Derivation, theme: Theme) -> dict[str, str]:
    """A colour for each name of the formula, the same for its letter, its figure and its entry in the legend."""
    keys = dict.fromkeys(s.key for s in signs(derivation.tree) if s.key)
    return {key: _readable_colour(theme.plot_lines[at % len(theme.plot_lines)], theme) for at, key in enumerate(keys)}


def _readable_colour(colour: str, theme: Theme) -> str:
    """The colour, nearer to that of text as far as it must be to be read."""
    share = 0.0
    while contrast(mix(colour, theme.text, share), theme.raised) < READABLE and share < 1:
        share += 0.1
    return mix(colour, theme.text, share)


def paint_sheet(
    painter: QPainter, sheet: TypesetDerivation, x: float, y: float, theme: Theme, inks: Mapping[str, str]
) -> None:
    """Paint a derivation with its corner at a point, each name in its colour."""
    for line in sheet.lines:
        _paint_box(painter, line.box, x + line.x, y + line.y, theme, inks)


def _paint_box(painter: QPainter, box: TypesetBox, x: float, y: float, theme: Theme, inks: Mapping[str, str]) -> None:
    for dx, dy, part in box.parts:
        at = QPointF(x + dx, y + dy)
        if isinstance(part, TypesetBox):
            _paint_box(painter, part, at.x(), at.y(), theme, inks)
        elif isinstance(part, FractionBar):
            painter.fillRect(QRectF(at.x(), at.y(), part.width, part.height), QColor(theme.text))
        elif isinstance(part, Bracket):
            painter.setPen(QPen(QColor(theme.text), part.stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(_bracket(part.kind, QRectF(at.x(), at.y(), part.width, part.height)))
        else:
            painter.setFont(_face(part.px, part.italic)[0])
            painter.setPen(QColor(inks.get(part.key, theme.text)))
            painter.drawText(at, part.text)


def _bracket(kind: str, area: QRectF) -> QPainterPath:
    """A bracket as high as the area: ``(``, ``)``, or one that rounds down or up."""
    left = kind in "(⌊⌈"
    spine, tip = (area.left(), area.right()) if left else (area.right(), area.left())
    if kind in "()":
        path = QPainterPath(QPointF(tip, area.top()))
        path.quadTo(QPointF(spine - (tip - spine) * 0.25, area.center().y()), QPointF(tip, area.bottom()))
        return path
    foot, head = (area.bottom(), area.top()) if kind in "⌊⌋" else (area.top(), area.bottom())
    path = QPainterPath(QPointF(tip, foot))
    path.lineTo(spine, foot)
    path.lineTo(spine, head)
    return path
