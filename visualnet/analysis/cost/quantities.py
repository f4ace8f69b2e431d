"""What the nodes of a sheet can be told apart by: the costs that add up, each with its name and its figures in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from visualnet.analysis.cost.totals import NodeCost
from visualnet.core.text.format import format_bytes, format_duration, shorten_count


class CostQuantity(NamedTuple):
    """One of a node's costs."""

    title: str
    tip: str
    of: Callable[[NodeCost], int] | None
    """From a node's costs; None where it is measured."""
    text: Callable[[int], str]


QUANTITIES: Mapping[str, CostQuantity] = {
    "parameters": CostQuantity("Parameters", "Where the learned numbers are", lambda c: c.parameters, shorten_count),
    "macs": CostQuantity("MACs", "Where the multiplications are", lambda c: c.macs, shorten_count),
    "made": CostQuantity("Output memory", "What each layer gives, at the batch size", lambda c: c.made, format_bytes),
    "kept": CostQuantity("Training memory", "What is kept for the backward pass", lambda c: c.kept, format_bytes),
    "time": CostQuantity(
        "Time",
        "How long each layer takes for one batch, forward: measured here",
        None,
        lambda nanoseconds: format_duration(nanoseconds * 1e-9, 3),
    ),
}
