"""The item that paints all wires: their curves, the points they are led over, their labels."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from visualnet.app.canvas.card_paint import paint_label
from visualnet.app.canvas.marks import LABELS_FROM, Layer
from visualnet.app.canvas.wire_item import WireItem
from visualnet.app.theme.tokens import mix
from visualnet.core.graph import Port

FINE_WIRES = 0.45
HAIR = 0.16
MANY_LINES = 1200
"""Above this many, seen from afar, lines go without smoothing: it takes three times as long."""
BEND_RADIUS = 4.0


class WireLayer(Layer):
    """All wires."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.draw(painter, option.exposedRect, option.levelOfDetailFromTransform(painter.worldTransform()))

    def draw(self, painter: QPainter, area: QRectF, scale: float, cosmetic: bool = True) -> None:
        """Paint the wires that meet the area; fails and highlights last, so that nothing hides them."""
        marks = self.canvas.marks
        painter.save()
        if marks.fitting is not None:
            painter.setOpacity(0.45)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        plain, special = self._pen(self.theme.wire, 2.0, scale), self._special(scale)
        for pen in (plain, *special.values()):
            pen.setCosmetic(cosmetic)
        painter.setPen(plain)
        if scale < HAIR:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawLines(self.canvas.hairs())
            shown = []
            if marks.flow:
                painter.setPen(self._pen(self._along(), 2.0, scale))
                painter.drawLines([line for t in marks.flow for line in self.canvas.wires[t].segments])
        else:
            shown = self.canvas.wires_in(area)
            flow = [w for w in shown if w.target in marks.flow and w.target not in special] if marks.flow else []
            plain_ = [w for w in shown if w.target not in special and w.target not in marks.flow]
            self._plain(painter, plain_ if special or flow else shown, scale)
            if flow:
                painter.setPen(self._pen(self._along(), 2.0, scale))
                self._plain(painter, flow, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for target, pen in special.items():
            painter.setPen(pen)
            painter.drawPath(self.canvas.wires[target].path)
        if scale >= FINE_WIRES:
            self._bends(painter, shown, special)
        painter.restore()
        if scale >= LABELS_FROM:
            self._labels(painter, shown)

    def _along(self) -> str:
        return mix(self.theme.wire, self.theme.accent, 0.55)

    def _bends(self, painter: QPainter, shown: list[WireItem], special: dict[Port, QPen]) -> None:
        """The points that wires are led over."""
        for wire in shown:
            if wire.bends:
                pen = special.get(wire.target)
                painter.setPen(QPen(pen.color() if pen is not None else QColor(self.theme.wire), 1.6))
                painter.setBrush(QColor(self.theme.ground))
                for at in wire.bends:
                    painter.drawEllipse(at, BEND_RADIUS, BEND_RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _plain(self, painter: QPainter, wires: list[WireItem], scale: float) -> None:
        """What is straight goes in one call; so does everything from afar."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        lines: list[QLineF] = []
        for wire in wires:
            if scale < FINE_WIRES or len(wire.segments) == 1:
                lines += wire.segments
            else:
                painter.drawPath(wire.path)
        if lines:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FINE_WIRES or len(lines) < MANY_LINES)
            painter.drawLines(lines)

    def _special(self, scale: float) -> dict[Port, QPen]:
        """The wires that are not painted like the rest, with their pens, the most important last."""
        theme, marks, canvas = self.theme, self.canvas.marks, self.canvas
        found: dict[Port, QPen] = {}
        hot, chosen = self._pen(theme.text, 2.0, scale), self._pen(theme.accent, 2.0, scale)
        for target in canvas.by_node.get(marks.hover_card, ()):
            found[target] = hot
        for node in marks.selected:
            for target in canvas.by_node.get(node, ()):
                found[target] = chosen
        for target in canvas.failing:
            found[target] = self._pen(
                theme.error, 2.6 if target in (marks.hover_wire, *marks.wires) else 2.0, scale, Qt.PenStyle.DashLine
            )
        for target in {*marks.wires, marks.hover_wire} - canvas.failing - {None}:
            assert target is not None
            found[target] = self._pen(theme.accent, 2.6, scale)
        if marks.hidden_wire is not None:
            found[marks.hidden_wire] = QPen(Qt.PenStyle.NoPen)
        return {t: pen for t, pen in found.items() if t in canvas.wires}

    def _labels(self, painter: QPainter, wires: list[WireItem]) -> None:
        theme = self.theme
        for wire, pill in self.placed(wires):
            paint_label(painter, pill.center(), wire.label, theme, theme.error if wire.failing else None)

    def placed(self, wires: list[WireItem]) -> list[tuple[WireItem, QRectF]]:
        """Where the labels of these wires lie: no two over each other, none over a card."""
        taken: list[tuple[WireItem, QRectF]] = []
        settled = self.canvas.routes.settled
        for wire in sorted((w for w in wires if w.pills), key=lambda w: not w.failing):
            # Two labels over each other, or one half behind a card, say nothing: the more important one stays.
            for pill in wire.pills:
                free = not any(pill.intersects(other) for _, other in taken)
                if free and (settled or not self.canvas.ids_in(pill)):
                    taken.append((wire, pill))
                    break
        return taken

    def _pen(self, colour: str, width: float, scale: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        return _pen(colour, width * self.theme.wire_width / 2, scale, style)


def _pen(colour: str, width: float, scale: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    # Cosmetic, so that the thin line of a far zoom takes Qt's fast path.
    pen = QPen(QColor(colour), max(1.0, width * min(scale, 1.6)), style, Qt.PenCapStyle.FlatCap)
    pen.setCosmetic(True)
    if style == Qt.PenStyle.DashLine:
        pen.setDashPattern([4, 3])
    return pen
