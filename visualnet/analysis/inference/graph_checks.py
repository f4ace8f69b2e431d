"""Faults that no single layer can see: cycles, loose ends, missing losses, weights that cannot be shared, inputs that the data lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from visualnet.analysis.facts import GraphFacts, NodeFacts, Outline, Problem
from visualnet.analysis.inference import muting
from visualnet.analysis.inference.infer_block import MAX_LAYERS, has_too_many_layers
from visualnet.core.graph import Graph, Port, Topology
from visualnet.core.project import MAIN, Recipe
from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.layer import LAYERS, Sized, Spec
from visualnet.layers.recipe.setting_values import loss_params

SINKS = ("output", "loss", "metric")


def outline(graph: Graph, topology: Topology, nodes: Mapping[str, NodeFacts], sheet: str) -> Outline:
    """What follows from wires, kinds and names: structural problems, the nodes of each role, the blocks."""
    ends: dict[str, list[str]] = {}
    blocks = []
    for node in graph.nodes.values():
        kind = LAYERS.get(node.kind)
        if node.mode and muting.mode(node):
            continue
        if kind is None:
            if node.block is not None:
                blocks.append(node.id)
        elif role := role_of(nodes.get(node.id)) if kind.role else "":
            ends.setdefault(role, []).append(node.id)
    if sheet == MAIN:
        _part_losses(topology, ends)
    useful = _useful(topology, ends, sheet)
    problems = (
        *_circle(graph, topology, sheet),
        *_loose_wires(graph, nodes, sheet),
        *_unused(graph, topology, nodes, useful, ends, sheet),
        *_inner_targets(graph, useful, ends, sheet),
    )
    live = frozenset(useful or graph.nodes)
    owners = {graph.nodes[i].shares or "" for i in live}
    lent = frozenset(owners & graph.nodes.keys()) - live
    return Outline(problems, {role: tuple(ids) for role, ids in ends.items()}, tuple(blocks), live, lent)


def _part_losses(topology: Topology, ends: dict[str, list[str]]) -> None:
    """Put the losses that lead on to another loss among the metrics: they are measured, and a part of what that one lowers."""
    losses = ends.get("loss", [])
    parts = (
        {i for last in losses for i in topology.upstream(last) - {last} if i in losses} if len(losses) > 1 else set()
    )
    if parts:
        ends["loss"] = [i for i in losses if i not in parts]
        ends["metric"] = [*(i for i in losses if i in parts), *ends.get("metric", ())]


def parts(main: GraphFacts) -> list[NodeFacts]:
    """The losses that another one is computed from: nobody lowers them by themselves."""
    return [facts for facts in main.sinks("metric") if facts.layer is not None and facts.layer.role == "loss"]


def part_weights(main: GraphFacts, sheet: str) -> Iterator[Problem]:
    """Losses whose weight is not used, since their value goes on."""
    for facts in parts(main):
        weight = facts.layer.values().get("weight", 1.0) if facts.layer is not None else 1.0
        if weight != 1:
            words = f"its weight {weight:g} is not used: its value goes on to another loss; multiply it on the way (Scale and shift)"
            yield Problem("unused-weight", "warning", words, facts.node.id, sheet, (facts.node.id,), "weight")


def unused_settings(main: GraphFacts, recipe: Recipe, sheet: str) -> Iterator[Problem]:
    """What the recipe says for losses, and none of them takes."""
    losses = [*main.sinks("loss"), *parts(main)]
    for name in loss_params(recipe) if losses else ():
        if not any(f.layer is not None and name in f.layer.params and name not in f.node.params for f in losses):
            words = f"the recipe's {name.replace('_', ' ')} changes nothing: no loss takes it (Cross-entropy does if it says none itself)"
            yield Problem("unused-setting", "hint", words, "", sheet)


def role_of(facts: NodeFacts | None) -> str:
    """The role of a node as its parameters have it; as its kind has it, where they cannot be read."""
    if facts is None:
        return ""
    kind = LAYERS.get(facts.node.kind)
    return facts.layer.role if facts.layer is not None else kind.role if kind is not None else ""


def _circle(graph: Graph, topology: Topology, sheet: str) -> Iterator[Problem]:
    for ring in topology.rings:
        names = [f"“{graph.nodes[i].name}”" for i in ring]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6:,} more" if len(names) > 6 else "")
        words = f"{shown} feed each other in a circle; take one of these wires out"
        yield Problem("cycle", "error", words, ring[0], sheet)


def _loose_wires(graph: Graph, nodes: Mapping[str, NodeFacts], sheet: str) -> Iterator[Problem]:
    """Wires to ports that do not exist."""
    for target, source in graph.wires.items():
        if source.node in nodes and source.port not in nodes[source.node].outputs:
            words = f"there is no output “{source.port}”{_there_is(nodes[source.node].outputs)}; take the wire out"
            yield Problem("no-port", "error", words, source.node, sheet, (), source.port)
        if target.node in nodes and target.port not in nodes[target.node].inputs:
            words = f"there is no input “{target.port}”{_there_is(nodes[target.node].inputs)}; take the wire out"
            yield Problem("no-port", "error", words, target.node, sheet, (), target.port)


def _there_is(ports: Mapping[str, object]) -> str:
    return f" here (there is {', '.join(f'“{p}”' for p in ports)})" if ports else " here"


def _useful(topology: Topology, ends: Mapping[str, list[str]], sheet: str) -> set[str]:
    """The nodes that lead to what the sheet answers. A loss inside a block is none of that: only the block's outputs leave it."""
    useful: set[str] = set()
    todo = [i for role in (SINKS if sheet == MAIN else SINKS[:1]) for i in ends.get(role, ())]
    while todo:
        node_id = todo.pop()
        if node_id not in useful:
            useful.add(node_id)
            todo += [wire.source.node for wire in topology.into[node_id]]
    return useful


