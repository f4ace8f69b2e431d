"""Figures as one needs them to compute along by hand, in formulas that are typeset."""

from __future__ import annotations

from collections.abc import Mapping

from visualnet.core.text.format import format_number
from visualnet.layers.declaration.notation import Fence, Frac, Math, Row, Script, Sign

DIGITS = 4


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
    if isinstance(tree, Row):
        return Row(tuple(fill(part, figures) for part in tree.parts))
    if isinstance(tree, Frac):
        return Frac(fill(tree.top, figures), fill(tree.bottom, figures))
    if isinstance(tree, Fence):
        return Fence(tree.left, fill(tree.inner, figures), tree.right)
    above = fill(tree.above, figures) if tree.above is not None else None
    below = fill(tree.below, figures) if tree.below is not None else None
    return Script(fill(tree.base, figures), above, below)
