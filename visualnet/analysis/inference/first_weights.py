"""How the weights of a node start: read in its place, and which nonlinearity they are drawn for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.analysis.facts import FIRST, GraphFacts
from visualnet.analysis.inference.infer_node import Faults
from visualnet.core.graph import Node, Value
from visualnet.core.text.hidden_characters import visible
from visualnet.layers.declaration.initialization import Initialization, UnreadableInit, resolve_init, unknown_params
from visualnet.layers.declaration.layer import Fault

FAR = 6
"""So many nodes behind a layer are searched for the nonlinearity that follows: a normalization may stand between, and a pooling."""


def first_weights(node: Node, scope: Mapping[str, Any], fault: Faults) -> Initialization:
    """How the node's weights start; torch's own way where that cannot be read."""
    if node.init.kind == "default" and not node.init.params:
        return FIRST
    if unknown := unknown_params(node.init):
        words = f"first weights have no value “{visible(unknown[0])}”; it is kept and does nothing"
        fault.add("parameter", words, f"init.{unknown[0]}", "warning")
    try:
        return resolve_init(node.init, scope)
    except UnreadableInit as error:
        fault.take("first-weights", [Fault(words, f"init.{at}" if at else "init") for at, words in error.faults])
        return FIRST


def nonlinearity_after(graph: GraphFacts, node_id: str) -> Mapping[str, Value]:
    """What He's initialisation is to know of the nonlinearity that follows a node; nothing where none does, or several differ."""
    found: list[Mapping[str, Value]] = []
    seen, todo = {node_id}, [node_id]
    for at in todo:
        for wire in graph.topology.out_of[at]:
            facts = graph.nodes[wire.target.node]
            if facts.node.id in seen or len(seen) > FAR:
                continue
            seen.add(facts.node.id)
            if facts.layer is None or any(len(weight) >= 2 for weight in facts.weights.values()):
                continue
            if told := facts.layer.kaiming():
                found.append(told)
            else:
                todo.append(facts.node.id)
    return found[0] if found and all(told == found[0] for told in found) else {}
