"""Normalizations that need no batch, and rarer ones; rarer ways to drop."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from visualnet.layers.catalog.normalization import BatchNorm, Dropping
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.drawings import Drawing, NormalizedGroup
from visualnet.layers.declaration.initial_moments import InitialState, Moments, after_normalization
from visualnet.layers.declaration.layer import Fault, Layer, Shape, ShapeError, Sized, layer, sized
from visualnet.layers.declaration.params import count, flag, real

_EPS = "Added to the variance, so that nothing is divided by zero."
_INSTANCE = "Ulyanov, Vedaldi and Lempitsky, Instance normalization: the missing ingredient for fast stylization, 2016"
_IMAGE, _LINE, _VOLUME = (
    "image: C H W -> features: C H W",
    "signal: C L -> features: C L",
    "volume: C D H W -> features: C D H W",
)


@layer("group_norm", family="normalization", ports="x: C * -> y: C *", keywords="gn normalize small batch")
class GroupNorm(Layer):
    """Bring groups of channels of each sample to mean 0 and deviation 1, then scale and shift each channel as learned.

    y = γ·(x − mean) / √(var + eps) + β, with one mean and variance for each group. 1 group is layer normalization over
    the whole sample, C groups are instance normalization. Parameters: 2·C.
    """

    settles = True

    paper = "Wu and He, Group normalization, 2018"
    num_groups: int = count(
        4, "Groups of channels that are normalized together.", card=True, fit=True, phrase="{} groups"
    )
    eps: float = real(1e-5, _EPS, low=1e-12, high=1, more=True)
    affine: bool = flag(True, "Learn a scale γ and a shift β for each channel.", more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        channels = shapes[0][0]
        if channels % self.num_groups:
            words = f"{self.num_groups} groups do not divide {channels} channels"
            yield Fault(
                words, "num_groups", formula=f"{channels} / {self.num_groups} = {channels / self.num_groups:.2f}"
            )

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        one = sized(channels=shapes[0][0])
        return {"weight": one, "bias": one} if self.affine else {}

    def begins(self, start: InitialState) -> Moments | None:
        return after_normalization(start)

    def drawing(self, *shapes: Shape) -> Drawing:
        channels, *places = map(int, shapes[0])
        return NormalizedGroup(channels, prod(places), channels // self.num_groups)

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.GroupNorm", self.num_groups, int(shapes[0][0]), eps=self.eps, affine=self.affine)


@layer("rms_norm", family="normalization", label="RMSNorm", ports="x: * -> y: *", keywords="root mean square llama")
class RMSNorm(Layer):
    """Divide each sample's features by their typical size, then scale them as learned: a layer norm without the mean.

    y = γ·x / √(mean(x²) + eps) over the last axes. Usual in large language models.
    """

    settles = True

    paper = "Zhang and Sennrich, Root mean square layer normalization, 2019"
    axes: int = count(1, "How many of the last axes are normalized together.", high=8, phrase="last {} axes")
    eps: float = real(1e-6, _EPS, low=1e-12, high=1, more=True)
    elementwise_affine: bool = flag(True, "Learn a scale γ for each number.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        if self.axes > len(shapes[0]):
            raise ShapeError(f"axes is {self.axes}, but {text(shapes[0])} has {len(shapes[0])}", "axes")
        return shapes[0]

    def begins(self, start: InitialState) -> Moments | None:
        return after_normalization(start)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        last = shapes[0][-self.axes :]
        names = ["features"] if len(last) == 1 else [f"n{i}" for i in range(1, len(last) + 1)]
        return {"weight": sized(**dict(zip(names, last, strict=True)))} if self.elementwise_affine else {}

    def module(self, *shapes: Shape) -> ModuleCall:
        last = tuple(int(n) for n in shapes[0][-self.axes :])
        size = last[0] if len(last) == 1 else last
        return ModuleCall("nn.RMSNorm", size, eps=self.eps, elementwise_affine=self.elementwise_affine)


class InstanceNorm(BatchNorm):
    """What instance normalizations share: the parameters of batch normalization, with other defaults."""

    paper = _INSTANCE
    affine: bool = flag(False, "Learn a scale γ and a shift β for each channel.", more=True)
    track_running_stats: bool = flag(False, "Keep running statistics, and use them when not training.", more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if all(n == 1 for n in shapes[0][1:]):
            yield Fault(f"{text(shapes[0])} has one value per channel: nothing would be left of it", "")

    def drawing(self, *shapes: Shape) -> Drawing:
        channels, *places = map(int, shapes[0])
        return NormalizedGroup(channels, prod(places), 1)


@layer("instance_norm2d", family="normalization", ports=_IMAGE, keywords="normalize style contrast")
class InstanceNorm2d(InstanceNorm):
    """Bring each channel of each image to mean 0 and deviation 1 on its own: contrast goes, structure stays.

    y = (x − mean) / √(var + eps) over H and W; with affine, scaled and shifted as learned (2·C parameters).
    """

    module_name = "InstanceNorm2d"


@layer("instance_norm1d", family="normalization", ports=_LINE, rare=True, keywords="normalize style signal")
class InstanceNorm1d(InstanceNorm):
    """Bring each channel of each line to mean 0 and deviation 1 on its own.

    y = (x − mean) / √(var + eps) over L; with affine, scaled and shifted as learned (2·C parameters).
    """

    module_name = "InstanceNorm1d"


@layer("instance_norm3d", family="normalization", ports=_VOLUME, rare=True, keywords="normalize style volume")
class InstanceNorm3d(InstanceNorm):
    """Bring each channel of each volume to mean 0 and deviation 1 on its own.

    y = (x − mean) / √(var + eps) over D, H and W; with affine, scaled and shifted as learned (2·C parameters).
    """

    module_name = "InstanceNorm3d"


@layer("batch_norm3d", family="normalization", ports=_VOLUME, rare=True, keywords="bn normalize volumes video")
class BatchNorm3d(BatchNorm):
    """Bring each channel of a volume to mean 0 and deviation 1 over the batch, then scale and shift it as learned.

    y = γ·(x − mean) / √(var + eps) + β, with the batch's statistics while training and running ones afterwards.
    Parameters: 2·C (γ, β); 2·C running statistics are saved, not learned.
    """

    module_name = "BatchNorm3d"


@layer(
    "local_response_norm",
    family="normalization",
    ports="x: C * -> y: C *",
    keywords="lrn alexnet brightness inhibition",
)
class LocalResponseNorm(Layer):
    """Damp each channel by its neighbours at the same place: strong ones inhibit weak ones, as in the eye.

    y = x / (k + alpha/size·Σ x²)^beta over size neighbouring channels. In AlexNet; batch normalization took its place.
    """

    paper = "Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, 2012"
    size: int = count(5, "Channels that damp one another.", high=1 << 20, card=True, phrase="{} channels")
    alpha: float = real(1e-4, "How strongly.", low=0, high=1000, more=True)
    beta: float = real(0.75, "The power.", low=0, high=100, more=True)
    k: float = real(1.0, "Added, so that nothing is divided by zero.", low=0.001, high=1000, more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if len(shapes[0]) < 2:
            yield Fault(f"{text(shapes[0])} has no places beside the channels: at least two axes are needed", "x")

    def begins(self, start: InitialState) -> Moments | None:
        damping = self.k**-self.beta
        return None if start.first is None else Moments(damping * start.first.mean, damping**2 * start.first.variance)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        # WORKAROUND torch 2.13: local_response_norm looks at its input through view(), which wants it contiguous.
        (x,) = refs
        return fn("F.local_response_norm", x.contiguous(), self.size, **self.given("alpha", "beta", "k"))


@layer("dropout1d", family="normalization", ports=_LINE, rare=True, random=True, keywords="regularization channel")
class Dropout1d(Dropping):
    """Set whole random channels of a line to zero while training."""

    p: float = real(0.5, "Share of the channels set to zero.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Dropout1d", self.p)


@layer("dropout3d", family="normalization", ports=_VOLUME, rare=True, random=True, keywords="regularization channel")
class Dropout3d(Dropping):
    """Set whole random channels of a volume to zero while training."""

    p: float = real(0.5, "Share of the channels set to zero.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Dropout3d", self.p)


@layer(
    "alpha_dropout",
    family="normalization",
    label="AlphaDropout",
    ports="x: * -> y: *",
    rare=True,
    random=True,
    keywords="regularization selu self normalizing",
)
class AlphaDropout(Layer):
    """Drop numbers to SELU's negative limit instead of zero while training, so that mean and deviation stay.

    For networks of SELU; when not training, all pass unchanged.
    """

    paper = "Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017"
    p: float = real(0.5, "Share that is dropped.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.AlphaDropout", self.p)


@layer(
    "stochastic_depth",
    family="normalization",
    label="Stochastic depth",
    ports="x: * -> y: *",
    random=True,
    keywords="drop path residual regularization skip",
)
class StochasticDepth(Dropping):
    """Set all of a random sample to zero while training: put on a residual branch, that sample skips the branch.

    Each sample survives with probability 1 − p and is then divided by 1 − p. When not training, all pass unchanged.
    """

    paper = "Huang, Sun, Liu, Sedra and Weinberger, Deep networks with stochastic depth, 2016"
    p: float = real(0.1, "Share of the samples set to zero.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.StochasticDepth", self.p)


@layer(
    "gaussian_noise",
    family="normalization",
    label="Gaussian noise",
    ports="x: * -> y: *",
    random=True,
    keywords="regularization denoising jitter random normal",
)
class GaussianNoise(Layer):
    """Add random numbers while training, so that the network learns not to mind small changes.

    y = x + std·N(0, 1). When not training, all pass unchanged.
    """

    std: float = real(0.1, "Deviation of the noise.", low=0, high=1000, card=True, phrase="σ {}")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.GaussianNoise", self.std)


@layer(
    "feature_alpha_dropout",
    family="normalization",
    label="FeatureAlphaDropout",
    ports="x: C * -> y: C *",
    rare=True,
    random=True,
    keywords="regularization selu self normalizing channel",
)
class FeatureAlphaDropout(Layer):
    """Drop whole random channels to SELU's negative limit while training, so that mean and deviation stay.

    What AlphaDropout does to single numbers, done to channels: neighbouring cells say much the same.
    """

    paper = "Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017"
    p: float = real(0.5, "Share of the channels that is dropped.", low=0, high=1, card=True, phrase="p {}", live="step")

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.FeatureAlphaDropout", self.p)
