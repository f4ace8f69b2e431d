"""What the repair finder may try with wires: taken out, led elsewhere, or drawn from a node that is added for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from heapq import nsmallest
from itertools import islice

from visualnet.analysis.facts import NodeFacts, Problem
from visualnet.analysis.repair.free_place import free_place
from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace, fits
from visualnet.core import edits
from visualnet.core.graph import Port, Value
from visualnet.core.project import Project
from visualnet.layers.declaration.layer import LAYERS, BadParams, Layer, Pattern, ShapeError, Spec

APART = 240.0
"""How far from its neighbour a new card is put, in px."""
MANY = 400
"""Of more nodes than this only those nearest in the file are looked at, and no more open ports than this are joined at once."""


def rewiring_candidates(place: ProblemPlace) -> Iterator[Candidate]:
    """Wires to take out, to draw and to lead elsewhere, as the problem suggests."""
    problem, node = place.problem, place.node
    name, sheet = node.node.name, place.sheet
    if problem.code in ("cycle", "no-port"):
        yield from _cuts(place)
    elif problem.code == "unconnected":
        yield from _feeds(place)
        yield from _added_feeds(place)
    elif problem.code == "refused":
        yield from _past(place)
    elif problem.code == "unused":
        yield Candidate(f"Remove “{name}”", partial(edits.remove, sheet=sheet, ids=[problem.node]), 1.0)
    elif problem.code in ("unknown-kind", "unknown-block", "recursion"):
        yield from _bridged(place, 0.8)
        yield Candidate(f"Remove “{name}”", partial(edits.remove, sheet=sheet, ids=[problem.node]), 1.5)
    elif problem.at == "shares":
        change = partial(edits.set_node, sheet=sheet, ids=[problem.node], shares=None)
        yield Candidate(f"Give “{name}” weights of its own", change, 1.1)
    elif problem.at == "repeat":
        change = partial(edits.set_node, sheet=sheet, ids=[problem.node], repeat=1)
        yield Candidate(f"Repeat “{name}” once", change, 0.5)
    if problem.severity == "error" and problem.code not in ("unconnected", "cycle", "no-port", "parameter"):
        yield from _led_elsewhere(place)
        yield from _bridged(place, 2.4)


def _ring(place: ProblemPlace) -> frozenset[str]:
    """The cycle on which the problem's node stands."""
    return frozenset(next((ring for ring in place.facts.topology.rings if place.problem.node in ring), ()))


def _cuts(place: ProblemPlace) -> Iterator[Candidate]:
    graph, problem, on = place.facts.graph, place.problem, _ring(place)
    for target, source in graph.wires.items():
        loose = problem.code == "no-port" and problem.at in (
            source.port if source.node == problem.node else "",
            target.port if target.node == problem.node else "",
        )
        if loose or (problem.code == "cycle" and source.node in on and target.node in on):
            left, right = graph.places.get(source.node, (0, 0)), graph.places.get(target.node, (0, 0))
            words = f"Take out the wire from “{graph.nodes[source.node].name}” to “{graph.nodes[target.node].name}”"
            # A wire that runs backwards on the canvas is the likelier slip; without a canvas, one against the file's order.
            cost = 0.6 if (left[0], _number(source.node)) > (right[0], _number(target.node)) else 1.1
            yield Candidate(words, partial(edits.disconnect, sheet=place.sheet, target=target), cost)
    if problem.code == "cycle":
        yield from _cuts_with_feeds(place)
    elif place.node.node.block in place.project.blocks:
        yield from _port_back(place)


def _port_back(place: ProblemPlace) -> Iterator[Candidate]:
    """The port that wires at a block expect, added to the block again."""
    name, block, port = place.node.node.name, place.node.node.block or "", place.problem.at
    inside = next(iter(place.node.inside), None)
    if inside is None:
        return
    inner = ProblemPlace(place.project, Problem("", "error", "", "", block), inside, place.fields)
    leaving = any(s == Port(place.problem.node, port) for s in place.facts.graph.wires.values())
    (kind,) = of_role("output" if leaving else "input")[:1]
    sources = answers(inner, "output") if leaving else []
    for at, source in enumerate(sources or [None]):
        targets = [] if leaving else open_ports(inner)[1:]
        fed = f", which gives “{inside.nodes[source.node].node.name}”" if source else ""
        words = f"Add {kind.label} “{port}” to the block of “{name}”{fed}"
        change = partial(_put_port, kind, block, port, source, tuple(targets))
        yield Candidate(words, change, 0.5 + 0.2 * at)


