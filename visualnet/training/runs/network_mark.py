"""A mark of the network that a run trained, kept in the history: it tells whether the drawing has changed since; and which of its changes
a run can take over."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from msgspec.structs import replace

from visualnet.core.caches import clear_with_caches
from visualnet.core.graph import Graph
from visualnet.core.project import Project, RunRef
from visualnet.training.recipe.live_settings import with_live_settings, without_live_options

KEY = "network"
_last: list[tuple[Project, str]] = []
clear_with_caches(_last.clear)


def mark_of(project: Project) -> str:
    """The same for two drawings that compute the same; names and places of cards do not matter."""
    if _last and _last[0][0].same_network(project):
        return _last[0][1]
    blocks = {name: (_outline(block.graph), dict(block.params)) for name, block in sorted(project.blocks.items())}
    data = msgspec.json.encode((_outline(project.graph), blocks, dict(project.constants)), order="sorted")
    mark = hashlib.sha256(data).hexdigest()[:16]
    _last[:] = [(project, mark)]
    return mark


def compile_alike(one: Project, other: Project) -> bool:
    """Whether two drawings give the same modules under the same names."""
    return one.same_network(other) or (_names(one) == _names(other) and mark_of(one) == mark_of(other))


def _names(project: Project) -> list[str]:
    return [node.name for _, graph in project.sheets() for node in graph]


def is_older(run: RunRef | None, project: Project) -> bool:
    """Whether a run trained another network than the one that is drawn now. Of a run without a mark nothing is said."""
    mark = run.extra.get(KEY) if run is not None else None
    return isinstance(mark, str) and mark != mark_of(project)


def with_network_of(project: Project, drawing: Project) -> Project:
    """A run's project with the network of a drawing: how it is trained and on what stays as it is."""
    return replace(project, graph=drawing.graph, blocks=drawing.blocks, constants=drawing.constants)


def is_other_network(project: Project, drawing: Project) -> bool:
    """Whether a drawing is another network than a run trains, beside what can be changed while the run goes on."""
    return mark_of(with_live_settings(project, drawing)) != mark_of(drawing)


def explain_refusal(project: Project, drawing: Project) -> str:
    """Why a run cannot go on with the network of this drawing, whatever the network is; nothing if it can."""
    if without_live_options(drawing.data) != without_live_options(project.data):
        return f"the run learns from “{project.data.called}” as it was divided at the start: other data need a new training"
    was, now = ({learner.name for learner in one.recipe.learners} for one in (project, drawing))
    if was != now:
        names = " and ".join(f"“{name}”" for name in sorted(was ^ now))
        return f"the run cannot gain or lose a learner ({names}) while it goes on: that needs a new training"
    return ""


def _outline(graph: Graph) -> tuple[Any, ...]:
    nodes = [
        # What came later stands only where it says something: the marks of older runs stay as they are.
        (
            *(n.id, n.kind, dict(n.params), n.trainable, n.statistics, n.init, n.shares, n.repeat, n.mode),
            *([dict(n.training)] if n.training else []),
        )
        for n in sorted(graph, key=lambda n: n.id)
    ]
    wires = sorted((t.node, t.port, s.node, s.port) for t, s in graph.wires.items())
    return nodes, wires
