"""The summary of a project as plain data, for the command line, for Python and for the window; and as a table for a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from visualnet.analysis.cost.totals import Cost, Costs, NodeCost
from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, NodePath, Problem
from visualnet.core.project import MAIN, Project
from visualnet.core.text.format import format_bytes, format_quantity

MAX_ROWS = 20_000
SEARCH_S = 0.5
"""How long repairs are searched for all problems together."""
MANY, SHORT_S = 2_000, 0.1
"""So many problems are no slip that a repair mends: then only the first are searched for, and so long."""


def report(project: Project, analysis: Analysis, batch_size: int | None = None) -> dict[str, Any]:
    """What is known of every node, the totals, and the problems. Memory is for ``batch_size`` samples, the recipe's if none is given.

    ``nodes`` are those of the main sheet in file order; a block's has its own below ``inside`` (those of the first repetition), and its
    figures count every repetition. Shapes are without the batch; null where unknown. ``statistics`` are running means and variances, and
    ``with_statistics`` counts them with the parameters, as Keras does; ``buffers`` are all numbers that are saved and not learned,
    counters of batches too. ``output_bytes`` is the memory of a node's outputs,
    ``kept_bytes`` what training keeps of them (and of masks and the like) for the backward pass.
    """
    main, costs = analysis.main, Costs(analysis, batch_size)
    whole = costs.whole()
    return {
        "name": project.name,
        "nodes": _nodes(main, (), [MAX_ROWS], costs),
        "totals": {
            "nodes": len(main.nodes),
            "parameters": main.parameters,
            "trainable": main.trainable,
            "buffers": main.buffered,
            "statistics": main.statistics,
            "counters": main.counters,
            "with_statistics": main.counted,
            "macs": int(main.macs),
            "flops": whole.flops,
            "depth": whole.depth,
        },
        "memory": memory(whole),
        "problems": problems(project, analysis),
    }


def problems(project: Project, analysis: Analysis, seconds: float = SEARCH_S) -> list[dict[str, Any]]:
    """Every problem as plain data. Repairs are searched for the first ones, as far as ``seconds`` go for all of them together."""
    end = time.monotonic() + (seconds if len(analysis.problems) <= MANY else min(seconds, SHORT_S))
    return [_problem(project, analysis, problem, end - time.monotonic()) for problem in analysis.problems]


def memory(cost: Cost) -> dict[str, int]:
    """All that takes memory, in bytes, at the batch size."""
    names = ("weights", "gradients", "optimizer", "forward", "kept", "passing", "inference", "training")
    return {"batch_size": cost.batch, **{name: getattr(cost, name) for name in names}}


def _nodes(graph: GraphFacts, path: NodePath, left: list[int], costs: Costs) -> list[dict[str, Any]]:
    """A graph's nodes with what is inside them. Nesting is capped by inference; ``left`` caps how much is told in all."""
    found = []
    known = _sheet(costs, path)
    for node_id in graph.graph.nodes:
        left[0] -= 1
        if left[0] < 0:
            break
        found.append(_node((*path, node_id), graph.nodes[node_id], left, costs, known.get(node_id)))
    return found


def _sheet(costs: Costs, path: NodePath) -> Mapping[str, NodeCost]:
    try:
        return costs.sheet(path)
    except KeyError:  # a block on a circle is never reached
        return {}


def _node(path: NodePath, facts: NodeFacts, left: list[int], costs: Costs, cost: NodeCost | None) -> dict[str, Any]:
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
        "statistics": facts.statistics,
        "with_statistics": facts.counted,
        "macs": int(facts.macs),
        "output_bytes": cost.made if cost is not None else 0,
        "kept_bytes": cost.kept if cost is not None else 0,
    }
    if facts.inside:
        told["repeat"] = len(facts.inside)
        told["inside"] = _nodes(facts.inside[0], path, left, costs)
    return told


def _shape(facts: NodeFacts, port: str) -> list[int] | None:
    spec = facts.leaving.get(port)
    return None if spec is None else [int(extent) for extent in spec.shape]


def _problem(project: Project, analysis: Analysis, problem: Problem, seconds: float) -> dict[str, Any]:
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
        # What is only a hint is not worth the search: a deep network has many.
        "repairs": _repairs(project, analysis, problem, seconds) if problem.severity != "hint" and seconds > 0 else [],
    }


def _repairs(project: Project, analysis: Analysis, problem: Problem, seconds: float) -> list[str]:
    from visualnet.analysis.repair.search import repairs

    return [repair.words for repair in repairs(project, problem, analysis, seconds=min(seconds, 0.3))]