def _put_port(
    kind: type[Layer], block: str, port: str, source: Port | None, targets: tuple[Port, ...], project: Project
) -> Project:
    graph = project.sheet(block)
    node_id = edits.new_id(graph)
    ends = [graph.places.get(p.node, (0.0, 0.0)) for p in ([source] if source else targets)] or [(0.0, 0.0)]
    at = (ends[0][0] + (APART if source else -APART), ends[0][1])
    project = edits.add_node(project, block, kind.tag, at=at, id=node_id, name=port)
    if source is not None:
        project = edits.connect(project, block, source, Port(node_id, next(iter(kind().inputs()))))
    for target in targets:
        project = edits.connect(project, block, Port(node_id, next(iter(kind().outputs()))), target)
    return project


def _cuts_with_feeds(place: ProblemPlace) -> Iterator[Candidate]:
    """Wires of the circle led from elsewhere: the port that closes it must often have a wire."""
    graph, on = place.facts.graph, _ring(place)
    for target, source in list(graph.wires.items()):
        if source.node in on and target.node in on:
            pattern = place.facts.nodes[target.node].inputs.get(target.port)
            behind = place.facts.topology.downstream(target.node)
            for port, cost in _ranked(place, target, pattern, behind):
                yield _connection(place, port, [target], cost + 0.1)


def _number(node_id: str) -> int:
    return int(node_id[1:]) if node_id[1:].isdigit() else 0


def unread_outputs(place: ProblemPlace) -> set[Port]:
    """Outputs of nodes of which nothing is read."""
    graph = place.facts.graph
    read = {source.node for source in graph.wires.values()}
    return {Port(i, p) for i, f in place.facts.nodes.items() if i not in read for p in f.leaving if _gives(f)}


def _gives(facts: NodeFacts) -> bool:
    kind = LAYERS.get(facts.node.kind)
    return kind is None or kind.role not in ("loss", "metric")


def _nearest(place: ProblemPlace, node_id: str) -> Iterable[tuple[str, NodeFacts]]:
    """The nodes that a wire may come from: all, or of very many those whose numbers are nearest."""
    nodes = place.facts.nodes
    if len(nodes) <= MANY:
        return nodes.items()
    here = _number(node_id)
    return nsmallest(MANY, nodes.items(), key=lambda item: abs(_number(item[0]) - here))


def _ranked(place: ProblemPlace, target: Port, pattern: Pattern | None, behind: set[str]) -> list[tuple[Port, float]]:
    """Outputs that could feed a port: of those that fit, what nothing reads first, then what is near."""
    facts, graph = place.facts, place.facts.graph
    loose, here = unread_outputs(place), graph.places.get(target.node)
    first = next(iter(facts.nodes[target.node].inputs), "")
    found = []
    for node_id, other in _nearest(place, target.node):
        if node_id in behind or not _gives(other):
            continue
        kind = LAYERS.get(other.node.kind)
        there = graph.places.get(node_id)
        far = (
            (abs(here[0] - there[0]) + abs(here[1] - there[1])) / 2000 + (there[0] > here[0]) if here and there else 0.0
        )
        order = abs(_number(target.node) - _number(node_id)) / 100 + 0.3 * (_number(node_id) > _number(target.node))
        for nth, (port, spec) in enumerate(other.leaving.items()):
            cost = 0.5 + 0.5 * min(far, 1.0) + min(order, 0.6) + 0.9 * (Port(node_id, port) not in loose) + 0.2 * nth
            cost += 0.6 * (kind is not None and kind.role == "target") * (target.port == first)
            cost += 1.0 * (pattern is not None and not fits(pattern, spec))
            found.append((Port(node_id, port), cost))
    return sorted(found, key=lambda f: f[1])


def _connection(place: ProblemPlace, source: Port, targets: list[Port], cost: float) -> Candidate:
    nodes = place.facts.graph.nodes
    where = f"input “{targets[0].port}” of “{nodes[targets[0].node].name}”"
    where += f" and {len(targets) - 1} more" if len(targets) > 1 else ""
    several = len(place.facts.nodes[source.node].outputs) > 1
    name = f"“{nodes[source.node].name}”"
    what = f"output “{source.port}” of {name}" if several else f"node {name}"

    def edit(project: Project) -> Project:
        for target in targets:
            project = edits.connect(project, place.sheet, source, target)
        return project

    return Candidate(f"Connect {what} to {where}", edit, cost)


