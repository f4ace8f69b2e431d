"""A new node as one edit, wired to what it was asked for; and which kinds would fit there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from visualnet.analysis.connect.check import (
    entry_ports,
    further_port,
    known_spec,
    library_fitting,
    sheet_facts,
    try_node,
    widen_inputs,
)
from visualnet.analysis.connect.replace_kind import shared_params
from visualnet.analysis.facts import Analysis, GraphFacts, NodePath
from visualnet.core import edits
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port, Value
from visualnet.core.names import new_id
from visualnet.core.project import Project
from visualnet.core.user import block_library, presets
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import Pattern, Spec
from visualnet.layers.shorthand import NONE, TypedParameters


def insert_node(
    project: Project,
    sheet: str,
    path: NodePath,
    analysis: Analysis,
    kind: str,
    at: tuple[float, float],
    source: Port | None = None,
    target: Port | None = None,
    insert: Port | None = None,
    given: TypedParameters = NONE,
    also: Iterable[Port] = (),
    fields: Mapping[str, Spec] | None = None,
) -> tuple[Project, str]:
    """The project with the new node, and its id. ``insert`` names the wire it is put into, by where that ends; what ends at ``also``
    and came from there comes from the new node as well. A new input or target reads one of the ``fields`` of the data.

    Raises:
        ValueError: the kind is a block that the library has not.
    """
    project, kind = block_library.define_block(project, kind)
    graph, block, node_id = project.sheet(sheet), project.blocks.get(sheet), new_id(project.sheet(sheet))
    scope = {**project.constants, **(block.params if block is not None else {})}
    params = {**shared_params(presets.first_values(kind), kind, project, scope), **given.params}
    params = params or (_data_params(graph, kind, fields) if block is None and fields else {})
    after = edits.add_node(project, sheet, kind, at=at, id=node_id, params=params)
    if given.repeat != 1:
        after = edits.set_node(after, sheet, [node_id], repeat=given.repeat)
    ins, outs = entry_ports(project, kind, params, scope)
    node, facts = after.sheet(sheet).nodes[node_id], sheet_facts(analysis, sheet, path)
    if insert is not None and insert in graph.wires:
        if ins and outs:
            into = accepting_input(after, facts, node, graph.wires[insert]) or ins[0]
            after = edits.insert_on_wire(after, sheet, node_id, insert, into, outs[0])
            for target in also:
                after = edits.connect(after, sheet, Port(node_id, outs[0]), target)
            return after, node_id
        source = graph.wires[insert]
    if source is not None and ins:
        entry = accepting_input(after, facts, node, source)
        if entry is not None:
            after = edits.connect(after, sheet, source, Port(node_id, entry))
    if target is not None and outs:
        after = edits.connect(widen_inputs(after, sheet, target), sheet, Port(node_id, outs[0]), target)
    return after, node_id


def _data_params(graph: Graph, kind: str, fields: Mapping[str, Spec]) -> dict[str, Value]:
    """What an input or a target is set to that reads a field of the data, where it can be one that no other of its kind reads.

    Data name first what is shown to a network, last what it is to answer.
    """
    if kind not in LAYERS or LAYERS[kind].role not in ("input", "target"):
        return {}
    own = LAYERS[kind].params
    usual, (first, *rest) = own["field"].default, fields
    read = {node.params.get("field", usual) for node in graph if node.kind == kind}
    if LAYERS[kind].role == "input":
        order = [first, *(n for n in rest[:-1] if fields[n].dtype == fields[first].dtype)]
    else:
        order = [usual] if usual in fields else [*reversed(rest), first]
    name = next((n for n in order if n not in read), order[0])
    spec = fields[name]
    values: dict[str, Value] = {"field": name, "size": tuple(map(int, spec.shape)), "dtype": spec.dtype}
    return {key: value for key, value in values.items() if value != own[key].default}


def passes_on(project: Project, kind: str, given: TypedParameters = NONE) -> bool:
    """Whether a node of this kind hands on what it gets, so that it can stand between others: no loss, metric, input or output does."""
    if kind in LAYERS and LAYERS[kind].role:
        return False
    try:
        project, kind = block_library.define_block(project, kind)
    except ValueError:
        return False
    if known_kind(kind, project.blocks) is None:
        return False  # a block that is gone, in a list that was made before
    return all(entry_ports(project, kind, given.params, project.constants))


def known_kind(text: str, blocks: Container[str]) -> str | None:
    """The kind that a text names: a layer's tag, a block of the library, a block's name or ``block:NAME``; None for anything else."""
    if text in LAYERS or text.startswith(block_library.PREFIX):
        return text
    name = text.removeprefix(BLOCK_PREFIX)
    return BLOCK_PREFIX + name if name in blocks else None


def kind_label(kind: str) -> str:
    """What a kind is called: a layer's label, or a block's name."""
    return LAYERS[kind].label if kind in LAYERS else kind.partition(":")[2]


def accepting_input(project: Project, facts: GraphFacts | None, node: Node, source: Port) -> str | None:
    """The new node's first input that takes what leaves ``source``; the first of all while nothing is known of it."""
    spec = known_spec(facts, source)
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
    kinds = [t for t, k in LAYERS.items() if not k.hidden]
    kinds += [BLOCK_PREFIX + name for name in project.blocks if name != sheet]
    facts = sheet_facts(analysis, sheet, path)
    if source is not None:
        probes = [Node(id="new", kind=kind, name="new") for kind in kinds]
        fitting = [node.kind for node in probes if accepting_input(project, facts, node, source) is not None]
        return fitting + library_fitting(known_spec(facts, source))
    assert target is not None
    return [
        *_giving(kinds, _wanted_spec(facts, target)),
        *(block_library.PREFIX + e.name for e in block_library.entries()),
    ]


def _wanted_spec(facts: GraphFacts | None, target: Port) -> Pattern | None:
    """What an input wants, as far as its layer says so; one that the layer would only grow wants what its first one does."""
    known = facts.nodes.get(target.node) if facts is not None else None
    if known is None or target.port in known.inputs:
        return known.inputs[target.port] if known is not None else None
    return next(iter(known.inputs.values()), None) if further_port(known.node, known) == target else None


def _giving(kinds: Iterable[str], wanted: Pattern | None) -> list[str]:
    """The kinds whose first output may be what is wanted; of a block that shows only when it is wired."""
    found = []
    for kind in kinds:
        gives = next(iter(LAYERS[kind]().outputs().values()), None) if kind in LAYERS else None
        if kind in LAYERS and (gives is None or not _may_be(gives, wanted)):
            continue
        found.append(kind)
    return found


def _may_be(gives: Pattern, wanted: Pattern | None) -> bool:
    if wanted is None:
        return True
    types = {wanted.dtype, gives.dtype} & {"any", "same"} or wanted.dtype == gives.dtype
    ranks = "*" in (*wanted.axes, *gives.axes) or len(wanted.axes) == len(gives.axes)
    return bool(types) and ranks and wanted.batched == gives.batched
