"""Repairs: edits that make a problem go away, found by trying them out on the formulas.

No list says which fault has which cure. Candidates come from the declarations (parameters marked ``fit``, layers marked
``adapter``) and from the wires; each is applied to the project, inferred again, and kept if the problem is gone and nothing
else broke. What changes least, and nearest to the fault, comes first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, Problem
from visualnet.analysis.infer import infer
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port, Value, Wire
from visualnet.core.project import Project
from visualnet.layers.declare import LAYERS, Layer, Pattern, Shape, Spec
from visualnet.layers.params import Int, Ints, Param

REACH = 12
"""How many nodes upstream of a fault are searched."""


class Repair(NamedTuple):
    """One way out. ``words`` say what it does; ``cost`` ranks it (smaller changes less); ``after`` counts the errors that remain."""

    words: str
    edit: Callable[[Project], Project]
    cost: float
    after: int


class _Candidate(NamedTuple):
    words: str
    edit: Callable[[Project], Project]
    cost: float


def repairs(
    project: Project,
    problem: Problem,
    analysis: Analysis,
    *,
    limit: int = 6,
    seconds: float = 0.4,
    fields: Mapping[str, Spec] | None = None,
) -> list[Repair]:
    """The best repairs of one problem, each proved by inference. Takes at most about ``seconds``."""
    facts = analysis.sheet(problem.sheet, problem.path[:-1])
    if facts is None:
        return []
    end = time.monotonic() + seconds
    before = len(analysis.errors())
    found: list[Repair] = []
    for candidate in sorted(_candidates(project, problem, facts, fields), key=lambda c: c.cost):
        if time.monotonic() > end or len(found) >= 4 * limit:
            break
        repair = _tried(project, candidate, problem, analysis, before, fields)
        if repair is not None:
            found.append(repair)
    return _varied(sorted(found, key=lambda r: (r.after, r.cost)), limit)


def _varied(found: list[Repair], limit: int) -> list[Repair]:
    """The best few, without ten values of one parameter crowding everything else out."""
    chosen: list[Repair] = []
    seen: dict[str, int] = {}
    for repair in found:
        stem = repair.words.partition("→")[0].rpartition(" ")[0]
        seen[stem] = seen.get(stem, 0) + 1
        if seen[stem] <= 2:
            chosen.append(repair)
    return chosen[:limit]


def _tried(
    project: Project,
    candidate: _Candidate,
    problem: Problem,
    analysis: Analysis,
    before: int,
    fields: Mapping[str, Spec] | None,
) -> Repair | None:
    """The candidate as a repair, if inference agrees that it is one."""
    try:
        changed = candidate.edit(project)
    except ValueError:
        return None
    after = infer(changed, analysis, fields)
    place = (problem.code, problem.sheet, problem.node, problem.at)
    if any((p.code, p.sheet, p.node, p.at) == place for p in after.problems):
        return None
    errors = len(after.errors())
    worse = errors > before - (problem.severity == "error")
    known = {(p.code, p.sheet, p.node, p.at) for p in analysis.problems}
    fresh = sum((p.code, p.sheet, p.node, p.at) not in known for p in after.problems if p.severity == "warning")
    if worse or (problem.severity != "error" and fresh):
        return None
    return Repair(candidate.words, candidate.edit, candidate.cost + 2 * fresh, errors)


# --- what may be tried -------------------------------------------------------------------------------------------------------------


def _candidates(
    project: Project, problem: Problem, facts: GraphFacts, fields: Mapping[str, Spec] | None
) -> Iterator[_Candidate]:
    sheet, graph = problem.sheet, facts.graph
    if problem.node in facts.nodes:
        yield from _rewire(problem, facts, sheet)
        yield from _field(problem, facts, sheet, fields)
        for node_id, distance in _near(problem, facts):
            yield from _values(facts.nodes[node_id], facts.nodes[problem.node], distance, sheet)
            yield from _adapters(facts, node_id, problem, distance, sheet)
    else:
        yield from _missing(problem, graph, facts, sheet)


def _near(problem: Problem, facts: GraphFacts) -> list[tuple[str, int]]:
    """The faulty node and those upstream of it, breadth first, with their distance."""
    seen, queue = {problem.node: 0}, [problem.node]
    for node_id in queue:
        if len(seen) >= REACH:
            break
        for wire in facts.topology.into[node_id]:
            if wire.source.node not in seen:
                seen[wire.source.node] = seen[node_id] + 1
                queue.append(wire.source.node)
    return list(seen.items())


def _values(node: NodeFacts, fault: NodeFacts, distance: int, sheet: str) -> Iterator[_Candidate]:
    """Other values for the node's parameters that may be fitted, and the default for one that cannot be read."""
    kind = LAYERS.get(node.node.kind)
    if kind is None:
        return
    extents = {n for spec in fault.arriving if spec for n in spec.shape} | {
        n for s in fault.leaving.values() for n in s.shape
    }
    for name, param in kind.params.items():
        raw = node.node.params.get(name, param.default)
        wrong = any(p.at == name for p in node.problems)
        if wrong and name in node.node.params:
            yield _set(node.node, sheet, name, edits.RESET, f"{param.default}", 0.3, shown=param.short(param.default))
        if not (param.fit or wrong):
            continue
        current = node.layer.values()[name] if node.layer is not None else param.default
        for value, cost in _other_values(param, raw, current, extents, wrong):
            yield _set(
                node.node, sheet, name, value, str(value), cost + 1.5 * distance, shown=param.short(_as_tuple(value))
            )


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _set(node: Node, sheet: str, name: str, value: Any, text: str, cost: float, shown: str) -> _Candidate:
    words = f"Set {name} of “{node.name}” → {shown or text}"
    return _Candidate(words, partial(edits.set_params, sheet=sheet, ids=[node.id], values={name: value}), cost)


