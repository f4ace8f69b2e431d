"""Which part of a sample a place of a feature map can see: the windows on the way, composed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, NodePath
from visualnet.analysis.inference.unknown_shape import cause_of_unknown
from visualnet.core import repetition
from visualnet.core.graph import Topology
from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.drawings import SlidingWindow
from visualnet.layers.declaration.layer import Spec


class AxisField(NamedTuple):
    """What the places of a map see of an input, axis by axis: place ``i`` sees ``start + i·jump`` up to so many cells further (``size``).

    ``whole``: every place may see all of it. ``extents`` are the input's, its first axis (channels) left out; ``places`` the map's.
    ``unknown`` says why what a place sees cannot be told yet: a port on the way has no wire, or a shape on the way is not known.
    """

    input: str
    extents: tuple[int, ...]
    places: tuple[int, ...]
    size: tuple[int, ...] = ()
    jump: tuple[int, ...] = ()
    start: tuple[int, ...] = ()
    whole: bool = False
    unknown: str = ""

    def seen(self, place: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """The first cell that a place sees and the one behind the last, along each axis, without the padding."""
        if self.whole:
            return tuple((0, n) for n in self.extents)
        firsts = [s + i * j for s, i, j in zip(self.start, place, self.jump, strict=True)]
        return tuple((max(0, f), min(n, f + k)) for f, k, n in zip(firsts, self.size, self.extents, strict=True))

    def describe(self, place: tuple[int, ...]) -> str:
        """What a place sees, in figures."""
        if self.unknown:
            return f"Not known yet: {self.unknown}."
        if self.whole and any(n > 1 for n in self.places):
            # Not all that lies between slides a window: what a place sees is then not told exactly, and not claimed.
            return f"A place here may see all of “{self.input}”: more than windows lies between them."
        if self.whole:
            return f"Every number here sees all of “{self.input}”."
        sizes = "×".join(map(str, self.size))
        seen = "×".join(str(max(0, b - a)) for a, b in self.seen(place))
        rest = f" (here {seen}, the rest is padding)" if seen != sizes else ""
        step = (
            "×".join(map(str, self.jump)) + " cells"
            if len(set(self.jump)) > 1
            else format_quantity(self.jump[0], "cell")
        )
        number = ", ".join(str(at + 1) for at in place)
        return f"Place {number} sees {sizes} cells of “{self.input}”{rest}; its neighbour the same {step} on."


Fields: TypeAlias = "dict[str, AxisField]"
"""By the path of the input, joined by slashes."""


def receptive(analysis: Analysis, path: NodePath) -> list[AxisField]:
    """What the node at this path sees of each input of the main graph; nothing where shapes are not known.

    Only maps with places along the same axes as the input are told; of what follows a flattening, every number sees everything.
    """
    graph = analysis.main
    given: Mapping[str, Fields] = {}
    found: Fields = {}
    for depth, step in enumerate(path):
        plain, mark, number = step.partition("#")
        if plain not in graph.nodes:
            return []
        by_node = _fields(graph, given, plain)
        found = by_node.get(plain, {})
        facts, times = graph.nodes[plain], int(number or 0)
        if depth + 1 < len(path):
            if len(facts.inside) <= times:
                return []
            given, _ = _repeated(facts, _given(facts, graph, by_node), times)
            graph = facts.inside[times]
        elif mark and not _why_unknown(facts, graph):
            _, found = _repeated(facts, _given(facts, graph, by_node), times + 1)
    return list(found.values())


def _fields(graph: GraphFacts, given: Mapping[str, Fields], until: str) -> dict[str, Fields]:
    """The fields of the node and of all that leads to it, in order."""
    wanted = Topology.upstream(graph.topology, until)
    found: dict[str, Fields] = {}
    for node_id in graph.topology.order:
        if node_id in wanted:
            found[node_id] = _of(graph.nodes[node_id], graph, given, found)
    return found


def _of(facts: NodeFacts, graph: GraphFacts, given: Mapping[str, Fields], found: Mapping[str, Fields]) -> Fields:
    spec = next(iter(facts.leaving.values()), None)
    if facts.layer is not None and facts.layer.role == "input":
        if facts.node.name in given:
            return given[facts.node.name]
        if spec is None or len(spec.shape) < 2:
            return {}
        extents = tuple(map(int, spec.shape[1:]))
        ones, zeros = (1,) * len(extents), (0,) * len(extents)
        return {facts.node.id: AxisField(facts.node.name, extents, extents, ones, ones, zeros)}
    wires = [w for w in graph.topology.into[facts.node.id] if w.target.port in facts.inputs]
    arriving = [found.get(w.source.node, {}) for w in wires]
    before = _joined(arriving)
    if why := _why_unknown(facts, graph):
        return {k: f if f.unknown else _all(f, ())._replace(unknown=why) for k, f in before.items()}
    if facts.inside:
        return _through(facts, graph, found)
    if facts.layer is not None and facts.layer.role == "output":
        return before
    places = _places(spec)
    drawing = facts.layer.drawing(*facts.shapes) if facts.layer is not None and facts.known else None  # type: ignore[arg-type]
    if isinstance(drawing, SlidingWindow):
        return {k: _composed(f, drawing, places) for k, f in before.items()}
    same = facts.layer is not None and facts.layer.pointwise and all(_places(s) == places for s in facts.arriving if s)
    return {k: f if same and not f.whole else _all(f, places) for k, f in before.items()}


def _places(spec: Spec | None) -> tuple[int, ...]:
    return tuple(map(int, spec.shape[1:])) if spec is not None else ()


def _why_unknown(facts: NodeFacts, graph: GraphFacts) -> str:
    """Why it is not known what the node makes of its inputs; empty where it is known."""
    wired = {w.target.port for w in graph.topology.into[facts.node.id]}
    port = next((port for port, pattern in facts.inputs.items() if not pattern.optional and port not in wired), None)
    if port is not None:
        return f"nothing is connected to the input “{port}” of “{facts.node.name}”"
    cause = cause_of_unknown(graph, facts.node.id)
    return f"the shape is unknown because of “{cause.node.name}”" if cause is not None else ""


def _all(field: AxisField, places: tuple[int, ...]) -> AxisField:
    return AxisField(field.input, field.extents, places, whole=True, unknown=field.unknown)


def _composed(field: AxisField, window: SlidingWindow, places: tuple[int, ...]) -> AxisField:
    if field.whole or field.places != window.extents:
        return _all(field, places)
    axes = range(len(places))
    size = tuple(field.size[a] + (window.span(a) - 1) * field.jump[a] for a in axes)
    start = tuple(field.start[a] - window.padding[a][0] * field.jump[a] for a in axes)
    jump = tuple(field.jump[a] * window.stride[a] for a in axes)
    return AxisField(field.input, field.extents, places, size, jump, start)


def _joined(several: list[Fields]) -> Fields:
    """What is seen through any of several ways. Ways that move at different paces see, taken together, everything."""
    merged: Fields = {}
    for fields in several:
        for key, field in fields.items():
            other = merged.get(key)
            if other is None or other == field or field.unknown:
                merged[key] = field
            elif other.unknown:
                continue
            elif field.whole or other.whole or field.jump != other.jump:
                merged[key] = _all(field, field.places)
            else:
                start = tuple(map(min, field.start, other.start))
                ends = [
                    max(a + n, b + m)
                    for a, n, b, m in zip(field.start, field.size, other.start, other.size, strict=True)
                ]
                size = tuple(e - s for e, s in zip(ends, start, strict=True))
                merged[key] = field._replace(start=start, size=size)
    return merged


def _given(facts: NodeFacts, graph: GraphFacts, found: Mapping[str, Fields]) -> dict[str, Fields]:
    """What arrives at a block's input ports."""
    wires = {w.target.port: w.source.node for w in graph.topology.into[facts.node.id]}
    return {port: found.get(wires[port], {}) for port in facts.inputs if port in wires}


def _through(facts: NodeFacts, graph: GraphFacts, found: Mapping[str, Fields]) -> Fields:
    """A block: its inside once for each repetition; all its outputs taken together."""
    return _repeated(facts, _given(facts, graph, found), len(facts.inside))[1]


def _repeated(facts: NodeFacts, given: dict[str, Fields], times: int) -> tuple[dict[str, Fields], Fields]:
    """A block's first repetitions: what the next one is given, and what the last of them gives."""
    answer: Fields = {}
    for inside in facts.inside[:times]:
        sinks = [f.node.id for f in inside.sinks("output")]
        answer = _joined([_fields(inside, given, i).get(i, {}) for i in sinks])
        given = repetition.next_inputs(facts.inputs, given, answer)
    return given, answer
