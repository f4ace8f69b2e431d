"""What every edit holds to: the sheet and its nodes must be there, and only what a file can hold may enter the project."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from msgspec.structs import replace

from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port
from visualnet.core.names import MAX_NAME, MAX_SOURCE, fault_in_name, highest, to_name
from visualnet.core.project import MAIN, Project
from visualnet.core.text.hidden_characters import clean, visible

FAR = 1e7
"""No card stands further from the origin than this, in px."""

MAX_NUMBER = 2**53
"""No whole number is larger: every JSON reader keeps it exactly."""

MAX_LIST = 1_000
"""Entries of one parameter."""

MAX_BENDS = 64
"""Points of one wire."""

MAX_ANNOTATIONS = 2_000
"""Frames and notes of one sheet."""

MAX_BOOKMARKS = 100
"""Kept views of one sheet."""

LEAST_AREA = (48.0, 32.0)
"""No frame and no note is narrower or lower, in px."""

Area = tuple[float, float, float, float]
"""x, y, width and height of a frame or a note, in px."""

KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,79}\Z")


def sheet_of(project: Project, sheet: str) -> Graph:
    if sheet != MAIN and sheet not in project.blocks:
        raise ValueError(f"there is no block “{visible(sheet[:80])}” in this project")
    return project.sheet(sheet)


def node_of(graph: Graph, node_id: str) -> Node:
    if node_id not in graph.nodes:
        raise ValueError(f"there is no node “{visible(str(node_id)[:80])}” on this sheet")
    return graph.nodes[node_id]


def nodes_of(graph: Graph, ids: Iterable[str]) -> list[Node]:
    return [node_of(graph, i) for i in dict.fromkeys(ids)]


def spot(at: tuple[float, float]) -> tuple[float, float]:
    x, y = at
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a card stands at two numbers")
    return round(max(-FAR, min(FAR, x)) * 2) / 2, round(max(-FAR, min(FAR, y)) * 2) / 2


def clamp_area(area: Area) -> Area:
    """The area within the sheet's bounds, not smaller than ``LEAST_AREA``.

    Raises:
        ValueError: a number is not finite.
    """
    x, y = spot((area[0], area[1]))
    width, height = spot((max(LEAST_AREA[0], area[2]), max(LEAST_AREA[1], area[3])))
    return x, y, width, height


def check_kind(kind: str) -> None:
    block = kind.removeprefix(BLOCK_PREFIX) if kind.startswith(BLOCK_PREFIX) else None
    fault = (
        fault_in_name(block)
        if block is not None
        else ""
        if KIND.match(kind)
        else f"“{visible(kind[:80])}” is no kind of node"
    )
    if fault:
        raise ValueError(fault)


def plain(value: Any) -> Any:
    """Lists as tuples, so that a value from a form equals the same value from a file."""
    if isinstance(value, list | tuple):
        return tuple(plain(v) for v in value)
    return {k: plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def same(a: Any, b: Any) -> bool:
    """Equal and of the same type throughout: 1, 1.0 and True are written differently."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(v, b[k]) for k, v in a.items())
    return bool(a == b)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is one number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_values(values: Mapping[str, Any]) -> None:
    """Only what a file can hold may enter the project, so that what is drawn can always be saved."""
    for name, value in values.items():
        if not 0 < len(name) <= MAX_NAME or clean(name) != name:
            raise ValueError(f"“{visible(name[:80])}” cannot be the name of a parameter")
        _check_value(name, value, 0)


def _check_value(name: str, value: Any, depth: int) -> None:
    if isinstance(value, list | tuple | Mapping):
        if depth > 8:
            raise ValueError(f"{name} is nested too deep")
        if len(value) > MAX_LIST:
            raise ValueError(f"{name} has {len(value):,} entries; {MAX_LIST:,} are allowed")
        for part in value.values() if isinstance(value, Mapping) else value:
            _check_value(name, part, depth + 1)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}, which is no number")
    elif isinstance(value, int):
        if abs(value) > MAX_NUMBER:
            raise ValueError(f"{name} is larger than any file holds (2^53)")
    elif isinstance(value, str):
        if len(value) > MAX_SOURCE or clean(value, lines=True) != value:
            raise ValueError(f"{name} has more than {MAX_SOURCE:,} characters, or hidden ones")
    elif value is not None:
        raise ValueError(f"{name} cannot hold {type(value).__name__}")


def check_numbers(values: Mapping[str, Any]) -> None:
    """Constants and block parameters: numbers by a name that an expression can use."""
    for name, value in values.items():
        if not name.isidentifier() or len(name) > 64:
            raise ValueError(f"“{visible(name[:80])}” cannot be named in an expression; “{to_name(name, 'value')}” can")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} is a number, not {value!r}")
    check_values(values)


def with_nodes(
    graph: Graph,
    nodes: Iterable[Node],
    places: Mapping[str, tuple[float, float]],
    wires: Mapping[Port, Port] | None = None,
) -> Graph:
    """The graph with new nodes, their places, and wires among them."""
    merged = {**graph.nodes, **{n.id: n for n in nodes}}
    spots = {**graph.places, **{i: spot(at) for i, at in places.items()}}
    after = replace(graph, nodes=merged, places=spots, wires={**graph.wires, **wires} if wires else graph.wires)
    return replace(after, spent=0) if graph.spent and highest(after) >= graph.spent else after
