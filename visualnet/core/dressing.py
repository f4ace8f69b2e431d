"""What only the eye needs of a sheet: bends of wires, folded cards, the direction, frames and notes, bookmarks. Read, and edited."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from msgspec.structs import replace

from visualnet.core.checks import FAR, sheet_of, spot
from visualnet.core.graph import COLOURS, DIRECTIONS, REMARKS, Port, Remark
from visualnet.core.naming import MAX_TEXT
from visualnet.core.project import Project
from visualnet.core.scanning import Refused
from visualnet.core.text import clean, visible

MAX_BENDS = 64
"""Points of one wire."""
MAX_REMARKS = 2_000
MAX_BOOKMARKS = 100
LEAST = (48.0, 32.0)
"""No remark is narrower or lower, in px."""
Points = Iterable[tuple[float, float]]
Area = tuple[float, float, float, float]
_ID = re.compile(r"r[1-9][0-9]{0,8}\Z")
_FIELDS = frozenset(["id", "kind", "text", "colour", "area"])


# --- from a file ----------------------------------------------------------------------------------------------------------------------


def bends(raw: Any, wires: Collection[Port]) -> dict[Port, tuple[tuple[float, float], ...]]:
    """The points of each wire, by where it ends."""
    found = {}
    for text, points in _object(raw).items():
        node, _, port = text.partition(".")
        if Port(node, port) not in wires:
            raise Refused("no wire ends there", text)
        if type(points) is not list or not 0 < len(points) <= MAX_BENDS:
            raise Refused(f"here should stand 1 to {MAX_BENDS} points [[x, y], …]", text)
        found[Port(node, port)] = tuple(spot(_numbers(point, 2, text)) for point in points)  # type: ignore[arg-type]
    return found


def remarks(raw: Any) -> dict[str, Remark]:
    """Frames and notes by their ids."""
    if type(raw) is not list:
        raise Refused("here should stand a list […]")
    if len(raw) > MAX_REMARKS:
        raise Refused(f"it has {len(raw):,} frames and notes; {MAX_REMARKS:,} are allowed")
    found: dict[str, Remark] = {}
    for index, item in enumerate(raw):
        try:
            remark = _remark(_object(item))
        except Refused as fault:
            raise fault.under(index) from None
        if remark.id in found:
            raise Refused(f"another remark has the id “{remark.id}”", index, "id")
        found[remark.id] = remark
    return found


def _remark(fields: Mapping[str, Any]) -> Remark:
    values = {k: fields.get(k, getattr(_PLAIN, k)) for k in ("id", "kind", "text", "colour")}
    for key, value in values.items():
        if type(value) is not str:
            raise Refused("here should stand a text", key)
    if not _ID.match(values["id"]):
        raise Refused(f"“{visible(values['id'][:80])}” is no id; ids of remarks are r1, r2 …", "id")
    for key, options in (("kind", REMARKS), ("colour", COLOURS)):
        if values[key] not in options:
            raise Refused(f"here should stand one of {', '.join(o or '“”' for o in options)}", key)
    if len(values["text"]) > MAX_TEXT or clean(values["text"], lines=True) != values["text"]:
        raise Refused(f"it has more than {MAX_TEXT:,} characters, or hidden ones", "text")
    x, y, width, height = _numbers(fields.get("area", list(_PLAIN.area)), 4, "area")
    extra = {k: v for k, v in fields.items() if k not in _FIELDS}
    return Remark(**values, area=_area((x, y, width, height)), extra=extra)


_PLAIN = Remark(id="r1")


def bookmarks(raw: Any) -> dict[str, tuple[float, float, float]]:
    """Views by name: centre and scale."""
    found = {}
    if len(_object(raw)) > MAX_BOOKMARKS:
        raise Refused(f"it has {len(raw)} bookmarks; {MAX_BOOKMARKS} are allowed")
    for name, view in raw.items():
        if not 0 < len(name) <= 80 or clean(name) != name:
            raise Refused("a bookmark's name has 1 to 80 characters, none of them hidden", visible(name[:80]))
        x, y, zoom = _numbers(view, 3, name)
        found[name] = (x, y, max(0.001, min(100.0, zoom)))
    return found


def _object(raw: Any) -> dict[str, Any]:
    return raw if type(raw) is dict else _wrong("an object {…}")


def _wrong(wanted: str) -> NoReturn:
    raise Refused(f"here should stand {wanted}")


def _numbers(raw: Any, count: int, *place: str) -> tuple[float, ...]:
    if type(raw) is not list or len(raw) != count or not all(type(v) in (int, float) and -FAR <= v <= FAR for v in raw):
        raise Refused(f"here should stand {count} numbers between −{FAR:,.0f} and {FAR:,.0f}", *place)
    return tuple(float(v) for v in raw)


def written(remark: Remark) -> dict[str, Any]:
    """A remark as the file says it."""
    fields: dict[str, Any] = {"id": remark.id, "kind": remark.kind}
    if remark.text:
        fields["text"] = remark.text
    if remark.colour:
        fields["colour"] = remark.colour
    return {**fields, "area": list(remark.area), **remark.extra}


# --- edits ----------------------------------------------------------------------------------------------------------------------------


def bend(project: Project, sheet: str, wires: Mapping[Port, Points]) -> Project:
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


def fold(project: Project, sheet: str, ids: Iterable[str], folded: bool = True) -> Project:
    """Let cards show only their names, or all again. Nothing that is computed changes."""
    graph = sheet_of(project, sheet)
    changed = {i: replace(n, folded=folded) for i in ids if (n := graph.nodes.get(i)) and n.folded != folded}
    return project.with_sheet(sheet, replace(graph, nodes={**graph.nodes, **changed})) if changed else project


def turn(project: Project, sheet: str, direction: str) -> Project:
    """Let a sheet flow to the ``right`` or ``down``: its ports then stand at the tops and bottoms of the cards."""
    graph = sheet_of(project, sheet)
    if direction not in DIRECTIONS:
        raise ValueError(f"a sheet flows {' or '.join(DIRECTIONS)}")
    return project.with_sheet(sheet, replace(graph, direction=direction)) if direction != graph.direction else project


def add_remark(
    project: Project, sheet: str, kind: str, area: Area, text: str = "", colour: str = ""
) -> tuple[Project, str]:
    """Put a frame or a note on a sheet; the project and its id."""
    graph = sheet_of(project, sheet)
    if len(graph.remarks) >= MAX_REMARKS:
        raise ValueError(f"a sheet has at most {MAX_REMARKS:,} frames and notes")
    number = max((int(i[1:]) for i in graph.remarks), default=0) + 1
    remark = _checked(Remark(id=f"r{number}", kind=kind, text=text, colour=colour, area=area))
    return project.with_sheet(sheet, replace(graph, remarks={**graph.remarks, remark.id: remark})), remark.id


def set_remarks(project: Project, sheet: str, ids: Iterable[str], **fields: Any) -> Project:
    """Change ``text`` or ``colour`` of frames and notes."""
    graph = sheet_of(project, sheet)
    changed = {i: _checked(replace(graph.remarks[i], **fields)) for i in ids if i in graph.remarks}
    after = {**graph.remarks, **changed}
    return project.with_sheet(sheet, replace(graph, remarks=after)) if after != graph.remarks else project


def place_remarks(project: Project, sheet: str, areas: Mapping[str, Area]) -> Project:
    """Move or stretch frames and notes."""
    graph = sheet_of(project, sheet)
    changed = {i: replace(graph.remarks[i], area=_area(a)) for i, a in areas.items() if i in graph.remarks}
    after = {**graph.remarks, **changed}
    return project.with_sheet(sheet, replace(graph, remarks=after)) if after != graph.remarks else project


def remove_remarks(project: Project, sheet: str, ids: Collection[str]) -> Project:
    """Take frames and notes off a sheet; what stands in a frame stays."""
    graph = sheet_of(project, sheet)
    after = {i: r for i, r in graph.remarks.items() if i not in ids}
    return project.with_sheet(sheet, replace(graph, remarks=after)) if len(after) < len(graph.remarks) else project


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


def _checked(remark: Remark) -> Remark:
    if remark.kind not in REMARKS or remark.colour not in COLOURS:
        raise ValueError("a remark is a frame or a note in one of the known colours")
    text = clean(remark.text, lines=True)
    if len(text) > MAX_TEXT:
        raise ValueError(f"a note may have {MAX_TEXT:,} characters; this one has {len(text):,}")
    return replace(remark, text=text, area=_area(remark.area))


def _area(area: Area) -> Area:
    x, y = spot((area[0], area[1]))
    width, height = spot((max(LEAST[0], area[2]), max(LEAST[1], area[3])))
    return x, y, width, height
