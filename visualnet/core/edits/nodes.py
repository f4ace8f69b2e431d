"""Every change that a person can make, as a function from a project to the next one.

An edit that changes nothing returns the project that it was given; one that cannot be made raises ``ValueError`` with words for the user.
Whether a port exists or a tensor fits is not asked here: a drawing may be wrong for as long as the person likes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from visualnet.core.graph import BLOCK_PREFIX, MODES, STATISTICS, Graph, Init, Node, Port, Value
from visualnet.core.names import ID, MAX_TEXT, fault_in_name, free, free_name, highest, names, new_id
from visualnet.core.project import MAIN, Block, DataChoice, Project, Recipe, SearchSpec
from visualnet.core.storage.project_file import check_part
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.core.validation import (
    KIND,
    check_kind,
    check_numbers,
    check_values,
    node_of,
    nodes_of,
    plain,
    same,
    sheet_of,
    spot,
    with_nodes,
)

MAX_TITLE = 120


class _Reset:
    def __repr__(self) -> str:
        return "RESET"


RESET: Final = _Reset()
"""As a parameter's value: back to the layer's default."""


# --- nodes ----------------------------------------------------------------------------------------------------------------------------


def add_node(
    project: Project,
    sheet: str,
    kind: str,
    *,
    at: tuple[float, float] = (0, 0),
    id: str | None = None,
    name: str | None = None,
    params: Mapping[str, Value] | None = None,
) -> Project:
    """Put a new node on a sheet. ``name`` is a wish: it gets a number if it is taken; ``id`` must be a new one."""
    graph = sheet_of(project, sheet)
    check_kind(kind)
    node_id = new_id(graph) if id is None else id
    if not ID.match(node_id) or node_id in graph.nodes:
        raise ValueError(f"“{node_id}” cannot be the id of a new node")
    check_values(params or {})
    wish = kind.removeprefix(BLOCK_PREFIX) if name is None else name
    node = Node(id=node_id, kind=kind, name=free_name(graph, wish), params=dict(params or {}))
    return project.with_sheet(sheet, with_nodes(graph, [node], {node_id: at}))


def remove(project: Project, sheet: str, ids: Iterable[str]) -> Project:
    """Take nodes off a sheet, with their wires; what shared their weights has its own again."""
    graph = sheet_of(project, sheet)
    gone = {i for i in ids if i in graph.nodes}
    if not gone:
        return project
    nodes = {i: _unshared(n, gone) for i, n in graph.nodes.items() if i not in gone}
    wires = {t: s for t, s in graph.wires.items() if t.node not in gone and s.node not in gone}
    places = {i: p for i, p in graph.places.items() if i not in gone}
    after = replace(
        graph,
        nodes=nodes,
        places=places,
    )
    after = after.with_wires(wires) if len(wires) < len(graph.wires) else after
    spent = max(graph.spent, highest(graph))
    return project.with_sheet(sheet, replace(after, spent=spent if spent > highest(after) else 0))


def _unshared(node: Node, gone: Collection[str]) -> Node:
    return replace(node, shares=None) if node.shares in gone else node


def rename(project: Project, sheet: str, id: str, name: str) -> Project:
    """Give a node another name. It names the node's weights and its variable in printed code.

    Raises:
        ValueError: it is no Python identifier, or another node has it; the words suggest one that can be had.
    """
    graph = sheet_of(project, sheet)
    node = node_of(graph, id)
    if name == node.name:
        return project
    others = names(graph) - {node.name}
    if fault := fault_in_name(name):
        raise ValueError(f"{fault}; “{free(name, others)}” can be had")
    if name in others:
        raise ValueError(f"another node is called “{name}”; “{free(name, others)}” is free")
    after = _put(project, sheet, graph, [replace(node, name=name)])
    return _rename_port(after, sheet, node.name, name) if sheet != MAIN else after


def _rename_port(project: Project, block: str, old: str, new: str) -> Project:
    """A block's ports are named as nodes of its sheet: the wires at its instances follow the new name."""

    def moved(graph: Graph, port: Port) -> Port:
        return (
            Port(port.node, new)
            if port.port == old and port.node in graph.nodes and graph.nodes[port.node].block == block
            else port
        )

    for name, graph in project.sheets():
        wires = {moved(graph, t): moved(graph, s) for t, s in graph.wires.items()}
        if wires != graph.wires:
            bends = {moved(graph, t): b for t, b in graph.bends.items()}
            project = project.with_sheet(name, replace(graph, wires=wires, bends=bends))
    return project


def set_params(project: Project, sheet: str, ids: Iterable[str], values: Mapping[str, Value | _Reset]) -> Project:
    """Set parameters of one or several nodes; ``RESET`` takes one back to its default."""
    graph = sheet_of(project, sheet)
    check_values({k: v for k, v in values.items() if v is not RESET})
    changed = []
    for node in nodes_of(graph, ids):
        params = {**node.params, **{k: plain(v) for k, v in values.items() if v is not RESET}}
        params = {k: v for k, v in params.items() if values.get(k) is not RESET}
        if not same(params, node.params):
            changed.append(replace(node, params=params))
    return _put(project, sheet, graph, changed)