def _inner_targets(graph: Graph, useful: set[str], ends: Mapping[str, list[str]], sheet: str) -> Iterator[Problem]:
    """Targets that a block would need: the data reach only the main sheet."""
    for node_id in ends.get("target", ()) if sheet != MAIN else ():
        if node_id in useful:
            name = graph.nodes[node_id].name
            words = f"the target “{name}” stands inside the block “{sheet}”; put it on the main sheet and wire it in"
            yield Problem("inner-target", "error", words, node_id, sheet)


def _unused(
    graph: Graph,
    topology: Topology,
    nodes: Mapping[str, NodeFacts],
    useful: set[str],
    ends: Mapping[str, list[str]],
    sheet: str,
) -> Iterator[Problem]:
    """Nodes that lead nowhere; if nothing leads anywhere, that is another problem."""
    for node in graph if useful and len(useful) < len(graph.nodes) else ():
        if node.id not in useful and sheet != MAIN and node.id in ends.get("input", ()):
            words = f"nothing in this block reads its input “{node.name}”"
            yield Problem("unused", "hint", words, node.id, sheet)
        elif node.id not in useful and not node.mode:
            layer = nodes[node.id].layer if node.id in nodes else None
            own = layer.unread() if layer is not None and not topology.out_of[node.id] else ""
            where = "no output of this block" if sheet != MAIN else "no output and no loss"
            words = f"“{node.name}” {own or f'leads to {where}; wire it on, or remove it'}"
            yield Problem("unused", "warning", words, node.id, sheet)


_LACKS = (
    ("no-input", "error", "there is no input: add an Input node, so that data has a way in"),
    ("no-output", "error", "there is no output: add an Output or a loss node, so that something is computed"),
    ("no-loss", "warning", "there is no loss: add one (Cross-entropy, for classes) to be able to train"),
    ("no-target", "warning", "there is no target: add a Target node, so that the loss has something to compare with"),
    (
        "no-answer",
        "hint",
        "there is no output: the network trains, but has no answer to show or export; add an Output node",
    ),
    (
        "no-sense",
        "error",
        "every loss and metric compares targets with targets: the network answers nothing; wire what it computes to one of them",
    ),
)
_NOTHING = (("empty", "error", "there is nothing here yet: add an Input node, layers and an Output"),)


