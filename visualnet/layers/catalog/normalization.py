"""Layers that keep numbers in a good range, and dropout."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import ClassVar

from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import ModuleCall
from visualnet.layers.declaration.drawings import Drawing, NormalizedGroup
from visualnet.layers.declaration.initial_moments import InitialState, Moments, after_dropout, after_normalization
from visualnet.layers.declaration.layer import Fault, Layer, Shape, ShapeError, Sized, bounds_when_scaled, layer, sized
from visualnet.layers.declaration.params import count, flag, real

_EPS = "Added to the variance, so that nothing is divided by zero."


class BatchNorm(Layer):
    """What batch normalizations share: statistics of each channel, over the batch and all other axes."""

    settles = True

    module_name: ClassVar[str]
    pointwise = True
    paper = "Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate shift, 2015"
    eps: float = real(1e-5, _EPS, low=1e-12, high=1, more=True)
    momentum: float | None = real(
        0.1,
        "Share of the newest batch in the running statistics; left empty, all batches count alike.",
        low=0,
        high=1,
        none="all alike",
        more=True,
    )
    affine: bool = flag(True, "Learn a scale γ and a shift β for each channel.", more=True)
    track_running_stats: bool = flag(True, "Keep running statistics, and use them when not training.", more=True)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        one = sized(channels=shapes[0][0])
        return {"weight": one, "bias": one} if self.affine else {}

    def buffers(self, *shapes: Shape) -> dict[str, Sized]:
        one = sized(channels=shapes[0][0])
        return (
            {"running_mean": one, "running_var": one, "num_batches_tracked": sized()}
            if self.track_running_stats
            else {}
        )

    def begins(self, start: InitialState) -> Moments | None:
        return after_normalization(start)

    def drawing(self, *shapes: Shape) -> Drawing:
        channels, *places = map(int, shapes[0])
        return NormalizedGroup(channels, prod(places), 1, batch=True)

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall(f"nn.{self.module_name}", int(shapes[0][0]), **self.values())


@layer("batch_norm2d", family="normalization", ports="image: C H W -> features: C H W", keywords="bn normalize images")
class BatchNorm2d(BatchNorm):
    """Bring each channel of an image to mean 0 and deviation 1 over the batch, then scale and shift it as learned.

    y = γ·(x − mean) / √(var + eps) + β, with the batch's statistics while training and running ones afterwards.
    Parameters: 2·C (γ, β); 2·C running statistics are saved, not learned.
    """

    module_name = "BatchNorm2d"


@layer("batch_norm1d", family="normalization", ports="x: C * -> y: C *", keywords="bn normalize features sequence")
class BatchNorm1d(BatchNorm):
    """Bring each feature to mean 0 and deviation 1 over the batch, then scale and shift it as learned.

    y = γ·(x − mean) / √(var + eps) + β. Takes features (D) or channels along a line (C×L).
    Parameters: 2·C (γ, β); 2·C running statistics are saved, not learned.
    """

    module_name = "BatchNorm1d"

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if len(shapes[0]) > 2:
            yield Fault(
                f"BatchNorm1d takes D or C×L; {text(shapes[0])} has {len(shapes[0])} axes (BatchNorm2d takes images)",
                "x",
            )


@layer("layer_norm", family="normalization", ports="x: * -> y: *", keywords="ln normalize transformer")
class LayerNorm(Layer):
    """Bring each sample's features to mean 0 and deviation 1, on their own, then scale and shift them as learned.

    y = γ·(x − mean) / √(var + eps) + β over the last axes. Needs no batch, so training and answering are the same.
    """

    settles = True

    paper = "Ba, Kiros and Hinton, Layer normalization, 2016"
    axes: int = count(1, "How many of the last axes are normalized together.", high=8, phrase="last {} axes")
    eps: float = real(1e-5, _EPS, low=1e-12, high=1, more=True)
    elementwise_affine: bool = flag(True, "Learn a scale γ (and shift β) for each number.", more=True)
    bias: bool = flag(True, "Learn the shift β too.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        if self.axes > len(shapes[0]):
            raise ShapeError(f"axes is {self.axes}, but {text(shapes[0])} has {len(shapes[0])}", "axes")
        return shapes[0]

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        last = shapes[0][-self.axes :]
        one = sized(**({"features": last[0]} if len(last) == 1 else {f"n{i}": n for i, n in enumerate(last, 1)}))
        return {"weight": one, **({"bias": one} if self.bias else {})} if self.elementwise_affine else {}

    def begins(self, start: InitialState) -> Moments | None:
        return after_normalization(start)

    def drawing(self, *shapes: Shape) -> Drawing:
        last = prod(map(int, shapes[0][-self.axes :]))
        return NormalizedGroup(last, prod(map(int, shapes[0][: -self.axes])), last, all_places=False)

    def module(self, *shapes: Shape) -> ModuleCall:
        last = tuple(int(n) for n in shapes[0][-self.axes :])
        options = {"eps": self.eps, "elementwise_affine": self.elementwise_affine, "bias": self.bias}
        return ModuleCall("nn.LayerNorm", last[0] if len(last) == 1 else last, **options)


class Dropping(Layer):
    """What dropouts share: what survives is enlarged, so that a number below 1 may come out above it."""

    pointwise = True

    def begins(self, start: InitialState) -> Moments | None:
        return after_dropout(start.first, float(self.values()["p"]))

    def holding(self, first: str) -> str:
        return bounds_when_scaled(first)


@layer(
    "dropout", family="normalization", ports="x: * -> y: *", random=True, keywords="regularization overfitting noise"
)
class Dropout(Dropping):
    """Set a random share of the numbers to zero while training, so that no unit is relied on alone.

    Each survives with probability 1 − p and is then divided by 1 − p. When not training, all pass unchanged.
    """

    paper = "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout, 2014"
    p: float = real(0.5, "Share set to zero.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Dropout", self.p)


@layer(
    "dropout2d",
    family="normalization",
    random=True,
    ports="image: C H W -> features: C H W",
    keywords="regularization channel spatial",
)
class Dropout2d(Dropping):
    """Set whole random channels of an image to zero while training.

    Neighbouring cells say much the same, so dropping single ones would hide little.
    """

    paper = (
        "Tompson, Goroshin, Jain, LeCun and Bregler, Efficient object localization using convolutional networks, 2015"
    )
    p: float = real(0.5, "Share of the channels set to zero.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Dropout2d", self.p)
