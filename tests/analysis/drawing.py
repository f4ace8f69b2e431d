"""Projects in one line, for the tests of what is true of them."""

from __future__ import annotations

from typing import Any

from visualnet.analysis import Analysis, Problem, infer
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Block, Project
from visualnet.layers import LAYERS


def graph(text: str, **params: Any) -> Graph:
    """Nodes ``name:kind`` and wires ``a>b.port`` (from the first output; the first input if no port is named), ids in order of mention.

    ``params`` sets parameters by node name; ``_shares``, ``_repeat``, ``_trainable``, ``_init`` and ``_mode`` set the node's own fields.
    """
    nodes: dict[str, Node] = {}
    wires: dict[Port, Port] = {}
    for word in text.split():
        if ">" in word:
            source, target = word.split(">")
            wires[port(nodes, target, 0)] = port(nodes, source, 1)
        else:
            name, _, kind = word.partition(":")
            own = dict(params.get(name, {}))
            fields = {
                key: own.pop(f"_{key}") for key in ("shares", "repeat", "trainable", "init", "mode") if f"_{key}" in own
            }
            node_id = f"n{len(nodes) + 1}"
            nodes[name] = Node(id=node_id, kind=kind or name, name=name, params=own, **fields)
    return Graph(nodes={n.id: n for n in nodes.values()}, wires=wires)


def port(nodes: dict[str, Node], text: str, end: int) -> Port:
    name, _, wanted = text.partition(".")
    node = nodes[name]
    if not wanted:
        layer = LAYERS[node.kind]({})
        wanted = next(iter(layer.outputs() if end else layer.inputs()))
    return Port(node.id, wanted)


def project(text: str, blocks: dict[str, Block] | None = None, **params: Any) -> Project:
    return Project(graph=graph(text, **params), blocks=blocks or {})


def only(analysis: Analysis, code: str) -> Problem:
    """The one problem of this code."""
    (found,) = [p for p in analysis.problems if p.code == code]
    return found


def look(text: str, blocks: dict[str, Block] | None = None, **params: Any) -> Analysis:
    return infer(project(text, blocks, **params))
