"""What the repair finder may add where the whole graph lacks an input, a target, an output or a loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from visualnet.analysis.repair.free_place import free_place
from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace, fits
from visualnet.analysis.repair.training_ends import plan_training_ends
from visualnet.analysis.repair.wiring_candidates import (
    APART,
    addition,
    answers,
    of_role,
    open_ports,
    source_params,
)
from visualnet.core import edits
from visualnet.core.graph import Port, Value
from visualnet.core.project import Project
from visualnet.layers.declaration.layer import Layer, Pattern, Spec

_LACKED = {"no-input": "input", "no-output": "output", "no-loss": "loss", "no-target": "target", "no-answer": "output"}


def missing_node_candidates(place: ProblemPlace) -> Iterator[Candidate]:
    """Add the node that the whole graph lacks, wired to what suggests itself."""
    role = _LACKED.get(place.problem.code, "")
    if place.problem.code in ("no-loss", "no-output"):
        yield from _training_ends(place)
    if role in ("input", "target"):
        targets = open_ports(place)[1:]
        for kind in of_role(role):
            pattern = place.facts.nodes[targets[0].node].inputs[targets[0].port] if targets else None
            for at, params in enumerate(source_params(place, kind, pattern)):
                yield addition(place, kind, params, targets, 1.0 + 0.1 * at)
        return
    for nth, kind in enumerate(of_role(role)):
        for at, source in enumerate(answers(place, role)):
            yield from _sinks(place, kind, source, 1.0 + 0.1 * nth + 0.3 * at)


def _training_ends(place: ProblemPlace) -> Iterator[Candidate]:
    """All that training lacks at one stroke."""
    try:
        ends = plan_training_ends(place.project, place.facts, place.fields)
    except ValueError:
        return
    # Who is told of an output that lacks may want no more than that.
    cost = 0.8 if place.problem.code == "no-loss" else 1.6
    yield Candidate(ends.words, lambda project: ends.add(project)[0], cost)


def _sinks(place: ProblemPlace, kind: type[Layer], source: Port, cost: float) -> Iterator[Candidate]:
    """A new output or loss that reads the source; what a loss compares with is found, or added too."""
    inputs = kind().inputs()
    first, *rest = inputs.items()
    nodes = place.facts.nodes
    if not fits(first[1], nodes[source.node].leaving.get(source.port, Spec((), batched=False))):
        return
    words = f"Add {kind.label}, which reads “{nodes[source.node].node.name}”"
    if not rest:
        yield Candidate(words, partial(_put_sink, place, kind, {first[0]: source}, None), cost)
        return
    ((port, pattern),) = rest[:1]
    for facts in place.facts.sinks("target"):
        target = Port(facts.node.id, next(iter(facts.outputs)))
        told = f"{words} and “{facts.node.name}”"
        yield Candidate(told, partial(_put_sink, place, kind, {first[0]: source, port: target}, None), cost)
    for at, params in enumerate(_target_params(place, pattern, nodes[source.node].leaving[source.port])):
        told = f"{words}, with a target"
        yield Candidate(
            told, partial(_put_sink, place, kind, {first[0]: source}, (port, params)), cost + 0.3 + 0.02 * at
        )


def _target_params(place: ProblemPlace, pattern: Pattern, answer: Spec) -> Iterable[dict[str, Value]]:
    dtype = pattern.dtype if pattern.dtype in ("float", "int") else "float"
    for name, spec in (place.fields or {}).items():
        yield {"field": name, "size": tuple(map(int, spec.shape)), "dtype": spec.dtype}
    for shape in dict.fromkeys((answer.shape[1:], answer.shape)):
        yield {"size": tuple(map(int, shape)), "dtype": dtype}


def _put_sink(
    place: ProblemPlace,
    kind: type[Layer],
    wires: Mapping[str, Port],
    add: tuple[str, dict[str, Value]] | None,
    project: Project,
) -> Project:
    sheet = place.sheet
    places = project.sheet(sheet).places
    node_id = edits.new_id(project.sheet(sheet))
    beside = places.get(next(iter(wires.values())).node, (0.0, 0.0))
    at = free_place(places.values(), beside[0] + APART, beside[1] + 80)
    project = edits.add_node(project, sheet, kind.tag, at=at, id=node_id)
    for port, source in wires.items():
        project = edits.connect(project, sheet, source, Port(node_id, port))
    if add is not None:
        (target,) = of_role("target")[:1]
        new = edits.new_id(project.sheet(sheet))
        at = free_place(project.sheet(sheet).places.values(), beside[0], beside[1] + 160)
        project = edits.add_node(project, sheet, target.tag, at=at, id=new, params=add[1])
        project = edits.connect(project, sheet, Port(new, next(iter(target().outputs()))), Port(node_id, add[0]))
    return project
