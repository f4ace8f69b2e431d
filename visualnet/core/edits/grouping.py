"""Blocks made and unmade: nodes become a block, a block's instance becomes its nodes again.

Which kinds of node are a block's ports is not known here: ``PortKinds`` tells it. What is grouped and ungrouped at once is as it was:
nodes, names, parameters, wires and their bends, places, frames and notes. Ids and the order of nodes are new, and views that were kept
(bookmarks) never leave their sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from visualnet.core import expressions, repetition
from visualnet.core.edits import annotate, frame_contents, put_block, remove, substitution
from visualnet.core.edits.clipboard import cut_out, names_used
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port, Topology, Value
from visualnet.core.names import MAX_ID, free, highest, names
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.validation import MAX_BENDS, nodes_of, sheet_of, with_nodes

STEP = 248.0
"""From a card to the next one beside it, in px."""
ROW = 96.0
MAX_COPIES = 64


class PortKinds(NamedTuple):
    """What a block's ports are made of: the kind of node that brings a tensor in and its port, and the one that takes a tensor out.

    ``outside`` are the kinds that stay on the sheet when they are selected with others: sources, answers, losses.
    """

    input: str
    input_port: str
    output: str
    output_port: str
    outside: frozenset[str]


class BorderWires(NamedTuple):
    """The wires over the border of a selection: for each port of the block to be, what is outside and what is inside.

    ``into``: the source outside (None for a port that was open) and all that it feeds inside; ``out``: the source inside and all that it
    feeds outside.
    """

    into: list[tuple[Port | None, list[Port]]]
    out: list[tuple[Port, list[Port]]]

    def fed(self) -> set[Port]:
        """The ports inside that are fed from outside, and those outside that are fed from inside."""
        return {t for _, targets in (*self.into, *self.out) for t in targets}


class BlockInterior(NamedTuple):
    """A block's graph without its port nodes. ``inputs`` are the ports that each input feeds, with the bends of these wires; ``outputs``
    what each output is: a port inside, or an input's name.
    """

    part: Graph
    inputs: dict[str, list[Port]]
    outputs: dict[str, Port | str | None]
    bends: dict[Port, tuple[tuple[float, float], ...]]


# --- grouping -------------------------------------------------------------------------------------------------------------------------


def group(
    project: Project,
    sheet: str,
    ids: Iterable[str],
    ends: PortKinds,
    name: str = "block",
    open_inputs: Sequence[Port] = (),
    open_outputs: Sequence[Port] = (),
) -> tuple[Project, str]:
    """Put nodes into a block of their own, used once in their place; the project, and the instance's id.

    ``open_inputs`` and ``open_outputs`` become ports too, so that what is not wired yet can be. ``name`` is a wish.

    Raises:
        ValueError: there is nothing to group, or the block would need what comes out of it; the words say through which node.
    """
    graph = sheet_of(project, sheet)
    chosen = {n.id: n for n in nodes_of(graph, ids) if n.kind not in ends.outside}
    if not chosen:
        raise ValueError("select the nodes that shall become a block; inputs, outputs and losses stay outside")
    _check_circle(graph, chosen)
    _check_shares(graph, chosen)
    crossing = _crossing(graph, chosen, open_inputs, open_outputs)
    annotations = frame_contents.annotations_around(graph, chosen)
    part = frame_contents.with_annotations(cut_out(graph, chosen), annotations.values())
    called = free(name, project.blocks, "block")
    inside, inputs, outputs = _bordered(part, crossing, ends)
    # The bends of a wire over the border stay where it ends: inside for an input's, outside for an output's.
    over = {t: graph.bends[t] for t in crossing.fed() & graph.bends.keys()}
    inside = frame_contents.add_bends(inside, {t: b for t, b in over.items() if t.node in chosen})
    params, given = _params(project, sheet, part)
    project = put_block(project, called, _definition(project, sheet, inside, params))
    node_id = f"n{max(graph.spent, highest(graph)) + 1}"
    left = annotate.remove_annotations(remove(project, sheet, chosen), sheet, annotations).sheet(sheet)
    node = Node(id=node_id, kind=BLOCK_PREFIX + called, name=free(called, names(left)), params=given)
    wires = {Port(node_id, n): source for n, (source, _) in zip(inputs, crossing.into, strict=True) if source}
    wires |= {t: Port(node_id, n) for n, (_, targets) in zip(outputs, crossing.out, strict=True) for t in targets}
    left = with_nodes(left, [node], {node_id: _middle(part)}, wires)
    return project.with_sheet(
        sheet, frame_contents.add_bends(left, {t: b for t, b in over.items() if t in wires})
    ), node_id


def _check_circle(graph: Graph, chosen: Collection[str]) -> None:
    """A block cannot be computed in two halves: nothing outside may stand between its nodes."""
    topology = Topology(graph)
    after: set[str] = set()
    before: set[str] = set()
    for node_id in chosen:
        after |= {w.target.node for w in topology.out_of[node_id]} - set(chosen)
        before |= {w.source.node for w in topology.into[node_id]} - set(chosen)
    for node_id in after:
        between = topology.downstream(node_id) & before
        if between:
            name = graph.nodes[node_id].name
            raise ValueError(f"“{name}” stands between the selected nodes: select it too, or leave out what follows it")


def _check_shares(graph: Graph, chosen: Collection[str]) -> None:
    for node in graph:
        if node.shares is not None and node.shares in graph.nodes and (node.id in chosen) != (node.shares in chosen):
            owner = graph.nodes[node.shares].name
            raise ValueError(
                f"“{node.name}” uses the weights of “{owner}”: both must stand inside the block, or outside"
            )


def _crossing(
    graph: Graph, chosen: Collection[str], extra_in: Sequence[Port], extra_out: Sequence[Port]
) -> BorderWires:
    into: dict[Any, tuple[Port | None, list[Port]]] = {}
    out: dict[Port, tuple[Port, list[Port]]] = {}
    for target, source in graph.wires.items():
        if target.node in chosen and source.node not in chosen:
            into.setdefault(source, (source, []))[1].append(target)
        elif source.node in chosen and target.node not in chosen:
            out.setdefault(source, (source, []))[1].append(target)
    for port in extra_in:
        if port.node in chosen and port not in graph.wires:
            into[port, "open"] = (None, [port])
    for port in extra_out:
        if port.node in chosen:
            out.setdefault(port, (port, []))
    order = {node_id: at for at, node_id in enumerate(graph.nodes)}
    return BorderWires(
        sorted(into.values(), key=lambda c: min(order[t.node] for t in c[1])),
        sorted(out.values(), key=lambda c: order[c[0].node]),
    )


def _bordered(part: Graph, crossing: BorderWires, ends: PortKinds) -> tuple[Graph, list[str], list[str]]:
    """The block's graph: the part with a node for each port; the names of the input and output ports."""
    taken = names(part)
    number = highest(part)
    left, top, right, _ = _frame(part)
    nodes: list[Node] = []
    places: dict[str, tuple[float, float]] = {}
    wires: dict[Port, Port] = {}
    found: tuple[list[str], list[str]] = [], []

    def port_node(wish: str, kind: str, side: int, x: float) -> str:
        nonlocal number
        number += 1
        called = free(wish, taken)
        taken.add(called)
        found[side].append(called)
        node_id = f"n{number}"
        nodes.append(Node(id=node_id, kind=kind, name=called))
        places[node_id] = (x, top + ROW * (len(found[side]) - 1))
        return node_id

    for _, targets in crossing.into:
        node_id = port_node(targets[0].port, ends.input, 0, left - STEP)
        wires |= {target: Port(node_id, ends.input_port) for target in targets}
    for source, _ in crossing.out:
        node_id = port_node(source.port, ends.output, 1, right + STEP)
        wires[Port(node_id, ends.output_port)] = source
    return with_nodes(part, nodes, places, wires), *found