def set_node(project: Project, sheet: str, ids: Iterable[str], **fields: Any) -> Project:
    """Set ``trainable``, ``statistics``, ``init``, ``training``, ``shares``, ``repeat`` or ``mode`` of one or several nodes."""
    if unknown := fields.keys() - {"trainable", "statistics", "init", "training", "shares", "repeat", "mode"}:
        raise ValueError(f"a node has no field “{sorted(unknown)[0]}” that can be set here")
    graph = sheet_of(project, sheet)
    _check_node_fields(graph, fields)
    changed = []
    for node in nodes_of(graph, ids):
        if fields.get("shares") == node.id:
            raise ValueError(f"“{node.name}” cannot share weights with itself")
        if any(not same(getattr(node, k), v) for k, v in fields.items()):
            changed.append(replace(node, **fields))
    return _put(project, sheet, graph, changed)


def set_training(project: Project, sheet: str, ids: Iterable[str], values: Mapping[str, Value | _Reset]) -> Project:
    """Set how the weights of nodes are trained where that differs from the recipe; ``RESET`` takes a value away."""
    given = {name: plain(value) for name, value in values.items() if not isinstance(value, _Reset)}
    for node in list(nodes_of(sheet_of(project, sheet), ids)):
        kept = {name: value for name, value in node.training.items() if name not in values}
        project = set_node(project, sheet, [node.id], training={**kept, **given})
    return project


def _check_node_fields(graph: Graph, fields: Mapping[str, Any]) -> None:
    if not isinstance(fields.get("trainable", True), bool):
        raise ValueError("trainable is true or false")
    if fields.get("statistics", "fixed") not in STATISTICS:
        raise ValueError("the running statistics of a frozen node are “fixed” or “updated”")
    init = fields.get("init", Init())
    if not isinstance(init, Init):
        raise ValueError("how weights start is an Init")
    if not isinstance(init.kind, str) or not KIND.match(init.kind) or "kind" in init.params:
        raise ValueError(f"“{visible(str(init.kind)[:80])}” is no way to start weights; a word such as zeros is")
    check_values(init.params)
    check_values(fields.get("training", {}))
    if (owner := fields.get("shares")) is not None and owner not in graph.nodes:
        raise ValueError(f"there is no node “{owner}” on this sheet to share weights with")
    if fields.get("mode", "") not in MODES:
        raise ValueError("a node works, hands its input on (“mute”), or is off")
    repeat = fields.get("repeat", 1)
    if isinstance(repeat, bool) or not isinstance(repeat, int | str) or (isinstance(repeat, int) and repeat < 1):
        raise ValueError("a block is repeated once or more")
    check_values({"repeat": repeat})


def move(project: Project, sheet: str, places: Mapping[str, tuple[float, float]]) -> Project:
    """Put cards elsewhere: the top left corner of each, in px (kept to half a px)."""
    graph = sheet_of(project, sheet)
    spots = {i: spot(at) for i, at in places.items() if i in graph.nodes}
    changed = {i: at for i, at in spots.items() if graph.places.get(i) != at}
    if not changed:
        return project
    after = replace(graph, places={**graph.places, **changed}, bends=_carried(graph, changed))
    return project.with_sheet(sheet, after)


