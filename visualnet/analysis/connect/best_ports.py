"""The best way to join two cards, and to put a card into a wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from visualnet.analysis.connect.check import Acceptance, WireVerdict, try_node, widen_inputs
from visualnet.core import edits
from visualnet.core.edits import bypass
from visualnet.core.graph import Port
from visualnet.core.project import Project


class PossibleWire(NamedTuple):
    """A wire that could be drawn, and what would come of it."""

    source: Port
    target: Port
    verdict: WireVerdict


def best_join(accept: Acceptance, a: str, b: str) -> PossibleWire | None:
    """The ports of two cards that fit best: from ``a`` to ``b``, or backwards where only that can be."""
    found = [j for pair in ((a, b), (b, a)) for j in _joins(accept, *pair)]
    return next((j for j in found if j.verdict.fits), found[0] if found else None)


def all_joins(accept: Acceptance, a: str, b: str) -> list[PossibleWire]:
    """All ways to wire two cards, those that fit first; backwards only where none fits."""
    found: list[PossibleWire] = []
    for one, other in ((a, b), (b, a)):
        facts = accept.facts.nodes if accept.facts is not None else {}
        if one in facts and other in facts:
            pairs = [(Port(one, o), Port(other, i)) for o in facts[one].outputs for i in facts[other].inputs]
            found += sorted(
                (PossibleWire(s, t, accept.verdict(s, t)) for s, t in pairs), key=lambda j: not j.verdict.fits
            )
        if any(j.verdict.fits for j in found):
            break
    return found


def _joins(accept: Acceptance, a: str, b: str) -> list[PossibleWire]:
    facts = accept.facts.nodes.get(a) if accept.facts is not None else None
    joins = []
    for port in facts.outputs if facts is not None else ():
        source = Port(a, port)
        target = accept.free_port(source, b)
        if target is not None:
            joins.append(PossibleWire(source, target, accept.verdict(source, target)))
    return joins


def connect(project: Project, sheet: str, source: Port, target: Port, instead: Port | None = None) -> Project:
    """Draw the wire, in place of the one into ``instead``; a layer with a varying number of inputs gets one more if it needs it."""
    if instead is not None and instead != target:
        project = edits.disconnect(project, sheet, instead)
    return edits.connect(widen_inputs(project, sheet, target), sheet, source, target)


def insertion(accept: Acceptance, node_id: str, wire: Port) -> tuple[str, str] | None:
    """The ports by which a card would go into a wire; None if it cannot. The input that takes the tensor comes first."""
    source = accept.graph.wires.get(wire)
    facts = accept.facts.nodes.get(node_id) if accept.facts is not None else None
    if source is None or facts is None or node_id in (source.node, wire.node):
        return None
    ins, outs = list(facts.inputs), list(facts.outputs)
    if not ins or not outs:
        return None
    spec = accept.spec(source)
    node = accept.graph.nodes[node_id]
    into = next((p for p in ins if try_node(accept.project, node, {p: spec}).fits), ins[0])
    return into, outs[0]


def drop_nodes(
    project: Project,
    sheet: str,
    places: Mapping[str, tuple[float, float]],
    detach: Iterable[str] = (),
    into: tuple[str, Port, tuple[str, str]] | None = None,
) -> Project:
    """Move nodes; ``detach`` are taken out of their wires, ``into`` puts one of them into a wire by its ports."""
    if taken := tuple(detach):
        project = bypass.detach_nodes(project, sheet, taken)
    if into is not None:
        node, wire, ports = into
        project = edits.insert_on_wire(project, sheet, node, wire, *ports)
    return edits.move(project, sheet, places)


def is_unwired(accept: Acceptance, node_id: str) -> bool:
    """Whether no wire begins or ends at a card, so that it may be dropped into one."""
    return not any(node_id in (t.node, s.node) for t, s in accept.graph.wires.items())
