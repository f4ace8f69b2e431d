"""One node held against what arrives: ports, shapes, weights, and what is wrong, in words.

A layer with the same parameters that gets the same specs gives the same outcome, so outcomes are remembered: an edit that is undone, a
repair that is tried and the hundredth equal layer cost one look-up each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from visualnet.analysis.facts import NodeFacts, Problem
from visualnet.core.caches import cached, clear_with_caches
from visualnet.core.graph import Node
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.core.user import trusted_code
from visualnet.layers.declaration.formulas import describe_missed
from visualnet.layers.declaration.layer import BadParams, Fault, Layer, Pattern, ShapeError, Sized, Spec
from visualnet.layers.declaration.notation import derive_axis

MAX_SIZE = 1 << 44
"""No tensor of more numbers than this is inferred: what is larger is a mistake or a trap, never a network."""
MAX_AXES = 63
"""torch has no tensors of more than 64 axes; one is the batch."""
MAX_ALIKE = 8_192

Ports = Mapping[str, Pattern]
Arriving = tuple[Spec | None, ...]

_alike: dict[tuple[Any, ...], Layer] = {}
clear_with_caches(_alike.clear)


class Faults:
    """Collects a node's problems."""

    def __init__(self, node: Node, sheet: str) -> None:
        self.node, self.sheet = node, sheet
        self.problems: list[Problem] = []

    def add(self, code: str, words: str, at: str = "", severity: str = "error") -> None:
        self.take(code, [Fault(words, at, severity)])

    def take(self, code: str, faults: Iterable[Fault]) -> None:
        """Add what a layer found."""
        for f in faults:
            place = self.node.id, self.sheet, (), f.at
            self.problems.append(Problem(code, f.severity, visible(f.words), *place, f.formula, f.derivation))

    def found(self) -> tuple[Problem, ...]:
        return tuple(self.problems)


class NodeOutcome(NamedTuple):
    """What a layer makes of what arrives; ``faults`` with their codes."""

    leaving: Mapping[str, Spec]
    weights: Mapping[str, Sized]
    buffers: Mapping[str, Sized]
    macs: int
    parameters: int
    buffered: int
    faults: tuple[tuple[str, Fault], ...]


def resolve(kind: type[Layer], node: Node, scope: Mapping[str, Any], fault: Faults) -> tuple[Layer | None, Layer]:
    """The layer with this node's parameters, and one that tells its ports (with defaults where the parameters cannot be read)."""
    try:
        layer = _one_of_its_kind(kind(node.params, scope))
    except BadParams as error:
        fault.take("parameter", error.faults)
        bad = {f.at for f in error.faults}
        return None, kind({k: v for k, v in node.params.items() if k not in bad}, scope)
    return layer, layer


def _one_of_its_kind(layer: Layer) -> Layer:
    """The same instance for the same parameters, so that what is known of one is known of all."""
    if layer.__dict__["unknown"]:
        return layer
    if len(_alike) > MAX_ALIKE:
        _alike.clear()
    return _alike.setdefault((type(layer), *layer.__dict__["_values"].values()), layer)


@cached(MAX_ALIKE)
def ports(layer: Layer) -> tuple[Ports, Ports]:
    """The layer's input and output ports."""
    return layer.inputs(), layer.outputs()


_INERT = "it holds Python code that came with the file and is inert: it runs only once you have read it and trust it on this machine"


def layer_facts(node: Node, layer: Layer, arriving: Arriving, wired: tuple[bool, ...], fault: Faults) -> NodeFacts:
    """What is known of a layer's node, given what arrives at its input ports and which of them have a wire."""
    inputs, outputs = ports(layer)
    fault.take("parameter", layer.__dict__["unknown"])
    if (code := layer.code()) and not trusted_code.is_trusted(code):
        fault.add("untrusted", _INERT, "source")
    leaving, weights, buffers, macs, parameters, buffered, faults = _outcome(layer, arriving, wired)
    for code, found in faults:
        fault.take(code, [found])
    return NodeFacts(
        node,
        layer,
        inputs,
        outputs,
        arriving,
        leaving,
        tuple(fault.problems),
        weights,
        buffers,
        macs=macs,
        parameters=parameters,
        buffered=buffered,
    )


