"""What a project would become: an edit tried on the side, and what it would change on a sheet. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, NodePath
from visualnet.analysis.inference.infer import infer
from visualnet.analysis.repair.data_candidates import FieldsOf
from visualnet.core.diff import GraphDiff, diff
from visualnet.core.graph import Graph, Topology
from visualnet.core.project import Project
from visualnet.core.validation import Area
from visualnet.layers.declaration.layer import Spec

NONE = Graph()


class SheetChange(NamedTuple):
    """What would change on one sheet. ``reshaped``: the first output of nodes that stay, as it is and as it would be, in words."""

    before: Graph
    after: Graph
    facts: GraphFacts | None
    diff: GraphDiff
    reshaped: Mapping[str, tuple[str, str]]
    mended: tuple[str, ...] = ()
    """The nodes that have an error and would have none."""

    @property
    def touched(self) -> tuple[str, ...]:
        """The nodes that come or change, and those at the ends of wires that come or go."""
        ends = [p.node for w in (*self.diff.wires_added, *self.diff.wires_removed) for p in w]
        return tuple(dict.fromkeys([*self.diff.added, *self.diff.changed, *self.diff.removed, *ends]))

    def shape_of(self, node_id: str) -> str:
        """A node's first output as it would be, or what arrives at a node without outputs; ``?`` while it is not known."""
        facts = self.facts.nodes.get(node_id) if self.facts is not None else None
        if facts is None:
            return "?"
        return shape(facts) or (facts.arriving[0].text if facts.arriving and facts.arriving[0] is not None else "")

    def columns(self, most: int) -> list[list[str]]:
        """What is touched and what it is wired to, at most so many nodes, in columns as the tensors flow."""
        topology = Topology(self.after)
        wanted = [i for i in dict.fromkeys([*self.touched, *self.mended]) if i in self.after.nodes][:most]
        for node_id in tuple(wanted):
            near = [w.source.node for w in topology.into[node_id]] + [w.target.node for w in topology.out_of[node_id]]
            wanted += [i for i in dict.fromkeys(near) if i not in wanted][: most - len(wanted)]
        depth: dict[str, int] = {}
        for node_id in dict.fromkeys([*(i for i in topology.order if i in wanted), *wanted]):
            before = [depth[w.source.node] for w in topology.into[node_id] if w.source.node in depth]
            depth[node_id] = max(before, default=-1) + 1
        columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for node_id, at in depth.items():
            columns[at].append(node_id)
        return columns


def column_boxes(
    columns: list[list[str]], area: Area, size: tuple[float, float], gaps: tuple[float, float]
) -> dict[str, Area]:
    """Where each node of the columns stands: side by side in the middle of an area, of this size at most, so far apart."""
    left, top, wide, high = area
    width = min(size[0], (wide - gaps[0] * (len(columns) - 1)) / max(1, len(columns)))
    step, boxes = width + gaps[0], dict[str, Area]()
    first = left + (wide - step * len(columns) + gaps[0]) / 2
    for at, ids in enumerate(columns):
        height = min(size[1], (high - gaps[1] * (len(ids) - 1)) / len(ids))
        start = top + (high - (height + gaps[1]) * len(ids) + gaps[1]) / 2
        for number, node_id in enumerate(ids):
            boxes[node_id] = first + at * step, start + number * (height + gaps[1]), width, height
    return boxes


class EditPreview(NamedTuple):
    """A project as it is and as it would be, both inferred."""

    words: str
    now: Analysis
    then: Analysis

    def on(self, sheet: str, path: NodePath = ()) -> SheetChange | None:
        """What would change on a sheet, seen through the instance at ``path``; None if it is not there."""
        before, after = _graph(self.now.project, sheet), _graph(self.then.project, sheet)
        if before is NONE and after is NONE:
            return None
        old, new = _facts(self.now, sheet, path), _facts(self.then, sheet, path)
        reshaped: dict[str, tuple[str, str]] = {}
        mended = []
        for node_id, then in new.nodes.items() if new is not None else ():
            now = old.nodes.get(node_id) if old is not None else None
            if now is None or now is then:
                continue
            if (was := shape(now)) != (becomes := shape(then)):
                reshaped[node_id] = was, becomes
            if _wrong(now) and not _wrong(then):
                mended.append(node_id)
        return SheetChange(before, after, new, diff(before, after), reshaped, tuple(mended))

    @property
    def errors(self) -> tuple[int, int]:
        """How many errors there are, and would be."""
        return len(self.now.errors()), len(self.then.errors())


def preview_edit(
    words: str,
    edit: Callable[[Project], Project],
    now: Analysis,
    fields: Mapping[str, Spec] | None = None,
    fields_of: FieldsOf | None = None,
) -> EditPreview | None:
    """What the edit would make of the project; None if it cannot be made or changes nothing. ``fields_of`` tells the fields of
    other data."""
    try:
        changed = edit(now.project)
    except ValueError:
        return None
    if changed is now.project:
        return None
    if changed.data is not now.project.data and fields_of is not None:
        fields = fields_of(changed.data)
    return EditPreview(words, now, infer(changed, now, fields))


def shape(facts: NodeFacts) -> str:
    """The first output's shape in words; ``?`` while it is not known, nothing where there is no output."""
    if not facts.outputs:
        return ""
    spec = facts.leaving.get(next(iter(facts.outputs)))
    return spec.text if spec is not None else "?"


def _wrong(facts: NodeFacts) -> bool:
    return any(p.severity == "error" for p in facts.problems)


def _graph(project: Project, sheet: str) -> Graph:
    try:
        return project.sheet(sheet)
    except KeyError:
        return NONE


def _facts(analysis: Analysis, sheet: str, path: NodePath) -> GraphFacts | None:
    try:
        return analysis.sheet(sheet, path)
    except KeyError:
        return analysis.sheet(sheet)
