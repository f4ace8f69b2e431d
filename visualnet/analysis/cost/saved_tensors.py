"""What torch keeps of a layer's forward pass until the backward pass has used it, told from the calls that the declaration makes.

A declaration writes down what it computes (``forward``, ``module``); what autograd keeps of each call is a property of torch, not of the
layer, and stands here once for each call. Measured with ``torch.autograd.graph.saved_tensors_hooks``; the tests hold it against them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from visualnet.analysis.cost import extra_saved_bytes
from visualnet.analysis.cost.extra_saved_bytes import Extra, Sizes, arg, channels, last
from visualnet.core.caches import cached
from visualnet.layers.declaration.calls import Apply, Expr, Function, Item, Method, ModuleCall, OwnModule, Ref
from visualnet.layers.declaration.layer import Layer, Spec

BYTES = {"float": 4, "int": 8, "bool": 1}
"""How many bytes a number takes."""


class SavedTensors(NamedTuple):
    """What one layer keeps. ``inputs`` are the ports whose tensors it keeps, ``factors`` those that it keeps only while its weights learn,
    ``products`` those that it keeps only while another input needs a gradient.

    ``outputs`` says that it keeps its outputs, ``view`` that its output is the input's own memory. ``extra`` are further bytes for every
    sample (masks, indices, gates), ``fixed`` further bytes for a batch of any size.
    """

    inputs: frozenset[str] = frozenset()
    factors: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    outputs: bool = False
    view: bool = False
    extra: int = 0
    fixed: int = 0


class _Call(NamedTuple):
    """One call with what it is given: the arriving ports, and whether results of other calls are among them."""

    name: str
    ports: frozenset[str]
    between: int
    make: ModuleCall | None


class _Rule(NamedTuple):
    """``keeps``: ``in``, ``factor`` (in, while weights learn), ``times`` (in, while another input learns), ``out``, ``view``, or nothing.

    ``extra`` tells what is kept besides.
    """

    keeps: str = ""
    extra: Extra | None = None


_NAMES = {
    "factor": "bilinear convtranspose",
    "in": "leakyrelu elu celu selu gelu silu mish softplus hardswish hardtanh relu6 hardsigmoid softshrink hardshrink prelu"
    " glu avgpool adaptiveavgpool pow square abs log embedding embeddingbag cosinesimilarity"
    " amax amin prod where clamp mseloss smoothl1loss huberloss",
    "times": "mul div matmul bmm",
    "out": "relu sigmoid tanh softmax exp sqrt rsqrt softmin logsoftmax sigmoid_",
    "view": "tensorsplit detach flatten reshape permute transpose squeeze unsqueeze identity unflatten view expand movedim"
    " swapaxes reshapeas",
    "": "select chunk split narrow diagonal unbind add sub rsub cat stack mean sum neg pad zeropad reflectionpad replicationpad"
    " circularpad constantpad upsample interpolate pixelshuffle pixelunshuffle channelshuffle fold unfold repeat repeatinterleave"
    " learnedpositions sinusoidalpositions classtoken size float long contiguous argmax eq gt lt ge le newones newzeros triu tril bool"
    " zeroslike oneslike onehot flip roll ne countnonzero logicaland truediv any newtensor classhits precisionof recallof f1of iouof"
    " randominterpolate noise"
    " permutation dequantize countsteps boundaryweightsof",
}
_STOREYS = ("transformerencoderlayer", "transformerdecoderlayer", "encoderstack", "decoderstack", "encoderdecoder")
_RULES: dict[str, _Rule] = {
    **{name: _Rule(keeps) for keeps, names in _NAMES.items() for name in names.split()},
    "lppool": _Rule("in", lambda make, sizes: (4 * (sizes.read + 4 * sizes.made), 0)),
    "linear": _Rule("factor"),
    "conv": _Rule("factor", extra_saved_bytes.padded),
    "maxpool": _Rule("in", extra_saved_bytes.indices),
    "adaptivemaxpool": _Rule("in", extra_saved_bytes.indices),
    "fractionalmaxpool": _Rule("in", extra_saved_bytes.indices),
    "dropout": _Rule("", extra_saved_bytes.mask),
    "alphadropout": _Rule("", extra_saved_bytes.mask),
    "batchnorm": _Rule("in", extra_saved_bytes.per_channel),
    "instancenorm": _Rule("in", extra_saved_bytes.per_group),
    "layernorm": _Rule("in", extra_saved_bytes.per_row),
    "groupnorm": _Rule("in", extra_saved_bytes.per_group),
    "actnorm": _Rule("in", lambda make, sizes: (0, 4 * channels(sizes))),
    # Differences from every centre, the exponent and what comes of it.
    "radialbasis": _Rule("", lambda make, sizes: (4 * sizes.made * (last(sizes) + 2), 4 * arg(make, 1))),
    # Differences from every unit, how much each is pulled; of the nearest its place, its distance and that squared.
    "kohonenmap": _Rule(
        "",
        lambda make, sizes: (
            4 * arg(make, 1) * arg(make, 2) * (last(sizes) + 1) + 16,
            0,
        ),
    ),
    "hopfieldmemory": _Rule("in", lambda make, sizes: (4 * last(sizes), 4 * last(sizes) ** 2)),
    "restrictedboltzmannmachine": _Rule("in", lambda make, sizes: (4 * (3 * arg(make, 1) + last(sizes)), 0)),
    # Both states of all units.
    "boltzmannmachine": _Rule("", lambda make, sizes: (8 * (arg(make, 0) + arg(make, 1)), 0)),
    # The decomposition of the matrix, with its pivots and its sign.
    "invertibleconv": _Rule("in", lambda make, sizes: (0, 4 * (channels(sizes) ** 2 + channels(sizes) + 1))),
    "rnn": _Rule("in", extra_saved_bytes.gates(1.0, 1.0)),
    "steppedrnn": _Rule("in", extra_saved_bytes.gates(1.0, 1.0)),
    "lstm": _Rule("in", extra_saved_bytes.gates(16.1, 15.0)),
    "steppedlstm": _Rule("in", extra_saved_bytes.gates(16.1, 15.0)),
    "gru": _Rule("in", extra_saved_bytes.gates(7.0, 0.0)),
    "steppedgru": _Rule("in", extra_saved_bytes.gates(7.0, 0.0)),
    "spikingneurons": _Rule("factor", extra_saved_bytes.spiking_steps),
    "neuralturingmachine": _Rule("", extra_saved_bytes.remembered),
    "multiheadattention": _Rule("", extra_saved_bytes.heads),
    "scaleddotproductattention": _Rule("in", extra_saved_bytes.attention_factors),
    "attend": _Rule("in", extra_saved_bytes.attention_factors),
    **dict.fromkeys(_STOREYS, _Rule("", extra_saved_bytes.transformer_layers)),
    "rrelu": _Rule("in", extra_saved_bytes.noise),
    "featurealphadropout": _Rule(
        "", lambda make, sizes: (4 * prod(sizes.arriving[0][:1] if sizes.arriving[0] else ()), 0)
    ),
    "pairwisedistance": _Rule("", lambda make, sizes: (4 * (sizes.read + sizes.made), 0)),
    "normalize": _Rule("in", lambda make, sizes: (8 * (sizes.read // max(last(sizes), 1)), 0)),
    "rmsnorm": _Rule("in", lambda make, sizes: (4 * (sizes.read + sizes.read // max(last(sizes), 1)), 0)),
    "stochasticdepth": _Rule("", lambda make, sizes: (4, 0)),
    "gaussiansample": _Rule("", lambda make, sizes: (8 * sizes.made, 0)),
    "logsigmoid": _Rule("in", extra_saved_bytes.noise),
    "rnncell": _Rule("in", extra_saved_bytes.cell(1, 1)),
    "lstmcell": _Rule("in", extra_saved_bytes.cell(5, 1)),
    "grucell": _Rule("in", extra_saved_bytes.cell(6, 1)),
    # The squares with a border, their means, and the power of those; the border is left out.
    "localresponsenorm": _Rule("in", lambda make, sizes: (12 * sizes.made, 0)),
    "crossentropy": _Rule("", extra_saved_bytes.inputs_again),
    "nllloss": _Rule("", extra_saved_bytes.inputs_again),
    "binarycrossentropywithlogits": _Rule("in"),
    "binarycrossentropy": _Rule("in"),
    "l1loss": _Rule("", lambda make, sizes: (4 * sizes.read, 0)),
}


def rule(name: str) -> _Rule:
    """What torch keeps of a call of this name; of one that is not known, what arrives."""
    return _RULES.get(_plain(name), _Rule("in"))


def _plain(name: str) -> str:
    """``nn.MaxPool2d``, ``F.max_pool2d`` and ``.max_pool2d`` are one."""
    return re.sub(r"\dd$", "", name.rpartition(".")[2].replace("_", "").casefold())


@cached(8192)
def find_saved(
    layer: Layer, arriving: tuple[Spec | None, ...], leaving: tuple[tuple[str, Spec], ...], used: frozenset[str]
) -> SavedTensors:
    """What is kept of this layer's forward pass, when these of its output ports are read."""
    shapes: Any = tuple(tuple(map(int, s.shape)) if s is not None else None for s in arriving)
    if layer.role in ("input", "target", "output"):
        return SavedTensors()
    sizes = Sizes(shapes, dict(leaving), used)
    inputs: set[str] = set()
    factors: set[str] = set()
    products: set[str] = set()
    outputs, extra, fixed = False, 0, 0
    calls = list(_calls(layer, shapes, used))
    rules = [rule(call.name) for call in calls]
    for number, (call, law) in enumerate(zip(calls, rules, strict=True)):
        if law.keeps in ("in", "factor", "times"):
            {"in": inputs, "factor": factors, "times": products}[law.keeps].update(call.ports)
            extra += 4 * sizes.made * call.between
        if law.keeps == "out":
            outputs |= number == 0
            extra += 4 * sizes.made * (number > 0)
        if law.extra is not None:
            sample, batch = law.extra(call.make, sizes)
            extra, fixed = extra + sample, fixed + batch
    if any(_plain(c.name) == "adaptiveavgpool" for c in calls) and all(prod(s.shape[1:]) == 1 for _, s in leaving):
        inputs.clear()  # Down to one cell it is a plain mean.
    view = bool(calls) and all(law.keeps == "view" for law in rules)
    return SavedTensors(frozenset(inputs), frozenset(factors), frozenset(products), outputs, view, extra, fixed)


