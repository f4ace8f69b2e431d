"""Compute what a layer's ``forward`` writes down, straight from the tree: independent of the compiler."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from visualnet.compiling import custom_modules, extra_modules
from visualnet.layers import Layer
from visualnet.layers.declaration.calls import Apply, Expr, Function, Item, Method, ModuleCall, OwnModule, Ref


def _pairs(first: Any, weight: Any, second: Any, *_: Any, **__: Any) -> int:
    """nn.Bilinear: x1 with every matrix, and that with x2. torch's own counter does not look into it."""
    out, d, e = weight
    return 2 * first[0] * (out * d * e + out * e)


COUNTED = {torch.ops.aten._trilinear: _pairs}
"""Products that torch's counter misses."""

_PLACES = {"nn": nn, "extra_modules": extra_modules, "torch": torch, "F": functional, "operator": operator}


def build(make: ModuleCall | None) -> nn.Module | None:
    """The module that a layer's ``module`` asks for."""
    if make is None:
        return None
    if make.source:
        return custom_modules.build(make, make.args, make.kwargs)
    place, name = make.name.split(".")
    return getattr(_PLACES[place], name)(*make.args, **make.kwargs)


def outputs(
    layer: Layer, module: nn.Module | None, arriving: Mapping[str, Any], used: frozenset[str]
) -> dict[str, Any]:
    """Each used output port's tensor; ``arriving`` gives each input port's (None where it is open)."""
    refs = [Ref(port) if tensor is not None else None for port, tensor in arriving.items()]
    trees = layer.forward(OwnModule(), *refs, used=used)
    if not isinstance(trees, Mapping):
        trees = {next(iter(layer.outputs())): trees}
    known: dict[int, Any] = {}
    return {port: compute(trees[port], module, arriving, known) for port in layer.outputs() if port in used}


def compute(tree: Any, module: nn.Module | None, arriving: Mapping[str, Any], known: dict[int, Any]) -> Any:
    """The value of one tree of calls. ``known`` holds what is computed already, by the id of the tree."""

    def value(part: Any) -> Any:
        return compute(part, module, arriving, known)

    if isinstance(tree, list | tuple):
        return type(tree)(value(part) for part in tree)
    if not isinstance(tree, Expr):
        return tree
    if id(tree) in known:
        return known[id(tree)]
    if isinstance(tree, Ref):
        result = arriving[tree.port]
    elif isinstance(tree, Item):
        result = value(tree.of)[tree.index]
    else:
        args, kwargs = [value(a) for a in tree.args], {k: value(v) for k, v in tree.kwargs.items()}
        if isinstance(tree, Apply):
            assert module is not None, "applied, but never made"
            result = module(*args, **kwargs)
        elif isinstance(tree, Method):
            result = getattr(value(tree.of), tree.name)(*args, **kwargs)
        else:
            assert isinstance(tree, Function)
            place, name = tree.name.split(".")
            result = getattr(_PLACES[place], name)(*args, **kwargs)
    known[id(tree)] = result
    return result