def _params(project: Project, sheet: str, part: Graph) -> tuple[dict[str, int | float], dict[str, Value]]:
    """Inside another block, its parameters that the nodes name become the new block's, and are handed on."""
    if sheet == MAIN:
        return {}, {}
    used = names_used([part])
    params = {k: v for k, v in project.blocks[sheet].params.items() if k in used}
    return params, {k: k for k in params}


def _definition(project: Project, sheet: str, inside: Graph, params: Mapping[str, int | float]) -> Block:
    told = project.blocks[sheet].about if sheet != MAIN else {}
    return Block(graph=inside, params=params, about={k: a for k, a in told.items() if k in params})


def _frame(graph: Graph) -> tuple[float, float, float, float]:
    """The leftmost, topmost, rightmost and lowest corner of the cards."""
    xs, ys = ([p[axis] for p in graph.places.values()] or [0.0] for axis in (0, 1))
    return min(xs), min(ys), max(xs), max(ys)


def _middle(graph: Graph) -> tuple[float, float]:
    left, top, right, low = _frame(graph)
    return round((left + right) / 16) * 8.0, round((top + low) / 16) * 8.0


# --- ungrouping -----------------------------------------------------------------------------------------------------------------------


def ungroup(project: Project, sheet: str, ids: Iterable[str], ends: PortKinds) -> tuple[Project, list[str]]:
    """Put the nodes of blocks in the place of their instances; the project, and the new nodes' ids. Definitions stay.

    Raises:
        ValueError: nothing selected is a block, or its weights are shared, or it is repeated too often.
    """
    instances = [n for n in nodes_of(sheet_of(project, sheet), ids) if n.block in project.blocks]
    if not instances:
        raise ValueError("select a block to take apart")
    new: list[str] = []
    for node in instances:
        project, made = _unpacked(project, sheet, node, ends)
        new += made
    return project, new


