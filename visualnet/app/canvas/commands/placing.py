"""Add a node as one edit: where there is room, wired to what it was asked for."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from visualnet.analysis.connect.check import (
    entry_ports,
    further_port,
    known_spec,
    library_fitting,
    sheet_facts,
    try_node,
    widened,
)
from visualnet.analysis.facts import Analysis, NodePath
from visualnet.analysis.geometry.card_size import HEIGHT, MIN_WIDTH
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.kind_and_params import shared
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits
from visualnet.core.graph import Node, Port
from visualnet.core.names import new_id
from visualnet.core.project import Project
from visualnet.core.user import block_library, presets
from visualnet.layers import LAYERS
from visualnet.layers.shorthand import NONE, Given

GAP = 64.0


def free_place(
    scene: CanvasScene, at: tuple[float, float], width: float = MIN_WIDTH, height: float = HEIGHT
) -> tuple[float, float]:
    """The place nearest below ``at``, on the grid, where a card covers no other."""
    x, y = (round(v / GRID) * GRID for v in at)
    for _ in range(400):
        area = QRectF(x - 8, y - 8, width + 16, height + 16)
        near = scene.ids_in(area)
        if not near:
            break
        y = max(scene.cards[i].y + scene.cards[i].height for i in near) + 24
        y = -(-y // GRID) * GRID
    return float(x), float(y)


def after_card(scene: CanvasScene, node_id: str) -> tuple[float, float]:
    """The place where the next card goes: right of a card, or below it where the sheet flows down."""
    item = scene.cards[node_id]
    if item.down:
        return free_place(scene, (item.x, item.y + item.height + GAP))
    return free_place(scene, (item.x + item.width + GAP, item.y))


def plan(
    project: Project,
    sheet: str,
    path: NodePath,
    analysis: Analysis,
    kind: str,
    at: tuple[float, float],
    source: Port | None = None,
    target: Port | None = None,
    insert: Port | None = None,
    given: Given = NONE,
) -> tuple[Project, str]:
    """The project with the new node, and its id. ``insert`` names the wire it is put into, by where that ends."""
    graph = project.sheet(sheet)
    node_id = new_id(graph)
    block = project.blocks.get(sheet)
    scope = {**project.constants, **(block.params if block is not None else {})}
    params = {**shared(presets.first_values(kind), kind, project, scope), **given.params}
    after = edits.add_node(project, sheet, kind, at=at, id=node_id, params=params)
    if given.repeat != 1:
        after = edits.set_node(after, sheet, [node_id], repeat=given.repeat)
    ins, outs = entry_ports(project, kind, params, scope)
    node = after.sheet(sheet).nodes[node_id]
    if insert is not None and insert in graph.wires:
        if ins and outs:
            into = accepting(after, sheet, path, analysis, node, graph.wires[insert]) or ins[0]
            return edits.insert_on_wire(after, sheet, node_id, insert, into, outs[0]), node_id
        source = graph.wires[insert]
    if source is not None and ins:
        into = accepting(after, sheet, path, analysis, node, source)
        if into is not None:
            after = edits.connect(after, sheet, source, Port(node_id, into))
    if target is not None and outs:
        after = edits.connect(widened(after, sheet, target), sheet, Port(node_id, outs[0]), target)
    return after, node_id


def accepting(project: Project, sheet: str, path: NodePath, analysis: Analysis, node: Node, source: Port) -> str | None:
    """The new node's first input that takes what leaves ``source``; the first of all while nothing is known of it."""
    spec = known_spec(sheet_facts(analysis, sheet, path), source)
    ins, _ = entry_ports(project, node.kind, node.params, project.constants)
    if spec is None:
        return ins[0] if ins else None
    return next((p for p in ins if try_node(project, node, {p: spec}).fits), None)


def fitting_kinds(
    project: Project, sheet: str, path: NodePath, analysis: Analysis, source: Port | None, target: Port | None
) -> list[str] | None:
    """The kinds that take what leaves ``source``, or give what ``target`` wants; None where nothing is asked."""
    if source is None and target is None:
        return None
    kinds = [t for t, k in LAYERS.items() if not k.hidden] + [f"block:{b}" for b in project.blocks if b != sheet]
    facts = sheet_facts(analysis, sheet, path)
    if source is not None:
        probes = ((k, Node(id="new", kind=k, name="new")) for k in kinds)
        fitting = [k for k, node in probes if accepting(project, sheet, path, analysis, node, source) is not None]
        return fitting + library_fitting(known_spec(facts, source))
    assert target is not None
    known = facts.nodes.get(target.node) if facts is not None else None
    want = known.inputs.get(target.port) if known is not None else None
    if want is None and known is not None and (more := further_port(known.node, known)) is not None:
        want = next(iter(known.inputs.values()), None) if more == target else None
    found = []
    for kind in kinds:
        if kind not in LAYERS:
            found.append(kind)
            continue
        gives = next(iter(LAYERS[kind]().outputs().values()), None)
        if gives is None or (want is not None and want.batched != gives.batched):
            continue
        types = want is None or {want.dtype, gives.dtype} & {"any", "same"} or want.dtype == gives.dtype
        ranks = want is None or "*" in (*want.axes, *gives.axes) or len(want.axes) == len(gives.axes)
        if types and ranks:
            found.append(kind)
    return found + [block_library.PREFIX + e.name for e in block_library.entries()]


def add(
    view: CanvasBase,
    kind: str,
    at: tuple[float, float],
    source: Port | None = None,
    target: Port | None = None,
    insert: Port | None = None,
    given: Given = NONE,
) -> bool:
    """Add a node as one edit, wired if asked, and select it."""
    studio, place = view.studio, free_place(view.canvas, at)
    added: list[str] = []

    def edit(project: Project) -> Project:
        project, brought = block_library.bring(project, kind)
        after, node_id = plan(
            project, studio.sheet, studio.path, studio.analysis, brought, place, source, target, insert, given
        )
        added[:] = [node_id]
        return after

    label = LAYERS[kind].label if kind in LAYERS else kind.partition(":")[2]
    done = studio.do(f"Add {label}", edit)
    if done:
        studio.select(added)
        view.show_card(added[0])
    return done