def open_ports(place: ProblemPlace) -> list[Port]:
    """Every port of the sheet that wants a wire, the problem's first."""
    mine = Port(place.problem.node, place.problem.at)
    others = (p for i in place.facts.faulty for p in place.facts.nodes[i].problems if p.code == "unconnected")
    return list(dict.fromkeys([mine, *(Port(p.node, p.at) for p in islice(others, MANY))]))


def _feeds(place: ProblemPlace) -> Iterator[Candidate]:
    target = Port(place.problem.node, place.problem.at)
    pattern = place.node.inputs.get(target.port)
    several = open_ports(place)
    behind = place.facts.topology.downstream(target.node)
    all_behind = set().union(*(place.facts.topology.downstream(t.node) for t in several[:8]))
    for source, cost in _ranked(place, target, pattern, behind):
        yield _connection(place, source, [target], cost)
        if len(several) > 1 and source.node not in all_behind:
            yield _connection(place, source, several, cost + 0.05)
    yield from _bridged(place, 2.0)


def _led_elsewhere(place: ProblemPlace) -> Iterator[Candidate]:
    """Another source for a wire at the faulty node, or at one right before it: the wire may have been drawn from the wrong node."""
    facts = place.facts
    loose = unread_outputs(place)
    for node_id, distance in place.near():
        if distance > 3:
            break
        behind = facts.topology.downstream(node_id)
        for wire in facts.topology.into[node_id]:
            pattern = facts.nodes[node_id].inputs.get(wire.target.port)
            for source, cost in _ranked(place, wire.target, pattern, behind)[:24]:
                if source != wire.source:
                    extra = 0.3 if source in loose else 0.8
                    yield _connection(place, source, [wire.target], cost + extra + 0.4 * distance)
            if pattern is not None and pattern.optional:
                words = f"Leave input “{wire.target.port}” of “{facts.nodes[node_id].node.name}” open"
                change = partial(edits.disconnect, sheet=place.sheet, target=wire.target)
                yield Candidate(words, change, 1.6 + 0.4 * distance)


def _past(place: ProblemPlace) -> Iterator[Candidate]:
    """Lead what came before the layer before straight here."""
    target = Port(place.problem.node, place.problem.at)
    source = place.facts.graph.wires[target]
    for wire in place.facts.topology.into[source.node]:
        past, first = (place.facts.graph.nodes[n].name for n in (source.node, wire.source.node))
        words = f"Lead “{first}” straight to “{place.node.node.name}”, past “{past}”"
        yield Candidate(words, partial(edits.connect, sheet=place.sheet, source=wire.source, target=target), 0.4)


def _bridged(place: ProblemPlace, cost: float) -> Iterator[Candidate]:
    """Take the node out and join its wires."""
    node_id, sheet = place.problem.node, place.sheet
    into, out = place.facts.topology.into[node_id], place.facts.topology.out_of[node_id]
    for wire in into[:3] if out else ():

        def edit(project: Project, source: Port = wire.source) -> Project:
            for other in out:
                project = edits.connect(project, sheet, source, other.target)
            return edits.remove(project, sheet, [node_id])

        name, before = place.node.node.name, place.facts.graph.nodes[wire.source.node].name
        yield Candidate(f"Take “{name}” out and lead “{before}” on", edit, cost)


# --- nodes that are added ----------------------------------------------------------------------------------------------------------


def _added_feeds(place: ProblemPlace) -> Iterator[Candidate]:
    """A new input or target for the open port, of a size that what else arrives there suggests."""
    target = Port(place.problem.node, place.problem.at)
    pattern = place.node.inputs.get(target.port)
    several = open_ports(place)
    patterns = [place.facts.nodes[t.node].inputs.get(t.port) for t in several]
    strictest = min((p for p in patterns if p), key=lambda p: (p.dtype != "int", -len(p.axes)), default=pattern)
    has_input = place.facts.outline.ends.get("input")
    for role, cost in (("target", 1.6), ("input", 2.8 if has_input else 1.6)):
        if role == "target" and target.port == next(iter(place.node.inputs), ""):
            continue
        for kind in of_role(role):
            for at, params in enumerate(source_params(place, kind, pattern)):
                yield addition(place, kind, params, [target], cost + 0.1 * at)
            for at, params in enumerate(source_params(place, kind, strictest) if len(several) > 1 else ()):
                yield addition(place, kind, params, several, cost + 0.05 + 0.1 * at)


def of_role(role: str) -> list[type[Layer]]:
    return [k for k in LAYERS.values() if k.role == role and not k.hidden]


