"""Nodes that are muted or off: how the tensors flow then."""

from __future__ import annotations

from msgspec.structs import replace

from visualnet.analysis.inference.infer_block import block_ports
from visualnet.core.edits.bypass import source_before
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Project
from visualnet.layers.declaration.layer import LAYERS

FIXED = ("input", "target", "output")
"""These are what a graph is asked and answers: they are always on."""


def mode(node: Node) -> str:
    """What the node does: nothing special, ``mute`` or ``off``. A muted loss or metric has nothing to hand on: it is off."""
    kind = LAYERS.get(node.kind) if node.mode else None
    if kind is None or not kind.role:
        return node.mode
    return "" if kind.role in FIXED else "off"


def can_mute(node: Node) -> bool:
    """Whether a node can be muted or put off."""
    return node.kind not in LAYERS or LAYERS[node.kind].role not in FIXED


def effective_graph(graph: Graph, project: Project) -> Graph:
    """The graph as the tensors see it: nothing comes from a node that is off, and from a muted one what arrives at its first input.

    The nodes stay, with the wires that lead to them, so that it can be told what arrives there. The graph itself if all are on.
    """
    quiet = {i: mode(n) for i, n in graph.nodes.items() if n.mode}
    quiet = {i: m for i, m in quiet.items() if m}
    if not quiet:
        return graph
    muted = {i for i, m in quiet.items() if m == "mute"}
    firsts = {i: name for i in muted if (name := first_input(graph.nodes[i], project))}
    wires: dict[Port, Port] = {}
    for target, source in graph.wires.items():
        origin: Port | None = source
        if source.node in muted:
            origin = source_before(graph, source.node, muted, firsts)
        if origin is not None and origin.node not in quiet and origin.node != target.node:
            wires[target] = origin
    return replace(graph, wires=wires, bends={})


def first_input(node: Node, project: Project) -> str | None:
    """The input that a muted node hands on."""
    kind = LAYERS.get(node.kind)
    if kind is not None:
        return next(iter(kind().inputs()), None)
    block = project.blocks.get(node.block or "")
    return next(iter(block_ports(block.graph)[0]), None) if block is not None else None
