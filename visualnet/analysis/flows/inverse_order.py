"""The way back through a drawing: in which order its nodes are undone, so that inputs follow from a latent.

Nothing here knows a layer. Values spread over the wires from the ports that are known: forwards through every node whose inputs are known
(the network of a coupling), backwards through every node that can be undone from what is known (``Layer.undoing``), until nothing more
follows. Dinh et al. 2017 invert a coupling so by hand; here it follows for any drawing of layers that declare their inverse.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from visualnet.analysis.facts import GraphFacts, NodeFacts
from visualnet.core.graph import Port


@dataclass(frozen=True, eq=False)
class Move:
    """One node on the way: computed as ever, or undone. ``reads`` are the output ports of the sheet's nodes that it rests on, ``gives``
    those that it finds. ``inside`` is the way back through a block that is undone, once for each repetition, the last one first."""

    node: str
    backwards: bool
    reads: tuple[Port, ...]
    gives: tuple[Port, ...]
    inside: tuple[InverseOrder, ...] = ()


@dataclass(frozen=True, eq=False)
class InverseOrder:
    """The moves in their order, and all ports whose values are known at the end. ``stuck`` are nodes whose outputs are known and that
    could not be undone, in the order in which the way met them."""

    facts: GraphFacts
    start: frozenset[Port]
    moves: tuple[Move, ...]
    known: frozenset[Port]
    stuck: tuple[str, ...] = ()

    def to(self, wanted: Iterable[Port]) -> InverseOrder:
        """Only the moves that these ports rest on."""
        needed, kept = set(wanted), []
        for move in reversed(self.moves):
            if needed & set(move.gives):
                needed |= set(move.reads)
                kept.append(move)
        return replace(self, moves=tuple(reversed(kept)))


def find_inverse_order(facts: GraphFacts, start: Iterable[Port]) -> InverseOrder:
    """Everything on a sheet that follows from the values at these output ports."""
    return _Walk(facts, frozenset(start)).run()


class _Walk:
    def __init__(self, facts: GraphFacts, start: frozenset[Port]) -> None:
        self.facts, self.start = facts, start
        self.known = set(start)
        self.moves: list[Move] = []
        self.ends = {node.node.id for role in ("output", "loss", "metric") for node in facts.sinks(role)}

    def run(self) -> InverseOrder:
        todo = deque(node for port in self.start for node in self._touched(port))
        met: dict[str, None] = {}
        while todo:
            node_id = todo.popleft()
            if node_id not in self.facts.nodes or node_id in self.ends:
                continue
            met[node_id] = None
            for move in filter(None, (self._forwards(node_id), self._backwards(node_id))):
                self.moves.append(move)
                fresh = [port for port in move.gives if port not in self.known]
                self.known.update(fresh)
                todo += [node for port in fresh for node in self._touched(port)]
        stuck = tuple(node_id for node_id in met if self._is_stuck(node_id))
        return InverseOrder(self.facts, self.start, tuple(self.moves), frozenset(self.known), stuck)

    def _touched(self, port: Port) -> list[str]:
        """The node that gives a port, and those that read it."""
        wires = self.facts.topology.out_of.get(port.node, ())
        return [port.node, *(wire.target.node for wire in wires if wire.source == port)]

    def _sources(self, node: NodeFacts) -> dict[str, Port]:
        wires = self.facts.graph.wires
        return {name: wires[port] for name in node.inputs if (port := Port(node.node.id, name)) in wires}

    def _forwards(self, node_id: str) -> Move | None:
        node = self.facts.nodes[node_id]
        sources = tuple(dict.fromkeys(self._sources(node).values()))
        gives = tuple(port for name in node.outputs if (port := Port(node_id, name)) not in self.known)
        if not gives or not sources or not all(source in self.known for source in sources):
            return None
        return Move(node_id, False, sources, gives)

    def _backwards(self, node_id: str) -> Move | None:
        node = self.facts.nodes[node_id]
        sources = self._sources(node)
        if all(source in self.known for source in sources.values()):
            return None
        if node.inside:
            return self._through_block(node, sources)
        how = node.layer.undoing() if node.layer is not None and node.known else None
        if how is None:
            return None
        reads = [Port(node_id, name) if name in node.outputs else sources.get(name) for name in how.reads]
        gives = tuple(
            source for name in how.finds if (source := sources.get(name)) is not None and source not in self.known
        )
        given = tuple(port for port in reads if port is not None and port in self.known)
        return Move(node_id, True, given, gives) if gives and len(given) == len(reads) else None

    def _through_block(self, node: NodeFacts, sources: Mapping[str, Port]) -> Move | None:
        """The way back through a block, from its last repetition to its first."""
        outputs = {name for name in node.outputs if Port(node.node.id, name) in self.known}
        inputs = {name for name, source in sources.items() if source in self.known}
        first = next(iter(node.inputs), "")
        ways: list[InverseOrder] = []
        found: set[str] = set()
        for at, graph in enumerate(reversed(node.inside)):
            same = inputs - ({first} if at < len(node.inside) - 1 else set())
            way = find_inverse_order(
                graph, (*block_ports(graph, "output", outputs), *block_ports(graph, "input", same))
            )
            found = {name for name, port in inner_ports(graph, "input").items() if port in way.known} - same
            ways.append(way)
            outputs = set(node.outputs) if first in found else set()
        names = [name for name in found if name in sources and sources[name] not in self.known]
        if not names:
            return None
        each = [inner_ports(way.facts, "input") for way in ways]
        inside = tuple(
            way.to(ports[n] for n in {*names, first} if n in ports) for way, ports in zip(ways, each, strict=True)
        )
        reads = (
            *(Port(node.node.id, name) for name in node.outputs if Port(node.node.id, name) in self.known),
            *(sources[name] for name in sources if name in inputs),
        )
        return Move(node.node.id, True, reads, tuple(dict.fromkeys(sources[n] for n in names)), inside)

    def _is_stuck(self, node_id: str) -> bool:
        node = self.facts.nodes[node_id]
        sources = self._sources(node).values()
        return any(Port(node_id, name) in self.known for name in node.outputs) and not all(
            source in self.known for source in sources
        )


def inner_ports(graph: GraphFacts, role: str) -> dict[str, Port]:
    """Where a block's input or output nodes stand, by name: the port of an input node, the port that an output node reads."""
    found = {}
    for facts in graph.sinks(role):
        name = next(iter(facts.outputs if role == "input" else facts.inputs))
        own = Port(facts.node.id, name)
        port = own if role == "input" else graph.graph.wires.get(own)
        if port is not None:
            found[facts.node.name] = port
    return found


def block_ports(graph: GraphFacts, role: str, names: Iterable[str]) -> Sequence[Port]:
    """Those of `inner_ports` that have these names."""
    ports = inner_ports(graph, role)
    return [ports[name] for name in names if name in ports]