def _unpacked(project: Project, sheet: str, node: Node, ends: PortKinds) -> tuple[Project, list[str]]:
    graph = project.sheet(sheet)
    block = project.blocks[node.block or ""]
    others = [n.name for n in graph if n.shares == node.id]
    if node.shares is not None or others:
        raise ValueError(f"“{node.name}” shares its weights: give it its own first")
    if node.mode:
        raise ValueError(f"“{node.name}” is muted or off: let it work first")
    bare = _bare(block.graph, ends)
    bare = bare._replace(part=_settled(project, sheet, node, block, bare.part))
    times = _times(project, node)
    if times > 1 and (words := repetition.fault(bare.inputs, bare.outputs)):
        raise ValueError(f"“{node.name}” is repeated, and {words}: set repeat to 1 first")
    given: dict[str, Port | None] = {t.port: s for t, s in graph.wires.items() if t.node == node.id}
    led = {t.port: b for t, b in graph.bends.items() if t.node == node.id}
    leaving = {t: s.port for t, s in graph.wires.items() if s.node == node.id}
    kept = {t: b for t, b in graph.bends.items() if t in leaving}
    graph = remove(project, sheet, [node.id]).sheet(sheet)
    spot, centre = project.sheet(sheet).places.get(node.id, (0.0, 0.0)), _middle(bare.part)
    left, _, right, _ = _frame(bare.part)
    made: list[str] = []
    answers: dict[str, Port | None] = {}
    for turn in range(times):
        by = (spot[0] - centre[0] + turn * (right - left + STEP), spot[1] - centre[1])
        graph, new, answers = _placed(graph, bare, by, given, led)
        made += new
        if turn < times - 1:
            given = repetition.next_inputs(bare.inputs, given, next(iter(answers.values())))
            led = {}
    wires = {t: source for t, port in leaving.items() if (source := answers.get(port)) is not None}
    graph = replace(graph, wires={**graph.wires, **wires})
    return project.with_sheet(
        sheet, frame_contents.add_bends(graph, {t: b for t, b in kept.items() if t in wires})
    ), made