# --- the table ---------------------------------------------------------------------------------------------------------------------

_HEAD = ("node", "kind", "output", "parameters", "with statistics", "MACs", "memory", "kept")
_STATISTICS = _HEAD.index("with statistics")
_WIDEST = 44


def table(told: dict[str, Any]) -> str:
    """The report as a table, its totals, and its problems in words."""
    totals = told["totals"]
    rows = [_HEAD, *(_row(node) for node in _flat(told["nodes"]))]
    if not totals["statistics"]:
        rows = [(*row[:_STATISTICS], *row[_STATISTICS + 1 :]) for row in rows]
    head, *rows = rows
    widths = [min(_WIDEST, max(len(row[i]) for row in (head, *rows))) for i in range(len(head))]

    def line(cells: tuple[str, ...]) -> str:
        cut = [c if len(c) <= w else c[: w - 1] + "…" for c, w in zip(cells, widths, strict=True)]
        left = [c.ljust(w) for c, w in zip(cut[:3], widths, strict=False)]
        right = [c.rjust(w) for c, w in zip(cut[3:], widths[3:], strict=False)]
        return "  ".join([*left, *right]).rstrip()

    frozen = totals["parameters"] - totals["trainable"]
    counts = f"{totals['parameters']:,} parameters" + (f" ({frozen:,} of them frozen)" if frozen else "")
    shown = [
        line(head),
        line(tuple("─" * w for w in widths)),
        *map(line, rows),
        "",
        f"{counts}, {totals['macs']:,} MACs per sample ({totals['flops']:,} FLOPs)",
        *_statistics_lines(totals),
        *_memory_lines(told["memory"]),
    ]
    return "\n".join([*shown, *(["", *lines(told["problems"])] if told["problems"] else [])])


def _statistics_lines(totals: Mapping[str, int]) -> Iterator[str]:
    """What normalizations keep besides what they learn."""
    every = totals["with_statistics"]
    if totals["statistics"]:
        yield (
            f"with the {totals['statistics']:,} running statistics of normalizations {every:,}: {totals['trainable']:,} trainable, "
            f"{every - totals['trainable']:,} not"
        )
    if totals["counters"]:
        counters = format_quantity(totals["counters"], "counter")
        yield f"not counted: {counters} of batches, which PyTorch saves besides"


def _memory_lines(held: Mapping[str, int]) -> list[str]:
    """What the columns “memory” (of a layer's outputs) and “kept” (for the backward pass) add up to."""
    sizes = {name: format_bytes(count) for name, count in held.items() if name != "batch_size"}
    batch = format_quantity(held["batch_size"], "sample")
    parts = [f"weights {sizes['weights']}", f"gradients {sizes['gradients']}", f"optimizer {sizes['optimizer']}"]
    parts += [f"activations kept {sizes['kept']}", f"passing gradients {sizes['passing']}"]
    return [
        f"memory for {batch}: {sizes['inference']} to answer (weights {sizes['weights']}, activations {sizes['forward']})",
        f"{' ' * (len(batch) + 11)} {sizes['training']} to train ({', '.join(parts)})",
    ]


def lines(found: list[dict[str, Any]]) -> list[str]:
    """Each problem in a line, with its formula and its repairs below."""
    said = []
    for problem in found:
        where = f"{problem['sheet']} › {problem['node']}" if problem["sheet"] != MAIN else problem["node"]
        said.append(f"{problem['severity']}: {f'{where}: ' if where else ''}{problem['words']}")
        if problem["formula"]:
            said.append(f"    {problem['formula']}")
        said += [f"    repair: {words}" for words in problem["repairs"]]
    return said


def _flat(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _flat(node.get("inside", []))


def _row(node: dict[str, Any]) -> tuple[str, ...]:
    kind = node["kind"].removeprefix("block:") + (f" ×{node['repeat']}" if node.get("repeat", 1) > 1 else "")
    shapes = ["?" if shape is None else "×".join(map(str, shape)) or "1" for shape in node["output_shapes"].values()]
    name = "  " * (len(node["path"]) - 1) + node["name"]
    card = f" {node['card']}" if node["card"] else ""
    memory = [format_bytes(node[key]) if node[key] else "" for key in ("output_bytes", "kept_bytes")]
    return (
        name,
        kind + card,
        ", ".join(shapes),
        _count(node["parameters"]),
        _count(node["with_statistics"]),
        _count(node["macs"]),
        *memory,
    )


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