def whole(main: GraphFacts, sheet: str) -> Iterator[Problem]:
    """What a main graph must have to be trained."""
    ends = main.outline.ends
    lacking_output = not any(ends.get(role) for role in SINKS)
    lacks = {
        "no-input": not ends.get("input"),
        "no-output": lacking_output,
        "no-loss": not ends.get("loss"),
        "no-target": any("target" in f.inputs for f in [*main.sinks("loss"), *parts(main)]) and not ends.get("target"),
        "no-answer": bool(ends.get("loss")) and not ends.get("output"),
        "empty": not main.graph.nodes,
        "no-sense": not (lacking_output or ends.get("output") or any(answers(main))),
    }
    for code, severity, words in _LACKS if main.graph.nodes else _NOTHING:
        if lacks[code]:
            yield Problem(code, severity, words, "", sheet)


def answers(main: GraphFacts) -> Iterator[tuple[NodeFacts, Port]]:
    """What the losses (else the metrics) look at, each with the port that a network without outputs answers with: the first that rests on
    no target."""
    targets = set(main.outline.ends.get("target", ()))
    for facts in [*main.sinks("loss"), *parts(main)] or main.sinks("metric"):
        wires = main.graph.wires
        given = (wires[port] for name in facts.inputs if (port := Port(facts.node.id, name)) in wires)
        found = next((source for source in given if not targets & main.topology.upstream(source.node)), None)
        if found is not None:
            yield facts, found


def amount(main: GraphFacts, sheet: str) -> Iterator[Problem]:
    """More layers than any network has, told at the node that holds most of them."""
    if has_too_many_layers(main):
        most = max(main.nodes.values(), key=lambda f: f.layers).node.id
        inside = main.layers - len(main.nodes)
        many = f"{inside:,}" if inside < 10**15 else f"about 10^{len(str(inside)) - 1}"
        words = (
            f"with all repetitions the blocks hold {many} layers; {MAX_LAYERS:,} are allowed; repeat them less often"
        )
        yield Problem("too-many", "error", words, most, sheet, (most,), "repeat")


def sources(main: GraphFacts, fields: Mapping[str, Spec] | None, data: str) -> Iterator[Problem]:
    """Inputs and targets of the main graph held against the fields of the data set."""
    if fields is None:
        return
    for facts in (*main.sinks("input"), *main.sinks("target")):
        spec = next(iter(facts.leaving.values()), None)
        if facts.layer is None or spec is None:
            continue
        name, place = facts.layer.values()["field"], (facts.node.id, MAIN, (facts.node.id,))
        found = fields.get(name)
        if found is None:
            words = (
                f"the data set “{data}” has no field “{name}”; it has {', '.join(f'“{f}”' for f in fields) or 'none'}"
            )
            yield Problem("no-field", "error", words, *place, "field")
        elif tuple(spec.shape) != tuple(found.shape):
            words = f"“{name}” of the data set “{data}” is {found.text} for every sample; this node says {spec.text}"
            yield Problem("field-size", "error", words, *place, "size", f"{spec.text} ≠ {found.text}")
        elif spec.dtype != found.dtype:
            words = f"“{name}” of the data set “{data}” holds {_NUMBERS[found.dtype]}; this node says {_NUMBERS[spec.dtype]}"
            yield Problem("field-type", "error", words, *place, "dtype")


def labels(main: GraphFacts, fields: Mapping[str, Spec] | None, data: str, own: bool) -> Iterator[Problem]:
    """Losses and metrics that are given fewer classes than the data's labels count; with own data, losses that are given more: such a
    network was drawn for other data."""
    losses = main.sinks("loss") if fields else []
    for facts in (*losses, *(main.sinks("metric") if fields else ())):
        given = classes(facts)
        for target in label_sources(main, facts) if given is not None else ():
            name = target.layer.values()["field"] if target.layer is not None else ""
            found = (fields or {}).get(name)
            if found is not None and given is not None and found.classes > given:
                words = (
                    f"“{name}” of the data set “{data}” counts from 0 to {found.classes - 1}, but this node is given "
                    f"{format_quantity(given, 'class', 'classes')} (0 to {given - 1}): make the last layer {found.classes} wide"
                )
                yield Problem("labels", "error", words, facts.node.id, MAIN, (facts.node.id,))
                break
            if own and found is not None and given is not None and 1 < found.classes < given and facts in losses:
                words = (
                    f"this node is given {given} classes, but “{name}” of “{data}” has {found.classes}: "
                    f"the others are never asked for; make the last layer {found.classes} wide"
                )
                yield Problem("more-classes", "hint", words, facts.node.id, MAIN, (facts.node.id,))
                break


