"""Networks side by side: what each costs, and how many times more or less that is than the first. Plain data, and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from visualnet.analysis.cost.totals import Cost, Costs
from visualnet.analysis.inference.infer import infer
from visualnet.core.project import Project
from visualnet.core.text.format import format_bytes, format_quantity


class ComparedQuantity(NamedTuple):
    """Something that networks are compared by."""

    name: str
    title: str
    meaning: str
    of: Callable[[Cost], int]
    text: Callable[[int], str]


def _number(count: int) -> str:
    return f"{count:,}"


QUANTITIES: tuple[ComparedQuantity, ...] = (
    ComparedQuantity("parameters", "parameters", "Learned numbers, trained or frozen", lambda c: c.parameters, _number),
    ComparedQuantity(
        "macs", "MACs a sample", "Multiplications with an addition, one forward pass", lambda c: c.macs, _number
    ),
    ComparedQuantity(
        "depth", "depth", "Layers that multiply by weights, on the longest way", lambda c: c.depth, _number
    ),
    ComparedQuantity(
        "weights", "weights' memory", "Weights and what is saved beside them", lambda c: c.weights, format_bytes
    ),
    ComparedQuantity(
        "forward", "activations, forward", "The fullest moment without training", lambda c: c.forward, format_bytes
    ),
    ComparedQuantity(
        "kept", "activations, training", "What is kept for the backward pass", lambda c: c.kept, format_bytes
    ),
    ComparedQuantity(
        "training", "memory to train", "With gradients and the optimizer", lambda c: c.training, format_bytes
    ),
)


def compare(networks: Sequence[tuple[str, Project]], batch_size: int = 1) -> dict[str, Any]:
    """Every quantity of each network, and each quantity's ratios to the first network's (null where that is 0)."""
    found: list[dict[str, Any]] = []
    for name, project in networks:
        analysis = infer(project)
        cost = Costs(analysis, batch_size).whole()
        figures = {quantity.name: quantity.of(cost) for quantity in QUANTITIES}
        found.append({"name": name, **figures, "problems": [p.words for p in analysis.errors()]})
    first = found[0] if found else {}
    ratios = {
        q.name: [network[q.name] / first[q.name] if first[q.name] else None for network in found] for q in QUANTITIES
    }
    return {"batch_size": batch_size, "networks": found, "ratios": ratios}


def table(told: Mapping[str, Any]) -> str:
    """The comparison as a table: a line for each quantity, a column for each network, ratios beside the figures."""
    networks = told["networks"]
    rows = [["", *(n["name"] for n in networks)]]
    for quantity in QUANTITIES:
        ratios = told["ratios"][quantity.name]
        cells = [quantity.text(n[quantity.name]) for n in networks]
        rows.append(
            [quantity.title, cells[0], *(f"{c}  {ratio_text(r)}" for c, r in zip(cells[1:], ratios[1:], strict=True))]
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(networks) + 1)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    samples = format_quantity(told["batch_size"], "sample")
    wrong = [f"{n['name']}: {words}" for n in networks for words in n["problems"]]
    return "\n".join([lines[0], *lines[1:], "", f"activations and training are for {samples}", *wrong])


def ratio_text(ratio: float | None) -> str:
    """``×0.115``: three figures."""
    if ratio is None:
        return "–"
    return f"×{ratio:,.0f}" if ratio >= 1000 else f"×{ratio:.3g}"
