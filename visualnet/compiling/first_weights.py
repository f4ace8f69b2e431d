"""What the weights of single nodes are before any training, drawn apart from everything else: a histogram of each tensor.

Numbers come from a generator of their own: a training that runs meanwhile draws from torch's, and must go on to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch

from visualnet.analysis.facts import NodeFacts
from visualnet.compiling.fx_emitter import make_module
from visualnet.compiling.weight_init import OwnGenerator, initialise
from visualnet.core.text.format import format_quantity

BINS = 40
MOST_NODES = 12
"""So many nodes of a block or a selection are drawn."""
MOST_NUMBERS = 1 << 24
"""A node with more weights is not drawn only to be looked at."""
MOST_PRODUCTS = 1 << 33
"""Nor is a matrix made orthogonal that takes more multiplications than this: about a second."""


class TensorHistogram(NamedTuple):
    """One tensor before training: how many of its numbers lie in each of the equal bins from ``low`` to ``high``."""

    node: str
    name: str
    shape: tuple[int, ...]
    mean: float
    std: float
    low: float
    high: float
    counts: tuple[int, ...]


class FirstWeights(NamedTuple):
    """The histograms of some nodes, and words about what was not drawn."""

    tensors: tuple[TensorHistogram, ...]
    left_out: str = ""


def nodes_with_weights(facts: Sequence[NodeFacts], prefix: str = "") -> Iterator[tuple[str, NodeFacts]]:
    """Each node that has weights of its own, by name; of a block those within, once for each repetition that differs."""
    for each in facts:
        name = f"{prefix}{each.node.name}"
        if each.borrows:
            continue
        if each.inside:
            for inside in {id(graph): graph for graph in each.inside}.values():
                yield from nodes_with_weights(tuple(inside.nodes.values()), f"{name}.")
        elif each.weights and each.layer is not None and not each.layer.code():
            yield name, each


def draw_first_weights(
    facts: Sequence[NodeFacts], seed: int, go_on: Callable[[float], object] = lambda share: None
) -> FirstWeights:
    """Draw the weights of these nodes from this seed. ``go_on`` hears which share is done and may raise to end it."""
    found: list[TensorHistogram] = []
    left_out: list[str] = []
    nodes = list(nodes_with_weights(facts))
    for at, (name, each) in enumerate(nodes[:MOST_NODES]):
        go_on(at / len(nodes))
        if _is_too_large(each):
            left_out.append(
                f"{name} has {format_quantity(each.parameters, 'weight')}, too many to draw them only to look"
            )
            continue
        found += _histograms(name, each, seed)
    if len(nodes) > MOST_NODES:
        left_out.append(f"{format_quantity(len(nodes) - MOST_NODES, 'more node')} of this selection are not drawn")
    return FirstWeights(tuple(found), "; ".join(left_out))


def _is_too_large(facts: NodeFacts) -> bool:
    if facts.parameters > MOST_NUMBERS:
        return True
    sides = [(int(w[0]), w.total // max(int(w[0]), 1)) for w in facts.weights.values() if len(w) >= 2]
    return facts.init.tag == "orthogonal" and any(a * b * min(a, b) > MOST_PRODUCTS for a, b in sides)


def _histograms(name: str, facts: NodeFacts, seed: int) -> list[TensorHistogram]:
    assert facts.layer is not None
    shapes: Any = facts.shapes
    make = facts.layer.module(*shapes)
    if make is None:
        return []
    with OwnGenerator(seed):
        module = make_module(make)
        initialise(module, facts.init)
    shown = {k: v.detach() for k, v in module.named_parameters() if k in facts.weights}
    return [_histogram(name, key, tensor) for key, tensor in shown.items() if tensor.numel()]


def _histogram(node: str, name: str, tensor: torch.Tensor) -> TensorHistogram:
    numbers = tensor.float().flatten()
    low, high = float(numbers.min()), float(numbers.max())
    mean, std = float(numbers.mean()), float(numbers.std(correction=0))
    counts = torch.histc(numbers, BINS, low, high) if high > low else torch.tensor([numbers.numel()])
    return TensorHistogram(node, name, tuple(tensor.shape), mean, std, low, high, tuple(map(int, counts.tolist())))
