"""One card on the canvas as a value to paint: its place, its content, its ports. How it is painted stands in ``node_painter``.

A card is no QGraphicsItem of its own: one item paints them all from sprites, which keeps thousands of them smooth.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QImage

from visualnet.analysis.card_content import CardContent, card_content
from visualnet.analysis.facts import NodeFacts, Problem
from visualnet.analysis.geometry.boxes import Box, Point
from visualnet.analysis.geometry.card_size import HEIGHT, MIN_WIDTH, CardSize, card_size, collapse_sign, corner_radius
from visualnet.app.canvas.scene.painting import text_width, to_rect
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.graph import Graph, Node
from visualnet.core.project import Project

PORT_RADIUS = 5.0
PORT_REACH = 13.0
MARGIN = 10
"""How far a card's ink may reach beyond its rectangle: ports, ring, shadow."""


class NodeItem:
    """A card in the scene. ``x`` and ``y`` are its top left corner; ``version`` grows whenever its picture changes."""

    __slots__ = (
        "__weakref__",
        "_ins",
        "_outs",
        "content",
        "down",
        "facts",
        "height",
        "id",
        "node",
        "problems",
        "thumbnail",
        "version",
        "width",
        "x",
        "y",
    )

    def __init__(self, node: Node, place: tuple[float, float]) -> None:
        self.id, self.node = node.id, node
        self.x, self.y = place
        self.content = CardContent()
        self.facts: NodeFacts | None = None
        self.problems: tuple[Problem, ...] = ()
        self.thumbnail: QImage | None = None
        self.width, self.height = float(MIN_WIDTH), float(HEIGHT)
        self.version = 0
        self.down = False
        """Whether its ports stand at the top and the bottom."""
        self._ins: dict[str, float] = {}
        self._outs: dict[str, float] = {}

    @property
    def rect(self) -> QRectF:
        return QRectF(self.x, self.y, self.width, self.height)

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + self.width, self.y + self.height

    @property
    def outline(self) -> tuple[object, ...]:
        """What wires have to know of it: where it stands, how large it is, and where its ports are."""
        return self.x, self.y, self.width, self.height, self.down, tuple(self._ins.items()), tuple(self._outs.items())

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(self._ins)

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(self._outs)

    @property
    def sides(self) -> tuple[tuple[tuple[str, ...], bool], ...]:
        """The ports of each side, and whether they are outputs."""
        return (self.inputs, False), (self.outputs, True)

    @property
    def radius(self) -> float:
        """How round its corners are."""
        return corner_radius(self.height, self.content.collapsed, RADIUS)

    @property
    def control(self) -> QRectF:
        """Where the sign is that collapses it and opens it, in the scene."""
        return to_rect(collapse_sign(self.width, self.height, self.content.collapsed)).translated(self.x, self.y)

    def offset(self, port: str, out: bool) -> float:
        """How far along its side a port stands: below the top, or right of the left edge. An unknown port stands in the middle."""
        middle = (self.width if self.down else min(self.height, HEIGHT)) / 2
        return (self._outs if out else self._ins).get(port, middle)

    def wire_end(self, port: str, out: bool) -> Point:
        """Where a wire meets the port, in the scene."""
        along = self.offset(port, out)
        if self.down:
            return self.x + along, self.y + (self.height if out else 0.0)
        return self.x + (self.width if out else 0.0), self.y + along

    def anchor(self, port: str, out: bool) -> QPointF:
        """The same for Qt."""
        return QPointF(*self.wire_end(port, out))

    def spot(self, port: str, out: bool) -> QPointF:
        """Where a port stands, from the card's corner."""
        return self.anchor(port, out) - QPointF(self.x, self.y)

    def port_at(self, at: QPointF, reach: float = PORT_REACH) -> tuple[str, bool] | None:
        """The port that is nearest to a point of the scene, and whether it is an output; None where none is within reach."""
        ends = [(port, True) for port in self._outs] + [(port, False) for port in self._ins]
        distances = [QLineF(at, self.anchor(port, out)).length() for port, out in ends]
        nearest = min(distances, default=reach)
        return ends[distances.index(nearest)] if nearest < reach else None

    def measure(self, strip: bool, collapsed: bool, down: bool) -> CardSize:
        """How large it would be: with room for a live picture, collapsed, on a sheet that flows down."""
        return card_size(self.content, strip, collapsed, down, text_width)

    def show(self, facts: NodeFacts | None, problems: tuple[Problem, ...], project: Project, graph: Graph) -> bool:
        """Take what is known now; True if the picture changes."""
        self.facts, self.problems = facts, problems
        content, down = card_content(self.node, facts, problems, project, graph), graph.direction == "down"
        if self.version and (content, down) == (self.content, self.down):
            return False
        self.content, self.down = content, down
        self.version += 1
        self._resize()
        return True

    def set_thumbnail(self, image: QImage | None) -> bool:
        """Show a live picture below the words, or none; True if the card's size changes."""
        if image is None and self.thumbnail is None:
            return False
        resized = image is None or self.thumbnail is None
        self.thumbnail = image
        self.version += 1
        if resized:
            self._resize()
        return resized

    def _resize(self) -> None:
        size = self.measure(self.thumbnail is not None, self.content.collapsed, self.down)
        self.width, self.height, self._ins, self._outs = size


def sizes(items: Mapping[str, NodeItem], direction: str) -> dict[str, CardSize]:
    """How large the cards would be on a sheet that flows in this direction."""
    down = direction == "down"
    return {i: card.measure(card.thumbnail is not None, card.content.collapsed, down) for i, card in items.items()}
