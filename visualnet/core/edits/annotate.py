"""Edits of what only the eye needs of a sheet: bends of wires, collapsed cards, the direction, frames and notes, bookmarks."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from visualnet.core.graph import ANNOTATION_KINDS, COLOURS, DIRECTIONS, Annotation, Port
from visualnet.core.names import MAX_TEXT
from visualnet.core.project import Project
from visualnet.core.text.hidden_characters import clean
from visualnet.core.validation import MAX_ANNOTATIONS, MAX_BENDS, MAX_BOOKMARKS, Area, clamp_area, sheet_of, spot

Points = Iterable[tuple[float, float]]


def set_waypoints(project: Project, sheet: str, wires: Mapping[Port, Points]) -> Project:
    """Lead wires over these points; no points: straight again."""
    graph = sheet_of(project, sheet)
    after = dict(graph.bends)
    for target, points in wires.items():
        kept = tuple(spot(at) for at in points)
        if len(kept) > MAX_BENDS:
            raise ValueError(f"a wire may be led over {MAX_BENDS} points; this one would have {len(kept)}")
        if kept and target in graph.wires:
            after[target] = kept
        else:
            after.pop(target, None)
    return project.with_sheet(sheet, replace(graph, bends=after)) if after != graph.bends else project


def new_waypoint(points: Sequence[tuple[float, float]], at: tuple[float, float]) -> int:
    """Where among a wire's waypoints a new one goes. ``points`` are those of the wire, its two ends among them."""

    def detour(i: int) -> float:
        return math.dist(points[i], at) + math.dist(at, points[i + 1]) - math.dist(points[i], points[i + 1])

    return min(range(len(points) - 1), key=detour)


def toggle_waypoint(
    project: Project,
    sheet: str,
    wire: Port,
    points: Sequence[tuple[float, float]],
    number: int,
    at: tuple[float, float],
) -> Project:
    """Take a waypoint away; or put one at a point (``number`` -1). ``points`` are those of the wire, its two ends among them."""
    inner = list(points[1:-1])
    if number >= 0:
        del inner[number]
    else:
        inner.insert(new_waypoint(points, at), at)
    return set_waypoints(project, sheet, {wire: inner})


def collapse(project: Project, sheet: str, ids: Iterable[str], collapsed: bool = True) -> Project:
    """Let cards show only their names, or all again. Nothing that is computed changes."""
    graph = sheet_of(project, sheet)
    changed = {
        i: replace(n, collapsed=collapsed) for i in ids if (n := graph.nodes.get(i)) and n.collapsed != collapsed
    }
    return project.with_sheet(sheet, replace(graph, nodes={**graph.nodes, **changed})) if changed else project


def set_direction(project: Project, sheet: str, direction: str) -> Project:
    """Let a sheet flow to the ``right`` or ``down``: its ports then stand at the tops and bottoms of the cards."""
    graph = sheet_of(project, sheet)
    if direction not in DIRECTIONS:
        raise ValueError(f"a sheet flows {' or '.join(DIRECTIONS)}")
    return project.with_sheet(sheet, replace(graph, direction=direction)) if direction != graph.direction else project


def add_annotation(
    project: Project, sheet: str, kind: str, area: Area, text: str = "", colour: str = ""
) -> tuple[Project, str]:
    """Put a frame or a note on a sheet; the project and its id."""
    graph = sheet_of(project, sheet)
    if len(graph.annotations) >= MAX_ANNOTATIONS:
        raise ValueError(f"a sheet has at most {MAX_ANNOTATIONS:,} frames and notes")
    number = max((int(i[1:]) for i in graph.annotations), default=0) + 1
    annotation = _checked(Annotation(id=f"r{number}", kind=kind, text=text, colour=colour, area=area))
    return project.with_sheet(
        sheet, replace(graph, annotations={**graph.annotations, annotation.id: annotation})
    ), annotation.id


def set_annotations(project: Project, sheet: str, ids: Iterable[str], **fields: Any) -> Project:
    """Change ``text`` or ``colour`` of frames and notes."""
    graph = sheet_of(project, sheet)
    changed = {i: _checked(replace(graph.annotations[i], **fields)) for i in ids if i in graph.annotations}
    after = {**graph.annotations, **changed}
    return project.with_sheet(sheet, replace(graph, annotations=after)) if after != graph.annotations else project


def place_annotations(project: Project, sheet: str, areas: Mapping[str, Area]) -> Project:
    """Move or stretch frames and notes."""
    graph = sheet_of(project, sheet)
    changed = {i: replace(graph.annotations[i], area=clamp_area(a)) for i, a in areas.items() if i in graph.annotations}
    after = {**graph.annotations, **changed}
    return project.with_sheet(sheet, replace(graph, annotations=after)) if after != graph.annotations else project


def remove_annotations(project: Project, sheet: str, ids: Collection[str]) -> Project:
    """Take frames and notes off a sheet; what stands in a frame stays."""
    graph = sheet_of(project, sheet)
    after = {i: r for i, r in graph.annotations.items() if i not in ids}
    return (
        project.with_sheet(sheet, replace(graph, annotations=after)) if len(after) < len(graph.annotations) else project
    )


def set_bookmark(project: Project, sheet: str, name: str, view: Sequence[float] | None) -> Project:
    """Keep a view (centre and scale) under a name; None forgets it."""
    graph = sheet_of(project, sheet)
    name = clean(name).strip()
    if not 0 < len(name) <= 80:
        raise ValueError("a bookmark's name has 1 to 80 characters")
    after = {n: v for n, v in graph.bookmarks.items() if n != name}
    if view is not None:
        if len(after) >= MAX_BOOKMARKS:
            raise ValueError(f"a sheet has at most {MAX_BOOKMARKS} bookmarks")
        x, y = spot((view[0], view[1]))
        after[name] = (x, y, round(float(view[2]), 4))
    return project.with_sheet(sheet, replace(graph, bookmarks=after)) if after != graph.bookmarks else project


def _checked(annotation: Annotation) -> Annotation:
    if annotation.kind not in ANNOTATION_KINDS or annotation.colour not in COLOURS:
        raise ValueError("an annotation is a frame or a note in one of the known colours")
    text = clean(annotation.text, lines=True)
    if len(text) > MAX_TEXT:
        raise ValueError(f"a note may have {MAX_TEXT:,} characters; this one has {len(text):,}")
    return replace(annotation, text=text, area=clamp_area(annotation.area))