def source_params(place: ProblemPlace, kind: type[Layer], pattern: Pattern | None) -> list[dict[str, Value]]:
    """Parameters for a new source: a field of the data, the default, or a size met nearby."""
    found: list[dict[str, Value]] = []
    for name, spec in (place.fields or {}).items():
        found.append({"field": name, "size": tuple(map(int, spec.shape)), "dtype": spec.dtype})
    near = [s for s in place.node.arriving if s is not None] if place.problem.node else []
    dtype = pattern.dtype if pattern is not None and pattern.dtype in ("float", "int") else "float"
    found.append({"dtype": dtype})
    sizes = [size for s in near for size in (s.shape, s.shape[1:], s.shape[:-1])]
    sizes += [s.shape for f in place.facts.nodes.values() for s in f.leaving.values()]
    sizes += [(n,) * rank for rank in (1, 2, 3) for n in (8, 4, 2, 1)]
    found += [{"size": tuple(map(int, s)), "dtype": dtype} for s in dict.fromkeys(sizes)]
    return [p for p in found if _offers(kind, p, pattern)][:40]


def _offers(kind: type[Layer], params: Mapping[str, Value], pattern: Pattern | None) -> bool:
    """Whether a source can have these parameters, and gives what the pattern wants."""
    try:
        spec = next(iter(kind(params).infer(()).values()))
    except (BadParams, ShapeError):
        return False  # a size met nearby may be larger than one that can be written
    return pattern is None or fits(pattern, spec)


def addition(
    place: ProblemPlace, kind: type[Layer], params: Mapping[str, Value], targets: list[Port], cost: float
) -> Candidate:
    sheet = place.sheet
    size = next(iter(kind(params).infer(()).values())).text
    nodes = place.facts.graph.nodes
    words = f"Add {kind.label} ({size})" + (
        f" for input “{targets[0].port}” of “{nodes[targets[0].node].name}”" if targets else ""
    )

    def edit(project: Project) -> Project:
        graph = project.sheet(sheet)
        node_id = edits.new_id(graph)
        beside = graph.places.get(targets[0].node, (0.0, 0.0)) if targets else (0.0, 0.0)
        shown = {k: v for k, v in params.items() if v != kind.params[k].default}
        at = free_place(graph.places.values(), beside[0] - APART, beside[1])
        project = edits.add_node(project, sheet, kind.tag, at=at, id=node_id, params=shown)
        for target in targets:
            project = edits.connect(project, sheet, Port(node_id, next(iter(kind(params).outputs()))), target)
        return project

    return Candidate(words, edit, cost)


def answers(place: ProblemPlace, role: str) -> list[Port]:
    """What the network likely answers: what is led to an output or a loss, then what nothing reads."""
    graph = place.facts.graph
    shown = [
        graph.wires[t]
        for f in place.facts.sinks("output")
        for p in f.inputs
        if (t := Port(f.node.id, p)) in graph.wires
    ]
    judged = [
        graph.wires[t] for f in place.facts.sinks("loss") for p in f.inputs if (t := Port(f.node.id, p)) in graph.wires
    ]
    roles = {i: k.role for i, n in graph.nodes.items() if (k := LAYERS.get(n.kind))}
    loose = [p for p in unread_outputs(place) if roles.get(p.node) not in ("target", "input")]
    order = {i: at for at, i in enumerate(place.facts.nodes)}
    found = [*shown, *judged, *sorted(loose, key=lambda p: -order[p.node])]
    return [p for p in dict.fromkeys(found) if roles.get(p.node) != "target"][:6]


def fields(place: ProblemPlace) -> Iterator[Candidate]:
    """Make an input node agree with the data set."""
    if place.fields is None or place.problem.code not in ("no-field", "field-size", "field-type"):
        return
    layer = place.node.layer
    name = layer.values()["field"] if layer is not None else ""
    now = next(iter(place.node.leaving.values()), Spec(()))
    for field, spec in place.fields.items():
        values: dict[str, Value] = {"field": field, "size": tuple(map(int, spec.shape)), "dtype": spec.dtype}
        words = f"Read “{field}” ({spec.text}) into “{place.node.node.name}”"
        change = partial(edits.set_params, sheet=place.sheet, ids=[place.problem.node], values=values)
        cost = 0.5 + (field != name) + 0.4 * (spec.dtype != now.dtype) + 0.2 * (tuple(spec.shape) != tuple(now.shape))
        yield Candidate(words, change, cost)
