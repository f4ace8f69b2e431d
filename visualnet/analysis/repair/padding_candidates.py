"""Repairs of branches that meet in different sizes: padding with which every layer of the longer way keeps the size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from visualnet.analysis.facts import NodeFacts
from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.layers.declaration.drawings import SlidingWindow
from visualnet.layers.declaration.layer import ShapeError

COST = 1.0
"""Less than a layer put into the shortcut: one size on both ways is what a residual network is meant to have."""
FEWEST, MOST = 2, 8
"""A single layer's padding is tried with all its other parameters; of a longer way a change is no small one."""


def size_keeping_paddings(place: ProblemPlace) -> Iterator[Candidate]:
    """Padding for all layers at once that slide a window on one of the ways to the node, but on no other."""
    topology, node_id = place.facts.topology, place.problem.node
    into = topology.into[node_id]
    ways = [topology.upstream(wire.source.node) for wire in into]
    for at, way in enumerate(ways if len(into) > 1 else ()):
        alone = way.difference(*(other for n, other in enumerate(ways) if n != at))
        changes: dict[str, tuple[int, ...]] = {}
        for each in topology.order:
            if each in alone and (padding := _size_keeping(place.facts.nodes[each])) is not None:
                changes[each] = padding
        if FEWEST <= len(changes) <= MOST:
            yield _set_paddings(place, changes)


def _size_keeping(facts: NodeFacts) -> tuple[int, ...] | None:
    """The padding with which a layer's output is as large as its input; None where it has it, or where none does that."""
    shapes: Any = facts.shapes
    if facts.layer is None or "padding" not in facts.layer.params or None in shapes or not facts.known:
        return None
    try:
        drawing = facts.layer.drawing(*shapes)
    except ShapeError:
        return None
    if not isinstance(drawing, SlidingWindow) or any(step != 1 for step in drawing.stride):
        return None
    spans = [drawing.span(axis) for axis in range(len(drawing.kernel))]
    wanted = tuple(span // 2 for span in spans)
    same = all(sides == (p, p) for sides, p in zip(drawing.padding, wanted, strict=True))
    return None if same or any(span % 2 == 0 for span in spans) else wanted


def _set_paddings(place: ProblemPlace, changes: dict[str, tuple[int, ...]]) -> Candidate:
    nodes = place.facts.nodes
    texts: dict[str, list[str]] = {}
    for node_id, padding in changes.items():
        layer = nodes[node_id].layer
        assert layer is not None
        texts.setdefault(layer.params["padding"].short(padding), []).append(f"“{nodes[node_id].node.name}”")
    words = " and ".join(f"of {_join(names)} → {text}" for text, names in texts.items())

    def edit(project: Project) -> Project:
        for node_id, padding in changes.items():
            project = edits.set_params(project, place.sheet, [node_id], {"padding": padding})
        return project

    return Candidate(f"Set padding {words}", edit, COST)


def _join(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
