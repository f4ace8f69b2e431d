"""Draw a wire by keyboard: arrows go from card to card, Tab from port to port, Enter joins, Esc lets go."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputEvent, QKeyEvent, QPainter

from visualnet.analysis.connect import best_ports
from visualnet.analysis.geometry.sheet_geometry import card_beside
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands import connect
from visualnet.app.canvas.commands.arrange import card_areas
from visualnet.app.canvas.commands.keyboard import ARROWS
from visualnet.app.canvas.overlays import pointer_hint
from visualnet.app.canvas.tools.join_nodes import JoinTool
from visualnet.core.graph import Port

BACKWARDS = 600.0
"""So much farther counts a card that lies against the flow, in px."""
MOST_TRIED = 12
"""Of more cards nearby than this none is tried."""


KEYS = "Arrows choose the card · Tab the ports · Enter connects · Esc ends"


class ConnectTool(JoinTool):
    """The join of two cards without a mouse. It begins at the selected card: at an open input of it, if there is one."""

    def __init__(self, view: CanvasBase, node: str) -> None:
        super().__init__(view, node)
        self.dragging = True
        facts = self.accept.facts.nodes.get(node) if self.accept.facts is not None else None
        inputs = facts.inputs.items() if facts is not None else ()
        self.seeks_source = any(
            not p.optional and Port(node, name) not in self.accept.graph.wires for name, p in inputs
        )
        """Whether the card waits for a tensor, so that the other end is looked for as its source."""
        self.aim(self._first())

    def _first(self) -> str:
        """The nearest card that takes what this one gives (or gives what it waits for), rather along the flow; else the nearest at all."""
        cards, home = self.scene.cards, self.scene.cards[self.node]

        def distance(node_id: str) -> float:
            way = cards[node_id].rect.center() - home.rect.center()
            along = way.y() if home.down else way.x()
            return way.manhattanLength() + BACKWARDS * (along > 0 if self.seeks_source else along < 0)

        near = sorted((i for i in cards if i != self.node), key=distance)
        for node_id in near[:MOST_TRIED]:
            join = self._best(node_id)
            if join is not None and join.verdict.fits and join.target not in self.scene.wires:
                return node_id
        return near[0] if near else ""

    def _best(self, node_id: str) -> best_ports.PossibleWire | None:
        return best_ports.best_join(self.accept, *self._ends(node_id))

    def _ends(self, node_id: str) -> tuple[str, str]:
        """Where the wire shall begin and end, if it can."""
        return (node_id, self.node) if self.seeks_source else (self.node, node_id)

    def aim(self, node_id: str) -> None:
        super().aim(node_id)
        if node_id:
            self.at = self.scene.cards[node_id].rect.bottomLeft()
            self.view.show_card(node_id)
        self.view.viewport().update()

    def _other_ports(self, step: int) -> None:
        """Take the next pair of ports of the two cards."""
        start, end = self._ends(self.over)
        pairs = best_ports.all_joins(self.accept, start, end)
        if self.seeks_source:  # a card without any wire may as well be the one that gives
            back = best_ports.all_joins(self.accept, end, start)
            pairs += [j for j in back if j.verdict.fits and j not in pairs]
        if not pairs:
            return
        ends = [(j.source, j.target) for j in pairs]
        now = (self.join.source, self.join.target) if self.join is not None else None
        self.join = pairs[(ends.index(now) + step) % len(pairs) if now in ends else 0]
        words = f"{self.join.source.port} to {self.join.target.port}: {self.join.verdict.words}"
        self.view.setAccessibleDescription(words)
        self.view.viewport().update()

    def key(self, event: QKeyEvent) -> bool:
        """Answer a key while the wire is being chosen."""
        key = Qt.Key(event.key())
        if key in ARROWS and self.over:
            cards = card_areas(self.scene)
            there = card_beside(cards, self.over, ARROWS[key])
            if there == self.node:
                there = card_beside(cards, there, ARROWS[key])
            if there is not None:
                self.aim(there)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.over:
            self._other_ports(-1 if key == Qt.Key.Key_Backtab else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.view.cancel()
            if self.join is not None:
                # Back to where the keyboard is; at once, for repairs of the wire are offered at a point of the view.
                self.view.show_card(self.node)
                self.view.skip()
                at = self.scene.cards[self.node].rect.bottomLeft()
                connect.draw_wire(self.view, self.join.source, self.join.target, at)
        else:
            return key != Qt.Key.Key_Escape
        return True

    def move(self, at: QPointF, event: QInputEvent) -> None:
        """The mouse has no part in this."""

    def release(self, at: QPointF, event: QInputEvent) -> None:
        """A click elsewhere lets go."""

    def paint(self, painter: QPainter) -> None:
        super().paint(painter)
        pointer_hint.paint_keys(painter, self.view, KEYS)
        if not self.over:
            corner = self.scene.cards[self.node].rect.bottomLeft()
            pointer_hint.paint_note(painter, self.view, corner, "no other card to join to")