def _carried(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Mapping[Port, tuple[tuple[float, float], ...]]:
    """The bends, those between two cards that move alike moved along."""
    bends = dict(graph.bends)
    for target, points in graph.bends.items():
        ways = set()
        for end in (target.node, graph.wires[target].node):
            (x, y), (u, v) = graph.places.get(end, (0.0, 0.0)), places.get(end, graph.places.get(end, (0.0, 0.0)))
            ways.add((u - x, v - y))
        if len(ways) == 1 and (way := ways.pop()) != (0.0, 0.0):
            bends[target] = tuple(spot((x + way[0], y + way[1])) for x, y in points)
    return bends if bends != graph.bends else graph.bends


# --- wires ----------------------------------------------------------------------------------------------------------------------------


def connect(project: Project, sheet: str, source: Port, target: Port) -> Project:
    """Draw a wire from an output port to an input port; one that ended there gives way."""
    graph = sheet_of(project, sheet)
    source, target = Port(*source), Port(*target)
    for port in (source, target):
        node_of(graph, port.node)
        if not port.port.isidentifier() or len(port.port) > MAX_TEXT:
            raise ValueError(f"“{visible(port.port[:80])}” cannot be the name of a port")
    if source.node == target.node:
        raise ValueError(
            f"“{graph.nodes[source.node].name}” cannot feed itself; a loop over time is what recurrent layers are for"
        )
    if graph.wires.get(target) == source:
        return project
    return project.with_sheet(sheet, graph.with_wires({**graph.wires, target: source}))


def disconnect(project: Project, sheet: str, target: Port) -> Project:
    """Take away the wire that ends at this input port."""
    graph = sheet_of(project, sheet)
    if target not in graph.wires:
        return project
    return project.with_sheet(sheet, graph.with_wires({t: s for t, s in graph.wires.items() if t != target}))


def insert_on_wire(project: Project, sheet: str, id: str, target: Port, into: str = "x", out: str = "y") -> Project:
    """Put a node into the wire that ends at ``target``: what came from there now passes through ports ``into`` and ``out``."""
    graph = sheet_of(project, sheet)
    source = graph.wires.get(target)
    if source is None:
        raise ValueError("no wire ends there to be put into")
    if id in (source.node, target.node):
        raise ValueError(f"“{node_of(graph, id).name}” already stands at an end of this wire")
    return connect(connect(project, sheet, source, Port(id, into)), sheet, Port(id, out), Port(*target))


# --- the rest of the project ----------------------------------------------------------------------------------------------------------


def set_recipe(project: Project, **fields: Any) -> Project:
    """Change how to train: ``optimizer``, ``lr``, ``batch_size`` …"""
    return _set(project, "recipe", Recipe, fields)


def set_data(project: Project, **fields: Any) -> Project:
    """Change the data set, its options or how it is divided."""
    return _set(project, "data", DataChoice, fields)


def choose_data(project: Project, choice: DataChoice) -> Project:
    """Learn from these data, prepared as they want it. Shares, seed and normalisation stay; what else is said of the old data (what they
    are divided by) would mean nothing here."""
    kept = {name: getattr(project.data, name) for name in ("split", "seed", "normalise")}
    fields = {name: getattr(choice, name) for name in DataChoice.__struct_fields__ if name not in kept}
    return set_data(project, **fields)


def _set(project: Project, what: str, kind: type[Any], fields: Mapping[str, Any]) -> Project:
    if unknown := fields.keys() - set(kind.__struct_fields__):
        raise ValueError(f"the {what} has no field “{sorted(unknown)[0]}”")
    before = getattr(project, what)
    values = {k: plain(v) for k, v in fields.items()}
    if all(same(getattr(before, k), v) for k, v in values.items()):
        return project
    after = replace(before, **values)
    check_part(what, after)
    return replace(project, **{what: after})


def set_constants(project: Project, values: Mapping[str, int | float]) -> Project:
    """Put these numbers in place of the project's constants, which every expression may name."""
    check_numbers(values)
    return project if same(dict(values), dict(project.constants)) else replace(project, constants=dict(values))


def set_name(project: Project, name: str) -> Project:
    """Name the project: any words on one line."""
    name = clean(name).strip()
    if not name or len(name) > MAX_TITLE:
        raise ValueError(f"a project's name has 1 to {MAX_TITLE} characters; this one has {len(name)}")
    return project if name == project.name else replace(project, name=name)


def set_note(project: Project, note: str, sheet: str = MAIN) -> Project:
    """Write the note that travels with the project, or with a block."""
    note = clean(note, lines=True)
    if len(note) > MAX_TEXT:
        raise ValueError(f"a note may have {MAX_TEXT:,} characters; this one has {len(note):,}")
    if sheet != MAIN:
        return put_block(project, sheet, replace(_block(project, sheet), note=note))
    return project if note == project.note else replace(project, note=note)


def set_search(project: Project, search: SearchSpec | None) -> Project:
    """Look for good settings in this way; None: in none."""
    if search is not None:
        check_part("search", search)
    return project if search == project.search else replace(project, search=search)


def set_block_params(project: Project, block: str, params: Mapping[str, int | float]) -> Project:
    """Put these in place of a block's parameters; they are the defaults that each use of it may change."""
    return put_block(project, block, replace(_block(project, block), params=dict(params)))


def _block(project: Project, name: str) -> Block:
    if name not in project.blocks:
        raise ValueError(f"there is no block “{name}” in this project")
    return project.blocks[name]


def put_block(project: Project, name: str, block: Block) -> Project:
    """Define a block, or put another definition in its place."""
    if fault := fault_in_name(name):
        raise ValueError(f"{fault}; “{free(name, project.blocks, 'block')}” can be had")
    check_numbers(block.params)
    if block.about.keys() - block.params.keys():
        block = replace(block, about={k: v for k, v in block.about.items() if k in block.params})
    if project.blocks.get(name) == block:
        return project
    return replace(project, blocks={**project.blocks, name: block})


def remove_block(project: Project, name: str) -> Project:
    """Take away a block's definition.

    Raises:
        ValueError: a node is still an instance of it.
    """
    if name not in project.blocks:
        return project
    kind = BLOCK_PREFIX + name
    for sheet, graph in project.sheets():
        users = [n.name for n in graph if n.kind == kind and sheet != name]
        if users:
            where = f"the block “{sheet}”" if sheet else "the main graph"
            raise ValueError(f"“{name}” is still used by “{users[0]}” in {where}; remove that first")
    return replace(project, blocks={k: v for k, v in project.blocks.items() if k != name})


def _put(project: Project, sheet: str, graph: Graph, changed: list[Node]) -> Project:
    if not changed:
        return project
    return project.with_sheet(sheet, replace(graph, nodes={**graph.nodes, **{n.id: n for n in changed}}))
