"""Another kind in the place of a node, and a node's parameters for others: what two kinds have in common stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from visualnet.analysis.connect.check import entry_ports
from visualnet.core import edits
from visualnet.core.expressions import Scope
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port, Value
from visualnet.core.names import free
from visualnet.core.project import Project
from visualnet.layers import LAYERS
from visualnet.layers.shorthand import NONE, TypedParameters

NO_NAMES: Scope = {}


def shared_params(params: Mapping[str, Value], kind: str, project: Project, scope: Scope) -> dict[str, Value]:
    """Of these parameters those that another kind has too and can read."""
    block = project.blocks.get(kind.partition(":")[2])
    layer = LAYERS.get(kind)
    if layer is None:
        return {n: v for n, v in params.items() if block is not None and n in block.params}
    readable = {}
    for name, value in params.items():
        if name in layer.params:
            try:
                layer.params[name].read(value, scope)
            except ValueError:
                continue
            readable[name] = value
    return readable


def replace_kind(
    project: Project, sheet: str, ids: Iterable[str], kind: str, given: TypedParameters = NONE, scope: Scope = NO_NAMES
) -> Project:
    """Put another kind in the place of nodes; wires stay at ports of the same name, else of the same place, and shared parameters stay."""
    graph = project.sheet(sheet)
    ids = [i for i in ids if i in graph.nodes and graph.nodes[i].kind != kind]
    for node_id in ids:
        graph = _replace_node(project, graph, graph.nodes[node_id], kind, given, scope)
    return project.with_sheet(sheet, graph) if ids else project


def _replace_node(project: Project, graph: Graph, node: Node, kind: str, given: TypedParameters, scope: Scope) -> Graph:
    params = {**shared_params(node.params, kind, project, scope), **given.params}
    ins, outs = entry_ports(project, kind, params, scope)
    try:
        old_ins, old_outs = entry_ports(project, node.kind, node.params, scope)
    except KeyError:
        old_ins, old_outs = (), ()
    into, out_of = _matching_ports(old_ins, ins), _matching_ports(old_outs, outs)
    wires: dict[Port, Port] = {}
    for target, source in graph.wires.items():
        if target.node == node.id:
            target = Port(node.id, into.get(target.port, ""))
        if source.node == node.id:
            source = Port(node.id, out_of.get(source.port, ""))
        if target.port and source.port:
            wires[target] = source
    fresh = replace(node, kind=kind, params=params, repeat=given.repeat if kind not in LAYERS else 1)
    if node.name.rstrip("0123456789_") == _stem(node.kind):  # A name that only said the kind says the new one.
        fresh = replace(fresh, name=free(_stem(kind), {n.name for n in graph if n.id != node.id}))
    bends = {t: b for t, b in graph.bends.items() if t in wires}
    return replace(graph, nodes={**graph.nodes, node.id: fresh}, wires=wires, bends=bends)


def _stem(kind: str) -> str:
    return kind.removeprefix(BLOCK_PREFIX).rstrip("0123456789_")


def _matching_ports(old: tuple[str, ...], new: tuple[str, ...]) -> dict[str, str]:
    """Which new port stands for an old one: that of the same name, else of those that are left the one in the same place."""
    left = [p for p in new if p not in old]
    rest = [p for p in old if p not in new]
    return {p: p for p in new} | dict(zip(rest, left, strict=False))


def paste_params(project: Project, sheet: str, ids: Iterable[str], text: str, scope: Scope) -> Project:
    """Give nodes the parameters of the first copied one, as far as they have them too; another of its kind gets exactly those.

    Raises:
        ValueError: ``text`` holds no copied nodes, or no node has a parameter in common with the copied one.
    """
    part, new = edits.paste(Project(), "", text)
    source, done = part.graph.nodes[new[0]], False
    for node_id in ids:
        node = project.sheet(sheet).nodes[node_id]
        values: dict[str, Any] = dict(shared_params(source.params, node.kind, project, scope))
        if node.kind == source.kind:
            values |= {n: edits.RESET for n in node.params if n not in source.params}
        if values or node.kind == source.kind:
            done = True
            project = edits.set_params(project, sheet, [node_id], values)
    if not done:
        raise ValueError(f"none of these has a parameter in common with “{source.name}”")
    return project
