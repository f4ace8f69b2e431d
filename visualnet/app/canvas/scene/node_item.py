"""One card on the canvas as a value to paint: its place, its words, its ports. How it is painted stands in ``card_paint``.

A card is no QGraphicsItem of its own: one item paints them all from sprites, which keeps thousands of them smooth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from visualnet.analysis.facts import SEVERITIES, NodeFacts, Problem
from visualnet.analysis.families import family_of
from visualnet.analysis.muting import mode
from visualnet.app.canvas.scene.node_geometry import (
    HEIGHT,
    MAX_WIDTH,
    MIN_WIDTH,
    PAD,
    STRIP,
    Said,
    Size,
    control,
    measured,
    radius,
    text_width,
)
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Project
from visualnet.core.text.format import format_count
from visualnet.layers import LAYERS

__all__ = ["HEIGHT", "MAX_WIDTH", "MIN_WIDTH", "PAD", "STRIP"]

PORT_RADIUS = 5.0
PORT_REACH = 13.0
MARGIN = 10
"""How far a card's ink may reach beyond its rectangle: ports, ring, shadow."""


class Face:
    """What a card says. Two equal faces look the same, so a sprite can be kept."""

    __slots__ = (
        "badge",
        "block",
        "count",
        "family",
        "folded",
        "frozen",
        "icon",
        "inside",
        "line",
        "mode",
        "name",
        "placeholder",
        "ports",
        "repeat",
        "shape",
        "shared",
    )

    def __init__(self) -> None:
        self.name = self.line = self.shape = self.count = self.mode = ""
        self.family, self.icon, self.badge, self.repeat = "shape", "shape", "", ""
        self.frozen = self.shared = self.block = self.placeholder = self.folded = False
        self.ports: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.inside = 0
        """Which definition a block has now: a changed one wants another miniature."""

    def key(self) -> tuple[object, ...]:
        return tuple(getattr(self, slot) for slot in self.__slots__)

    def size(self, strip: bool, folded: bool, down: bool) -> Size:
        """How large a card with this face is."""
        signs = bool(self.badge) + self.frozen + self.shared + bool(self.mode)
        marks = 20 * signs + 26 * bool(self.repeat) + (14 if folded else 0)
        room = text_width(self.shape, False) + text_width(self.count, False)
        return measured(Said(self.name, self.line, room, marks), self.ports, strip and not folded, folded, down)


