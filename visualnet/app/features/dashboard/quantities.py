"""What the dashboard can show of cards and of wires: from which observation it is read, and in which words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from visualnet.core.graph import Port
from visualnet.core.text.format import format_number, format_percent
from visualnet.training.observations.cards.declare import update_ratios
from visualnet.training.observations.observation import History, Result


class DashboardFigure(NamedTuple):
    """A figure with its words: short ones to be written on the sheet, and all of them for who points at it."""

    value: float
    words: str
    told: str


class CardQuantity(NamedTuple):
    """Something that is shown of each card: ``read`` finds it in what was observed. Amounts are drawn by powers of ten."""

    title: str
    tip: str
    observation: str
    read: Callable[[History], dict[str, DashboardFigure]]
    is_share: bool = False
    unit: str = ""
    waits: str = ""
    """What to say where there is a result and yet no figure."""


class WireQuantity(NamedTuple):
    """Something that is shown of each wire, by the port that it begins at."""

    title: str
    tip: str
    observation: str
    read: Callable[[History], dict[Port, DashboardFigure]]
    unit: str = ""
    waits: str = ""


def read_sizes(history: History) -> dict[str, DashboardFigure]:
    """Mean and spread of what leaves each card."""
    result = history[-1][1]
    found: dict[str, DashboardFigure] = {}
    for node, mean, spread in zip(result.words["nodes"], result.arrays["mean"], result.arrays["spread"], strict=True):
        words = f"{format_number(mean, 2)} ± {format_number(spread, 2)}"
        found.setdefault(
            node, DashboardFigure(float(spread), words, f"mean {format_number(mean)}, spread {format_number(spread)}")
        )
    return found


def read_saturation(history: History) -> dict[str, DashboardFigure]:
    """The share of dead units where limits are reached, that of saturated values where they are only approached."""
    result = history[-1][1]
    arrays, found = result.arrays, {}
    for row, node in enumerate(result.words["nodes"]):
        dead, saturated = float(arrays["dead"][row]), float(arrays["saturated"][row])
        approached = bool(arrays["approached"][row])
        value, kind = (saturated, "saturated") if approached else (dead, "dead")
        told = f"{format_percent(dead)} of the units dead, {format_percent(saturated)} of the values at a limit"
        found[node] = DashboardFigure(value, f"{format_percent(value, 0)} {kind}", told)
    return found


def read_norms(history: History) -> dict[str, DashboardFigure]:
    """The norm of each card's weights."""
    result = history[-1][1]
    return _figures(result, "nodes", "norm", "norm of the weights")


def read_slopes(history: History) -> dict[str, DashboardFigure]:
    """The norm of the gradient of each card's weights."""
    return _figures(history[-1][1], "weighted", "weights", "norm of the weights' gradient")


def read_updates(history: History) -> dict[str, DashboardFigure]:
    """By which share one step moved each card's weights."""
    found = update_ratios(history)
    return {
        node: DashboardFigure(v, format_number(v, 2), f"one step moved the weights by {format_number(v)} of their size")
        for node, v in found.items()
    }


def read_flow(words: str) -> Callable[[History], dict[Port, DashboardFigure]]:
    """The root mean square at each port, called so."""

    def read(history: History) -> dict[Port, DashboardFigure]:
        result = history[-1][1]
        rows = zip(result.words["nodes"], result.words["ports"], result.arrays["size"], strict=True)
        return {
            Port(node, port): DashboardFigure(
                float(v), format_number(v, 2), f"{words}: {format_number(v)} (root mean square)"
            )
            for node, port, v in rows
        }

    return read


def _figures(result: Result, nodes: str, name: str, words: str) -> dict[str, DashboardFigure]:
    rows = zip(result.words[nodes], result.arrays[name], strict=True)
    return {node: DashboardFigure(float(v), format_number(v, 2), f"{words}: {format_number(v)}") for node, v in rows}


CARDS: Mapping[str, CardQuantity] = {
    "run": CardQuantity(
        "Mean and spread over the run",
        "A small curve on each card: the mean of what leaves it, and how far values lie about it",
        "card_values",
        read_sizes,
    ),
    "dead": CardQuantity(
        "Dead or saturated units",
        "ReLU units that are 0 for every sample, values of sigmoid, tanh and softmax within 1 % of a limit",
        "card_saturation",
        read_saturation,
        True,
        "of the units (dead) or values (saturated)",
    ),
    "weights": CardQuantity(
        "Norm of the weights",
        "How large the weights of each layer are",
        "card_weights",
        read_norms,
        unit="length of all weights as one arrow",
    ),
    "weight_gradients": CardQuantity(
        "Norm of the gradients",
        "How large the gradients of each layer's weights are",
        "card_gradients",
        read_slopes,
        unit="length of ∂loss/∂weights",
    ),
    "updates": CardQuantity(
        "Update ÷ weights",
        "By which share of its size one step moves the weights; about 0.001 is usual",
        "card_weights",
        read_updates,
        unit="of the weights, by one step",
        waits="Press Train: an update is what one step changes",
    ),
}
"""What can be shown on the cards, by the name that is kept in the settings."""

WIRES: Mapping[str, WireQuantity] = {
    "values": WireQuantity(
        "Size of the values",
        "Wires by the root mean square of what flows along them: signals that fade or explode",
        "card_values",
        read_flow("values"),
        "root mean square of the values",
    ),
    "gradients": WireQuantity(
        "Size of the gradients",
        "Wires by the root mean square of the loss's gradient: gradients that vanish or explode",
        "card_gradients",
        read_flow("∂loss/∂value"),
        "root mean square of ∂loss/∂value",
    ),
}
"""What can be shown on the wires, by the name that is kept in the settings."""


def spread_over_run(history: History, node: str) -> list[tuple[int, float, float]]:
    """Step, mean and spread of what left a card, over the run."""
    found = []
    for step, result in history:
        if node in result.words["nodes"]:
            row = result.words["nodes"].index(node)
            mean, spread = float(result.arrays["mean"][row]), float(result.arrays["spread"][row])
            if math.isfinite(mean) and math.isfinite(spread):
                found.append((step, mean, spread))
    return found
