"""Layers that summarise neighbourhoods, on images; and what those on lines and in volumes share with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.core.graph import Value
from visualnet.layers.declaration.calls import Expr, OwnModule, fn, one
from visualnet.layers.declaration.drawings import Drawing, SlidingWindow
from visualnet.layers.declaration.formulas import WINDOW, WINDOW_CEIL, derive, spell_axis, window
from visualnet.layers.declaration.initial_moments import InitialState, Moments, averaged_over, largest_of
from visualnet.layers.declaration.layer import (
    Fault,
    Layer,
    Pattern,
    Shape,
    ShapeError,
    Spec,
    bounds_of_mean,
    bounds_when_scaled,
    layer,
)
from visualnet.layers.declaration.params import count, flag, per_axis, real

_UNPOOLED = parse("(n - 1)*s - 2*p + k")
_CEIL = "Round sizes up, so that cells at the far edge are read too."
_MOVES = "How far the window moves."


class Pool(Layer):
    """What the poolings share. A stride left open equals the kernel, as in torch."""

    function: ClassVar[str]
    whole: ClassVar[bool] = False
    """Whether torch wants at least one whole window of real cells."""
    kernel_size: tuple[int, ...] = per_axis(2, "Extent of the window.", unit="px", card=True, fit=True, full=True)
    stride: tuple[int, ...] | None = per_axis(None, _MOVES, unit="px", none="as kernel", fit=True)

    def _each(self, name: str, otherwise: int) -> Sequence[int]:
        found: Sequence[int] = self.values().get(name) or (otherwise,) * len(self.spatial)
        return found

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        for k, p in zip(self.kernel_size, self._each("padding", 0), strict=True):
            if p > k // 2:
                yield Fault(f"padding {p} is more than half the kernel of {k}", "padding", formula=f"{p} > {k} / 2")
                break
        for n, k in zip(shapes[0][1:], self.kernel_size, strict=True):
            if self.whole and k > n:
                yield Fault(f"a window of {k} does not fit into {n} cells", "kernel_size", formula=f"{k} > {n}")
                break

    def shape(self, *shapes: Shape) -> Shape | Mapping[str, Shape]:
        channels, *extents = shapes[0]
        formula = WINDOW_CEIL if self.values().get("ceil_mode") else WINDOW
        padding, dilation = self._each("padding", 0), self._each("dilation", 1)
        stride = self.stride or self.kernel_size
        return (channels, *window(extents, self.kernel_size, stride, padding, dilation, self.spatial, formula))

    def drawing(self, *shapes: Shape) -> Drawing:
        sides = tuple((p, p) for p in self._each("padding", 0))
        extents, dilation = tuple(map(int, shapes[0][1:])), tuple(self._each("dilation", 1))
        up = bool(self.values().get("ceil_mode"))
        stride = self.stride or self.kernel_size
        return SlidingWindow(self.spatial, extents, self.kernel_size, stride, sides, dilation, up)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr | Mapping[str, Expr]:
        others = [name for name in self.params if name != "kernel_size"]
        return fn(self.function, *refs, one(self.kernel_size), **self.given(*others))


class MaxPool(Pool):
    """What maximum poolings share."""

    holds = "same"
    padding: tuple[int, ...] = per_axis(0, "Cells added at each side.", unit="px", low=0, fit=True)
    dilation: tuple[int, ...] = per_axis(
        1, "Distance between the window's taps.", unit="px", more=True, phrase="dilation {}"
    )
    ceil_mode: bool = flag(False, _CEIL, more=True, phrase="rounded up")
    return_indices: bool = flag(
        False, "Tell also where each maximum stood, for MaxUnpool.", more=True, phrase="with indices"
    )

    def outputs(self) -> Mapping[str, Pattern]:
        ports = super().outputs()
        if not self.return_indices:
            return ports
        return {**ports, "indices": next(iter(ports.values()))._replace(dtype="int")}

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        yield from super().check(*shapes)
        stride = self.stride or self.kernel_size
        for n, s, p, d in zip(shapes[0][1:], stride, self.padding, self.dilation, strict=True):
            # A window that begins in the padding may step over all cells: its largest value is −∞.
            if d > n and any((start % d) >= n for start in range(-p, 0, s)[:1000]):
                yield Fault(
                    f"dilation {d} steps over all {n} cells: some windows hold only padding", "dilation", "warning"
                )
                break

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        found = super().shape(*shapes)
        assert isinstance(found, tuple)
        return dict.fromkeys(self.outputs(), found)

    def begins(self, start: InitialState) -> Moments | None:
        return largest_of(start.first, prod(self.kernel_size)) if start.first is not None else None

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        others = self.given("stride", "padding", "dilation", "ceil_mode")
        first, *more = self.outputs()
        if not used & set(more):
            return {first: fn(self.function, *refs, one(self.kernel_size), **others)}
        both = fn(self.function, *refs, one(self.kernel_size), **others, return_indices=True)
        return {first: both[0], more[0]: both[1]}


class AvgPool(Pool):
    """What average poolings share."""

    padding: tuple[int, ...] = per_axis(0, "Cells of zero added at each side.", unit="px", low=0, fit=True)
    ceil_mode: bool = flag(False, _CEIL, more=True, phrase="rounded up")
    count_include_pad: bool = flag(True, "Count the padding's zeros in the mean.", more=True)

    def begins(self, start: InitialState) -> Moments | None:
        return averaged_over(start.first, prod(self.kernel_size))

    def holding(self, first: str) -> str:
        return bounds_of_mean(first)


class DividedPool(AvgPool):
    """Average poolings that may divide by a number of one's own; torch knows it on images and in volumes."""

    divisor_override: int | None = count(
        None, "Divide each window's sum by this.", high=1 << 20, none="the window's cells", more=True, phrase="÷ {}"
    )

    def holding(self, first: str) -> str:
        return bounds_of_mean(first if self.divisor_override is None else bounds_when_scaled(first))


