"""What torch keeps of a layer's forward pass until the backward pass has used it, told from the calls that the declaration makes.

A declaration writes down what it computes (``forward``, ``module``); what autograd keeps of each call is a property of torch, not of the
layer, and stands here once for each call. Measured with ``torch.autograd.graph.saved_tensors_hooks``; the tests hold it against them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from visualnet.core.caches import cached
from visualnet.layers.declaration.calls import Apply, Expr, Function, Item, Make, Method, Own, Ref
from visualnet.layers.declaration.layer import Layer, Shape, Spec

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
    make: Make | None


class _Sizes(NamedTuple):
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


_Extra = Callable[[Make | None, _Sizes], tuple[int, int]]


def _indices(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    return 8 * sizes.made, 0


def _mask(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    """A factor for each number, or for each channel."""
    share = (make.args[0] if make.args else make.kwargs.get("p", 0.5)) if make is not None else 0.5
    whole = make is None or not re.search(r"\dd$", make.name)
    first = next((s for s in sizes.arriving if s is not None), ())
    return (4 * (sizes.made if whole else prod(first[:1])) if share else 0), 0


def _padded(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
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


def _per_channel(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    """Mean and deviation of each channel."""
    first = next((s for s in sizes.arriving if s is not None), ())
    return 0, 8 * prod(first[:1])


def _per_row(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    """Mean and deviation of each place that is normalized by itself."""
    over = make.args[0] if make is not None and make.args else 1
    group = prod(over) if isinstance(over, tuple) else over
    return 8 * (sizes.read // max(int(group), 1)), 0


def _per_group(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    return 8 * int(make.args[0] if make is not None and make.args else 1), 0


def _gates(each_step: float, each_state: float) -> _Extra:
    """What a recurrent layer keeps of every step (gates and states), of the first state, and between stacked layers, as measured."""

    def found(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
        steps, features = next((s for s in sizes.arriving if s is not None), (0, 0))
        options = make.kwargs if make is not None else {}
        hidden = int(make.args[1]) if make is not None and len(make.args) > 1 else 0
        levels, ways = int(options.get("num_layers", 1)), 2 if options.get("bidirectional") else 1
        between = (levels - 1) * ways * steps * hidden if each_step < 16 else 0
        turned = steps * features * (ways - 1)
        return int(4 * (levels * ways * hidden * (each_step * steps + each_state) + between + turned)), 0

    return found


def _heads(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    """Copies of what arrives (the batch goes second inside), projections, what the heads answer, and their weights."""
    there = [s for s in sizes.arriving if s is not None and len(s) == 2]
    (t, d), (s, _) = there[0], there[min(1, len(there) - 1)]
    heads = int(make.args[1]) if make is not None and len(make.args) > 1 else 1
    drops, shown = bool(make is not None and make.kwargs.get("dropout")), len(sizes.used) > 1
    weights = heads * t * s * (3 if drops else 1) if drops or shown else heads * t
    if len(there) == 1:
        return 4 * (weights + (6 if shown else 7 if drops else 5) * t * d), 0
    return 4 * (weights + 3 * t * d + (4 if drops and not shown else 3) * s * d), 0


def _storeys(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
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


def _arg(make: Make | None, at: int) -> int:
    """An argument of the module."""
    return int(make.args[at]) if make is not None else 0


def _last(sizes: _Sizes) -> int:
    """Extent of the last axis that arrives."""
    return int(next((s[-1] for s in sizes.arriving if s), 1))


def _channels(sizes: _Sizes) -> int:
    """Extent of the first axis that arrives."""
    return int(next((s[0] for s in sizes.arriving if s), 1))


def _cell(each: int, first: int) -> _Extra:
    """What one step keeps: so many numbers for each that is remembered, and the first state where none is wired."""

    def found(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
        started = any(s is not None for s in sizes.arriving[1:])
        return 4 * sizes.made * (each + (0 if started else first)), 0

    return found


def _looks(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
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


def _noise(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    """A number drawn for each."""
    return 4 * sizes.made, 0


def _again(make: Make | None, sizes: _Sizes) -> tuple[int, int]:
    """As much as arrives: the probabilities inside a loss; and the class numbers that they are held against."""
    target = sizes.arriving[1] if len(sizes.arriving) > 1 else None
    return 4 * sizes.read + (8 * prod(target) if target is not None else 0), 8


class _Rule(NamedTuple):
    """``keeps``: ``in``, ``factor`` (in, while weights learn), ``times`` (in, while another input learns), ``out``, ``view``, or nothing.

    ``extra`` tells what is kept besides.
    """

    keeps: str = ""
    extra: _Extra | None = None


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
    "conv": _Rule("factor", _padded),
    "maxpool": _Rule("in", _indices),
    "adaptivemaxpool": _Rule("in", _indices),
    "fractionalmaxpool": _Rule("in", _indices),
    "dropout": _Rule("", _mask),
    "alphadropout": _Rule("", _mask),
    "batchnorm": _Rule("in", _per_channel),
    "instancenorm": _Rule("in", _per_group),
    "layernorm": _Rule("in", _per_row),
    "groupnorm": _Rule("in", _per_group),
    "actnorm": _Rule("in", lambda make, sizes: (0, 4 * _channels(sizes))),
    # Differences from every centre, the exponent and what comes of it.
    "radialbasis": _Rule("", lambda make, sizes: (4 * sizes.made * (_last(sizes) + 2), 4 * _arg(make, 1))),
    # Differences from every unit, how much each is pulled; of the nearest its place, its distance and that squared.
    "kohonenmap": _Rule("", lambda make, sizes: (4 * _arg(make, 1) * _arg(make, 2) * (_last(sizes) + 1) + 16, 0)),
    "hopfieldmemory": _Rule("in", lambda make, sizes: (4 * _last(sizes), 4 * _last(sizes) ** 2)),
    "restrictedboltzmannmachine": _Rule("in", lambda make, sizes: (4 * (3 * _arg(make, 1) + _last(sizes)), 0)),
    # Both states of all units.
    "boltzmannmachine": _Rule("", lambda make, sizes: (8 * (_arg(make, 0) + _arg(make, 1)), 0)),
    # The decomposition of the matrix, with its pivots and its sign.
    "invertibleconv": _Rule("in", lambda make, sizes: (0, 4 * (_channels(sizes) ** 2 + _channels(sizes) + 1))),
    "rnn": _Rule("in", _gates(1.0, 1.0)),
    "steppedrnn": _Rule("in", _gates(1.0, 1.0)),
    "lstm": _Rule("in", _gates(16.1, 15.0)),
    "steppedlstm": _Rule("in", _gates(16.1, 15.0)),
    "gru": _Rule("in", _gates(7.0, 0.0)),
    "steppedgru": _Rule("in", _gates(7.0, 0.0)),
    "multiheadattention": _Rule("", _heads),
    "scaleddotproductattention": _Rule("in", _looks),
    "attend": _Rule("in", _looks),
    **dict.fromkeys(_STOREYS, _Rule("", _storeys)),
    "rrelu": _Rule("in", _noise),
    "featurealphadropout": _Rule(
        "", lambda make, sizes: (4 * prod(sizes.arriving[0][:1] if sizes.arriving[0] else ()), 0)
    ),
    "pairwisedistance": _Rule("", lambda make, sizes: (4 * (sizes.read + sizes.made), 0)),
    "normalize": _Rule("in", lambda make, sizes: (8 * (sizes.read // max(_last(sizes), 1)), 0)),
    "rmsnorm": _Rule("in", lambda make, sizes: (4 * (sizes.read + sizes.read // max(_last(sizes), 1)), 0)),
    "stochasticdepth": _Rule("", lambda make, sizes: (4, 0)),
    "gaussiansample": _Rule("", lambda make, sizes: (8 * sizes.made, 0)),
    "logsigmoid": _Rule("in", _noise),
    "rnncell": _Rule("in", _cell(1, 1)),
    "lstmcell": _Rule("in", _cell(5, 1)),
    "grucell": _Rule("in", _cell(6, 1)),
    # The squares with a border, their means, and the power of those; the border is left out.
    "localresponsenorm": _Rule("in", lambda make, sizes: (12 * sizes.made, 0)),
    "crossentropy": _Rule("", _again),
    "nllloss": _Rule("", _again),
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
    sizes = _Sizes(shapes, dict(leaving), used)
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
    trees = layer.forward(Own(), *refs, used=used)
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


def _name(tree: Expr, make: Make | None) -> str:
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
