"""The state of an environment as a picture: a grid with what lies on it, or shapes in the plane."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.colours import PlotColours, text_font, translucent
from visualnet.app.plots.picture import PaintedPicture
from visualnet.app.widgets.basic import describe
from visualnet.core.text.format import capitalize_first
from visualnet.data.environments.environment import Picture, PictureMark
from visualnet.figures.charts.generated import game

CHEESE, POISON, MOUSE = QColor(game.CHEESE), QColor(game.POISON), QColor(game.MOUSE)
HOLES = ((-0.12, 0.1, 0.07), (0.12, 0.16, 0.05), (0.16, -0.06, 0.06))
"""Holes of a cheese: place and radius, in parts of a cell."""
MARGIN = 8


class GameView(PaintedPicture):
    """Paints a `Picture`. What lies on a cell is told by its shape too, not by its colour alone."""

    empty_words = "The game appears here"
    file_name = "game"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Picture | None = None
        describe(self, "Game", "The state of the environment. Arrow keys play, as the buttons below do")
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(320, 300)

    def show_picture(self, picture: Picture | None, words: str = "") -> None:
        """Show this state; ``words`` tell it to those who cannot see it."""
        self.picture = picture
        self.setAccessibleDescription(words)
        self.update()

    def is_empty(self) -> bool:
        return self.picture is None

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        picture = self.picture
        assert picture is not None
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        scale = max(min(room.width() / picture.width, room.height() / picture.height), 0.1)
        painter.translate(room.center().x() - scale * picture.width / 2, room.center().y() - scale * picture.height / 2)
        if picture.cells is not None:
            self._draw_cells(painter, colours, picture, scale)
        for mark in picture.marks:
            _draw_mark(painter, colours, mark, scale)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(-3, -3, scale * picture.width + 6, scale * picture.height + 6))

    def _draw_cells(self, painter: QPainter, colours: PlotColours, picture: Picture, scale: float) -> None:
        assert picture.cells is not None
        rows, columns = picture.cells.shape
        painter.fillRect(QRectF(0, 0, scale * columns, scale * rows), colours.raised)
        painter.setPen(QPen(colours.line, 1))
        for at in range(rows + 1):
            painter.drawLine(QPointF(0, at * scale), QPointF(columns * scale, at * scale))
        for at in range(columns + 1):
            painter.drawLine(QPointF(at * scale, 0), QPointF(at * scale, rows * scale))
        for row in range(rows):
            for column in range(columns):
                number = int(picture.cells[row, column])
                kind = picture.kinds[number] if number < len(picture.kinds) else ""
                if number == 0 and kind not in _CELLS:
                    continue
                cell = QRectF(column * scale, row * scale, scale, scale)
                _CELLS.get(kind, _draw_letter)(painter, colours, cell, kind)


# --- cells -----------------------------------------------------------------------------------------------------------


def _draw_cheese(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    middle, side = cell.center(), cell.width()
    wedge = [(-0.34, 0.28), (0.34, 0.28), (0.34, -0.06), (-0.1, -0.28)]
    painter.setPen(QPen(CHEESE.darker(150), max(side / 30, 1)))
    painter.setBrush(CHEESE)
    painter.drawPolygon(QPolygonF([middle + QPointF(x, y) * side for x, y in wedge]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(CHEESE.darker(140))
    for x, y, radius in HOLES:
        painter.drawEllipse(middle + QPointF(x, y) * side, side * radius, side * radius)


def _draw_poison(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    middle, side = cell.center(), cell.width()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(POISON)
    painter.drawEllipse(middle, 0.3 * side, 0.3 * side)
    painter.setPen(QPen(QColor("white"), max(side / 12, 1.5), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    reach = 0.13 * side
    painter.drawLine(middle - QPointF(reach, reach), middle + QPointF(reach, reach))
    painter.drawLine(middle + QPointF(-reach, reach), middle + QPointF(reach, -reach))


def _draw_hole(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    painter.setPen(QPen(colours.muted, 1))
    painter.setBrush(QColor(game.HOLE))
    painter.drawEllipse(cell.center(), 0.36 * cell.width(), 0.3 * cell.height())


def _draw_cliff(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    painter.fillRect(cell.adjusted(1, 1, 0, 0), translucent(POISON, 0.35))
    painter.setPen(QPen(POISON, 1.2))
    for at in (0.25, 0.5, 0.75):
        x = cell.left() + at * cell.width()
        painter.drawLine(QPointF(x, cell.top() + 2), QPointF(x - 0.2 * cell.width(), cell.bottom() - 2))


def _draw_flag(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    side, foot = cell.width(), cell.center() + QPointF(-0.15 * cell.width(), 0.32 * cell.height())
    top = foot - QPointF(0, 0.62 * side)
    painter.setPen(QPen(colours.text, max(side / 22, 1.5)))
    painter.drawLine(foot, top)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.curve(2))
    painter.drawPolygon(QPolygonF([top, top + QPointF(0.38, 0.13) * side, top + QPointF(0, 0.26) * side]))


def _draw_stop(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    painter.setPen(QPen(colours.muted, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(cell.adjusted(*(0.2 * cell.width() * sign for sign in (1, 1, -1, -1))))


def _draw_letter(painter: QPainter, colours: PlotColours, cell: QRectF, kind: str) -> None:
    painter.setPen(colours.muted)
    painter.setFont(text_font(painter.font(), max(round(0.3 * cell.height()), 9)))
    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, capitalize_first(kind[:1]))


_CELLS: dict[str, Callable[[QPainter, PlotColours, QRectF, str], None]] = {
    "cheese": _draw_cheese,
    "poison": _draw_poison,
    "hole": _draw_hole,
    "cliff": _draw_cliff,
    "goal": _draw_flag,
    "wanted": _draw_flag,
    "stop": _draw_stop,
}

# --- marks -----------------------------------------------------------------------------------------------------------


def _draw_mark(painter: QPainter, colours: PlotColours, mark: PictureMark, scale: float) -> None:
    points = [QPointF(x, y) * scale for x, y in mark.points]
    colour = _colour(colours, mark.role)
    if mark.role == "mouse":
        _draw_mouse(painter, colours, points[0], scale * mark.size)
    elif mark.role == "view":
        painter.setBrush(translucent(colours.accent, 0.13))
        painter.setPen(QPen(colours.accent, 1.5, Qt.PenStyle.DashLine))
        painter.drawPolygon(QPolygonF(points))
    elif mark.kind == "line":
        wide = max(scale * mark.size, 1.5)
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(QPolygonF(points))
    else:
        painter.setPen(QPen(colours.surface, 1.5))
        painter.setBrush(colour)
        if mark.kind == "area":
            painter.drawPolygon(QPolygonF(points))
        else:
            painter.drawEllipse(points[0], scale * mark.size, scale * mark.size)


def _colour(colours: PlotColours, role: str) -> QColor:
    named = {
        "track": colours.muted,
        "cart": colours.accent,
        "pole": colours.curve(1),
        "joint": colours.text,
        "goal": colours.curve(2),
    }
    more = {"wall": colours.text, "taxi": CHEESE, "passenger": colours.curve(3), "walker": colours.accent}
    return {**named, **more}.get(role, colours.accent)


def _draw_mouse(painter: QPainter, colours: PlotColours, at: QPointF, size: float) -> None:
    """Seen from the side: body, ear, eye, tail."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(MOUSE, max(size / 7, 1.5), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    tail = [at + QPointF(-0.7 - 0.5 * t, 0.35 - 0.25 * math.sin(3 * t)) * size for t in (0, 0.25, 0.5, 0.75, 1)]
    painter.drawPolyline(QPolygonF(tail))
    painter.setPen(QPen(colours.surface, 1.2))
    painter.setBrush(MOUSE)
    painter.drawEllipse(at + QPointF(-0.1, 0.15) * size, 0.8 * size, 0.6 * size)
    painter.drawEllipse(at + QPointF(0.3, -0.5) * size, 0.34 * size, 0.34 * size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(game.EYE))
    painter.drawEllipse(at + QPointF(0.42, 0.02) * size, 0.1 * size, 0.1 * size)
    painter.setBrush(QColor(game.NOSE))
    painter.drawEllipse(at + QPointF(0.72, 0.18) * size, 0.11 * size, 0.11 * size)