def _bare(graph: Graph, ends: PortKinds) -> BlockInterior:
    """A block's graph without its port nodes, its frames and notes with it."""
    sources = {n.id: n.name for n in graph if n.kind == ends.input}
    sinks = {n.id: n.name for n in graph if n.kind == ends.output}
    part = cut_out(graph, [i for i in graph.nodes if i not in sources and i not in sinks])
    bare = BlockInterior(
        replace(part, annotations=graph.annotations),
        {name: [] for name in sources.values()},
        dict.fromkeys(sinks.values()),
        {},
    )
    for target, source in graph.wires.items():
        if target.node in sinks:
            bare.outputs[sinks[target.node]] = sources.get(source.node, source)
        elif source.node in sources:
            bare.inputs[sources[source.node]].append(target)
            if target in graph.bends:
                bare.bends[target] = graph.bends[target]
    return bare


def _settled(project: Project, sheet: str, node: Node, block: Block, part: Graph) -> Graph:
    """The part as it reads on the sheet: with the instance's parameters filled in, and frozen if the instance is."""
    outer = project.blocks[sheet].params if sheet != MAIN else {}
    values: dict[str, Value] = {k: node.params.get(k, default) for k, default in block.params.items()}
    # A constant that the outer block's parameter of the same name would hide keeps its value.
    values |= {k: v for k, v in project.constants.items() if k in outer and k not in values}
    nodes = {i: substitution.substitute_names(n, values) for i, n in part.nodes.items()}
    if not node.trainable:
        nodes = {i: _frozen(n, node) for i, n in nodes.items()}
    if node.training:
        nodes = {i: replace(n, training={**node.training, **n.training}) for i, n in nodes.items()}
    return replace(part, nodes=nodes)


def _frozen(node: Node, block: Node) -> Node:
    """A node of a frozen block as it stands without the block: its statistics stay fixed if they were, or if the block's are."""
    kept = node.trainable or block.statistics == "fixed"
    return replace(node, trainable=False, statistics=block.statistics if kept else node.statistics)


def _times(project: Project, node: Node) -> int:
    try:
        times = expressions.read_whole(node.repeat, project.constants)
    except ValueError as error:
        raise ValueError(
            f"how often “{node.name}” is repeated is not known here ({error}); write a number first"
        ) from None
    if not 1 <= times <= MAX_COPIES:
        raise ValueError(f"“{node.name}” is repeated {times:,} times; at most {MAX_COPIES} copies can be laid out")
    return times


def _placed(
    graph: Graph,
    bare: BlockInterior,
    by: tuple[float, float],
    given: Mapping[str, Port | None],
    led: Mapping[str, tuple[tuple[float, float], ...]],
) -> tuple[Graph, list[str], dict[str, Port | None]]:
    """The graph with one copy of a block's inside; its new ids, and what each output of the block is now.

    ``given`` is what feeds each input, ``led`` the bends of the wires on which that came.
    """
    part = bare.part
    number = max(graph.spent, highest(graph))
    if number + len(part.nodes) > MAX_ID:
        raise ValueError("this sheet has used up its ids")
    ids = {old: f"n{number + 1 + at}" for at, old in enumerate(part.nodes)}
    taken = names(graph)
    nodes: list[Node] = []
    for old, node in part.nodes.items():
        called = free(node.name, taken)
        taken.add(called)
        nodes.append(replace(node, id=ids[old], name=called, shares=ids.get(node.shares or "")))
    wires = {Port(ids[t.node], t.port): Port(ids[s.node], s.port) for t, s in part.wires.items()}
    bends = {Port(ids[t.node], t.port): frame_contents.shift_points(b, by) for t, b in part.bends.items()}
    for name, targets in bare.inputs.items():
        source = given.get(name)
        for target in targets if source is not None else ():
            end = Port(ids[target.node], target.port)
            wires[end] = source  # type: ignore[assignment]
            points = (*led.get(name, ()), *frame_contents.shift_points(bare.bends.get(target, ()), by))[:MAX_BENDS]
            if points:
                bends[end] = points
    answers = {
        name: given.get(inner) if isinstance(inner, str) else inner and Port(ids[inner.node], inner.port)
        for name, inner in bare.outputs.items()
    }
    places = {ids[i]: (x + by[0], y + by[1]) for i, (x, y) in part.places.items()}
    after = frame_contents.add_bends(with_nodes(graph, nodes, places, wires), bends)
    return frame_contents.with_annotations(after, part.annotations.values(), by), list(ids.values()), answers