def classes(facts: NodeFacts) -> int | None:
    """How many classes a loss or metric is given: the axis that its ports call K."""
    for pattern, spec in zip(facts.inputs.values(), facts.arriving, strict=True):
        if spec is not None and "K" in pattern.axes and pattern.dtype == "float":
            at = pattern.axes.index("K")
            return int(spec.shape[at]) if at < len(spec.shape) and not facts.problems else None
    return None


def label_sources(main: GraphFacts, facts: NodeFacts) -> Iterator[NodeFacts]:
    """The inputs and targets whose whole numbers reach this node."""
    ports = [Port(facts.node.id, name) for name, pattern in facts.inputs.items() if pattern.dtype == "int"]
    for source in filter(None, map(main.graph.wires.get, ports)):
        for node_id in main.topology.upstream(source.node):
            found = main.nodes.get(node_id)
            if found is not None and found.layer is not None and found.layer.role in ("input", "target"):
                yield found


def _unlike(facts: NodeFacts, owner: NodeFacts) -> str:
    """Why a block's instance cannot use the weights of another node; empty if it can. All are used, so both must be alike."""
    name = owner.node.name
    if facts.node.kind != owner.node.kind:
        return f"“{name}” is no instance of this block: weights of a whole block are shared by two instances of it"
    if [graph.scope for graph in facts.inside] != [graph.scope for graph in owner.inside]:
        return f"“{name}” has other parameters or repeats: give both the same ones"
    for mine, theirs in zip(facts.arriving, owner.arriving, strict=True):
        if mine is not None and theirs is not None and mine.shape != theirs.shape:
            return f"{mine.text} arrives here and {theirs.text} at “{name}”: both need the same size"
    return ""


def _names_within(graphs: Iterable[GraphFacts]) -> Iterator[str]:
    """The weights and running statistics in a block, by node and name."""
    for graph in graphs:
        for facts in graph.nodes.values():
            yield from (f"{facts.node.name}.{name}" for name in (*facts.weights, *facts.buffers))
            yield from (f"{facts.node.name}.{name}" for name in _names_within(facts.inside))


_NUMBERS = {"float": "real numbers", "int": "whole numbers", "bool": "yes or no"}


def _alike(theirs: Sized | None, mine: Sized) -> bool:
    return theirs is not None and tuple(theirs) == tuple(mine)


def share(facts: NodeFacts, nodes: Mapping[str, NodeFacts], sheet: str) -> NodeFacts:
    """The facts of a node that uses another's weights: those of equal name and shape are not counted again."""
    owner = nodes.get(facts.node.shares or "")
    words = ""
    if owner is None or owner.node.id == facts.node.id:
        words = "the node whose weights it shares is not in this graph"
    elif owner.node.shares:
        words = f"“{owner.node.name}” itself shares weights; share with their owner instead"
    elif facts.inside or owner.inside:
        words = _unlike(facts, owner)
        names = frozenset(_names_within(facts.inside))
        if not words and names and facts.known and owner.known:
            return facts._replace(shared=names, parameters=0, buffered=0)
    elif facts.known and owner.known and facts.layer is not None:
        common = {n for n, w in facts.weights.items() if n in owner.weights and tuple(owner.weights[n]) == tuple(w)}
        if common:
            same_kind = facts.node.kind == owner.node.kind
            buffers = {n: b for n, b in facts.buffers.items() if not (same_kind and _alike(owner.buffers.get(n), b))}
            own = {n: w for n, w in facts.weights.items() if n not in common}
            return facts._replace(
                weights=own,
                buffers=buffers,
                shared=frozenset(common),
                parameters=sum(w.total for w in own.values()),
                buffered=sum(b.total for b in buffers.values()),
            )
        mine = ", ".join(f"{n} {'×'.join(map(str, w))}" for n, w in facts.weights.items()) or "none"
        theirs = ", ".join(f"{n} {'×'.join(map(str, w))}" for n, w in owner.weights.items()) or "none"
        words = f"no weight of “{owner.node.name}” ({theirs}) has the name and size of one here ({mine})"
    if not words:
        return facts
    return facts._replace(
        problems=(*facts.problems, Problem("share", "error", words, facts.node.id, sheet, (), "shares"))
    )
