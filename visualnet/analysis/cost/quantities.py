"""What the nodes of a sheet can be told apart by: the costs that add up, each with its name and its figures in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from visualnet.analysis.cost.totals import NodeCost
from visualnet.core.text.format import format_bytes, format_duration, shorten_count


class Quantity(NamedTuple):
    """One of a node's costs."""

    title: str
    tip: str
    of: Callable[[NodeCost], int] | None
    """From a node's costs; None where it is measured."""
    text: Callable[[int], str]


QUANTITIES: Mapping[str, Quantity] = {
    "parameters": Quantity("Parameters", "Where the learned numbers are", lambda c: c.parameters, shorten_count),
    "macs": Quantity("MACs", "Where the multiplications are", lambda c: c.macs, shorten_count),
    "made": Quantity("Output memory", "What each layer gives, at the batch size", lambda c: c.made, format_bytes),
    "kept": Quantity("Training memory", "What is kept for the backward pass", lambda c: c.kept, format_bytes),
    "time": Quantity(
        "Time",
        "How long each layer takes for one batch, forward: measured here",
        None,
        lambda nanoseconds: format_duration(nanoseconds * 1e-9, 3),
    ),
}
