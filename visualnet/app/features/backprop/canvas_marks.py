"""What a step through the passes marks on the canvas: the operation in turn, and the numbers at the wires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from visualnet.analysis.facts import NodePath, plain_path
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.node_painter import paint_label
from visualnet.app.canvas.view import CanvasView
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.project import MAIN

FAR = 0.3
"""Below this scale numbers at wires are no more than specks."""
GRADIENT_LINE = 5
"""Which of the theme's lines stands for gradients."""
BESIDE, ABOVE, LINE = 8.0, 13.0, 18.0


@dataclass(frozen=True)
class Marks:
    """The operation in turn, what is done there in a word, and for each port the value and the gradient in few characters."""

    active: NodePath = ()
    words: str = ""
    values: Mapping[tuple[NodePath, str], str] = field(default_factory=dict)
    gradients: Mapping[tuple[NodePath, str], str] = field(default_factory=dict)


NOTHING = Marks()


class CanvasMarks(QObject):
    """Marks on the open sheet; none until a panel shows some."""

    def __init__(self, studio: Studio, view: CanvasView) -> None:
        super().__init__(view)
        self.studio, self.view = studio, view
        self.marks = NOTHING
        self.layer = _MarkLayer(self)
        self.layer.setVisible(False)
        view.canvas.addItem(self.layer)
        for signal in (studio.sheet_changed, studio.theme_changed):
            signal.connect(lambda _: self.layer.update())

    def show_marks(self, marks: Marks) -> None:
        """Show these instead of all others."""
        if marks != self.marks:
            self.marks = marks
            self.layer.setVisible(marks != NOTHING)
            self.layer.update()

    def here(self) -> NodePath:
        """The way to the open sheet: through the repetition in turn, where that is one of this sheet's."""
        path = sheet_path(self.studio)
        above = self.marks.active[:-1]
        if plain_path(above) == path:
            return above
        inner = above[: len(path)]
        return inner if plain_path(inner) == path else path

    def active_node(self) -> str:
        """The node of the open sheet that is in turn, or holds the one that is; nothing where it is on another sheet."""
        here, active = self.here(), self.marks.active
        if len(active) > len(here) and active[: len(here)] == here and (here or self.studio.sheet == MAIN):
            return active[len(here)].partition("#")[0]
        return ""


class _MarkLayer(SheetLayer):
    """A ring round the card in turn, and small labels at output ports: the value above the wire, the gradient below it."""

    def __init__(self, owner: CanvasMarks) -> None:
        super().__init__(owner.view.canvas)
        self.owner = owner
        self.setZValue(60)

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Mark the cards that meet the area."""
        owner, theme = self.owner, self.theme
        here, active = owner.here(), owner.active_node()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if active in self.canvas.cards:
            card = self.canvas.cards[active].rect
            painter.setPen(QPen(QColor(theme.accent), max(3.0, 2.0 / scale)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(-4, -4, 4, 4), RADIUS + 4, RADIUS + 4)
            if scale >= FAR:
                top = QPointF(card.center().x(), card.top() - 14)
                paint_label(painter, top, owner.marks.words, theme, theme.text, theme.accent)
        if scale >= FAR:
            colour = theme.plot_lines[GRADIENT_LINE % len(theme.plot_lines)]
            for texts, upward, edge in ((owner.marks.values, True, theme.line), (owner.marks.gradients, False, colour)):
                self._label(painter, here, texts, upward, edge)
        painter.restore()

    def _label(
        self, painter: QPainter, here: NodePath, texts: Mapping[tuple[NodePath, str], str], upward: bool, edge: str
    ) -> None:
        for (path, port), text in texts.items():
            if path[:-1] == here and (card := self.canvas.cards.get(path[-1])) is not None:
                lines = text.split("\n")
                for number, line in enumerate(reversed(lines) if upward else lines):
                    below = ABOVE + number * LINE
                    at = card.anchor(port, True) + QPointF(BESIDE, -below if upward else below)
                    paint_label(painter, at, line, self.theme, self.theme.text, edge, anchor=0.0)
