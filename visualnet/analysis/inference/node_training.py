"""How the weights of a node are trained where that differs from the recipe: read in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.analysis.inference.infer_node import Faults
from visualnet.core.graph import LEARNER, Node
from visualnet.core.text.hidden_characters import visible
from visualnet.layers.declaration.layer import Fault
from visualnet.layers.recipe.node_training import NODE_TRAINING, UnreadableTraining, read_training


def node_training(node: Node, scope: Mapping[str, Any], fault: Faults) -> Mapping[str, Any]:
    """What the node itself says, as figures; nothing where a value cannot be read."""
    for name in node.training.keys() - NODE_TRAINING.keys() - {LEARNER}:
        words = f"training has no value “{visible(name)}”; it is kept and does nothing"
        fault.add("parameter", words, f"training.{name}", "warning")
    try:
        return read_training(node.training, scope)
    except UnreadableTraining as error:
        fault.take("training", [Fault(words, f"training.{name}") for name, words in error.faults.items()])
        return {}
