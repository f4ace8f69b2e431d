"""Change what a node is or holds: another kind in its place, another node's parameters, muted or off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication

from visualnet.analysis.connect.check import entry_ports
from visualnet.analysis.muting import FIXED
from visualnet.app.canvas.base import CanvasBase
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port, Value
from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity
from visualnet.layers import LAYERS
from visualnet.layers.shorthand import NONE, Given


def shared(params: Mapping[str, Value], kind: str, project: Project, scope: Mapping[str, object]) -> dict[str, Value]:
    """Of these parameters those that another kind has too and can read."""
    block = project.blocks.get(kind.partition(":")[2])
    layer = LAYERS.get(kind)
    if layer is None:
        return {n: v for n, v in params.items() if block is not None and n in block.params}
    kept = {}
    for name, value in params.items():
        if name in layer.params:
            try:
                layer.params[name].read(value, scope)  # type: ignore[arg-type]
            except ValueError:
                continue
            kept[name] = value
    return kept


def with_kind(
    project: Project, sheet: str, ids: Iterable[str], kind: str, given: Given = NONE, scope: Mapping[str, object] = {}
) -> Project:
    """Put another kind in the place of nodes; wires stay at ports of the same name, else of the same place, and shared parameters stay."""
    graph = project.sheet(sheet)
    ids = [i for i in ids if i in graph.nodes and graph.nodes[i].kind != kind]
    for node_id in ids:
        graph = _changed(project, graph, graph.nodes[node_id], kind, given, scope)
    return project.with_sheet(sheet, graph) if ids else project


def _changed(project: Project, graph: Graph, node: Node, kind: str, given: Given, scope: Mapping[str, object]) -> Graph:
    params = {**shared(node.params, kind, project, scope), **given.params}
    ins, outs = entry_ports(project, kind, params, scope)
    try:
        old = entry_ports(project, node.kind, node.params, scope)
    except KeyError:
        old = ((), ())
    into, out = _mapped(old[0], ins), _mapped(old[1], outs)
    wires: dict[Port, Port] = {}
    for target, source in graph.wires.items():
        if target.node == node.id:
            name = into.get(target.port, target.port if target.port in ins else "")
            if not name:
                continue
            target = Port(node.id, name)
        if source.node == node.id:
            name = out.get(source.port, source.port if source.port in outs else "")
            if not name:
                continue
            source = Port(node.id, name)
        wires[target] = source
    fresh = replace(node, kind=kind, params=params, repeat=given.repeat if kind not in LAYERS else 1)
    names = {n.name for n in graph if n.id != node.id}
    plain = _stem(node.kind)
    if node.name.rstrip("0123456789_") == plain:  # A name that only said the kind says the new one.
        fresh = replace(fresh, name=_free(_stem(kind), names, graph))
    bends = {t: b for t, b in graph.bends.items() if t in wires}
    return replace(graph, nodes={**graph.nodes, node.id: fresh}, wires=wires, bends=bends)


def _stem(kind: str) -> str:
    return kind.removeprefix("block:").rstrip("0123456789_")


def _free(wish: str, names: set[str], graph: Graph) -> str:
    return wish if wish not in names else edits.free_name(graph, wish)


def _mapped(old: tuple[str, ...], new: tuple[str, ...]) -> dict[str, str]:
    same = {p: p for p in old if p in new}
    left = [p for p in new if p not in same]
    rest = [p for p in old if p not in same]
    return same | dict(zip(rest, left, strict=False))


def choose_kind(view: CanvasBase) -> None:
    """Ask what the selected nodes shall be, and change them."""
    studio = view.studio
    ids = [i for i in studio.selection if i in view.canvas.cards]
    if not ids:
        studio.message.emit("hint", "select a card first")
        return
    card = view.canvas.cards[ids[-1]]
    sheet, scope = studio.sheet, studio.scope

    def chosen(kind: str, given: Given) -> None:
        label = LAYERS[kind].label if kind in LAYERS else kind.partition(":")[2]
        studio.do(f"Change to {label}", lambda p: with_kind(p, sheet, ids, kind, given, scope))

    view.show_card(card.id)
    at = view.mapFromScene(card.rect.bottomLeft())
    view.search_asked.emit(at, chosen, "Change to… (conv 3x3 64)")


def copy_params(view: CanvasBase) -> None:
    """Keep the selected node, so that its parameters can be given to others."""
    if len(view.studio.selection) != 1:
        view.studio.message.emit("hint", "select one card: its parameters are copied")
        return
    QGuiApplication.clipboard().setText(edits.copy(view.studio.project, view.studio.sheet, view.studio.selection))


def paste_params(view: CanvasBase) -> None:
    """Give the selected nodes the parameters of the copied one, as far as they have them too."""
    studio = view.studio
    ids, sheet, scope = studio.selection, studio.sheet, studio.scope
    if not ids:
        studio.message.emit("hint", "select the cards that shall get the parameters")
        return

    def edit(project: Project) -> Project:
        part, new = edits.paste(Project(), "", QGuiApplication.clipboard().text())
        source = part.graph.nodes[new[0]]
        done = 0
        for node_id in ids:
            node = project.sheet(sheet).nodes[node_id]
            values: dict[str, object] = dict(shared(source.params, node.kind, project, scope))
            if node.kind == source.kind:
                values |= {n: edits.RESET for n in node.params if n not in source.params}
            if values or node.kind == source.kind:
                done += 1
                project = edits.set_params(project, sheet, [node_id], values)  # type: ignore[arg-type]
        if not done:
            raise ValueError(f"none of these has a parameter in common with “{source.name}”")
        return project

    studio.do(f"Paste parameters to {format_quantity(len(ids), 'node')}", edit)


def set_mode(view: CanvasBase, mode: str) -> None:
    """Mute the selected nodes or put them off; if all of them are, they work again."""
    studio, sheet = view.studio, view.studio.sheet
    nodes = [studio.graph.nodes[i] for i in studio.selection if i in studio.graph.nodes]
    ids = [n.id for n in nodes if n.kind not in LAYERS or LAYERS[n.kind].role not in FIXED]
    if not ids:
        words = "inputs, targets and outputs are always on" if nodes else "select a card first"
        studio.message.emit("hint", words)
        return
    wanted = "" if all(studio.graph.nodes[i].mode == mode for i in ids) else mode
    words = {"mute": "Mute", "off": "Disable", "": "Enable"}[wanted]
    studio.do(f"{words} {format_quantity(len(ids), 'node')}", lambda p: edits.set_node(p, sheet, ids, mode=wanted))
