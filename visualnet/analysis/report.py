"""The summary of a project as plain data, for the command line, for Python and for the window; and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, Path, Problem
from visualnet.core.project import MAIN, Project

MAX_ROWS = 20_000


def report(project: Project, analysis: Analysis) -> dict[str, Any]:
    """What is known of every node, the totals, and the problems.

    ``nodes`` are those of the main sheet in file order; a block's has its own below ``inside`` (those of the first repetition), and its
    figures count every repetition. Shapes are without the batch; null where unknown.
    """
    main = analysis.main
    return {
        "name": project.name,
        "nodes": _nodes(main, (), [MAX_ROWS]),
        "totals": {
            "nodes": len(main.nodes),
            "parameters": main.parameters,
            "trainable": main.trainable,
            "buffers": main.buffered,
            "macs": int(main.macs),
        },
        "problems": [_problem(project, analysis, problem) for problem in analysis.problems],
    }


def _nodes(graph: GraphFacts, path: Path, left: list[int]) -> list[dict[str, Any]]:
    """A graph's nodes with what is inside them. Nesting is capped by inference; ``left`` caps how much is told in all."""
    found = []
    for node_id in graph.graph.nodes:
        left[0] -= 1
        if left[0] < 0:
            break
        found.append(_node((*path, node_id), graph.nodes[node_id], left))
    return found


def _node(path: Path, facts: NodeFacts, left: list[int]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": facts.node.id,
        "name": facts.node.name,
        "kind": facts.node.kind,
        "path": list(path),
        "card": facts.layer.card() if facts.layer is not None else "",
        "output_shapes": {port: _shape(facts, port) for port in facts.outputs},
        "parameters": facts.parameters,
        "trainable": facts.trainable,
        "buffers": facts.buffered,
        "macs": int(facts.macs),
    }
    if facts.inside:
        told["repeat"] = len(facts.inside)
        told["inside"] = _nodes(facts.inside[0], path, left)
    return told


def _shape(facts: NodeFacts, port: str) -> list[int] | None:
    spec = facts.leaving.get(port)
    return None if spec is None else [int(extent) for extent in spec.shape]


def _problem(project: Project, analysis: Analysis, problem: Problem) -> dict[str, Any]:
    try:
        name = project.sheet(problem.sheet).nodes[problem.node].name if problem.node else ""
    except KeyError:
        name = ""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "words": problem.words,
        "node": name,
        "sheet": problem.sheet,
        "at": problem.at,
        "formula": problem.formula,
        "repairs": _repairs(project, analysis, problem),
    }


def _repairs(project: Project, analysis: Analysis, problem: Problem) -> list[str]:
    from visualnet.analysis.repairs import repairs

    return [repair.words for repair in repairs(project, problem, analysis)]


# --- the table ---------------------------------------------------------------------------------------------------------------------

_HEAD = ("node", "kind", "output", "parameters", "MACs")
_WIDEST = 44


def table(told: dict[str, Any]) -> str:
    """The report as a table, its totals, and its problems in words."""
    rows = [_row(node) for node in _flat(told["nodes"])]
    widths = [min(_WIDEST, max(len(row[i]) for row in (_HEAD, *rows))) for i in range(len(_HEAD))]

    def line(cells: tuple[str, ...]) -> str:
        cut = [c if len(c) <= w else c[: w - 1] + "…" for c, w in zip(cells, widths, strict=True)]
        left = [c.ljust(w) for c, w in zip(cut[:3], widths, strict=False)]
        right = [c.rjust(w) for c, w in zip(cut[3:], widths[3:], strict=False)]
        return "  ".join([*left, *right]).rstrip()

    totals = told["totals"]
    frozen = totals["parameters"] - totals["trainable"]
    counts = f"{totals['parameters']:,} parameters" + (f" ({frozen:,} of them frozen)" if frozen else "")
    counts += f", {totals['buffers']:,} numbers saved besides" if totals["buffers"] else ""
    lines = [
        line(_HEAD),
        line(tuple("─" * w for w in widths)),
        *map(line, rows),
        "",
        f"{counts}, {totals['macs']:,} MACs per sample",
    ]
    return "\n".join([*lines, *(["", *problems(told)] if told["problems"] else [])])


def problems(told: dict[str, Any]) -> list[str]:
    """Each problem in a line, with its formula and its repairs below."""
    lines = []
    for problem in told["problems"]:
        where = f"{problem['sheet']} › {problem['node']}" if problem["sheet"] != MAIN else problem["node"]
        lines.append(f"{problem['severity']}: {f'{where}: ' if where else ''}{problem['words']}")
        if problem["formula"]:
            lines.append(f"    {problem['formula']}")
        lines += [f"    repair: {words}" for words in problem["repairs"]]
    return lines


def _flat(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _flat(node.get("inside", []))


def _row(node: dict[str, Any]) -> tuple[str, ...]:
    kind = node["kind"].removeprefix("block:") + (f" ×{node['repeat']}" if node.get("repeat", 1) > 1 else "")
    shapes = ["?" if shape is None else "×".join(map(str, shape)) or "1" for shape in node["output_shapes"].values()]
    name = "  " * (len(node["path"]) - 1) + node["name"]
    card = f" {node['card']}" if node["card"] else ""
    return name, kind + card, ", ".join(shapes), _count(node["parameters"]), _count(node["macs"])


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
