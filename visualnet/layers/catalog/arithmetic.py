"""Layers that bring several tensors together. Their number of inputs is a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from math import prod
from typing import Any, ClassVar

from visualnet.core.expressions import chain, parse
from visualnet.layers.declaration.axes import place, text
from visualnet.layers.declaration.calls import Expr, InverseRule, Known, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.initial_moments import InitialState, Moments, add, concatenate, multiply
from visualnet.layers.declaration.layer import Fault, Layer, Pattern, Shape, ShapeError, default_axes, layer
from visualnet.layers.declaration.params import count, index, real

_MACS = parse("matrices*T*D*E")
_INPUTS = "How many tensors come in."


class VariadicInputs(Layer):
    """Base of layers with a chosen number of inputs: ``x1``, ``x2``, …"""

    def inputs(self) -> Mapping[str, Pattern]:
        return {f"x{i}": Pattern(("*",)) for i in range(1, self.values().get("inputs", 2) + 1)}


class Elementwise(VariadicInputs):
    """Arithmetic number by number. Where one tensor has extent 1 it is repeated along that axis, as in torch."""

    takes_numbers = True
    operator: ClassVar[str]
    pointwise = True

    def shape(self, *shapes: Shape) -> Shape:
        first = shapes[0]
        for i, other in enumerate(shapes[1:], 2):
            if len(other) != len(first):
                raise ShapeError(
                    f"x1 is {text(first)} and x{i} is {text(other)}: both need the same number of axes", f"x{i}"
                )
            for name, n, m in zip(default_axes(len(first)), first, other, strict=True):
                if n != m and 1 not in (n, m):
                    words = f"x1 is {text(first)} and x{i} is {text(other)}: they differ in {name}"
                    raise ShapeError(words, f"x{i}", f"{name}: {n} ≠ {m}")
            first = tuple(max(n, m) for n, m in zip(first, other, strict=True))
        return first

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        total: Expr = reduce(lambda a, b: fn(self.operator, a, b), refs)
        return total


@layer("add", family="shape", ports="x1: *, x2: * -> y: *", keywords="sum plus residual skip shortcut")
class Add(Elementwise):
    """Add tensors number by number: where a residual shortcut comes back in.

    y = x1 + x2 + …. All need the same size; an axis of extent 1 is repeated.
    """

    paper = "He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2015"
    operator = "torch.add"

    def begins(self, start: InitialState) -> Moments | None:
        return add(start.arriving)

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

    def begins(self, start: InitialState) -> Moments | None:
        return multiply(start.arriving)

    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]


@layer("subtract", family="shape", ports="x1: *, x2: * -> y: *", keywords="minus difference take away")
class Subtract(Elementwise):
    """Take one tensor from another, number by number.

    y = x1 − x2. Both need the same size; an axis of extent 1 is repeated.
    """

    operator = "torch.sub"


@layer("divide", family="shape", ports="x1: *, x2: * -> y: *", keywords="quotient ratio over")
class Divide(Elementwise):
    """Divide one tensor by another, number by number.

    y = x1 / x2. Both need the same size; an axis of extent 1 is repeated. Where x2 is zero the result is infinite.
    """

    operator = "torch.div"


@layer(
    "matmul",
    family="shape",
    label="Matrix product",
    ports="x1: * T D, x2: * D E -> y: * T E",
    keywords="matmul bmm dot product times",
)
class MatMul(Layer):
    """Multiply matrices: each row of the first with each column of the second.

    y_te = Σ_d x1_td·x2_de; each sample has its own two matrices. Leading axes (heads) must agree.
    """

    def shape(self, *shapes: Shape) -> Shape:
        first, second = shapes
        if len(first) != len(second):
            raise ShapeError(f"x1 is {text(first)} and x2 is {text(second)}: both need the same number of axes", "x2")
        if first[:-2] != second[:-2]:
            raise ShapeError(f"x1 is {text(first)} and x2 is {text(second)}: their leading axes differ", "x2")
        if first[-1] != second[-2]:
            words = f"the rows of x1 have {first[-1]} numbers, the columns of x2 {second[-2]}"
            raise ShapeError(words, "x2", f"{first[-1]} ≠ {second[-2]}")
        return (*first[:-1], second[-1])

    def macs(self, *shapes: Shape) -> int:
        first, second = shapes
        return derive(_MACS, {"matrices": prod(first[:-2]), "T": first[-2], "D": first[-1], "E": second[-1]})

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.matmul", *refs)


@layer(
    "concatenate", family="shape", ports="x1: *, x2: * -> y: *", keywords="cat join stack merge inception dense skip"
)
class Concatenate(VariadicInputs):
    """Put tensors behind one another along one axis: channels of several branches side by side.

    All sizes must agree except along dim, where they add up.
    """

    pointwise = True
    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]
    dim: int = index(
        1, "Axis along which they are joined (1 is the first after the batch: channels).", phrase="along {}"
    )

    def begins(self, start: InitialState) -> Moments | None:
        sizes = [prod(map(int, shape)) if shape else 1 for shape in start.shapes]
        return concatenate(list(zip(start.arriving, sizes, strict=True)))

    def shape(self, *shapes: Shape) -> Shape:
        first = shapes[0]
        for i, other in enumerate(shapes[1:], 2):
            if len(other) != len(first):
                raise ShapeError(
                    f"x1 is {text(first)} and x{i} is {text(other)}: both need the same number of axes", f"x{i}"
                )
        at = place(self.dim, first)
        for i, other in enumerate(shapes[1:], 2):
            for axis, (name, n, m) in enumerate(zip(default_axes(len(first)), first, other, strict=True)):
                if n != m and axis != at:
                    words = (
                        f"x1 is {text(first)} and x{i} is {text(other)}: besides the joined axis they differ in {name}"
                    )
                    raise ShapeError(words, f"x{i}", f"{name}: {n} ≠ {m}")
        names = [f"n{i}" for i in range(1, len(shapes) + 1)]
        total = derive(chain("+", tuple(names)), dict(zip(names, (s[at] for s in shapes), strict=True)))
        return (*first[:at], total, *first[at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.cat", list(refs), dim=self.dim)

    def undoing(self) -> InverseRule:
        return InverseRule(("y",), tuple(VariadicInputs.inputs(self)))

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        extents = [int(shape[place(self.dim, shape)]) for shape in shapes]
        parts = fn("torch.split", known["y"], extents, dim=self.dim)
        return {port: parts[at] for at, port in enumerate(VariadicInputs.inputs(self))}


@layer("stack", family="shape", ports="x1: *, x2: * -> y: *", keywords="join new axis collect")
class Stack(VariadicInputs):
    """Put tensors of one size side by side along a new axis.

    With dim 1, two of T×D become 2×T×D.
    """

    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]
    dim: int = index(1, "Where the new axis stands (1 is the first after the batch).", phrase="along {}")

    def shape(self, *shapes: Shape) -> Shape:
        first, at = shapes[0], place(self.dim, shapes[0], longer=1)
        for i, other in enumerate(shapes[1:], 2):
            if other != first:
                raise ShapeError(f"x1 is {text(first)} and x{i} is {text(other)}: both need the same size", f"x{i}")
        return (*first[:at], len(shapes), *first[at:])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.stack", list(refs), dim=self.dim)


@layer("maximum", family="shape", ports="x1: *, x2: * -> y: *", rare=True, keywords="larger max elementwise maxout")
class Maximum(Elementwise):
    """Keep the larger of the numbers that meet.

    y = max(x1, x2, …). All need the same size; an axis of extent 1 is repeated.
    """

    operator = "torch.maximum"
    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]


@layer("minimum", family="shape", ports="x1: *, x2: * -> y: *", rare=True, keywords="smaller min elementwise")
class Minimum(Elementwise):
    """Keep the smaller of the numbers that meet.

    y = min(x1, x2, …). All need the same size; an axis of extent 1 is repeated.
    """

    operator = "torch.minimum"
    inputs: int = count(2, _INPUTS, low=2, high=64, phrase="{} inputs")  # type: ignore[assignment]


@layer(
    "scale", family="shape", label="Scale and shift", ports="x: * -> y: *", keywords="constant factor offset times plus"
)
class Scale(Layer):
    """Multiply every number by one constant and add another.

    y = scale·x + shift. Nothing is learned.
    """

    takes_numbers = True
    scale: float = real(1.0, "The factor.", card=True, phrase="× {}")
    shift: float = real(0.0, "What is added.", phrase="+ {}")

    def begins(self, start: InitialState) -> Moments | None:
        if start.first is None:
            return None
        return Moments(self.scale * start.first.mean + self.shift, self.scale**2 * start.first.variance)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        scaled = fn("operator.mul", refs[0], self.scale)
        return fn("operator.add", scaled, self.shift) if self.shift else scaled


class Function(Layer):
    """What plain functions of one number share."""

    takes_numbers = True
    function: ClassVar[str]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs)


@layer(
    "exp",
    family="shape",
    label="Exponential",
    ports="x: * -> y: *",
    keywords="e power deviation vae",
    holds="nonnegative",
)
class Exp(Function):
    """Raise e to each number: a logarithm becomes what it is the logarithm of.

    y = eˣ. Grows beyond all bounds above 88.
    """

    function = "torch.exp"


@layer("log", family="shape", label="Logarithm", ports="x: * -> y: *", keywords="ln natural")
class Log(Function):
    """The natural logarithm of each number.

    y = ln x. Of zero it is −∞; negative numbers have none.
    """

    function = "torch.log"


@layer(
    "abs",
    family="shape",
    label="Absolute value",
    ports="x: * -> y: *",
    keywords="magnitude",
    rare=True,
    holds="nonnegative",
)
class Abs(Function):
    """The size of each number, without its sign.

    y = |x|.
    """

    function = "torch.abs"


@layer("power", family="shape", ports="x: * -> y: *", keywords="square root cube pow sqrt inverse")
class Power(Layer):
    """Raise each number to a power: 2 squares it, 0.5 takes the root, −1 the inverse.

    y = x^exponent. Negative numbers have no broken powers, zero no negative ones.
    """

    takes_numbers = True
    exponent: float = real(2.0, "The power.", low=-100, high=100, card=True, phrase="x^{}")

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.pow", *refs, self.exponent)


@layer(
    "gaussian_sample",
    family="shape",
    label="Gaussian sample",
    ports="mean: *, log_var: * -> z: *",
    random=True,
    keywords="vae reparameterization latent normal draw random",
)
class GaussianSample(Layer):
    """Draw from a normal distribution whose mean and variance are computed, so that both can still learn.

    z = mean + e^(log_var / 2)·N(0, 1) while training; afterwards the mean itself.
    """

    paper = "Kingma and Welling, Auto-encoding variational Bayes, 2013"

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[0] != shapes[1]:
            raise ShapeError(
                f"mean is {text(shapes[0])} and log_var {text(shapes[1])}: both need the same size", "log_var"
            )
        return shapes[0]

    def prior(self) -> str:
        return "normal"

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.GaussianSample")
