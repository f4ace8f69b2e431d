"""The optimizer's rule for one number of a weight, line by line, with the figures of the step filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from visualnet.core.expressions import parse_rule
from visualnet.layers.declaration.notation import Derivation
from visualnet.training.stepping.figures import compute, fill, format_figure
from visualnet.training.stepping.values import Update

Index = tuple[int, ...]


class RuleLine(NamedTuple):
    """A line of the rule with its figures. ``value`` is None where it mixes all numbers of the tensor, and cannot be done for one."""

    derivation: Derivation
    lead: str
    value: float | None


def rule_lines(update: Update, at: Index) -> list[RuleLine]:
    """The rule for the number at this place of the tensor, each line with the figures that the lines before it gave."""
    scope = figures_before(update, at)
    lines = []
    values = {**update.values, **_besides(update)}
    for rule in update.optimizer.rules_for(values):
        formula = parse_rule(rule.text)
        value = compute(formula, scope)
        derivation = update.optimizer.derive(
            rule, {**update.values, **dict.fromkeys(formula.names() & set(scope), 1.0)}
        )
        shown = {name: format_figure(scope[name]) for name in formula.names() if name in scope}
        # What mixes the whole tensor is torch's own; what it gives is known all the same.
        result = _number(update.new, at) if value is None and rule.lead == "w_new" else value
        text = format_figure(result) if result is not None else ""
        lines.append(RuleLine(derivation._replace(tree=fill(derivation.tree, shown), result=text), rule.lead, value))
        if value is not None:
            scope[rule.lead] = value
    return lines


def figures_before(update: Update, at: Index) -> dict[str, float]:
    """All numbers that the rule begins with: settings, weight, gradient, what the optimizer keeps, the number of the step."""
    scope = {
        name: float(value)
        for name, value in update.values.items()
        if isinstance(value, int | float) and name in update.optimizer.params
    }
    scope |= {letter: _number(kept, at) for letter, kept in update.before.items()}
    # A velocity is kept only where there is momentum; the rule has a letter for it anyway.
    scope |= {one.letter: one.first for one in update.optimizer.kept if one.letter and one.letter not in scope}
    scope |= _besides(update)
    return scope | {"w": _number(update.old, at), "g": _number(update.used, at), "t": float(update.step)}


def _besides(update: Update) -> Mapping[str, float]:
    return update.optimizer.figures(update.values, update.step) if update.optimizer.figures is not None else {}


def _number(values: np.ndarray, at: Index) -> float:
    return float(values[at]) if np.ndim(values) else float(values)
