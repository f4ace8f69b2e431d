"""The drawing as a value: nodes joined by wires, and where each node stands.

A ``Graph`` is never changed; an edit makes a new one that shares every unchanged part with the old. So undo keeps old values, any thread
may read, and ``is`` tells at once what an edit left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import msgspec

# What a parameter may hold in a file. A string where a number is wanted is an expression (``2*channels``).
Value: TypeAlias = "int | float | bool | str | tuple[Value, ...] | None"

BLOCK_PREFIX = "block:"


class Port(NamedTuple):
    """One end of a wire: a node's id and the name of one of its ports."""

    node: str
    port: str


class Wire(NamedTuple):
    """A tensor's way from an output port to an input port."""

    source: Port
    target: Port


class Init(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a node's weights start: a name of ``layers.initialization`` and what differs from the values it has. ``default`` is torch's
    own choice. A file may name what this version does not know; analysis then says so.
    """

    kind: str = "default"
    params: Mapping[str, Value] = {}


STATISTICS: Mapping[str, str] = {
    "fixed": "They are used as they are, also while training.",
    "updated": "Each batch moves them on, though the weights stay.",
}
"""What becomes of the running statistics of normalizations in a frozen node, and what that means."""
MODES = ("", "mute", "off")
"""What a node does: its work; hand its first input on unchanged; nothing, as if it were not there."""


LEARNER = "learner"
"""The name in ``Node.training`` that says which learner of the recipe trains the weights, or lowers the loss: a word, no expression."""


class Node(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One card on the canvas.

    ``id`` never changes while the node lives; ``name`` is unique in its graph, a Python identifier, and is the prefix of its weights in
    the ``state_dict``. ``kind`` is a layer's tag or ``block:NAME``. ``params`` holds what differs from the layer's defaults.
    ``shares`` is the id of the node in the same graph whose weights this one uses. ``repeat`` chains a block so many times, each with
    weights of its own. ``statistics`` counts where ``trainable`` is false, for all inside a block too; it is one of ``STATISTICS``.
    ``training`` says how its weights are trained where that differs from the recipe (``layers.recipe.node_training``), for all inside a
    block too. ``mode`` is one of ``MODES``. A ``collapsed`` card shows only its name. ``extra`` keeps fields of newer files that
    this version does not know.
    """

    id: str
    kind: str
    name: str
    params: Mapping[str, Value] = {}
    trainable: bool = True
    statistics: str = "fixed"
    init: Init = Init()
    training: Mapping[str, Value] = {}
    shares: str | None = None
    repeat: int | str = 1
    mode: str = ""
    collapsed: bool = False
    extra: Mapping[str, Any] = {}

    @property
    def block(self) -> str | None:
        """The name of the block that this node is an instance of, or None for a layer."""
        return self.kind[len(BLOCK_PREFIX) :] if self.kind.startswith(BLOCK_PREFIX) else None


DIRECTIONS = ("right", "down")
"""The ways in which a sheet can be drawn to flow."""
ANNOTATION_KINDS = ("frame", "note")
COLOURS = ("", "blue", "green", "yellow", "red", "violet")
"""What an annotation can be tinted in; the theme says how each looks."""


class Annotation(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a person writes beside the network: a ``frame`` round some cards with a title, or a ``note`` in Markdown.

    ``area`` is left, top, width, height in px.
    """

    id: str
    kind: str = "frame"
    text: str = ""
    colour: str = ""
    area: tuple[float, float, float, float] = (0.0, 0.0, 320.0, 200.0)
    extra: Mapping[str, Any] = {}


class Graph(msgspec.Struct, frozen=True):
    """Nodes by id (in file order), the wire that ends at each input port, and each card's top left corner in px.

    An input port takes one wire, so a wire is found by where it ends: ``wires[target] == source``. ``spent`` is the highest number that
    an id ever had, where no node has it any more (else 0), so that ids are not given twice. ``bends`` are the points that a wire is led
    over, by where it ends; ``annotations`` are frames and notes by id; ``bookmarks`` are views to come back to: centre and scale by name.
    ``direction`` is one of ``DIRECTIONS``: where the tensors flow to, and so on which sides of the cards the ports stand.
    """

    nodes: Mapping[str, Node] = {}
    wires: Mapping[Port, Port] = {}
    places: Mapping[str, tuple[float, float]] = {}
    spent: int = 0
    extra: Mapping[str, Any] = {}
    bends: Mapping[Port, tuple[tuple[float, float], ...]] = {}
    annotations: Mapping[str, Annotation] = {}
    bookmarks: Mapping[str, tuple[float, float, float]] = {}
    direction: str = "right"

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def named(self, name: str) -> Node:
        """The node with this name.

        Raises:
            KeyError: no node of this graph has the name.
        """
        for node in self.nodes.values():
            if node.name == name:
                return node
        raise KeyError(name)

    def with_wires(self, wires: Mapping[Port, Port]) -> Graph:
        """The graph with these wires; a bend goes with its wire."""
        bends = {t: b for t, b in self.bends.items() if wires.get(t) == self.wires.get(t)} if self.bends else self.bends
        return msgspec.structs.replace(self, wires=wires, bends=bends if len(bends) < len(self.bends) else self.bends)


class Topology:
    """What follows from the wires alone: neighbours, an order, and which nodes stand on a cycle. Made once per set of wires.

    In plain loops over the dictionaries that are made here anyway: every edit asks for it, the window shows a first network before
    networkx is imported (0.2 s), and a graph of networkx costs more to fill than to be walked over.
    """

    def __init__(self, graph: Graph) -> None:
        self.into: dict[str, list[Wire]] = {node_id: [] for node_id in graph.nodes}
        self.out_of: dict[str, list[Wire]] = {node_id: [] for node_id in graph.nodes}
        for target, source in graph.wires.items():
            if target.node in self.into and source.node in self.out_of:
                wire = Wire(source, target)
                self.into[target.node].append(wire)
                self.out_of[source.node].append(wire)
        self.order, self.rings = self._sort()
        """An order in which the nodes can be computed, and the cycles: nodes that all reach each other, in file order."""

    def _sort(self) -> tuple[list[str], tuple[tuple[str, ...], ...]]:
        """Kahn's algorithm, in file order among equals; what is left over stands on a cycle or behind one."""
        waiting = {node_id: len(wires) for node_id, wires in self.into.items()}
        order = [node_id for node_id, count in waiting.items() if count == 0]
        for node_id in order:
            for wire in self.out_of[node_id]:
                waiting[wire.target.node] -= 1
                if waiting[wire.target.node] == 0:
                    order.append(wire.target.node)
        left = {node_id for node_id, count in waiting.items() if count > 0}
        return order, self._cycles(left)

    def _cycles(self, left: set[str]) -> tuple[tuple[str, ...], ...]:
        """Of the nodes that no order reaches, those that reach themselves (the others only stand behind a cycle, or between two)."""
        if not left:
            return ()
        from visualnet.core.cycles import rings

        after = {n: {w.target.node for w in self.out_of[n]} & left for n in self.into if n in left}
        return tuple(map(tuple, rings(after)))

    def downstream(self, start: str) -> set[str]:
        """The node and all that its outputs reach."""
        return self._reach(start, self.out_of, 1)

    def upstream(self, start: str) -> set[str]:
        """The node and all that reaches its inputs."""
        return self._reach(start, self.into, 0)

    def wires_through(self, node_id: str) -> set[Port]:
        """The wires that lead to a node or away from it, however far, by where they end."""
        before, after = self.upstream(node_id), self.downstream(node_id)
        return {w.target for i in before for w in self.into.get(i, ())} | {
            w.target for i in after for w in self.out_of.get(i, ())
        }

    @staticmethod
    def _reach(start: str, wires: Mapping[str, list[Wire]], end: int) -> set[str]:
        seen = {start}
        todo = [start]
        while todo:
            for wire in wires.get(todo.pop(), ()):
                other = wire[end].node
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen
