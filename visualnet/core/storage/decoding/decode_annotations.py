"""Bends of wires, frames, notes and bookmarks as a file has them: read within bounds, and written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from visualnet.core.graph import ANNOTATION_KINDS, COLOURS, Annotation, Port
from visualnet.core.names import MAX_TEXT
from visualnet.core.storage.safe_json import RefusedJson
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.core.validation import FAR, MAX_ANNOTATIONS, MAX_BENDS, MAX_BOOKMARKS, clamp_area, spot

_ID = re.compile(r"r[1-9][0-9]{0,8}\Z")
_FIELDS = frozenset(["id", "kind", "text", "colour", "area"])


def decode_bends(raw: Any, wires: Collection[Port]) -> dict[Port, tuple[tuple[float, float], ...]]:
    """The points of each wire, by where it ends."""
    found = {}
    for text, points in _object(raw).items():
        node, _, port = text.partition(".")
        if Port(node, port) not in wires:
            raise RefusedJson("no wire ends there", text)
        if type(points) is not list or not 0 < len(points) <= MAX_BENDS:
            raise RefusedJson(f"here should stand 1 to {MAX_BENDS} points [[x, y], …]", text)
        found[Port(node, port)] = tuple(spot(_numbers(point, 2, text)) for point in points)  # type: ignore[arg-type]
    return found


def decode_annotations(raw: Any) -> dict[str, Annotation]:
    """Frames and notes by their ids."""
    if type(raw) is not list:
        raise RefusedJson("here should stand a list […]")
    if len(raw) > MAX_ANNOTATIONS:
        raise RefusedJson(f"it has {len(raw):,} frames and notes; {MAX_ANNOTATIONS:,} are allowed")
    found: dict[str, Annotation] = {}
    for index, item in enumerate(raw):
        try:
            annotation = _annotation(_object(item))
        except RefusedJson as fault:
            raise fault.under(index) from None
        if annotation.id in found:
            raise RefusedJson(f"another annotation has the id “{annotation.id}”", index, "id")
        found[annotation.id] = annotation
    return found


def _annotation(fields: Mapping[str, Any]) -> Annotation:
    values = {k: fields.get(k, getattr(_PLAIN, k)) for k in ("id", "kind", "text", "colour")}
    for key, value in values.items():
        if type(value) is not str:
            raise RefusedJson("here should stand a text", key)
    if not _ID.match(values["id"]):
        raise RefusedJson(f"“{visible(values['id'][:80])}” is no id; ids of annotations are r1, r2 …", "id")
    for key, options in (("kind", ANNOTATION_KINDS), ("colour", COLOURS)):
        if values[key] not in options:
            raise RefusedJson(f"here should stand one of {', '.join(o or '“”' for o in options)}", key)
    if len(values["text"]) > MAX_TEXT or clean(values["text"], lines=True) != values["text"]:
        raise RefusedJson(f"it has more than {MAX_TEXT:,} characters, or hidden ones", "text")
    x, y, width, height = _numbers(fields.get("area", list(_PLAIN.area)), 4, "area")
    extra = {k: v for k, v in fields.items() if k not in _FIELDS}
    return Annotation(**values, area=clamp_area((x, y, width, height)), extra=extra)


_PLAIN = Annotation(id="r1")


def decode_bookmarks(raw: Any) -> dict[str, tuple[float, float, float]]:
    """Views by name: centre and scale."""
    found = {}
    if len(_object(raw)) > MAX_BOOKMARKS:
        raise RefusedJson(f"it has {len(raw)} bookmarks; {MAX_BOOKMARKS} are allowed")
    for name, view in raw.items():
        if not 0 < len(name) <= 80 or clean(name) != name:
            raise RefusedJson("a bookmark's name has 1 to 80 characters, none of them hidden", visible(name[:80]))
        x, y, zoom = _numbers(view, 3, name)
        found[name] = (x, y, max(0.001, min(100.0, zoom)))
    return found


def _object(raw: Any) -> dict[str, Any]:
    return raw if type(raw) is dict else _wrong("an object {…}")


def _wrong(wanted: str) -> NoReturn:
    raise RefusedJson(f"here should stand {wanted}")


def _numbers(raw: Any, count: int, *place: str) -> tuple[float, ...]:
    if type(raw) is not list or len(raw) != count or not all(type(v) in (int, float) and -FAR <= v <= FAR for v in raw):
        raise RefusedJson(f"here should stand {count} numbers between −{FAR:,.0f} and {FAR:,.0f}", *place)
    return tuple(float(v) for v in raw)


def encode_annotation(annotation: Annotation) -> dict[str, Any]:
    """An annotation as the file says it."""
    fields: dict[str, Any] = {"id": annotation.id, "kind": annotation.kind}
    if annotation.text:
        fields["text"] = annotation.text
    if annotation.colour:
        fields["colour"] = annotation.colour
    return {**fields, "area": list(annotation.area), **annotation.extra}
