"""Poolings on lines and in volumes, after those on images."""

from __future__ import annotations

from visualnet.layers.catalog.pooling.images import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    DividedPool,
    FractionalMaxPool,
    LPPool,
    MaxPool,
    Unpool,
)
from visualnet.layers.declaration.layer import layer

_LINE, _VOLUME = "signal: C L -> features: C L", "volume: C D H W -> features: C D H W"


@layer("max_pool1d", family="pooling", ports=_LINE, rare=True, keywords="maximum downsample subsample time series")
class MaxPool1d(MaxPool):
    """Keep the largest value of each window along a line.

    L' = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1. Nothing is learned.
    """

    spatial, function = "L", "F.max_pool1d"


@layer("avg_pool1d", family="pooling", ports=_LINE, rare=True, keywords="mean average downsample subsample time series")
class AvgPool1d(AvgPool):
    """Take the mean of each window along a line.

    L' = ⌊(L + 2·padding − kernel_size) / stride⌋ + 1. Nothing is learned.
    """

    spatial, function = "L", "F.avg_pool1d"


@layer(
    "adaptive_avg_pool1d",
    family="pooling",
    ports=_LINE,
    rare=True,
    keywords="global average mean downsample time series",
)
class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """Average a line down to a length that you choose; 1 is global average pooling.

    Each output cell is the mean of its share of the input, cells ⌊i·L / L'⌋ to ⌈(i + 1)·L / L'⌉. Nothing is learned.
    """

    spatial, function = "L", "F.adaptive_avg_pool1d"


@layer(
    "adaptive_max_pool1d", family="pooling", ports=_LINE, rare=True, keywords="global maximum downsample time series"
)
class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """Keep the largest values of a line so that a chosen length comes out; 1 is global maximum pooling.

    Each output cell is the maximum of its share of the input, cells ⌊i·L / L'⌋ to ⌈(i + 1)·L / L'⌉. Nothing is learned.
    """

    spatial, function = "L", "F.adaptive_max_pool1d"


@layer("lp_pool1d", family="pooling", ports=_LINE, rare=True, keywords="l2 power average norm downsample time series")
class LPPool1d(LPPool):
    """Take the length of the values in each window along a line.

    y = (Σ xᵖ)^(1/p); with p = 2 the root of the sum of squares.
    """

    spatial, function = "L", "F.lp_pool1d"


@layer(
    "max_unpool1d",
    family="pooling",
    ports="features: C L, indices: C L @int -> signal: C L",
    rare=True,
    keywords="maximum unpooling inverse upsample decoder time series",
)
class MaxUnpool1d(Unpool):
    """Put each value back where the pooling took it from, and zeros everywhere else, along a line.

    L' = (L − 1)·stride − 2·padding + kernel_size. The indices come from a MaxPool1d whose return_indices is on.
    """

    spatial, function = "L", "F.max_unpool1d"


@layer("max_pool3d", family="pooling", ports=_VOLUME, rare=True, keywords="maximum downsample subsample video scan")
class MaxPool3d(MaxPool):
    """Keep the largest value of each window of a volume.

    D' = ⌊(D + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, and H', W' alike. Nothing is learned.
    """

    spatial, function = "DHW", "F.max_pool3d"


@layer(
    "avg_pool3d", family="pooling", ports=_VOLUME, rare=True, keywords="mean average downsample subsample video scan"
)
class AvgPool3d(DividedPool):
    """Take the mean of each window of a volume.

    D' = ⌊(D + 2·padding − kernel_size) / stride⌋ + 1, and H', W' alike. Nothing is learned.
    """

    spatial, function, whole = "DHW", "F.avg_pool3d", True


@layer(
    "adaptive_avg_pool3d",
    family="pooling",
    ports=_VOLUME,
    rare=True,
    keywords="global average mean downsample video scan",
)
class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """Average a volume down to a size that you choose; 1×1×1 is global average pooling.

    Each output cell is the mean of its share of the input, cells ⌊i·D / D'⌋ to ⌈(i + 1)·D / D'⌉. Nothing is learned.
    """

    spatial, function = "DHW", "F.adaptive_avg_pool3d"


@layer(
    "adaptive_max_pool3d", family="pooling", ports=_VOLUME, rare=True, keywords="global maximum downsample video scan"
)
class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """Keep the largest values of a volume so that a chosen size comes out.

    Each output cell is the maximum of its share of the input, cells ⌊i·D / D'⌋ to ⌈(i + 1)·D / D'⌉. Nothing is learned.
    """

    spatial, function = "DHW", "F.adaptive_max_pool3d"


@layer("lp_pool3d", family="pooling", ports=_VOLUME, rare=True, keywords="l2 power average norm downsample video scan")
class LPPool3d(LPPool):
    """Take the length of the values in each window of a volume.

    y = (Σ xᵖ)^(1/p); with p = 2 the root of the sum of squares.
    """

    spatial, function, whole = "DHW", "F.lp_pool3d", True


@layer(
    "max_unpool3d",
    family="pooling",
    ports="features: C D H W, indices: C D H W @int -> volume: C D H W",
    rare=True,
    keywords="maximum unpooling inverse upsample decoder video scan",
)
class MaxUnpool3d(Unpool):
    """Put each value back where the pooling took it from, and zeros everywhere else, in a volume.

    D' = (D − 1)·stride − 2·padding + kernel_size, and H', W' alike. The indices come from a MaxPool3d whose return_indices is on.
    """

    spatial, function = "DHW", "F.max_unpool3d"


@layer(
    "fractional_max_pool3d",
    family="pooling",
    ports=_VOLUME,
    rare=True,
    random=True,
    keywords="stochastic maximum downsample video scan",
)
class FractionalMaxPool3d(FractionalMaxPool):
    """Keep the largest value of windows laid at random, so that a volume can shrink by less than a half.

    The windows are drawn anew each time, also when not training: the same volume may give different numbers.
    """

    spatial, function, spare = "DHW", "F.fractional_max_pool3d", 1
