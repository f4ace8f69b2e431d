"""Layers that make one number of many, along whole axes."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from visualnet.layers.declaration.axes import place
from visualnet.layers.declaration.calls import Expr, OwnModule, fn
from visualnet.layers.declaration.initial_moments import InitialState, Moments, averaged_over
from visualnet.layers.declaration.layer import Layer, Shape, ShapeError, bounds_of_mean, bounds_when_scaled, layer
from visualnet.layers.declaration.params import axes, flag, index, real

_FLOATS = "x: * -> y: *"


class Reduction(Layer):
    """What they share; ``method`` is the tensor's own."""

    method: ClassVar[str]
    dim: tuple[int, ...] = axes((1,), "Axes that vanish (1 is the first after the batch).", card=True)
    keepdim: bool = flag(False, "Keep the axes, with extent 1.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        places = [place(d, shapes[0]) for d in self.dim]
        if not places or len(set(places)) < len(places):
            raise ShapeError("give at least one axis, and each once", "dim")
        return tuple(1 if i in places else n for i, n in enumerate(shapes[0]) if self.keepdim or i not in places)

    def card(self) -> str:
        return "over " + ", ".join(map(str, self.dim))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        dim = self.dim[0] if len(self.dim) == 1 else self.dim
        result: Expr = getattr(refs[0], self.method)(dim, **self.given("keepdim"))
        return result


@layer("mean", family="shape", ports=_FLOATS, keywords="average reduce global pool")
class Mean(Reduction):
    """Average over one axis or several: over time, over patches, over the image.

    T×D becomes D with axis 1. The batch is axis 0 and is kept.
    """

    method = "mean"

    def begins(self, start: InitialState) -> Moments | None:
        shape = start.shapes[0] or ()
        return averaged_over(start.first, prod(int(shape[place(d, shape)]) for d in self.dim))

    def holding(self, first: str) -> str:
        return bounds_of_mean(first)


@layer("sum", family="shape", ports=_FLOATS, keywords="add reduce total")
class Sum(Reduction):
    """Add up over one axis or several.

    T×D becomes D with axis 1. The batch is axis 0 and is kept.
    """

    method = "sum"

    def holding(self, first: str) -> str:
        return bounds_when_scaled(first)


class Extreme(Reduction):
    """What maximum and minimum share."""

    def holding(self, first: str) -> str:
        return "fractions" if first == "probabilities" else first


@layer("max", family="shape", ports=_FLOATS, keywords="largest reduce global pool over time")
class Max(Extreme):
    """Keep the largest number along one axis or several: the strongest response over time.

    T×D becomes D with axis 1. The batch is axis 0 and is kept.
    """

    method = "amax"


@layer("min", family="shape", ports=_FLOATS, rare=True, keywords="smallest reduce")
class Min(Extreme):
    """Keep the smallest number along one axis or several.

    T×D becomes D with axis 1. The batch is axis 0 and is kept.
    """

    method = "amin"


@layer(
    "argmax",
    family="shape",
    label="ArgMax",
    ports="x: * -> index: * @int",
    rare=True,
    keywords="largest class decide greedy",
)
class ArgMax(Layer):
    """Tell where the largest number stands: the class or word that is chosen.

    K becomes one whole number from 0 to K − 1. No gradient flows back through it.
    """

    dim: int = index(-1, "Axis that is searched (1 is the first after the batch, −1 the last).", phrase="along {}")

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0])
        return (*shapes[0][:at], *shapes[0][at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        result: Expr = refs[0].argmax(self.dim)
        return result


@layer("normalize", family="shape", label="Unit length", ports=_FLOATS, keywords="l2 norm cosine contrastive sphere")
class Normalize(Layer):
    """Scale vectors to length 1, so that only their direction counts.

    y = x / max(‖x‖_p, 10⁻¹²) along dim.
    """

    p: float = real(
        2.0, "Which length: 2 is the usual one, 1 the sum of sizes.", low=0.5, high=64, phrase="p {}", title="Power"
    )
    dim: int = index(-1, "Axis of the vectors (1 is the first after the batch, −1 the last).", phrase="along {}")

    def shape(self, *shapes: Shape) -> Shape:
        place(self.dim, shapes[0])
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.normalize", *refs, **self.given("p"), dim=self.dim)


@layer(
    "cosine_similarity",
    family="shape",
    label="Cosine similarity",
    ports="x1: *, x2: * -> y: *",
    keywords="angle compare embedding siamese",
)
class CosineSimilarity(Layer):
    """Compare the directions of two vectors: 1 for the same, 0 for a right angle, −1 for opposite ones.

    y = x1·x2 / (‖x1‖·‖x2‖) along dim.
    """

    dim: int = index(-1, "Axis of the vectors (1 is the first after the batch, −1 the last).", phrase="along {}")
    eps: float = real(1e-8, "Smallest length that is divided by.", low=1e-12, high=1, more=True)

    def shape(self, *shapes: Shape) -> Shape:
        at = place(self.dim, shapes[0])
        if shapes[0] != shapes[1]:
            raise ShapeError("x1 and x2 are compared number by number and need one size", "x2")
        return (*shapes[0][:at], *shapes[0][at + 1 :])

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.cosine_similarity", *refs, dim=self.dim, **self.given("eps"))


@layer(
    "pairwise_distance",
    family="shape",
    label="Distance",
    ports="x1: * D, x2: * D -> y: *",
    rare=True,
    holds="nonnegative",
    keywords="euclidean norm pairwise compare embedding siamese",
)
class PairwiseDistance(Layer):
    """How far two vectors are apart, along the last axis.

    y = ‖x1 − x2 + eps‖_p.
    """

    p: float = real(
        2.0, "Which length: 2 is the usual one, 1 the sum of sizes.", low=0.5, high=64, phrase="p {}", title="Power"
    )
    eps: float = real(1e-6, "Added, so that the slope at zero is finite.", low=1e-12, high=1, more=True)

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[0] != shapes[1]:
            raise ShapeError("x1 and x2 are compared number by number and need one size", "x2")
        return shapes[0][:-1]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.pairwise_distance", *refs, **self.given("p", "eps"))
