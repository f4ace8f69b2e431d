"""The differences of two projects in words, and as plain data."""

from __future__ import annotations

from typing import Any

from visualnet.analysis.compare.project_diff import SIGNS, Change, Differences, NodeDifference


def delta(pair_: tuple[int, int], unit: str = "") -> str:
    """``+1,024``; nothing where both are the same."""
    return f"{pair_[1] - pair_[0]:+,}{unit}" if pair_[0] != pair_[1] else ""


def headline(found: NodeDifference) -> str:
    """A node's difference in a line, without its name: what changed, then what came of it."""
    parts = [str(change) for change in found.changes]
    for shape in found.shapes:
        told = f"{shape.before} → {shape.after}" if shape.before and shape.after else shape.after or shape.before
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

    def changes(some: tuple[Change, ...]) -> list[dict[str, str]]:
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
