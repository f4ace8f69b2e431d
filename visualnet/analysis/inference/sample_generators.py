"""Where a network makes samples of random numbers: found by formula, torch is not needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from visualnet.analysis.facts import Analysis, NodePath

Place = tuple[NodePath, str]
"""An output port of a node."""


class SampleGenerator(NamedTuple):
    """The output port where something is made, those of the random numbers that it is made of, and the field of the data that has its
    shape; empty where none has."""

    made: Place
    noise: tuple[Place, ...]
    real: str


def find_sample_generators(analysis: Analysis) -> Iterator[SampleGenerator]:
    """What leaves the network and is made of random numbers alone, though other nodes may say how many samples there are."""
    main = analysis.main
    drawn = {i: f for i, f in main.nodes.items() if f.layer is not None and f.layer.detaches and f.layer.prior()}
    for end in main.sinks("output") if drawn else ():
        source = next((s for port, s in main.graph.wires.items() if port.node == end.node.id), None)
        spec = end.arriving[0] if end.arriving else None
        if source is None or spec is None or spec.dtype != "float" or not spec.batched:
            continue
        reached, ways = _upstream(analysis, source.node, drawn.keys())
        if not reached or ways:
            continue
        noise = tuple((((i,), next(iter(drawn[i].outputs)))) for i in main.graph.nodes if i in reached)
        shape = tuple(map(int, spec.shape))
        real = next((field for field, size in _fields(analysis) if size == shape), "")
        yield SampleGenerator(((source.node,), source.port), noise, real)


def _upstream(analysis: Analysis, start: str, ends: Collection[str]) -> tuple[set[str], bool]:
    """Which of the ``ends`` a node is computed from, and whether it is also computed from data that do not come through one."""
    reached: set[str] = set()
    from_data = False
    seen, todo = {start}, [start]
    while todo:
        node_id = todo.pop()
        if node_id in ends:
            reached.add(node_id)
            continue
        layer = analysis.main.nodes[node_id].layer
        from_data |= layer is not None and layer.role in ("input", "target")
        for wire in analysis.main.topology.into[node_id]:
            if wire.source.node not in seen:
                seen.add(wire.source.node)
                todo.append(wire.source.node)
    return reached, from_data


def _fields(analysis: Analysis) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The fields of real numbers that the network is shown, with their shapes."""
    for facts in analysis.main.sinks("input"):
        spec = next(iter(facts.leaving.values()), None)
        if facts.layer is not None and spec is not None and spec.dtype == "float":
            yield str(facts.layer.values()["field"]), tuple(map(int, spec.shape))