@cached(2 * MAX_ALIKE)
def _outcome(layer: Layer, arriving: Arriving, wired: tuple[bool, ...]) -> NodeOutcome:
    """Hold the arriving specs against the ports, then ask the layer."""
    faults: list[tuple[str, Fault]] = []
    inputs, _ = ports(layer)
    complete = True
    for (port, pattern), spec, wire in zip(inputs.items(), arriving, wired, strict=True):
        if spec is not None:
            complete &= _fits(port, pattern, spec, layer, faults)
        elif not wire and not pattern.optional:
            faults.append(("unconnected", open_port(port, pattern)))
            complete = False
        else:
            complete &= not wire
    if layer.takes_numbers and (mixed := _mixed(inputs, arriving)) is not None:
        faults.append(("misfit", mixed))
        complete = False
    if not complete:
        return _nothing(faults)
    # Plain ints go in: what is computed here must not carry the formulas of the layers before.
    specs = tuple(s._replace(shape=tuple(map(int, s.shape))) if s is not None else None for s in arriving)
    shapes: Any = tuple(s.shape if s is not None else None for s in specs)
    try:
        faults += [("misfit", f) for f in layer.check(*shapes)]
        if any(f.severity == "error" for _, f in faults):
            return _nothing(faults)
        leaving = layer.infer(specs)
        weights, buffers, macs = layer.weights(*shapes), layer.buffers(*shapes), layer.macs(*shapes)
    except ShapeError as error:
        return _nothing([*faults, ("misfit", error.fault)])
    for spec in leaving.values():
        if spec.size > MAX_SIZE:
            return _nothing([*faults, ("too-large", _too_large(spec))])
        if len(spec.shape) > MAX_AXES:
            words = f"its output would have {len(spec.shape)} axes; torch has no tensors of more than {MAX_AXES} besides the batch"
            return _nothing([*faults, ("too-large", Fault(words))])
        faults += [
            ("inexact", Fault(words, "", "hint", n.filled, derive_axis(n.symbols["n"], n)))
            for words, n in describe_missed(spec.shape)
        ]
    for name, tensor in (*weights.items(), *buffers.items()):
        if tensor.total > MAX_SIZE:
            return _nothing([*faults, ("too-large", _too_heavy(name, tensor))])
    learned, kept = sum(w.total for w in weights.values()), sum(b.total for b in buffers.values())
    return NodeOutcome(leaving, weights, buffers, macs, learned, kept, tuple(faults))


def _nothing(faults: Iterable[tuple[str, Fault]]) -> NodeOutcome:
    return NodeOutcome({}, {}, {}, 0, 0, 0, tuple(faults))


def _too_large(spec: Spec) -> Fault:
    return Fault(
        f"{spec.text} would hold {spec.size:,} numbers for every sample, more than any machine has; make it smaller"
    )


def _too_heavy(name: str, tensor: Sized) -> Fault:
    return Fault(
        f"its {name} ({'×'.join(map(str, tensor))}) would hold {tensor.total:,} numbers, more than any machine has; make it smaller"
    )


def open_port(port: str, pattern: Pattern) -> Fault:
    """An input port that must have a wire and has none."""
    return Fault(
        f"nothing is connected to the input “{port}”, which wants {describe_wanted(pattern)}; draw a wire to it", port
    )


def describe_wanted(pattern: Pattern) -> str:
    """What a port takes, in words."""
    return "any tensor" if pattern.axes == ("*",) else f"a tensor {pattern.text}" if pattern.axes else "one value"


_NUMBERS = {
    "float": "real numbers",
    "int": "whole numbers (classes, words)",
    "bool": "yes or no",
}


def _fits(port: str, pattern: Pattern, spec: Spec, layer: Layer, faults: list[tuple[str, Fault]]) -> bool:
    """Whether the tensor that arrives is of the rank and type that the port takes."""
    if not pattern.batched and spec.batched:
        wanted, arriving = "one number for the whole batch (a loss)", "a tensor for every sample"
        words = f"the input “{port}” wants {wanted}; {arriving} arrives: lead it through a loss first"
        faults.append(("rank", Fault(words, port)))
        return False
    if not spec.batched and (layer.takes_numbers or not pattern.batched):
        return True
    if not spec.batched:
        words = f"the input “{port}” wants a tensor for every sample; one number for the whole batch arrives (a loss or a metric)"
        faults.append(("rank", Fault(words, port)))
        return False
    rank = len(spec.shape)
    if not pattern.fits_rank(rank):
        least = "at least " if "*" in pattern.axes else ""
        axes = len(pattern.axes) - ("*" in pattern.axes)
        words = f"the input “{port}” wants {least}{_axes(axes)} ({pattern.text}); {spec.text} arrives, which has {_axes(rank)}"
        faults.append(("rank", Fault(words, port, formula=f"{pattern.text} ≠ {spec.text}")))
        return False
    if pattern.dtype not in ("any", "same", spec.dtype):
        words = f"the input “{port}” wants {_NUMBERS[pattern.dtype]}; {_NUMBERS[spec.dtype]} arrive"
        faults.append(("dtype", Fault(words, port)))
        return False
    if refused := layer.refuses.get(port, {}).get(spec.holds):
        faults.append(("refused", Fault(refused, port, "warning")))
    if doubt := layer.doubts.get(port, {}).get(rank):
        faults.append(("doubtful", Fault(doubt.format(*spec.shape), port, "hint")))
    return True


def _mixed(inputs: Ports, arriving: Arriving) -> Fault | None:
    """What is wrong where a number for the whole batch meets a tensor for every sample."""
    given = [(port, spec) for port, spec in zip(inputs, arriving, strict=True) if spec is not None]
    number = next((port for port, spec in given if not spec.batched), "")
    tensor = next((port for port, spec in given if spec.batched), "")
    if not number or not tensor:
        return None
    words = f"“{number}” is one number for the whole batch (a loss), “{tensor}” a tensor for every sample"
    return Fault(
        f"{words}: make a number of that, too, by “Value as loss”, or set the loss's reduction to none", tensor
    )


def _axes(count: int) -> str:
    return format_quantity(count, "axis", "axes") if count else "no axis"
