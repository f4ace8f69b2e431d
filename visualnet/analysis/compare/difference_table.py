"""What sets two projects apart as lines of a table, and in a sentence."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.analysis.compare.project_diff import (
    ADDED,
    CHANGED,
    FOLLOWS,
    REMOVED,
    Differences,
    NodeDifference,
    delta,
    shape_text,
)
from visualnet.core.text.format import format_quantity

WORDS = {ADDED: "added", REMOVED: "removed", CHANGED: "changed", FOLLOWS: "follow"}


class Line(NamedTuple):
    """One difference; ``status`` is empty for a sum. ``node`` is what it is of, where it is of a node."""

    status: str
    name: str
    change: str
    shapes: str = ""
    parameters: str = ""
    node: NodeDifference | None = None


def table(found: Differences, most: int) -> list[Line]:
    """Nodes, wires, blocks, settings and sums; of nodes and wires together at most so many, and a line about the rest."""
    # What only follows comes after what somebody did.
    lines = [_node_line(d) for d in sorted(found.nodes, key=lambda d: d.status == FOLLOWS)[:most]]
    lines += [Line(w.status, "wire", w.text) for w in found.wires[: most - len(lines)]]
    left = len(found.nodes) + len(found.wires) - most
    lines += [Line(status, f"block {name}", "") for status, name in found.blocks]
    lines += [Line(CHANGED, "settings", str(change)) for change in found.settings]
    lines += [Line("", "in all", str(change)) for change in found.totals]
    return lines + ([Line("", "", f"and {left:,} more; Copy has them all")] if left > 0 else [])


def _node_line(d: NodeDifference) -> Line:
    place = f"{d.sheet} / " if d.sheet else ""
    changes = "; ".join(map(str, d.changes)) or ("follows" if d.status == FOLLOWS else WORDS[d.status])
    shapes = "; ".join(map(shape_text, d.shapes))
    return Line(d.status, place + d.node.name, changes, shapes, delta(d.parameters).replace("-", "−"), d)


def summary(found: Differences) -> str:
    """``1 added, 2 changed, 4 follow; +52 parameters``."""
    counts = {status: sum(d.status == status for d in found.nodes) for status in WORDS}
    parts = [f"{n:,} {WORDS[s]}" for s, n in counts.items() if n]
    parts += [format_quantity(len(found.wires), "wire")] if found.wires else []
    parts += [format_quantity(len(found.settings), "setting")] if found.settings else []
    total = next((c.after.partition("(")[2].rstrip(")") for c in found.totals if c.what == "parameters"), "")
    return ", ".join(parts or ["no difference"]) + (f"; {total.replace('-', '−')} parameters" if total else "")
