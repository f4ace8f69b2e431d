"""Layers that cut, join and repeat, and those that bring constants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import place, text
from visualnet.layers.declaration.calls import UNARY, Expr, InverseRule, Known, OwnModule, fn
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Pattern, Shape, ShapeError, layer
from visualnet.layers.declaration.params import BIG, Ints, axes, count, index, real, shape

_ANY = "x: * @any -> y: * @same"
_DIM = "Axis to cut (1 is the first after the batch)."
_REPEATED = parse("n*r")


@layer("slice", family="shape", ports=_ANY, keywords="crop cut narrow part range", holds="same")
class Slice(Layer):
    """Cut a part out along an axis: the first words, every second frame, the middle of a line.

    Entries start, start + step, … up to but without stop, counted as in Python: negative ones from the end.
    """

    dim: int = index(1, _DIM, phrase="axis {}")
    start: int = index(0, "First entry.", low=-BIG, high=BIG, card=1, phrase="from {}")
    stop: int | None = index(
        None, "First entry that is left out.", low=-BIG, high=BIG, none="end", card=2, phrase="to {}"
    )
    step: int = count(1, "How far from one entry to the next.", more=True, phrase="step {}")

    def holding(self, first: str) -> str:
        return "fractions" if first == "probabilities" else first

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0])
        extent = len(range(*slice(self.start, self.stop, self.step).indices(shapes[0][at])))
        if not extent:
            end = "the end" if self.stop is None else self.stop
            raise ShapeError(f"of {shapes[0][at]} entries, none lies from {self.start} to {end}", "start")
        return (*shapes[0][:at], extent, *shapes[0][at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        whole, part = slice(None), slice(self.start or None, self.stop, self.step if self.step > 1 else None)
        if self.dim > 0:
            index: Any = (*[whole] * self.dim, part)
        else:
            index = (..., part, *[whole] * (-self.dim - 1))
        result: Expr = refs[0][index]
        return result


@layer(
    "split",
    family="shape",
    ports="x: * @any -> y1: * @same, y2: * @same",
    keywords="chunk parts divide gate",
    holds="same",
)
class Split(Layer):
    """Cut a tensor into equal parts along an axis, each with its own output.

    Where it cannot be cut evenly, the first parts have one entry more.
    """

    sections: int = count(2, "How many parts.", low=2, high=64, card=True, phrase="{} parts")
    dim: int = index(1, _DIM, phrase="axis {}")

    def holding(self, first: str) -> str:
        return "fractions" if first == "probabilities" else first

    def outputs(self) -> Mapping[str, Pattern]:
        return {f"y{i}": Pattern(("*",), "same") for i in range(1, self.sections + 1)}

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        at = place(self.dim, shapes[0])
        extent = shapes[0][at]
        if extent < self.sections:
            raise ShapeError(f"{extent} entries cannot be cut into {self.sections} parts", "sections")
        least, more = divmod(extent, self.sections)
        sizes = [least + (i < more) for i in range(self.sections)]
        ports = zip(self.outputs(), sizes, strict=True)
        return {port: (*shapes[0][:at], size, *shapes[0][at + 1 :]) for port, size in ports}

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        parts = fn("torch.tensor_split", *refs, self.sections, dim=self.dim)
        return {port: parts[i] for i, port in enumerate(self.outputs())}

    def undoing(self) -> InverseRule:
        return InverseRule(tuple(self.outputs()), ("x",))

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": fn("torch.cat", [known[port] for port in self.outputs()], dim=self.dim)}


@layer("squeeze", family="shape", ports=_ANY, keywords="remove axis extent one", holds="same")
class Squeeze(Layer):
    """Take away an axis of extent 1.

    C×1×1 becomes C×1 with axis −1.
    """

    dim: int = index(-1, "Axis that goes (1 is the first after the batch, −1 the last).", card=True, phrase="axis {}")

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0])
        if shapes[0][at] != 1:
            raise ShapeError(
                f"axis {self.dim} of {text(shapes[0])} must have extent 1 to go", "dim", f"{shapes[0][at]} ≠ 1"
            )
        return (*shapes[0][:at], *shapes[0][at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].squeeze(self.dim)
        return result

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": known["y"].unsqueeze(self.dim)}


@layer("unsqueeze", family="shape", ports=_ANY, keywords="insert new axis extent one", holds="same")
class Unsqueeze(Layer):
    """Put in an axis of extent 1: a grey image gets its channel.

    H×W becomes 1×H×W with axis 1.
    """

    dim: int = index(1, "Where the new axis stands (1 is the first after the batch).", card=True, phrase="axis {}")

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0], longer=1)
        return (*shapes[0][:at], 1, *shapes[0][at:])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].unsqueeze(self.dim)
        return result

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": known["y"].squeeze(self.dim)}


@layer("repeat", family="shape", ports=_ANY, rare=True, keywords="tile copy", holds="same")
class Repeat(Layer):
    """Lay copies of a tensor behind one another along its axes.

    n entries become n·r. One number for each axis; the batch is not given.
    """

    repeats: tuple[int, ...] = Ints((2,), "How often along each axis.", low=1, card=True, phrase="× {}")  # type: ignore[assignment]

    def holding(self, first: str) -> str:
        return "fractions" if first == "probabilities" else first

    def shape(self, *shapes: Shape) -> Shape:
        if len(self.repeats) != len(shapes[0]):
            words = f"{text(shapes[0])} wants one number for each axis: {len(shapes[0])}, not {len(self.repeats)}"
            raise ShapeError(words, "repeats")
        return tuple(derive(_REPEATED, {"n": n, "r": r}) for n, r in zip(shapes[0], self.repeats, strict=True))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].repeat(1, *self.repeats)
        return result


@layer("expand", family="shape", ports=_ANY, rare=True, keywords="broadcast repeat grow", holds="same")
class Expand(Layer):
    """Repeat axes of extent 1 up to a size, without copying anything.

    C×1×1 becomes C×7×7 with the size (−1, 7, 7); −1 leaves an axis as it is.
    """

    size: tuple[int, ...] = Ints((-1,), "New size without the batch; −1 leaves an axis as it is.", low=-1, card=True)  # type: ignore[assignment]

    def holding(self, first: str) -> str:
        return "fractions" if first == "probabilities" else first

    def shape(self, *shapes: Shape) -> Shape:
        if len(self.size) != len(shapes[0]):
            words = f"{text(shapes[0])} wants one number for each axis: {len(shapes[0])}, not {len(self.size)}"
            raise ShapeError(words, "size")
        for have, asked in zip(shapes[0], self.size, strict=True):
            if asked not in (-1, have) and (have != 1 or asked < 1):
                raise ShapeError(
                    f"an axis of extent {have} cannot become {asked}: only extent 1 can be repeated", "size"
                )
        return tuple(have if asked == -1 else asked for have, asked in zip(shapes[0], self.size, strict=True))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].expand(-1, *self.size)
        return result


@layer("flip", family="shape", ports=_ANY, rare=True, keywords="reverse mirror backwards", holds="same")
class Flip(Layer):
    """Turn axes round: the last entry comes first.

    A sequence is read backwards with axis 1.
    """

    dims: tuple[int, ...] = axes((1,), "Axes to turn (1 is the first after the batch).", card=True, phrase="axes {}")

    def shape(self, *shapes: Shape) -> Shape:
        places = [place(d, shapes[0], "dims") for d in self.dims]
        if not places or len(set(places)) < len(places):
            raise ShapeError("give at least one axis, and each once", "dims")
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.flip", *refs, self.dims)

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": fn("torch.flip", known["y"], self.dims)}


@layer("constant", family="shape", ports="like: * -> y: *", rare=True, keywords="fill zeros ones number start state")
class Constant(Layer):
    """A tensor of one number for every sample: zeros to start from, ones to subtract from.

    What comes in gives only the number of samples.
    """

    size: tuple[int, ...] = shape((1,), "Size without the batch.", card=1)
    value: float = real(0.0, "The number.", card=2, phrase="of {}")

    def shape(self, *shapes: Shape) -> Shape:
        return tuple(self.size)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].new_full((refs[0].size(0), *self.size), self.value)
        return result


@layer(
    "one_hot",
    family="shape",
    label="One-hot",
    ports="indices: * @int -> y: * K",
    keywords="class dummy encode label",
    holds="probabilities",
)
class OneHot(Layer):
    """Turn each class number into a row of zeros with a single 1.

    3 of 5 classes becomes 0, 0, 0, 1, 0.
    """

    num_classes: int = count(
        10, "Number of classes: indices go from 0 to one less.", card=True, fit=True, phrase="{} classes"
    )

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0], self.num_classes)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = fn("F.one_hot", *refs, self.num_classes).float()
        return result


@layer(
    "pick",
    family="shape",
    ports="values: * K, index: * @int -> value: * D",
    keywords="gather select take entry by index action q value reinforcement",
)
class Pick(Layer):
    """Take one of K values, the one whose number is given: what the action that was taken is worth.

    Of 0.2, 0.7, 0.1 the number 1 takes 0.7. Numbers go from 0 to K − 1; what is not taken gets no gradient.
    """

    paper = "Mnih et al., Human-level control through deep reinforcement learning, 2015"

    def shape(self, *shapes: Shape) -> Shape:
        values, index = shapes
        if values[:-1] != index:
            wanted = f"{text(values[:-1])} numbers" if values[:-1] else "one number for each sample"
            raise ShapeError(f"values of {text(values)} want {wanted} at index, not {text(index)}")
        return (*index, 1)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].gather(-1, refs[1].unsqueeze(-1))
        return result
