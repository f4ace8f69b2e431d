"""What torch keeps of a call besides what arrives and leaves: bytes for each sample and bytes for a batch, as measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import prod
from typing import NamedTuple

from visualnet.layers.declaration.calls import ModuleCall
from visualnet.layers.declaration.layer import Shape, Spec


class Sizes(NamedTuple):
    """A layer's sizes, for the rules of what is kept besides: numbers per sample."""

    arriving: tuple[Shape | None, ...]
    leaving: Mapping[str, Spec]
    used: frozenset[str]

    @property
    def read(self) -> int:
        return prod(next((s for s in self.arriving if s is not None), ()))

    @property
    def made(self) -> int:
        return next((s.size for s in self.leaving.values()), 0)


Extra = Callable[[ModuleCall | None, Sizes], tuple[int, int]]


def indices(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    return 8 * sizes.made, 0


def mask(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """A factor for each number, or for each channel."""
    share = (make.args[0] if make.args else make.kwargs.get("p", 0.5)) if make is not None else 0.5
    whole = make is None or not re.search(r"\dd$", make.name)
    first = next((s for s in sizes.arriving if s is not None), ())
    return (4 * (sizes.made if whole else prod(first[:1])) if share else 0), 0


def padded(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """A border that is not of zeros is laid around a copy, even a border of no width."""
    options = make.kwargs if make is not None else {}
    padding = options.get("padding", 0)
    if options.get("padding_mode", "zeros") == "zeros" or make is None:
        return 0, 0
    channels, *extents = next((s for s in sizes.arriving if s is not None), (0,))
    kernel, dilation = options.get("kernel_size", ()), options.get("dilation", ())
    if isinstance(padding, str):
        borders = [d * (k - 1) * (padding == "same") for k, d in zip(kernel, dilation, strict=True)]
    else:
        borders = [2 * p for p in padding]
    copy = prod(n + b for n, b in zip(extents, borders, strict=True))
    # What goes round in a circle is copied piece by piece: the copy is kept in the input's stead, not beside it.
    return 4 * channels * (copy - prod(extents) * (options["padding_mode"] == "circular")), 0


def per_channel(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """Mean and deviation of each channel."""
    first = next((s for s in sizes.arriving if s is not None), ())
    return 0, 8 * prod(first[:1])


def per_row(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """Mean and deviation of each place that is normalized by itself."""
    over = make.args[0] if make is not None and make.args else 1
    group = prod(over) if isinstance(over, tuple) else over
    return 8 * (sizes.read // max(int(group), 1)), 0


def per_group(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    return 8 * int(make.args[0] if make is not None and make.args else 1), 0


def gates(each_step: float, each_state: float) -> Extra:
    """What a recurrent layer keeps of every step (gates and states), of the first state, and between stacked layers, as measured."""

    def found(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
        steps, features = next((s for s in sizes.arriving if s is not None), (0, 0))
        options = make.kwargs if make is not None else {}
        hidden = int(make.args[1]) if make is not None and len(make.args) > 1 else 0
        levels, ways = int(options.get("num_layers", 1)), 2 if options.get("bidirectional") else 1
        between = (levels - 1) * ways * steps * hidden if each_step < 16 else 0
        turned = steps * features * (ways - 1)
        return int(4 * (levels * ways * hidden * (each_step * steps + each_state) + between + turned)), 0

    return found


def heads(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """Copies of what arrives (the batch goes second inside), projections, what the heads answer, and their weights."""
    there = [s for s in sizes.arriving if s is not None and len(s) == 2]
    (t, d), (s, _) = there[0], there[min(1, len(there) - 1)]
    heads = int(make.args[1]) if make is not None and len(make.args) > 1 else 1
    drops, shown = bool(make is not None and make.kwargs.get("dropout")), len(sizes.used) > 1
    weights = heads * t * s * (3 if drops else 1) if drops or shown else heads * t
    if len(there) == 1:
        return 4 * (weights + (6 if shown else 7 if drops else 5) * t * d), 0
    return 4 * (weights + 3 * t * d + (4 if drops and not shown else 3) * s * d), 0


def transformer_layers(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """What transformer layers keep of their insides, as measured: for places, heads and the wide middle each so many times."""
    if make is None:
        return 0, 0
    there = [s for s in sizes.arriving if s is not None and len(s) == 2]
    options, (d, heads, *counts) = make.kwargs, map(int, make.args)
    wide, gelu = int(options.get("dim_feedforward", 0)), options.get("activation") == "gelu"
    drops, first = bool(options.get("dropout", 0.1)), bool(options.get("norm_first"))
    middle = 3 if drops else 1 + gelu

    def encoder(t: int) -> int:
        looks = 3 * heads * t * t if drops else heads * t
        return ((12 if drops else 8) - first) * t * d + looks + middle * t * wide + 4 * t

    def decoder(t: int, s: int) -> int:
        looks = 3 * heads * t * (t + s) if drops else 2 * heads * t
        own = ((17 if drops else 12) - first) * t * d + (4 if drops else 3) * s * d
        return own + looks + middle * t * wide + 6 * t

    t, s = there[0][0], there[-1][0]
    # Only a normalization that comes first keeps what arrives; attention works on copies.
    comes = d if first else 0
    norm = d + 2 if options.get("final_norm", True) else 0
    match make.name.rpartition(".")[2]:
        case "TransformerEncoderLayer":
            numbers = encoder(t) + comes * t
        case "TransformerDecoderLayer":
            numbers = decoder(t, s) + comes * t
        case "EncoderStack":
            numbers = counts[0] * (encoder(t) + comes * t) + norm * t
        case "DecoderStack":
            numbers = counts[0] * (decoder(t, s) + comes * t) + norm * t
        case _:  # the source comes first here
            numbers = counts[0] * (encoder(t) + comes * t) + norm * t
            numbers += counts[1] * (decoder(s, t) + comes * s) + norm * s
    return 4 * numbers, 0


def arg(make: ModuleCall | None, at: int) -> int:
    """An argument of the module."""
    return int(make.args[at]) if make is not None else 0


def last(sizes: Sizes) -> int:
    """Extent of the last axis that arrives."""
    return int(next((s[-1] for s in sizes.arriving if s), 1))


def channels(sizes: Sizes) -> int:
    """Extent of the first axis that arrives."""
    return int(next((s[0] for s in sizes.arriving if s), 1))


def cell(each: int, first: int) -> Extra:
    """What one step keeps: so many numbers for each that is remembered, and the first state where none is wired."""

    def found(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
        started = any(s is not None for s in sizes.arriving[1:])
        return 4 * sizes.made * (each + (0 if started else first)), 0

    return found


def attention_factors(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """Dot-product attention: with heads as an axis a fused kernel keeps its answer and a sum for each query; else the weights are kept,
    beside scaled copies."""
    query, key, value = (s or (0, 0) for s in sizes.arriving)
    weights = next((spec.size for port, spec in sizes.leaving.items() if port == "weights"), 0)
    cut = len(query) == 2 and weights > query[-2] * key[-2]  # the heads are cut out of the features here
    if "weights" in sizes.used:
        return 4 * (weights + (prod(query) + prod(key) + prod(value) if cut else 0)), 0
    if (len(query) == 3 or cut) and query[-1] == value[-1]:
        return 4 * (sizes.made + weights // max(int(key[-2]), 1)), 0
    return 4 * (prod(query) + prod(key) + weights), 0


def spiking_steps(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """Of each step: both factors of what is left of a potential, the distance to firing, and what its slope is computed of."""
    steps = int(next((s for s in sizes.arriving if s is not None), (0, 0))[0])
    return 4 * arg(make, 1) * (5 * steps - 2), 0


def remembered(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """Of each step what the controller hears and its gates, the memory six times over, and how both heads found their places."""
    steps, features = map(int, next((s for s in sizes.arriving if s is not None), (0, 0)))
    hidden, rows, width = (arg(make, at) for at in (1, 2, 3))
    each = 7 * hidden + features + 7 * width + 6 * rows * width + 24 * rows + 28
    return 4 * (steps * each - rows * width - rows - 2), 0


def noise(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """A number drawn for each."""
    return 4 * sizes.made, 0


def inputs_again(make: ModuleCall | None, sizes: Sizes) -> tuple[int, int]:
    """As much as arrives: the probabilities inside a loss; and the class numbers that they are held against."""
    target = sizes.arriving[1] if len(sizes.arriving) > 1 else None
    return 4 * sizes.read + (8 * prod(target) if target is not None else 0), 8
