"""Copies: nodes as text for the clipboard, and back onto a sheet of this or another project.

The text is a small file of its own kind; what is pasted passes the same checks as what is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from visualnet.core import expressions
from visualnet.core.graph import BLOCK_PREFIX, LEARNER, Graph, Node, Port
from visualnet.core.names import MAX_ID, free, highest, names
from visualnet.core.project import Block, Project
from visualnet.core.storage import encode, plain_text_transport, project_file, safe_json
from visualnet.core.storage.decoding import decode
from visualnet.core.validation import sheet_of, spot, with_nodes

MARK = "visualnet-nodes"
OFFSET = (32.0, 32.0)
CHECK = "check"
_FOREIGN = "what is on the clipboard is no part of a VisualNet graph"


def copy(project: Project, sheet: str, ids: Iterable[str]) -> str:
    """The nodes as text: with the wires among them, where they stand, and the blocks and constants that they use."""
    graph = sheet_of(project, sheet)
    part = cut_out(graph, ids)
    blocks = _used_blocks(project, part)
    used = names_used([part, *(b.graph for b in blocks.values())])
    fields = {MARK: str(project_file.FORMAT), "graph": encode.graph_text(part, 1)}
    if blocks:
        fields["blocks"] = (
            "{" + ", ".join(f"{json.dumps(n)}: {encode.block_text(b, 1)}" for n, b in blocks.items()) + "}"
        )
    if constants := {k: v for k, v in project.constants.items() if k in used}:
        fields["constants"] = json.dumps(constants)
    text = _object(fields)
    return _object({MARK: fields.pop(MARK), CHECK: str(plain_text_transport.checksum(json.loads(text))), **fields})


def _object(fields: Mapping[str, str]) -> str:
    return plain_text_transport.encode("{" + ",\n ".join(f'"{k}": {v}' for k, v in fields.items()) + "}\n")


def cut_out(graph: Graph, ids: Iterable[str]) -> Graph:
    """These nodes alone, with the wires among them."""
    wanted = {i for i in ids if i in graph.nodes}
    nodes = {i: n if n.shares in wanted else replace(n, shares=None) for i, n in graph.nodes.items() if i in wanted}
    wires = {t: s for t, s in graph.wires.items() if t.node in wanted and s.node in wanted}
    bends = {t: b for t, b in graph.bends.items() if t in wires}
    return Graph(
        nodes, wires, {i: graph.places[i] for i in nodes if i in graph.places}, bends=bends, direction=graph.direction
    )


def paste(project: Project, sheet: str, text: str, at: tuple[float, float] | None = None) -> tuple[Project, list[str]]:
    """Put copied nodes on a sheet; their new ids. ``at`` is where their top left corner goes; else they stand a little beside.

    Raises:
        ValueError: the text is no copy of nodes, or has been damaged.
    """
    part, blocks, constants = _read(text)
    graph = sheet_of(project, sheet)
    called = _names_for(project, blocks)
    part = with_blocks_called(part, called)
    new = {called[n]: replace(b, graph=with_blocks_called(b.graph, called)) for n, b in blocks.items()}
    missing = {k: v for k, v in constants.items() if k not in project.constants}
    new = {n: b for n, b in new.items() if n not in project.blocks}
    corner = [min((p[axis] for p in part.places.values()), default=0.0) for axis in (0, 1)]
    by = OFFSET if at is None else (at[0] - corner[0], at[1] - corner[1])
    after, ids = _placed(graph, part, by)
    if not ids:
        return project, []
    if new:
        project = replace(project, blocks={**project.blocks, **new})
    if missing:
        project = replace(project, constants={**project.constants, **missing})
    return project.with_sheet(sheet, after), ids


def duplicate(
    project: Project, sheet: str, ids: Iterable[str], offset: tuple[float, float] = OFFSET
) -> tuple[Project, list[str]]:
    """The same nodes once more on the same sheet; their ids. What shares the weights of a node that stays still shares them."""
    graph = sheet_of(project, sheet)
    part = cut_out(graph, ids)
    kept = {i: graph.nodes[i].shares for i in part.nodes if graph.nodes[i].shares and not part.nodes[i].shares}
    after, new = _placed(graph, part, offset)
    if not new:
        return project, []
    outer = {n: kept[old] for old, n in zip(part.nodes, new, strict=True) if old in kept}
    nodes = {i: replace(n, shares=outer[i]) if i in outer else n for i, n in after.nodes.items()}
    return project.with_sheet(sheet, replace(after, nodes=nodes)), new


def _placed(graph: Graph, part: Graph, by: tuple[float, float]) -> tuple[Graph, list[str]]:
    """The graph with the part beside what was there, under new ids and free names."""
    number = max(graph.spent, highest(graph))
    if number + len(part.nodes) > MAX_ID:
        raise ValueError("this sheet has used up its ids")
    ids = {old: f"n{number + 1 + i}" for i, old in enumerate(part.nodes)}
    taken = names(graph)
    nodes: list[Node] = []
    for old, node in part.nodes.items():
        name = free(node.name, taken)
        taken.add(name)
        nodes.append(replace(node, id=ids[old], name=name, shares=ids.get(node.shares or "")))
    places = {ids[i]: (x + by[0], y + by[1]) for i, (x, y) in part.places.items()}
    wires = {Port(ids[t.node], t.port): Port(ids[s.node], s.port) for t, s in part.wires.items()}
    if not nodes:
        return graph, []
    after = with_nodes(graph, nodes, places, wires)
    bends = {
        Port(ids[t.node], t.port): tuple(spot((x + by[0], y + by[1])) for x, y in points)
        for t, points in part.bends.items()
    }
    return (replace(after, bends={**after.bends, **bends}) if bends else after), list(ids.values())


def _read(text: str) -> tuple[Graph, dict[str, Block], dict[str, Any]]:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ValueError(_FOREIGN) from None
    if MARK.encode() not in data[: safe_json.MAX_BYTES]:
        raise ValueError(_FOREIGN)
    try:
        tree = _tree(text, data)
        if type(tree) is not dict or type(tree.get(MARK)) is not int:
            raise ValueError(_FOREIGN)
        if tree[MARK] > project_file.FORMAT:
            raise ValueError("these nodes were copied in a newer VisualNet; save them to a file there")
        whole = decode.project({k: v for k, v in tree.items() if k not in (MARK, CHECK)})
    except safe_json.RefusedJson as fault:
        place = ".".join(map(str, fault.place))
        raise ValueError(f"the copied nodes are damaged{f' at {place}' if place else ''}: {fault.reason}") from None
    return whole.graph, dict(whole.blocks), dict(whole.constants)


def _tree(text: str, data: bytes) -> Any:
    """The values of copied text, also where a mail program has been at it."""
    try:
        return safe_json.scan(data)
    except safe_json.RefusedJson as fault:
        if len(data) > safe_json.MAX_BYTES:
            raise
        first = fault
    try:
        tree = safe_json.scan(plain_text_transport.decode(text, MARK).encode())
    except ValueError as error:
        raise ValueError(f"the copied nodes are damaged: {error}") from None
    except safe_json.RefusedJson:
        raise first from None
    wanted = tree.pop(CHECK, None) if type(tree) is dict else None
    if wanted is not None and wanted != plain_text_transport.checksum(tree):
        raise ValueError(
            "the copied nodes are damaged: a mail program cut or changed words in them; send them as an attached file"
        )
    return tree


def _used_blocks(project: Project, part: Graph) -> dict[str, Block]:
    found: dict[str, Block] = {}
    todo = [n.block for n in part]
    while todo:
        name = todo.pop()
        if name is not None and name not in found and name in project.blocks:
            found[name] = project.blocks[name]
            todo += [n.block for n in found[name].graph]
    return {n: b for n, b in project.blocks.items() if n in found}


def _names_for(project: Project, blocks: Mapping[str, Block]) -> dict[str, str]:
    """What each copied block is called here: its own name, unless another block has it that is not the same.

    A block that uses one which must be renamed is no longer the same either, so this goes on until nothing changes.
    """
    other = {n for n, b in blocks.items() if n in project.blocks and project.blocks[n] != b}
    while more := {
        n
        for n, b in blocks.items()
        if n not in other and n in project.blocks and any(node.block in other for node in b.graph)
    }:
        other |= more
    called = {n: n for n in blocks}
    taken = {*project.blocks, *blocks}
    for name in blocks:
        if name in other:
            called[name] = free(name, taken, "block")
            taken.add(called[name])
    return called


def with_blocks_called(graph: Graph, called: Mapping[str, str]) -> Graph:
    changed = {
        n.id: replace(n, kind=BLOCK_PREFIX + called[n.block])
        for n in graph
        if n.block and called.get(n.block, n.block) != n.block
    }
    return replace(graph, nodes={**graph.nodes, **changed}) if changed else graph


def names_used(graphs: list[Graph]) -> set[str]:
    """Every name that an expression in these graphs uses."""
    found: set[str] = set()
    nodes = (node for graph in graphs for node in graph)
    training = ((n, (value for name, value in n.training.items() if name != LEARNER)) for n in nodes)
    values = ((*n.params.values(), *n.init.params.values(), *said, n.repeat) for n, said in training)
    for text in {text for each in values for text in _texts(each)}:
        try:
            found |= expressions.parse(text).names()
        except ValueError:
            continue
    return found


def _texts(values: Iterable[Any]) -> Iterator[str]:
    stack = list(values)
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            stack += value
