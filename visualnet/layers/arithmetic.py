"""Layers that bring several tensors together. Their number of inputs is a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.layers.axes import place, text
from visualnet.layers.calls import Expr, Own, fn
from visualnet.layers.declare import Fault, Layer, Misfit, Pattern, Shape, default_axes, layer
from visualnet.layers.formulas import derive
from visualnet.layers.params import count, index

_INPUTS = "How many tensors come in."


class Several(Layer):
    """Base of layers with a chosen number of inputs: ``x1``, ``x2``, …"""

    def inputs(self) -> Mapping[str, Pattern]:
        return {f"x{i}": Pattern(("*",)) for i in range(1, self.values()["inputs"] + 1)}


class Elementwise(Several):
    """Arithmetic number by number. Where one tensor has extent 1 it is repeated along that axis, as in torch."""

    operator: ClassVar[str]

    def shape(self, *shapes: Shape) -> Shape:
        first = shapes[0]
        for i, other in enumerate(shapes[1:], 2):
            if len(other) != len(first):
                raise Misfit(
                    f"x1 is {text(first)} and x{i} is {text(other)}: both need the same number of axes", f"x{i}"
                )
            for name, n, m in zip(default_axes(len(first)), first, other, strict=True):
                if n != m and 1 not in (n, m):
                    words = f"x1 is {text(first)} and x{i} is {text(other)}: they differ in {name}"
                    raise Misfit(words, f"x{i}", f"{name}: {n} ≠ {m}")
            first = tuple(max(n, m) for n, m in zip(first, other, strict=True))
        return first

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        total: Expr = reduce(lambda a, b: fn(self.operator, a, b), refs)
        return total


@layer("add", family="shape", ports="x1: *, x2: * -> y: *", keywords="sum plus residual skip shortcut")
class Add(Elementwise):
    """Add tensors number by number: where a residual shortcut comes back in.

    y = x1 + x2 + …. All need the same size; an axis of extent 1 is repeated.
    """

    paper = "He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2015"
    operator = "torch.add"
    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if len({len(s) for s in shapes}) == 1 and len({tuple(s) for s in shapes}) > 1:
            sizes = ", ".join(text(s) for s in shapes)
            yield Fault(f"the sizes differ ({sizes}): along axes of extent 1 the numbers are repeated", "", "hint")


@layer("multiply", family="shape", ports="x1: *, x2: * -> y: *", keywords="product times gate scale mask hadamard")
class Multiply(Elementwise):
    """Multiply tensors number by number: a gate lets some through and holds others back.

    y = x1 ⊙ x2 ⊙ …. All need the same size; an axis of extent 1 is repeated (C×1×1 scales each channel).
    """

    operator = "torch.mul"
    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]


@layer(
    "concatenate", family="shape", ports="x1: *, x2: * -> y: *", keywords="cat join stack merge inception dense skip"
)
class Concatenate(Several):
    """Put tensors behind one another along one axis: channels of several branches side by side.

    All sizes must agree except along dim, where they add up.
    """

    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]
    dim: int = index(
        1, "Axis along which they are joined (1 is the first after the batch: channels).", phrase="along {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        first = shapes[0]
        for i, other in enumerate(shapes[1:], 2):
            if len(other) != len(first):
                raise Misfit(
                    f"x1 is {text(first)} and x{i} is {text(other)}: both need the same number of axes", f"x{i}"
                )
        at = place(self.dim, first)
        for i, other in enumerate(shapes[1:], 2):
            for axis, (name, n, m) in enumerate(zip(default_axes(len(first)), first, other, strict=True)):
                if n != m and axis != at:
                    words = (
                        f"x1 is {text(first)} and x{i} is {text(other)}: besides the joined axis they differ in {name}"
                    )
                    raise Misfit(words, f"x{i}", f"{name}: {n} ≠ {m}")
        names = [f"n{i}" for i in range(1, len(shapes) + 1)]
        total = derive(parse(" + ".join(names)), dict(zip(names, (s[at] for s in shapes), strict=True)))
        return (*first[:at], total, *first[at + 1 :])

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.cat", list(refs), dim=self.dim)
