"""The item that paints all wires: their curves, the points they are led over, their labels."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from visualnet.analysis.geometry.label_placement import LabelPlacement
from visualnet.app.canvas.scene.layers.sheet_layer import ALL, MOVING, SheetLayer
from visualnet.app.canvas.scene.node_painter import paint_label
from visualnet.app.canvas.scene.painting import cosmetic_pen, enlargement, to_rect
from visualnet.app.canvas.scene.sheet_index import SheetIndex
from visualnet.app.canvas.scene.wire_item import WireItem, WireStyle
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import mix
from visualnet.core.graph import Port

FINE_WIRES = 0.45
SHAPES_FROM = 0.8
"""From this scale on, at the normal text size, wires say what they carry; below there is no room for words that can be read."""
HAIR = 0.16
CALM = 0.4
"""How far a wire that leads back fades into the ground."""
TOGETHER = 150
"""From so many wires in view on, all are painted in one call."""
MANY, MANY_MOVING = 1500, 400
"""From so many on they go without smoothing, which takes three times as long: at rest, and while something moves."""
BEND_RADIUS = 4.0


class WireLayer(SheetLayer):
    """All wires."""

    def __init__(self, scene: SheetIndex, labels: LabelPlacement) -> None:
        super().__init__(scene)
        self.labels = labels

    def draw(self, painter: QPainter, area: QRectF, scale: float, cosmetic: bool = True) -> None:
        """Paint the wires that meet the area; fails and highlights last, so that nothing hides them."""
        canvas, marks, wires, moving_wires = self.canvas, self.canvas.marks, self.canvas.wires, self.canvas.moving_wires
        painter.save()
        if marks.fitting is not None:
            painter.setOpacity(0.45)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        plain, special = self._pen(self.theme.wire, 2.0, scale), self._special_pens(scale)
        for pen in (plain, *special.values()):
            pen.setCosmetic(cosmetic)
        painter.setPen(plain)
        shown = canvas.wires_in(area) if scale >= FINE_WIRES else list(wires.values())
        styles = {t: style for t, style in canvas.wire_styles.items() if t in wires and t not in special}
        flow = marks.flow - special.keys() - styles.keys()
        if self.part != ALL:
            moved = self.part == MOVING
            shown = [w for w in shown if (w.target in moving_wires) == moved]
            special = {t: pen for t, pen in special.items() if (t in moving_wires) == moved}
            flow = flow & moving_wires if moved else flow - moving_wires
            styles = {t: style for t, style in styles.items() if (t in moving_wires) == moved}
        fine = True
        if self.part != MOVING and (scale < FINE_WIRES or len(shown) > TOGETHER):
            moving = canvas.hurry or moving_wires
            fine = scale >= HAIR and len(wires) < (MANY_MOVING if moving else MANY)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine)
            apart = frozenset({*canvas.failing, *moving_wires, *styles, *filter(None, [marks.hidden_wire])})
            painter.drawPath(canvas.all_wires(apart))
            own = moving_wires if self.part == ALL else frozenset[Port]()
            singles = [wires[t] for t in own if t in wires and t not in special and t not in styles]
        else:
            singles = [w for w in shown if not (w.target in special or w.target in marks.flow or w.target in styles)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine)
        for wire in singles:
            if not wire.back:
                painter.drawPath(wire.path)
        # What only leads on to the next row is quieter than what a tensor passes through.
        calm = self._pen(mix(self.theme.wire, self.theme.canvas, CALM), 2.0, scale)
        calm.setCosmetic(cosmetic)
        painter.setPen(calm)
        for wire in singles:
            if wire.back:
                painter.drawPath(wire.path)
        for style, path in self._join_by_style(styles).items():
            painter.setPen(self._pen(style.colour, style.width, max(scale, FINE_WIRES)))  # from far they still differ
            painter.drawPath(path)
        painter.setPen(plain)
        if flow:
            painter.setPen(self._pen(mix(self.theme.wire, self.theme.accent, 0.55), 2.0, scale))
            for target in flow:
                painter.drawPath(wires[target].path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for target, pen in special.items():
            painter.setPen(pen)
            painter.drawPath(wires[target].path)
        if scale >= FINE_WIRES:
            self._paint_bends(painter, shown, special)
        painter.restore()
        if scale >= SHAPES_FROM * fonts.factor():
            self._paint_labels(painter, shown, enlargement(11, scale))

    def _join_by_style(self, styles: Mapping[Port, WireStyle]) -> dict[WireStyle, QPainterPath]:
        """The wires of each style as one path, the faintest first: one call for all that look alike."""
        paths: dict[WireStyle, QPainterPath] = {}
        for target, style in sorted(styles.items(), key=lambda one: one[1].width):
            paths.setdefault(style, QPainterPath()).addPath(self.canvas.wires[target].path)
        return paths

    def _paint_bends(self, painter: QPainter, shown: list[WireItem], special: dict[Port, QPen]) -> None:
        """The points that wires are led over."""
        for wire in shown:
            if wire.bends:
                pen = special.get(wire.target)
                painter.setPen(QPen(pen.color() if pen is not None else QColor(self.theme.wire), 1.6))
                painter.setBrush(QColor(self.theme.ground))
                for at in wire.bends:
                    painter.drawEllipse(at, BEND_RADIUS, BEND_RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _special_pens(self, scale: float) -> dict[Port, QPen]:
        """The wires that are not painted like the rest, with their pens, the most important last."""
        theme, marks, canvas = self.theme, self.canvas.marks, self.canvas
        found: dict[Port, QPen] = {}
        hot, chosen = self._pen(theme.text, 2.0, scale), self._pen(theme.accent, 2.0, scale)
        for target in canvas.by_node.get(marks.hover_card, ()):
            found[target] = hot
        for node in marks.selected:
            for target in canvas.by_node.get(node, ()):
                found[target] = chosen
        pointed = {*marks.wires, *filter(None, [marks.hover_wire])}
        fault, pointed_fault = (self._pen(theme.error, width, scale, Qt.PenStyle.DashLine) for width in (2.0, 2.6))
        for target in canvas.failing:
            found[target] = pointed_fault if target in pointed else fault
        for target in pointed - canvas.failing:
            found[target] = self._pen(theme.accent, 2.6, scale)
        if marks.hidden_wire is not None:
            found[marks.hidden_wire] = QPen(Qt.PenStyle.NoPen)
        return {t: pen for t, pen in found.items() if t in canvas.wires}

    def _paint_labels(self, painter: QPainter, wires: list[WireItem], larger: float) -> None:
        theme, hidden = self.theme, self.canvas.marks.hidden_wire
        for wire, pill in self.labels.place(wires):
            if wire.target != hidden:
                at, colour = to_rect(pill).center(), theme.error if wire.failing else None
                paint_label(painter, at, wire.label, theme, colour, larger=larger)

    def _pen(self, colour: str, width: float, scale: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        # Cosmetic, so that the thin line of a far zoom takes Qt's fast path.
        pen = cosmetic_pen(colour, max(1.0, width * self.theme.wire_width / 2 * min(scale, 1.6)))
        pen.setStyle(style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if style == Qt.PenStyle.DashLine:
            pen.setDashPattern([4, 3])
        return pen
