"""Faults that no single layer can see: cycles, loose ends, missing losses, weights that cannot be shared, inputs that the data lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visualnet.analysis.facts import GraphFacts, NodeFacts, Problem
from visualnet.core.graph import Graph, Topology
from visualnet.core.project import MAIN
from visualnet.layers.declare import Spec

SINKS = ("output", "loss", "metric")


def structure(graph: Graph, topology: Topology, nodes: Mapping[str, NodeFacts], sheet: str) -> Iterator[Problem]:
    """Cycles, wires to ports that do not exist, and nodes that lead nowhere."""
    if topology.cyclic:
        first = next(i for i in graph.nodes if i in topology.cyclic)
        names = ", ".join(n.name for n in graph if n.id in topology.cyclic)
        yield Problem(
            "cycle", "error", f"these nodes feed each other in a circle: {names}; take one wire out", first, sheet
        )
    for target, source in graph.wires.items():
        if source.node in nodes and source.port not in nodes[source.node].outputs:
            yield Problem(
                "no-port", "error", f"there is no output “{source.port}”", source.node, sheet, (), source.port
            )
        if target.node in nodes and target.port not in nodes[target.node].inputs:
            words = f"there is no input “{target.port}”; take the wire out"
            yield Problem("no-port", "error", words, target.node, sheet, (), target.port)
    useful: set[str] = set()
    todo = [i for i, f in nodes.items() if f.layer is not None and f.layer.role in SINKS]
    while todo:
        node_id = todo.pop()
        if node_id not in useful:
            useful.add(node_id)
            todo += [w.source.node for w in topology.into[node_id]]
    for node in graph:
        if node.id not in useful and useful:
            yield Problem(
                "unused", "warning", f"nothing reads “{node.name}”: it leads to no output and no loss", node.id, sheet
            )


def whole(main: GraphFacts, sheet: str) -> Iterator[Problem]:
    """What a main graph must have to be trained."""
    if not main.graph.nodes:
        return
    if not main.sinks("input"):
        yield Problem("no-input", "error", "there is no input: add an Input node, so that data has a way in", "", sheet)
    if not any(main.sinks(role) for role in SINKS):
        yield Problem(
            "no-output",
            "error",
            "there is no output: add an Output or a loss node, so that something is computed",
            "",
            sheet,
        )
    if not main.sinks("loss"):
        yield Problem(
            "no-loss",
            "warning",
            "there is no loss: add one (Cross-entropy, for classes) to be able to train",
            "",
            sheet,
        )
    if main.sinks("loss") and not main.sinks("target"):
        yield Problem(
            "no-target",
            "warning",
            "there is no target: add a Target node, so that the loss has something to compare with",
            "",
            sheet,
        )
    if main.sinks("loss") and not main.sinks("output"):
        words = "there is no output: the network trains, but has no answer to show or export; add an Output node"
        yield Problem("no-answer", "hint", words, "", sheet)


def sources(main: GraphFacts, fields: Mapping[str, Spec] | None, data: str) -> Iterator[Problem]:
    """Inputs and targets of the main graph held against the fields of the data set."""
    if fields is None:
        return
    for role in ("input", "target"):
        for facts in main.sinks(role):
            layer, (spec,) = facts.layer, facts.leaving.values()
            assert layer is not None
            name = layer.values()["field"]
            if name not in fields:
                words = f"the data set “{data}” has no field “{name}” (it has {', '.join(fields)})"
                yield Problem("no-field", "error", words, facts.node.id, MAIN, (facts.node.id,), "field")
            elif tuple(spec.shape) != tuple(fields[name].shape):
                words = f"“{name}” of “{data}” has size {fields[name].text}, not {spec.text}"
                yield Problem("field-size", "error", words, facts.node.id, MAIN, (facts.node.id,), "size")
            elif spec.dtype != fields[name].dtype:
                words = f"“{name}” of “{data}” holds {fields[name].dtype} numbers, not {spec.dtype}"
                yield Problem("field-type", "error", words, facts.node.id, MAIN, (facts.node.id,), "dtype")


def share(facts: NodeFacts, nodes: Mapping[str, NodeFacts], sheet: str) -> NodeFacts:
    """The facts of a node that uses another's weights: those of equal name and shape are not counted again."""
    owner = nodes.get(facts.node.shares or "")
    words = ""
    if owner is None or owner.node.id == facts.node.id:
        words = "the node whose weights it shares is not in this graph"
    elif owner.node.shares:
        words = f"“{owner.node.name}” itself shares weights; share with their owner instead"
    elif facts.inside or owner.inside:
        words = "weights are shared between layers, not between blocks"
    elif facts.known and owner.known and facts.layer is not None:
        common = {n for n, w in facts.weights.items() if n in owner.weights and tuple(owner.weights[n]) == tuple(w)}
        if common:
            buffers = facts.buffers if facts.node.kind != owner.node.kind else {}
            own = {n: w for n, w in facts.weights.items() if n not in common}
            return facts._replace(weights=own, buffers=buffers, shared=frozenset(common))
        mine = ", ".join(f"{n} {'×'.join(map(str, w))}" for n, w in facts.weights.items()) or "none"
        theirs = ", ".join(f"{n} {'×'.join(map(str, w))}" for n, w in owner.weights.items()) or "none"
        words = f"no weight of “{owner.node.name}” ({theirs}) has the name and size of one here ({mine})"
    if not words:
        return facts
    return facts._replace(
        problems=(*facts.problems, Problem("share", "error", words, facts.node.id, sheet, (), "shares"))
    )