def _other_values(
    param: Param, raw: Value, current: Any, extents: set[int], wrong: bool
) -> Iterator[tuple[Value, float]]:
    """Values near the present one, values that occur in the shapes, and the bounds; each with what the change costs."""
    if isinstance(param, Ints) and param.rank:
        numbers = current if isinstance(current, tuple) else (param.low,) * param.rank
        for step in (1, -1, 2, -2, 3, -3, 4, -4):
            several = tuple(min(max(n + step, param.low), param.high) for n in numbers)
            if several != current:
                yield several, 0.9 + 0.25 * abs(step)
        for word in param.words:
            if word != current:
                yield word, 1.6
        for flat in {1, min(numbers), max(numbers)}:
            if param.low <= flat and (flat,) * param.rank != current:
                yield (flat,) * param.rank, 1.8
    elif isinstance(param, Int) and isinstance(current, int):
        near = {current + s for s in (1, -1, 2, -2)} | {current * 2, current // 2, param.low}
        near |= {n for n in range(2, 33) if current % n == 0} | extents
        for value in sorted(near):
            if param.low <= value <= param.high and value != current:
                yield (
                    int(value),
                    1.0 + 0.5 * abs(value - current) / max(abs(value), abs(current), 1) + 0.4 * (value not in extents),
                )
        if isinstance(raw, int) and not param.low <= raw <= param.high:
            yield min(max(raw, param.low), param.high), 0.2


def _adapters(facts: GraphFacts, node_id: str, problem: Problem, distance: int, sheet: str) -> Iterator[_Candidate]:
    """A layer put into one of the node's incoming wires, with parameters that its declaration solves for."""
    node = facts.nodes[node_id]
    arriving = dict(zip(node.inputs, node.arriving, strict=True))
    for port, pattern in node.inputs.items():
        have, target = arriving[port], Port(node_id, port)
        source = facts.graph.wires.get(target)
        if have is None or source is None:
            continue
        for wanted in _wanted(pattern, port, arriving):
            for kind in LAYERS.values():
                if not kind.adapter:
                    continue
                for params in kind.adapt(have, pattern, wanted):
                    cost = (
                        1.2
                        + 1.5 * distance
                        + 0.3 * len(params)
                        + 0.6 * (problem.at not in ("", port) and distance == 0)
                    )
                    yield _inserted(kind, params, Wire(source, target), facts.graph, sheet, cost)


def _wanted(pattern: Pattern, port: str, arriving: Mapping[str, Spec | None]) -> Iterator[Shape | None]:
    """The sizes that would do: anything of the right rank, or what arrives at the node's other ports."""
    yield None
    yield from {spec.shape for name, spec in arriving.items() if name != port and spec is not None}


def _inserted(
    kind: type[Layer], params: dict[str, Value], wire: Wire, graph: Graph, sheet: str, cost: float
) -> _Candidate:
    detail = kind(params).card()
    before, after = graph.nodes[wire.source.node].name, graph.nodes[wire.target.node].name
    words = f"Insert {kind.label}{f' ({detail})' if detail and params else ''} between “{before}” and “{after}”"

    def edit(project: Project) -> Project:
        inner = kind(params)
        node_id = edits.new_id(project.sheet(sheet))
        (left, right) = (project.sheet(sheet).places.get(n, (0.0, 0.0)) for n in (wire.source.node, wire.target.node))
        at = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
        project = edits.add_node(project, sheet, kind.tag, at=at, id=node_id, params=params)
        project = edits.connect(project, sheet, wire.source, Port(node_id, next(iter(inner.inputs()))))
        return edits.connect(project, sheet, Port(node_id, next(iter(inner.outputs()))), wire.target)

    return _Candidate(words, edit, cost)


def _rewire(problem: Problem, facts: GraphFacts, sheet: str) -> Iterator[_Candidate]:
    """Take a wire out, bring one in, or lead one around the layer before."""
    graph, node = facts.graph, facts.nodes[problem.node]
    if problem.code in ("cycle", "no-port"):
        on = facts.topology.cyclic
        for target, source in graph.wires.items():
            loose = (
                problem.code == "no-port"
                and problem.node in (source.node, target.node)
                and problem.at in (source.port, target.port)
            )
            if loose or (problem.code == "cycle" and source.node in on and target.node in on):
                names = graph.nodes[source.node].name, graph.nodes[target.node].name
                # A wire that runs backwards on the canvas is the likelier slip.
                left, right = graph.places.get(source.node, (0, 0)), graph.places.get(target.node, (0, 0))
                words = f"Take out the wire from “{names[0]}” to “{names[1]}”"
                yield _Candidate(
                    words, partial(edits.disconnect, sheet=sheet, target=target), 0.5 if left[0] > right[0] else 1.0
                )
    elif problem.code == "unconnected":
        yield from _sources(problem, facts, sheet)
    elif problem.code == "refused":
        source = graph.wires[Port(problem.node, problem.at)]
        for wire in facts.topology.into[source.node]:
            past, first = graph.nodes[source.node].name, graph.nodes[wire.source.node].name
            words = f"Lead “{first}” straight to “{node.node.name}”, past “{past}”"
            target = Port(problem.node, problem.at)
            yield _Candidate(words, partial(edits.connect, sheet=sheet, source=wire.source, target=target), 0.4)
    elif problem.code == "unused":
        yield _Candidate(f"Remove “{node.node.name}”", partial(edits.remove, sheet=sheet, ids=[problem.node]), 1.0)
    elif problem.at == "shares":
        words = f"Give “{node.node.name}” weights of its own"
        yield _Candidate(words, partial(edits.set_node, sheet=sheet, ids=[problem.node], shares=None), 0.5)
    elif problem.at == "repeat":
        words = f"Repeat “{node.node.name}” → 1"
        yield _Candidate(words, partial(edits.set_node, sheet=sheet, ids=[problem.node], repeat=1), 0.5)


def _sources(problem: Problem, facts: GraphFacts, sheet: str) -> Iterator[_Candidate]:
    """Outputs that could feed an open port: those that nothing reads first, then the nearest to the left."""
    graph, read = facts.graph, set(facts.graph.wires.values())
    here = graph.places.get(problem.node, (0.0, 0.0))
    behind = facts.topology.downstream(problem.node)
    for node_id, other in facts.nodes.items():
        if node_id in behind:
            continue
        there = graph.places.get(node_id, (0.0, 0.0))
        far = (abs(here[0] - there[0]) + abs(here[1] - there[1])) / 2000 + (there[0] > here[0])
        for port in other.leaving:
            source = Port(node_id, port)
            words = f"Connect “{other.node.name}” to “{problem.at}” of “{facts.nodes[problem.node].node.name}”"
            target = Port(problem.node, problem.at)
            yield _Candidate(
                words, partial(edits.connect, sheet=sheet, source=source, target=target), 0.5 + far + (source in read)
            )


def _field(problem: Problem, facts: GraphFacts, sheet: str, fields: Mapping[str, Spec] | None) -> Iterator[_Candidate]:
    """Make an input node agree with the data set."""
    if fields is None or not problem.code.startswith(("field", "no-field")):
        return
    node = facts.nodes[problem.node]
    name = node.layer.values()["field"] if node.layer is not None else ""
    for field, spec in fields.items():
        values: dict[str, Value] = {"field": field, "size": tuple(map(int, spec.shape)), "dtype": spec.dtype}
        words = f"Read “{field}” ({spec.text}) into “{node.node.name}”"
        yield _Candidate(
            words, partial(edits.set_params, sheet=sheet, ids=[problem.node], values=values), 0.5 + (field != name)
        )


def _missing(problem: Problem, graph: Graph, facts: GraphFacts, sheet: str) -> Iterator[_Candidate]:
    """Add the node that the whole graph lacks, wired to what nothing reads yet."""
    role = {
        "no-input": "input",
        "no-output": "output",
        "no-loss": "loss",
        "no-target": "target",
        "no-answer": "output",
    }.get(problem.code)
    read = set(graph.wires.values())
    loose = [Port(i, port) for i, f in facts.nodes.items() for port in f.leaving if Port(i, port) not in read]
    feeding = [
        graph.wires[Port(f.node.id, port)]
        for f in facts.sinks("loss")
        for port in f.inputs
        if Port(f.node.id, port) in graph.wires
    ]
    for number, kind in enumerate(k for k in LAYERS.values() if k.role == role and not k.hidden):
        yield _Candidate(f"Add {kind.label}", _adder(kind, sheet, [*loose, *feeding]), 1.0 + 0.1 * number)


def _adder(kind: type[Layer], sheet: str, sources: Iterable[Port]) -> Callable[[Project], Project]:
    def edit(project: Project) -> Project:
        graph = project.sheet(sheet)
        right = max((x for x, _ in graph.places.values()), default=0.0)
        low = max((y for _, y in graph.places.values()), default=0.0)
        node_id = edits.new_id(graph)
        project = edits.add_node(project, sheet, kind.tag, at=(right + 240, low), id=node_id)
        for port in kind().inputs():
            for source in sources:
                wired = edits.connect(project, sheet, source, Port(node_id, port))
                if not any(p.node == node_id and p.at == port for p in infer(wired).problems):
                    project = wired
                    break
        return project

    return edit