class LPPool(Pool):
    """What power-average poolings share. torch knows no padding here."""

    norm_type: float = real(2.0, "The power p.", low=1, high=64, phrase="p {}")
    ceil_mode: bool = flag(False, _CEIL, more=True, phrase="rounded up")

    def holding(self, first: str) -> str:
        return bounds_when_scaled(first)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs, self.norm_type, one(self.kernel_size), **self.given("stride", "ceil_mode"))


class AdaptivePool(Layer):
    """What poolings to a chosen size share."""

    holds = "same"
    function: ClassVar[str]
    output_size: tuple[int, ...] = per_axis(
        1, "Size that comes out.", unit="px", high=1 << 20, card=True, fit=True, full=True
    )

    def shape(self, *shapes: Shape) -> Shape:
        return (shapes[0][0], *self.output_size)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs, one(self.output_size))


class AdaptiveAvgPool(AdaptivePool):
    """What adaptive average poolings share."""

    def begins(self, start: InitialState) -> Moments | None:
        extents = (start.shapes[0] or (1,))[1:]
        return averaged_over(start.first, prod(map(int, extents)) / prod(self.output_size))

    def holding(self, first: str) -> str:
        return bounds_of_mean(first)


class AdaptiveMaxPool(AdaptivePool):
    """What adaptive maximum poolings share."""

    def begins(self, start: InitialState) -> Moments | None:
        extents = (start.shapes[0] or (1,))[1:]
        count = prod(map(int, extents)) // prod(self.output_size)
        return largest_of(start.first, count) if start.first is not None else None


class Unpool(Layer):
    """What the inverses of maximum poolings share."""

    function: ClassVar[str]
    kernel_size: tuple[int, ...] = per_axis(2, "Extent of the window.", unit="px", card=True, fit=True, full=True)
    stride: tuple[int, ...] | None = per_axis(None, _MOVES, unit="px", none="as kernel", fit=True)
    padding: tuple[int, ...] = per_axis(0, "Cells that the pooling had added.", unit="px", low=0, fit=True)
    output_size: tuple[int, ...] | None = per_axis(
        None,
        "Size that comes out, where the pooling's rounding left a choice.",
        unit="px",
        none="by formula",
        more=True,
    )

    def holding(self, first: str) -> str:
        return "" if first == "probabilities" else first

    def shape(self, *shapes: Shape) -> Shape:
        (channels, *extents), indices = shapes
        if tuple(indices) != tuple(shapes[0]):
            words = "features and indices come from one pooling and have one size"
            raise ShapeError(words, "indices", f"{_times(shapes[0])} ≠ {_times(indices)}")
        stride = self.stride or self.kernel_size
        figures = zip(extents, self.kernel_size, stride, self.padding, self.spatial, strict=True)
        sizes = [derive(_UNPOOLED, {"n": n, "k": k, "s": s, "p": p}, spell_axis(axis)) for n, k, s, p, axis in figures]
        if self.output_size is None:
            return (channels, *sizes)
        for size, asked, s in zip(sizes, self.output_size, stride, strict=True):
            if not size - s < asked < size + s:
                words = f"{asked} cells cannot have been pooled to this: {size - s + 1} to {size + s - 1} can"
                raise ShapeError(words, "output_size")
        return (channels, *self.output_size)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        # One number for all axes would run too, but torch's own types want a tuple here.
        options = {name: value for name in ("stride", "padding") if (value := getattr(self, name)) and any(value)}
        if self.output_size is not None:
            options["output_size"] = self.output_size
        return fn(self.function, *refs, tuple(self.kernel_size), **options)