def _calls(layer: Layer, shapes: Any, used: frozenset[str]) -> Iterator[_Call]:
    """Every call of the layer's ``forward``, the last one first; calls that only look at a tensor in another way are seen through."""
    refs = [Ref(port) if shape is not None else None for port, shape in zip(layer.inputs(), shapes, strict=True)]
    trees = layer.forward(OwnModule(), *refs, used=used)
    make = layer.module(*shapes)
    seen: set[int] = set()
    todo: list[Any] = list(trees.values()) if isinstance(trees, Mapping) else [trees]
    for tree in todo:
        if not isinstance(tree, Expr) or id(tree) in seen:
            continue
        seen.add(id(tree))
        operands = list(_operands(tree))
        todo += operands
        name = _name(tree, make)
        if name:
            through = [_origin(operand) for operand in operands]
            ports = frozenset(o.port for o in through if isinstance(o, Ref))
            yield _Call(name, ports, sum(not isinstance(o, Ref | type(None)) for o in through), make)


def _name(tree: Expr, make: ModuleCall | None) -> str:
    if isinstance(tree, Apply):
        return make.name if make is not None else ""
    if isinstance(tree, Function):
        return str(tree.__dict__["name"])
    return f".{tree.__dict__['name']}" if isinstance(tree, Method) else ""


def _operands(tree: Expr) -> Iterator[Expr]:
    """The tensors that a call is given."""
    parts = tree.__dict__
    todo = [parts.get("of"), *parts.get("args", ()), *parts.get("kwargs", {}).values()]
    while todo:
        part = todo.pop(0)
        if isinstance(part, list | tuple):
            todo[:0] = part
        elif isinstance(part, Expr):
            yield part


def _origin(tree: Expr | None) -> Expr | None:
    """The tensor that a view is a view of."""
    while isinstance(tree, Item | Method | Function) and (
        isinstance(tree, Item) or rule(_name(tree, None)).keeps == "view"
    ):
        tree = next(_operands(tree), None)
    return tree
