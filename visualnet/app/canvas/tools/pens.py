"""How gestures draw what they would do: areas in a light tint of the accent, wires in the accent or, where they do not fit, in red."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.app.theme.tokens import Theme


def cosmetic_pen(colour: QColor, width: float, dashed: bool) -> QPen:
    """A pen that is as wide at any zoom."""
    pen = QPen(colour, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen


def use_area_pen(painter: QPainter, theme: Theme, width: float = 1.5, dashed: bool = True, alpha: int = 24) -> None:
    """Draw areas in the accent from now on, filled with little of it."""
    accent = QColor(theme.accent)
    painter.setPen(cosmetic_pen(accent, width, dashed))
    accent.setAlpha(alpha)
    painter.setBrush(accent)


def use_wire_pen(painter: QPainter, theme: Theme, fits: bool) -> QColor:
    """Draw lines from now on as a wire that fits or does not; the colour of them."""
    colour = QColor(theme.accent if fits else theme.error)
    painter.setPen(cosmetic_pen(colour, 2.4, not fits))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return colour