def _times(shape: Shape) -> str:
    return "×".join(str(int(n)) for n in shape)


@layer(
    "max_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="maximum downsample subsample",
)
class MaxPool2d(MaxPool):
    """Keep the largest value of each window; the image shrinks, strong responses stay.

    H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1. Nothing is learned.
    """

    spatial, function = "HW", "F.max_pool2d"


@layer(
    "avg_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="mean average downsample subsample",
)
class AvgPool2d(DividedPool):
    """Take the mean of each window; the image shrinks and is smoothed.

    H' = ⌊(H + 2·padding − kernel_size) / stride⌋ + 1. Nothing is learned.
    """

    spatial, function = "HW", "F.avg_pool2d"


@layer(
    "adaptive_avg_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="global average mean downsample gap",
    adapter=True,
)
class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """Average the image down to a size that you choose, whatever size arrives; 1×1 is global average pooling.

    Each output cell is the mean of its share of the image, rows ⌊i·H / H'⌋ to ⌈(i + 1)·H / H'⌉. Nothing is learned.
    """

    paper = "Lin, Chen and Yan, Network in network, 2013 (global average pooling)"
    spatial, function = "HW", "F.adaptive_avg_pool2d"

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target is None or len(have.shape) != 3 or len(target) != 3 or have.dtype != "float":
            return
        (channels, *extents), (wanted, *sizes) = have.shape, target
        if channels == wanted and extents != sizes and all(m <= n for n, m in zip(extents, sizes, strict=True)):
            yield {"output_size": (int(sizes[0]), int(sizes[1]))}


@layer(
    "adaptive_max_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="global maximum downsample",
)
class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """Keep the largest values so that a size that you choose comes out; 1×1 is global maximum pooling.

    Each output cell is the maximum of its share of the image, rows ⌊i·H / H'⌋ to ⌈(i + 1)·H / H'⌉. Nothing is learned.
    """

    spatial, function = "HW", "F.adaptive_max_pool2d"


@layer(
    "max_unpool2d",
    family="pooling",
    ports="features: C H W, indices: C H W @int -> image: C H W",
    keywords="maximum unpooling inverse upsample decoder segnet",
)
class MaxUnpool2d(Unpool):
    """Put each value back where the pooling took it from, and zeros everywhere else.

    H' = (H − 1)·stride − 2·padding + kernel_size. The indices come from a MaxPool2d whose return_indices is on.
    """

    paper = "Zeiler and Fergus, Visualizing and understanding convolutional networks, 2013"
    spatial, function = "HW", "F.max_unpool2d"


@layer(
    "lp_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="l2 power average norm downsample",
)
class LPPool2d(LPPool):
    """Take the length of each window's values: with p = 2 (L2 pooling) the root of the sum of squares.

    y = (Σ xᵖ)^(1/p). p = 1 adds up; with growing p it comes near to the maximum.
    """

    spatial, function = "HW", "F.lp_pool2d"


class FractionalMaxPool(Layer):
    """What poolings with random windows share."""

    paper = "Graham, Fractional max-pooling, 2014"
    holds = "same"
    function: ClassVar[str]
    spare: ClassVar[int] = 0
    """Cells that torch wants beyond those that the windows need."""
    kernel_size: tuple[int, ...] = per_axis(2, "Extent of the window.", unit="px", card=True, fit=True, full=True)
    output_size: tuple[int, ...] = per_axis(
        1, "Size that comes out.", unit="px", high=1 << 20, card=True, fit=True, full=True, phrase="to {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        for n, k, out in zip(shapes[0][1:], self.kernel_size, self.output_size, strict=True):
            if out + k - 1 + self.spare > n:
                words = f"{out} different windows of {k} do not fit into {n} cells"
                raise ShapeError(words, "output_size", f"{out} + {k} − 1 {'≥' if self.spare else '>'} {n}")
        return (shapes[0][0], *self.output_size)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs, one(self.kernel_size), output_size=one(self.output_size))


@layer(
    "fractional_max_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    random=True,
    keywords="stochastic maximum downsample",
)
class FractionalMaxPool2d(FractionalMaxPool):
    """Keep the largest value of windows laid at random, so that an image can shrink by less than a half.

    The windows are drawn anew each time, also when not training: the same image may give different numbers.
    """

    spatial, function = "HW", "F.fractional_max_pool2d"
