"""A formula on as many lines as it needs, broken where a person would break it: before an operator, outside brackets first."""

from __future__ import annotations

import re
from collections.abc import Callable

INDENT = "  "
_BREAKS = re.compile(r" (?=[=+−/·×-] )|(?<=[^ ])(?=·)|(?<=,) ")


def break_formula(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The lines of a formula; each but the first begins with an operator and stands a little to the right."""
    lines, rest, indent = [], text, ""
    while not fits(indent + rest):
        at = _last_break(rest, indent, fits)
        if at is None:
            break
        lines.append(indent + rest[:at].rstrip())
        rest, indent = rest[at:].lstrip(), INDENT
    return [*lines, indent + rest]


def _last_break(text: str, indent: str, fits: Callable[[str], bool]) -> int | None:
    """The last good place that leaves a line that fits: outside all brackets if there is one, else as far out as may be."""
    best: tuple[int, int] | None = None
    for match in _BREAKS.finditer(text, 1):
        at = match.start()
        if text[:at].strip() in ("", "=", "+", "−", "/"):
            continue
        if not fits(indent + text[:at]):
            break
        depth = sum(text.count(c, 0, at) for c in "([⌊⌈") - sum(text.count(c, 0, at) for c in ")]⌋⌉")
        # A product is torn apart last: it reads as one thing.
        depth = 2 * depth + (text[match.end()] == "·")
        if best is None or depth <= best[0]:
            best = depth, at
    return best[1] if best is not None else None
