"""Figures as one needs them to compute along by hand: expressions in floating point, and numbers in formulas that are typeset."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from visualnet.core.expressions import Expression
from visualnet.core.text.format import format_number
from visualnet.layers.declaration.notation import Brackets, Frac, Math, NotationRow, Script, Sign

DIGITS = 4
_COMPUTE: Mapping[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "neg": lambda a: -a,
    "sqrt": lambda a: math.sqrt(max(a, 0.0)),
    "max": max,
    "min": min,
    "abs": abs,
    "sign": lambda a: float((a > 0) - (a < 0)),
}


def format_figure(value: float) -> str:
    """A number with as many digits as one writes down when one computes by hand."""
    return format_number(value, DIGITS)


def fill(tree: Math, figures: Mapping[str, str]) -> Math:
    """The same formula with these figures at its names; a negative one stands in brackets."""
    if isinstance(tree, Sign):
        text = figures.get(tree.key)
        if text is None or not tree.figure.strip():
            return tree
        return tree._replace(figure=f"({text})" if text.startswith("−") else text)
    if isinstance(tree, NotationRow):
        return NotationRow(tuple(fill(part, figures) for part in tree.parts))
    if isinstance(tree, Frac):
        return Frac(fill(tree.top, figures), fill(tree.bottom, figures))
    if isinstance(tree, Brackets):
        return Brackets(tree.left, fill(tree.inner, figures), tree.right)
    above = fill(tree.above, figures) if tree.above is not None else None
    below = fill(tree.below, figures) if tree.below is not None else None
    return Script(fill(tree.base, figures), above, below)


def compute(part: Expression, scope: Mapping[str, float]) -> float | None:
    """The value of an expression in floating point; None where it holds a function of the whole tensor, or a name that is not known."""
    if part.op == "number":
        return float(part.value)
    if part.op == "name":
        return scope.get(part.name)
    operation = _COMPUTE.get(part.op)
    args = [compute(arg, scope) for arg in part.args]
    if operation is None or any(arg is None for arg in args):
        return None
    return operation(*args)
