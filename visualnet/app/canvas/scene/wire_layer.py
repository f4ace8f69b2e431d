"""The item that paints all wires: their curves, the points they are led over, their labels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from visualnet.app.canvas.scene.label_placement import LabelPlacement
from visualnet.app.canvas.scene.node_painter import paint_label
from visualnet.app.canvas.scene.sheet_index import SheetIndex
from visualnet.app.canvas.scene.sheet_layer import ALL, LABELS_FROM, LIFTED, SheetLayer
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.theme.tokens import mix
from visualnet.core.graph import Port

FINE_WIRES = 0.45
HAIR = 0.16
TOGETHER = 150
"""From so many wires in view on, all are painted in one call."""
MANY, MANY_MOVING = 1500, 400
"""From so many on they go without smoothing, which takes three times as long: at rest, and while something moves."""
NOWHERE = Port("", "")
BEND_RADIUS = 4.0


class WireLayer(SheetLayer):
    """All wires."""

    def __init__(self, scene: SheetIndex, labels: LabelPlacement) -> None:
        super().__init__(scene)
        self.labels = labels

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
        wires, loose = self.canvas.wires, self.canvas.loose
        shown = self.canvas.wires_in(area) if scale >= FINE_WIRES else list(wires.values())
        if self.part != ALL:
            lifted = self.part == LIFTED
            shown = [w for w in shown if (w.target in loose) == lifted]
            special = {t: pen for t, pen in special.items() if (t in loose) == lifted}
        if self.part == LIFTED:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            singles = [w for w in shown if w.target not in special and w.target not in marks.flow]
        elif scale < FINE_WIRES or len(shown) > TOGETHER:
            apart = frozenset({*self.canvas.failing, *loose, marks.hidden_wire or NOWHERE})
            moving = self.canvas.hurry or loose
            fine = scale >= HAIR and len(wires) < (MANY_MOVING if moving else MANY)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine)
            painter.drawPath(self.canvas.all_wires(apart))
            singles = (
                [w for t in loose if (w := wires.get(t)) is not None and t not in special] if self.part == ALL else []
            )
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            singles = [w for w in shown if w.target not in special and w.target not in marks.flow]
        for wire in singles:
            painter.drawPath(wire.path)
        along = marks.flow - special.keys()
        if self.part != ALL:
            along = along & loose if self.part == LIFTED else along - loose
        if along:
            painter.setPen(self._pen(self._along(), 2.0, scale))
            for target in along:
                painter.drawPath(wires[target].path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        last: QPen | None = None
        for target, pen in special.items():
            if pen is not last:
                painter.setPen(pen)
                last = pen
            painter.drawPath(wires[target].path)
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
        theme, hidden = self.theme, self.canvas.marks.hidden_wire
        for wire, pill in self.labels.of(wires):
            if wire.target != hidden:
                paint_label(painter, pill.center(), wire.label, theme, theme.error if wire.failing else None)

    def _pen(self, colour: str, width: float, scale: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        return _pen(colour, width * self.theme.wire_width / 2, scale, style)


def _pen(colour: str, width: float, scale: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    # Cosmetic, so that the thin line of a far zoom takes Qt's fast path.
    pen = QPen(QColor(colour), max(1.0, width * min(scale, 1.6)), style, Qt.PenCapStyle.FlatCap)
    pen.setCosmetic(True)
    if style == Qt.PenStyle.DashLine:
        pen.setDashPattern([4, 3])
    return pen
