"""Repairs that take back what was changed last: the parameter that broke a network had a value before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace, set_words
from visualnet.core import edits
from visualnet.core.graph import Graph, Node
from visualnet.core.project import Project
from visualnet.layers.declaration.layer import LAYERS, BadParams

STEPS = 12
"""So many of the last edits are looked through."""
LAST, OLDER = 0.0, 0.08
"""What it costs to take the last edit back, and how much more each one before it."""


def earlier_values(place: ProblemPlace, earlier: Sequence[Project]) -> Iterator[Candidate]:
    """The values that parameters had before they were changed. ``earlier`` are the projects before the last edits, the newest first."""
    known: set[str] = set()
    blocks = {f.node.block for f in place.facts.nodes.values()}
    for age, before in enumerate(earlier[:STEPS]):
        for sheet in sorted({place.sheet, *(name for name in blocks if name)}):
            now, old = _sheet(place.project, sheet), _sheet(before, sheet)
            if now is None or old is None or now is old:
                continue
            for node, was, name in _changed(now, old):
                words = set_words(node, name, LAYERS[node.kind].params[name], _resolve(was, name, place.facts.scope))
                if words not in known:
                    known.add(words)
                    values = {name: was.params.get(name, edits.RESET)}
                    edit = partial(edits.set_params, sheet=sheet, ids=[node.id], values=values)
                    yield Candidate(words, edit, LAST + OLDER * age, back=True)


def _sheet(project: Project, name: str) -> Graph | None:
    return project.graph if not name else project.blocks[name].graph if name in project.blocks else None


def _changed(now: Graph, old: Graph) -> Iterator[tuple[Node, Node, str]]:
    """The nodes of a sheet one of whose parameters had another value: as they are, as they were, and the parameter."""
    for node_id, node in now.nodes.items():
        was, kind = old.nodes.get(node_id), LAYERS.get(node.kind)
        if was is None or was is node or was.kind != node.kind or kind is None or was.params == node.params:
            continue
        for name, param in kind.params.items():
            if was.params.get(name, param.default) != node.params.get(name, param.default):
                yield node, was, name


def _resolve(was: Node, name: str, scope: Mapping[str, Any]) -> Any:
    """The value that a parameter had, computed where it was an expression that can be read here."""
    kind = LAYERS[was.kind]
    try:
        return kind(was.params, scope).values()[name]
    except BadParams:
        # Another parameter cannot be read, or this one: by itself, or as it was written.
        raw = was.params.get(name, kind.params[name].default)
        try:
            return kind.params[name].read(raw, scope)
        except ValueError:
            return str(raw)
