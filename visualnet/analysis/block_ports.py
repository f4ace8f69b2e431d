"""What a block's border is made of, told from the declarations: the kinds of its ports, and the ports that are still open."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from visualnet.analysis.facts import GraphFacts
from visualnet.core.edits.grouping import PortKinds
from visualnet.core.graph import Port
from visualnet.layers.declaration.layer import LAYERS


@cache
def ends() -> PortKinds:
    """The kinds of node that are a block's ports, by their roles."""
    source = next(k for k in LAYERS.values() if k.role == "input")
    sink = next(k for k in LAYERS.values() if k.role == "output")
    outside = frozenset(k.tag for k in LAYERS.values() if k.role)
    return PortKinds(source.tag, next(iter(source().outputs())), sink.tag, next(iter(sink().inputs())), outside)


def open_ports(facts: GraphFacts | None, ids: Collection[str]) -> tuple[list[Port], list[Port]]:
    """Of these nodes: inputs that need a wire and have none; and, if nothing leads out of them, the first outputs that nothing reads."""
    if facts is None:
        return [], []
    wires = facts.graph.wires
    kept = [i for i in ids if i in facts.nodes and facts.nodes[i].node.kind not in ends().outside]
    inputs = [
        Port(i, port)
        for i in kept
        for port, pattern in facts.nodes[i].inputs.items()
        if not pattern.optional and Port(i, port) not in wires
    ]
    if any(s.node in kept and t.node not in kept for t, s in wires.items()):
        return inputs, []
    read = set(wires.values())
    last = [i for i in kept if not any(Port(i, port) in read for port in facts.nodes[i].outputs)]
    return inputs, [Port(i, next(iter(facts.nodes[i].outputs))) for i in last if facts.nodes[i].outputs]
