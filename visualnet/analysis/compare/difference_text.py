"""What sets two projects apart in words: as lines of text or of a table, in a sentence, and as plain data."""

from __future__ import annotations

from typing import Any, NamedTuple

from visualnet.analysis.compare.project_diff import (
    ADDED,
    CHANGED,
    FOLLOWS,
    REMOVED,
    SIGNS,
    Differences,
    NodeDifference,
    ProjectChange,
)
from visualnet.core.text.format import format_quantity

WORDS = {ADDED: "added", REMOVED: "removed", CHANGED: "changed", FOLLOWS: "follow"}


class DifferenceLine(NamedTuple):
    """One difference; ``status`` is empty for a sum. ``node`` is what it is of, where it is of a node."""

    status: str
    name: str
    change: str
    shapes: str = ""
    parameters: str = ""
    node: NodeDifference | None = None


def table(found: Differences, most: int) -> list[DifferenceLine]:
    """Nodes, wires, blocks, settings and sums; of nodes and wires together at most so many, and a line about the rest."""
    # What only follows comes after what somebody did.
    lines = [_node_line(d) for d in sorted(found.nodes, key=lambda d: d.status == FOLLOWS)[:most]]
    lines += [DifferenceLine(w.status, "wire", w.text) for w in found.wires[: most - len(lines)]]
    left = len(found.nodes) + len(found.wires) - most
    lines += [DifferenceLine(status, f"block {name}", "") for status, name in found.blocks]
    lines += [DifferenceLine(CHANGED, "settings", str(change)) for change in found.settings]
    lines += [DifferenceLine("", "in all", str(change)) for change in found.totals]
    return lines + ([DifferenceLine("", "", f"and {left:,} more; Copy has them all")] if left > 0 else [])


def _node_line(d: NodeDifference) -> DifferenceLine:
    place = f"{d.sheet} / " if d.sheet else ""
    changes = "; ".join(map(str, d.changes)) or ("follows" if d.status == FOLLOWS else WORDS[d.status])
    shapes = "; ".join(map(shape_text, d.shapes))
    return DifferenceLine(d.status, place + d.node.name, changes, shapes, delta(d.parameters).replace("-", "−"), d)


def summary(found: Differences) -> str:
    """``1 added, 2 changed, 4 follow; +52 parameters``."""
    counts = {status: sum(d.status == status for d in found.nodes) for status in WORDS}
    parts = [f"{n:,} {WORDS[s]}" for s, n in counts.items() if n]
    parts += [format_quantity(len(found.wires), "wire")] if found.wires else []
    parts += [format_quantity(len(found.settings), "setting")] if found.settings else []
    total = next((c.after.partition("(")[2].rstrip(")") for c in found.totals if c.what == "parameters"), "")
    return ", ".join(parts or ["no difference"]) + (f"; {total.replace('-', '−')} parameters" if total else "")


def delta(pair_: tuple[int, int], unit: str = "") -> str:
    """``+1,024``; nothing where both are the same."""
    return f"{pair_[1] - pair_[0]:+,}{unit}" if pair_[0] != pair_[1] else ""


def shape_text(shape: ProjectChange) -> str:
    """``6×28×28 → 6×14×14``; one of them where the other is not."""
    return f"{shape.before} → {shape.after}" if shape.before and shape.after else shape.after or shape.before


def headline(found: NodeDifference) -> str:
    """A node's difference in a line, without its name: what changed, then what came of it."""
    parts = [str(change) for change in found.changes]
    for shape in found.shapes:
        told = shape_text(shape)
        parts += [told] if not any(told in part for part in parts) else []
    return "; ".join([*parts, *filter(None, [delta(found.parameters, " parameters")])])


def lines(found: Differences) -> list[str]:
    """The differences as text, a line each, sheet by sheet."""
    if not found:
        return ["no difference but in how it is laid out"]
    told = [f"{SIGNS[status]} block {name}" for status, name in found.blocks]
    for sheet in dict.fromkeys([*(d.sheet for d in found.nodes), *(w.sheet for w in found.wires)]):
        told.append(f"in block {sheet}:" if sheet else "in the network:")
        for d in found.on(sheet):
            kind = d.node.kind.removeprefix("block:")
            told.append(f"  {SIGNS[d.status]} {d.node.name} ({kind})  {headline(d)}".rstrip())
        told += [f"  {SIGNS[w.status]} wire {w.text}" for w in found.wires if w.sheet == sheet]
    told += [f"~ {change}" for change in found.settings]
    told += [f"= {change}" for change in found.totals]
    return told


def as_data(found: Differences) -> dict[str, Any]:
    """The differences as plain data, for ``--json``."""

    def changes(some: tuple[ProjectChange, ...]) -> list[dict[str, str]]:
        return [change._asdict() for change in some]

    return {
        "nodes": [
            {
                "sheet": d.sheet,
                "status": d.status,
                "name": d.node.name,
                "kind": d.node.kind,
                "id_before": d.before.id if d.before else None,
                "id_after": d.after.id if d.after else None,
                "changes": changes(d.changes),
                "shapes": changes(d.shapes),
                "parameters": list(d.parameters),
                "macs": list(d.macs),
            }
            for d in found.nodes
        ],
        "wires": [{"sheet": w.sheet, "status": w.status, "wire": w.text} for w in found.wires],
        "blocks": [{"status": status, "name": name} for status, name in found.blocks],
        "settings": changes(found.settings),
        "totals": changes(found.totals),
    }
