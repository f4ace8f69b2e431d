"""The chain rule of one operation for one number, as a formula with the figures of the pass filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from visualnet.core.expressions import parse_rule
from visualnet.layers.declaration.notation import Derivation, Math, NotationRow, Sign, notate
from visualnet.training.stepping.figures import compute, fill, format_figure
from visualnet.training.stepping.values import Array, Operation, Passes

Index = tuple[int, ...]
MOST_TERMS = 5
"""So many terms of a sum are written out; of the others it says how many there are."""
_BELOW = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉‚")
GIVEN, SLOPE, VALUE, FACTOR, REST = "given", "slope", "value", "factor", "rest"
"""The keys by which the letters get their colours."""


class OperationTensor(NamedTuple):
    """One of the tensors of an operation: an input, a weight or an output, with its value and the gradient of the loss with respect to it.

    ``part``: what this operation adds to that gradient, where others do too.
    """

    name: str
    role: str
    value: Array
    gradient: Array | None
    part: Array | None = None
    readers: int = 1


def quantities(passes: Passes, operation: Operation) -> list[OperationTensor]:
    """The inputs, weights and outputs of an operation, in this order."""
    found = []
    for port, number in operation.inputs.items():
        value = passes.values[number]
        found.append(
            OperationTensor(port, "input", value.value, value.gradient, operation.passed.get(port), value.readers)
        )
    for name, full in operation.weights.items():
        weight = passes.weights[full]
        found.append(OperationTensor(name, "weight", weight.value, weight.gradient, operation.passed.get(name)))
    for port, number in operation.outputs.items():
        value = passes.values[number]
        found.append(OperationTensor(port, "output", value.value, operation.given.get(port), None, value.readers))
    return found


def index_text(at: Index, samples: int = 0) -> str:
    """The place of a number in its tensor, as small figures below the line, counted from 1. Of a single sample (``samples`` 1) which one it
    is goes without saying."""
    shown = at[1:] if samples == 1 else at
    separator = "," if any(place > 8 for place in shown) else ""
    return separator.join(str(place + 1) for place in shown).translate(_BELOW)


def backward_rule(passes: Passes, operation: Operation, name: str, at: Index, is_linear: bool = False) -> Derivation:
    """How the gradient of one number of an input or a weight comes about: each number of the output that it moves, times how the loss
    answers to that."""
    output, samples = operation.output, passes.samples
    mine = index_text(at, 0 if name in operation.weights else samples)
    lead = f"∂L/∂{name}{mine}"
    total = operation.passed[name]
    legend = (
        ("δ", f"∂L/∂{output}: the gradient that arrives", GIVEN),
        (f"∂{output}/∂{name}", describe_slope(operation, name, is_linear), SLOPE),
    )
    result = format_figure(float(total[at]))
    slopes, given = operation.slopes.get(name), operation.given.get(output)
    if slopes is None or given is None:
        tree: Math = NotationRow(
            (Sign("Σ", role="number"), Sign("δ", "", GIVEN, "name"), Sign("·"), Sign(legend[1][0], "", SLOPE, "name"))
        )
        return Derivation(lead, tree, result, True, legend)
    column = slopes[:, _flat(at, total.shape)]
    places = np.flatnonzero(column)
    shape, flat = given.shape, given.reshape(-1)
    terms: list[Math] = []
    for place in places[: MOST_TERMS if len(places) > MOST_TERMS + 1 else len(places)]:
        below = index_text(tuple(int(i) for i in np.unravel_index(place, shape)), samples)
        slope = f"∂{output}{below}/∂{name}{mine}"
        terms.append(_product(f"δ{below}", flat[place], GIVEN, slope, column[place], SLOPE))
    # Of several outputs the first has its derivatives written out; what comes through the others is in the result alone.
    missing = not np.isclose(float((column * flat).sum()), float(total[at]), rtol=1e-3, atol=1e-6)
    return Derivation(lead, _sum(terms, len(places) - len(terms), missing), result, True, legend)


def slope_rule(passes: Passes, operation: Operation, name: str, at: Index, slope: str) -> Derivation | None:
    """The local derivative of a function of single numbers, from its input and its output there; None where it has no ``slope``."""
    if not slope or name not in operation.inputs:
        return None
    x = float(passes.values[operation.inputs[name]].value[at])
    y = float(passes.values[operation.outputs[operation.output]].value[at])
    formula, figures = parse_rule(slope), {"x": x, "y": y}
    below = index_text(at, passes.samples)
    letters = {"x": f"{name}{below}", "y": f"{operation.output}{below}"}
    result = compute(formula, figures)
    if result is None:
        return None
    tree = fill(notate(formula, figures, letters), {key: format_figure(value) for key, value in figures.items()})
    return Derivation(f"∂{letters['y']}/∂{letters['x']}", tree, format_figure(result))


def describe_slope(operation: Operation, name: str, is_linear: bool) -> str:
    """What the local derivative of a matrix with a constant is, in words."""
    if not is_linear:
        return "how the output answers: the local derivative"
    if name in operation.inputs:
        return "the weight between the two"
    source = next(iter(operation.inputs))
    slopes = operation.slopes.get(name)
    adds = slopes is not None and bool(np.isin(slopes, (0.0, 1.0)).all()) and name != next(iter(operation.weights))
    return "1: it is added as it is" if adds else f"the number of {source} that it weighs"


def forward_rule(passes: Passes, operation: Operation, at: Index, is_linear: bool) -> Derivation | None:
    """How one number of the output comes about, where that is a sum of inputs times weights; None where it is not, or is too long."""
    (name, number), *others = operation.inputs.items() or [("", -1)]
    slopes = operation.slopes.get(name)
    if not is_linear or others or slopes is None:
        return None
    value, result = passes.values[number].value, passes.values[operation.outputs[operation.output]].value
    row = slopes[_flat(at, result.shape)]
    places = np.flatnonzero(row)
    flat = value.reshape(-1)
    terms: list[Math] = []
    for place in places[: MOST_TERMS if len(places) > MOST_TERMS + 1 else len(places)]:
        below = index_text(tuple(int(i) for i in np.unravel_index(place, value.shape)), passes.samples)
        terms.append(_product(f"w{below}", row[place], FACTOR, f"{name}{below}", flat[place], VALUE))
    rest = float(result[at]) - float((row * flat).sum())
    legend = [("w", f"weights of this output: ∂{operation.output}/∂{name}", FACTOR), (name, "what arrives", VALUE)]
    if abs(rest) > 1e-7:
        terms.append(_figure("b", rest, REST))
        legend.append(("b", "bias", REST))
    tree = _sum(terms, len(places) + (abs(rest) > 1e-7) - len(terms), False)
    lead = f"{operation.output}{index_text(at, passes.samples)}"
    return Derivation(lead, tree, format_figure(float(result[at])), True, tuple(legend))


def _figure(letter: str, value: float, key: str) -> Sign:
    text = format_figure(float(value))
    return Sign(letter, f"({text})" if text.startswith("−") else text, key, "name")


def _product(letter: str, value: float, key: str, other: str, factor: float, other_key: str) -> Math:
    return NotationRow((_figure(letter, value, key), Sign("·"), _figure(other, factor, other_key)))


def _sum(terms: Sequence[Math], left_out: int, missing: bool) -> Math:
    parts: list[Math] = []
    for term in terms:
        parts += [*([Sign("+")] if parts else []), *(term.parts if isinstance(term, NotationRow) else (term,))]
    if left_out > 0:
        parts += [Sign("+"), Sign(f"… {left_out:,} more", role="number")]
    elif missing:
        parts += [Sign("+"), Sign("… through the other outputs", role="number")]
    return NotationRow(tuple(parts)) if parts else Sign("0", role="number")


def _flat(at: Index, shape: tuple[int, ...]) -> int:
    return int(np.ravel_multi_index(at, shape)) if shape else 0
