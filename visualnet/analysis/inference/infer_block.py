"""Instances of blocks, and nodes of kinds that this version does not know: their ports, parameters and repetitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visualnet.analysis.facts import GraphFacts, NodeFacts, Problem
from visualnet.analysis.inference.infer_node import Arriving, Faults, Ports, open_port
from visualnet.core import expressions, repetition
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Block, Project
from visualnet.layers.declaration.layer import LAYERS, Pattern, Spec

MAX_REPEAT = 1_000
MAX_LAYERS = 10_000
"""No network's blocks hold more layers than this, repetitions counted; one whose do is a mistake or a trap."""

_ANY = Pattern(("*",), "any")
_SAME = Pattern(("*",), "same")


def has_too_many_layers(main: GraphFacts) -> bool:
    """Whether blocks hold more layers than are allowed. Not all of them may have been computed then."""
    return main.layers - len(main.nodes) > MAX_LAYERS


def block_ports(graph: Graph) -> tuple[dict[str, Pattern], dict[str, Pattern]]:
    """A block's ports: its input and output nodes by name, in file order."""
    inputs, outputs = {}, {}
    for node in graph:
        kind = LAYERS.get(node.kind)
        if kind is not None and kind.role == "input":
            inputs[node.name] = _ANY
        elif kind is not None and kind.role == "output":
            outputs[node.name] = _SAME
    return inputs, outputs


def block_outputs(facts: GraphFacts, outputs: Ports) -> dict[str, Spec]:
    """What a block gives: what arrives at its output nodes."""
    arrived = {f.node.name: f.arriving[0] for f in facts.sinks("output")}
    return {port: spec for port in outputs if (spec := arrived.get(port)) is not None}


def placeholder(node: Node, graph: Graph, arriving: Callable[[Ports], Arriving], fault: Faults) -> NodeFacts:
    """A node that cannot be computed: its ports are those that its wires use."""
    inputs = {t.port: _ANY for t in graph.wires if t.node == node.id}
    outputs = {s.port: _ANY for s in graph.wires.values() if s.node == node.id}
    return NodeFacts(node, None, inputs, outputs, arriving(inputs), {}, fault.found())


def check_wired(inputs: Ports, wires: Mapping[str, Port], fault: Faults) -> None:
    """A block needs a wire at every port."""
    fault.take("unconnected", (open_port(port, pattern) for port, pattern in inputs.items() if port not in wires))


def inner_scope(
    node: Node, block: Block, scope: Mapping[str, Any], constants: Mapping[str, Any], fault: Faults
) -> dict[str, Any] | None:
    """The names that expressions inside the block may use: the project's constants and the block's parameters as this node sets them."""
    inner: dict[str, Any] = {**constants, **block.params}
    readable = True
    for name, raw in node.params.items():
        if name not in block.params:
            known = ", ".join(block.params) or "none"
            fault.add("parameter", f"the block has no parameter “{name}” (it has {known})", name, "warning")
            continue
        try:
            whole = isinstance(block.params[name], int)
            inner[name] = (expressions.read_whole if whole else expressions.read_number)(raw, scope)  # type: ignore[arg-type]
            if name in block.about and (wrong := block.about[name].fault(inner[name])):
                raise ValueError(wrong)
        except ValueError as error:
            fault.add("parameter", f"{name}: {error}", name)
            readable = False
    return inner if readable else None


def repeats(node: Node, scope: Mapping[str, Any], inputs: Ports, outputs: Ports, fault: Faults) -> int | None:
    """How often the block stands behind itself; None if it cannot."""
    try:
        times = expressions.read_whole(node.repeat, scope)
        if not 1 <= times <= MAX_REPEAT:
            raise ValueError(f"repeat is {times:,}; it can be 1 to {MAX_REPEAT:,}")
        if times > 1 and (words := repetition.fault(inputs, outputs)):
            raise ValueError(f"“{node.block}”: {words}: set repeat to 1")
    except ValueError as error:
        fault.add("repeat", str(error), "repeat")
        return None
    return times


def inside_words(project: Project, name: str, wrong: Problem) -> str:
    """The first fault inside a block, told at its instance."""
    if wrong.code == "inside":
        return wrong.words
    node = project.sheet(wrong.sheet).nodes.get(wrong.node)
    return f"inside the block “{wrong.sheet or name}”, at “{node.name if node else ''}”: {wrong.words}"