class NodeItem:
    """A card in the scene. ``x`` and ``y`` are its top left corner; ``version`` grows whenever its picture changes."""

    __slots__ = (
        "__weakref__",
        "_ins",
        "_outs",
        "down",
        "face",
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
        self.face = Face()
        self.facts: NodeFacts | None = None
        self.problems: tuple[Problem, ...] = ()
        self.thumbnail: QImage | None = None
        self.width, self.height = float(MIN_WIDTH), float(HEIGHT)
        self.version = 0
        self.down = False
        """Whether its ports stand at the top and the bottom."""
        self._ins: dict[str, float] = {}
        self._outs: dict[str, float] = {}

    # --- geometry ---------------------------------------------------------------------------------------------------

    @property
    def rect(self) -> QRectF:
        return QRectF(self.x, self.y, self.width, self.height)

    @property
    def outline(self) -> tuple[object, ...]:
        """What wires have to know of it: where it stands, how large it is, and where its ports are."""
        return self.x, self.y, self.width, self.height, self.down, tuple(self._ins.items()), tuple(self._outs.items())

    @property
    def inputs(self) -> Sequence[str]:
        return tuple(self._ins)

    @property
    def outputs(self) -> Sequence[str]:
        return tuple(self._outs)

    @property
    def radius(self) -> float:
        """How round its corners are."""
        return radius(self.height, self.face.folded)

    @property
    def control(self) -> QRectF:
        """Where the sign is that folds it and opens it, in the scene."""
        return control(self.width, self.height, self.face.folded).translated(self.x, self.y)

    def offset(self, port: str, out: bool) -> float:
        """How far along its side a port stands: below the top, or right of the left edge. An unknown port stands in the middle."""
        middle = (self.width if self.down else min(self.height, HEIGHT)) / 2
        return (self._outs if out else self._ins).get(port, middle)

    def spot(self, port: str, out: bool) -> QPointF:
        """Where a port stands, from the card's corner."""
        along = self.offset(port, out)
        if self.down:
            return QPointF(along, self.height if out else 0.0)
        return QPointF(self.width if out else 0.0, along)

    def anchor(self, port: str, out: bool) -> QPointF:
        """Where a wire meets the port, in the scene."""
        at = self.spot(port, out)
        return QPointF(self.x + at.x(), self.y + at.y())

    def port_at(self, at: QPointF, reach: float = PORT_REACH) -> tuple[str, bool] | None:
        """The port under a point of the scene, and whether it is an output."""
        best, found = reach * reach, None
        x, y, side = (
            (at.y() - self.y, at.x() - self.x, self.height)
            if self.down
            else (at.x() - self.x, at.y() - self.y, self.width)
        )
        for ports, out in ((self._outs, True), (self._ins, False)):
            dx = x - (side if out else 0.0)
            if abs(dx) > reach:
                continue
            for port, along in ports.items():
                distance = dx * dx + (y - along) ** 2
                if distance < best:
                    best, found = distance, (port, out)
        return found

    # --- content ----------------------------------------------------------------------------------------------------

    def show(self, facts: NodeFacts | None, problems: tuple[Problem, ...], project: Project, graph: Graph) -> bool:
        """Take what is known now; True if the picture changes."""
        self.facts, self.problems = facts, problems
        face = _face(self.node, facts, problems, project, graph)
        down = graph.direction == "down"
        if face.key() == self.face.key() and self.version and down == self.down:
            return False
        self.face, self.down = face, down
        self.version += 1
        self._measure()
        return True

    def set_thumbnail(self, image: QImage | None) -> bool:
        """Show a live picture below the words, or none; True if the card's size changes."""
        grew = (image is None) != (self.thumbnail is None)
        if image is None and self.thumbnail is None:
            return False
        self.thumbnail = image
        self.version += 1
        if grew:
            self._measure()
        return grew

    def _measure(self) -> None:
        folded = self.face.folded
        self.width, self.height, self._ins, self._outs = self.face.size(self.thumbnail is not None, folded, self.down)


def _face(node: Node, facts: NodeFacts | None, problems: tuple[Problem, ...], project: Project, graph: Graph) -> Face:
    face = Face()
    kind = LAYERS.get(node.kind)
    face.name, face.block = node.name, node.block is not None
    face.placeholder = kind is None and (node.block is None or node.block not in project.blocks)
    face.inside = id(project.blocks[node.block].graph) if node.block in project.blocks else 0
    face.frozen = not node.trainable
    face.mode = mode(node) if node.mode else ""
    face.shared = node.shares is not None
    face.folded = node.folded
    face.repeat = (
        "" if node.repeat == 1 else f"×{len(facts.inside) if facts is not None and facts.inside else node.repeat}"
    )
    face.family = family_of(node, project)
    face.icon = "block" if face.block else "help" if face.placeholder else _icon(node.kind, face.family)
    face.line = _line(node, facts)
    if facts is not None:
        face.ports = (tuple(facts.inputs), tuple(facts.outputs))
        first = next((facts.leaving[p] for p in facts.outputs if p in facts.leaving), None)
        if first is not None:
            face.shape = first.text
        elif not facts.outputs and facts.arriving and facts.arriving[0] is not None:
            face.shape = facts.arriving[0].text
        elif facts.outputs:
            face.shape = "?"
        count = facts.parameters if not face.mode else 0
        face.count = f"{format_count(count)} params" if count else ""
    else:
        face.ports = _ports_used(node.id, graph) if kind is None else (tuple(kind().inputs()), tuple(kind().outputs()))
    worst = min((SEVERITIES.index(p.severity) for p in problems), default=-1)
    face.badge = SEVERITIES[worst] if worst >= 0 else ""
    return face


def _icon(tag: str, family: str) -> str:
    role = LAYERS[tag].role
    return "metric" if role == "metric" else family


def _line(node: Node, facts: NodeFacts | None) -> str:
    if node.block is not None:
        return " · ".join(
            [node.block, *(f"{k.replace('_', ' ')} {_figure(k, v, facts)}" for k, v in node.params.items())]
        )
    kind = LAYERS.get(node.kind)
    if kind is None:
        return f"unknown layer “{node.kind}”"
    card = facts.layer.card() if facts is not None and facts.layer is not None else ""
    return f"{kind.label} · {card}" if card else kind.label


def _figure(name: str, raw: object, facts: NodeFacts | None) -> object:
    """What an expression comes to in this place, where that is known: a card shows figures, its tip the arithmetic."""
    value = facts.inside[0].scope.get(name) if isinstance(raw, str) and facts is not None and facts.inside else None
    return raw if value is None else value if isinstance(value, int) else f"{float(value):g}"


def _ports_used(node_id: str, graph: Graph) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ins = dict.fromkeys(t.port for t in graph.wires if t.node == node_id)
    outs = dict.fromkeys(s.port for s in graph.wires.values() if s.node == node_id)
    return tuple(ins), tuple(outs)


def tip(item: NodeItem) -> str:
    """All that is known of a card, as plain text."""
    node, facts = item.node, item.facts
    kind = LAYERS.get(node.kind)
    head = f"{node.name} — {kind.label if kind else node.block or node.kind}"
    lines = [head]
    if item.face.mode:
        lines.append("muted: hands its input on" if item.face.mode == "mute" else "off: nothing is computed here")
    if kind is not None:
        lines.append(kind.summary())
    if facts is not None:
        for (port, _), spec in zip(facts.inputs.items(), facts.arriving, strict=True):
            lines.append(f"{port}: {_spec(spec.text, spec.axes) if spec is not None else 'nothing arrives'}")
        for port in facts.outputs:
            spec = facts.leaving.get(port)
            lines.append(f"→ {port}: {_spec(spec.text, spec.axes) if spec is not None else 'not known yet'}")
        if facts.layer is not None:
            values = facts.layer.values()
            lines += [", ".join(f"{k} {facts.layer.params[k].short(v)}" for k, v in values.items())] if values else []
        lines += [
            f"{k} = {v} = {_figure(k, v, facts)}" for k, v in node.params.items() if facts.inside and isinstance(v, str)
        ]
        if facts.parameters:
            lines.append(f"{facts.parameters:,} parameters" + ("" if node.trainable else ", frozen"))
        if facts.buffered and not node.trainable:
            lines.append(f"running statistics: {node.statistics}")
        if facts.macs:
            lines.append(f"{facts.macs:,} multiply–accumulates per sample")
    lines += [f"{_SIGNS[p.severity]} {p.words}" for p in item.problems]
    return "\n".join(lines)


_SIGNS = {"error": "⬣", "warning": "▲", "hint": "●"}


def _spec(text: str, axes: tuple[str, ...]) -> str:
    return f"{text} ({'×'.join(axes)})" if axes else text


def sizes(items: Mapping[str, NodeItem], direction: str) -> dict[str, Size]:
    """How large the cards would be on a sheet that flows in this direction."""
    down = direction == "down"
    return {i: c.face.size(c.thumbnail is not None, c.face.folded, down) for i, c in items.items()}


def offsets(found: Mapping[str, Size]) -> dict[tuple[str, str, str], float]:
    """Where the ports stand, as ``tidy`` wants to know it."""
    ends = {(i, "in", p): at for i, size in found.items() for p, at in size.ins.items()}
    return ends | {(i, "out", p): at for i, size in found.items() for p, at in size.outs.items()}


def wire_ends(items: Mapping[str, NodeItem], target: Port, source: Port) -> tuple[QPointF, QPointF] | None:
    """Where a wire begins and ends in the scene; None while one of its cards is missing."""
    start, end = items.get(source.node), items.get(target.node)
    if start is None or end is None:
        return None
    return start.anchor(source.port, True), end.anchor(target.port, False)
