"""Layers whose units have an energy of pairs: what is low in energy can be sampled, or fallen into, by asking unit after unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from visualnet.layers.declaration.layer import Layer


class PairwiseEnergy(Layer):
    """A layer with E(s) = −½·sᵀWs − b·s over units s, W symmetric with a diagonal of 0. The first units are what the layer reads.

    A unit hears h = (W·s)_i + b_i of the others: it takes the higher of its two ``levels`` with the chance σ((high − low)·h).
    """

    levels: ClassVar[tuple[float, float]] = (0.0, 1.0)
    imagines: ClassVar[str] = ""
    """The output port at which visible units leave that the layer itself makes."""
    says: ClassVar[str] = ""
    """The output port at which its hidden units leave; empty where it has none."""

    def pairs(self, tensors: Mapping[str, Any]) -> tuple[Any, Any]:
        """W (unit, unit) and b (unit) of the layer's parameters by name, tensors all of them."""
        raise NotImplementedError

    def apart(self, visible: int, units: int) -> Sequence[slice]:
        """The units in groups that are asked at once, since none hears another of its group, in the order in which they are asked."""
        return [slice(unit, unit + 1) for unit in range(units)]


def symmetric(weight: Any) -> Any:
    """The symmetric part of a square tensor, with a diagonal of 0."""
    both = 0.5 * (weight + weight.t())
    return both - both.diagonal().diag()
