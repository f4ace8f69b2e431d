"""Layers that change a size without learning: upsampling, pixels into channels and back, padding, patches."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.axes import text
from visualnet.layers.calls import Expr, Own, fn, one
from visualnet.layers.declare import Fault, Layer, Misfit, Shape, layer
from visualnet.layers.formulas import derive, window
from visualnet.layers.params import Ints, choice, count, flag, per_axis, real

_IMAGE = "image: C H W -> features: C H W"
_TIMES, _OVER, _PADDED = parse("n*r"), parse("n / r"), parse("n + p + q")
_MORE, _LESS = parse("C*r*r"), parse("C / (r*r)")
_RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
_FOR = {1: "lines (C×L)", 2: "images (C×H×W)", 3: "volumes (C×D×H×W)"}
_PATCH = parse("C*k")


@layer(
    "upsample",
    family="pooling",
    ports="x: C * -> y: C *",
    keywords="interpolate resize enlarge bilinear nearest unet decoder",
)
class Upsample(Layer):
    """Enlarge by a whole factor, copying cells or drawing lines between them; nothing is learned.

    H' = H·scale_factor. “nearest” copies; the others take means of neighbours, along one, two or three axes.
    """

    scale_factor: int = count(
        2, "How many times larger along each axis.", high=1024, card=True, fit=True, phrase="× {}"
    )
    mode: str = choice(
        "nearest",
        "How new cells are filled.",
        {
            "nearest": "copy the nearest",
            "linear": "between two cells (lines)",
            "bilinear": "between four cells (images)",
            "bicubic": "smoother, may overshoot (images)",
            "trilinear": "between eight cells (volumes)",
        },
    )
    align_corners: bool = flag(False, "Corners stay on corners (not with nearest).", more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if not 2 <= len(shapes[0]) <= 4:
            yield Fault(
                f"{text(shapes[0])} has no line, image or volume to enlarge: C and one to three axes are needed", "x"
            )
        elif len(shapes[0]) - 1 != _RANKS.get(self.mode, len(shapes[0]) - 1):
            yield Fault(f"{self.mode} does not suit {text(shapes[0])}: it is for {_FOR[_RANKS[self.mode]]}", "mode")
        if self.align_corners and self.mode == "nearest":
            yield Fault("align_corners has no meaning with nearest", "align_corners", "hint")

    def shape(self, *shapes: Shape) -> Shape:
        return (shapes[0][0], *(derive(_TIMES, {"n": n, "r": self.scale_factor}) for n in shapes[0][1:]))

    def holding(self, first: str) -> str:
        return "" if self.mode == "bicubic" else first

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        corners = self.given("align_corners") if self.mode != "nearest" else {}
        return fn("F.interpolate", *refs, scale_factor=self.scale_factor, **self.given("mode"), **corners)


@layer(
    "pixel_shuffle",
    family="pooling",
    label="PixelShuffle",
    ports=_IMAGE,
    keywords="super resolution depth to space upsample",
)
class PixelShuffle(Layer):
    """Lay r² channels out as one image r times as high and wide: how super-resolution ends.

    C·r² × H × W becomes C × H·r × W·r; nothing is lost and nothing is learned.
    """

    paper = "Shi and others, Real-time single image and video super-resolution, 2016"
    holds = "same"
    upscale_factor: int = count(2, "Factor r: how many times higher and wider.", high=1024, card=True, phrase="× {}")

    def shape(self, *shapes: Shape) -> Shape:
        r, (channels, *extents) = self.upscale_factor, shapes[0]
        if channels % (r * r):
            words = f"{channels} channels are no multiple of {r}²"
            raise Misfit(words, "upscale_factor", f"{channels} / {r * r} = {channels / (r * r):.2f}")
        return (derive(_LESS, {"C": channels, "r": r}), *(derive(_TIMES, {"n": n, "r": r}) for n in extents))

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.pixel_shuffle", *refs, self.upscale_factor)


@layer(
    "pixel_unshuffle",
    family="pooling",
    label="PixelUnshuffle",
    ports=_IMAGE,
    keywords="invertible squeeze pooling space to depth downsample revnet",
)
class PixelUnshuffle(Layer):
    """Halve an image without losing a number: each r×r neighbours become r² channels (invertible pooling, squeeze).

    C × H × W becomes C·r² × H/r × W/r; PixelShuffle undoes it.
    """

    paper = "Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, 2016"
    holds = "same"
    downscale_factor: int = count(
        2, "Factor r: how many times lower and narrower.", high=1024, card=True, phrase="/ {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        r, (channels, *extents) = self.downscale_factor, shapes[0]
        for n in extents:
            if n % r:
                raise Misfit(f"{n} cells are no multiple of {r}", "downscale_factor", f"{n} / {r} = {n / r:.2f}")
        return (derive(_MORE, {"C": channels, "r": r}), *(derive(_OVER, {"n": n, "r": r}) for n in extents))

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.pixel_unshuffle", *refs, self.downscale_factor)


_MODES = {
    "constant": "one value",
    "reflect": "mirror the border",
    "replicate": "repeat the border",
    "circular": "wrap around",
}


@layer(
    "pad",
    family="convolution",
    ports="x: C * -> y: C *",
    keywords="padding zero reflection replication circular constant border",
)
class Pad(Layer):
    """Put a border around a line, an image or a volume: zeros, a mirror image, or what lies at the other end.

    H' = H + before + after. Sides are given as in torch: two for the last axis, two for the one before, ….
    """

    pad: tuple[int, ...] = Ints((1, 1), "Cells before and after, the last axis first.", low=0, longest=6, card=True)  # type: ignore[assignment]
    mode: str = choice("constant", "What the border holds.", _MODES)
    value: float = real(0.0, "The value, if constant.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        pairs, rank = len(self.pad) // 2, len(shapes[0])
        if len(self.pad) % 2 or not 1 <= pairs <= rank - 1:
            words = (
                f"{text(shapes[0])} wants 2 numbers for each axis behind the channels, at most {2 * (rank - 1)} in all"
            )
            raise Misfit(words, "pad")
        if self.mode != "constant" and pairs not in (rank - 1, rank):
            raise Misfit(f"padding with {self.mode} wants both sides of all {rank - 1} axes", "pad")
        sizes = list(shapes[0])
        for i in range(pairs):
            p, q = self.pad[2 * i], self.pad[2 * i + 1]
            limit = {"reflect": sizes[-1 - i] - 1, "circular": sizes[-1 - i]}.get(self.mode)
            if limit is not None and max(p, q) > limit:
                words = f"{self.mode} can pad {sizes[-1 - i]} cells by at most {limit}, not {max(p, q)}"
                raise Misfit(words, "pad")
            sizes[-1 - i] = derive(_PADDED, {"n": sizes[-1 - i], "p": p, "q": q})
        return tuple(sizes)

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        options = self.given("mode") | (self.given("value") if self.mode == "constant" else {})
        return fn("F.pad", *refs, self.pad, **options)


@layer(
    "unfold",
    family="convolution",
    ports="image: C H W -> patches: D L",
    rare=True,
    keywords="im2col patches vit sliding blocks",
)
class Unfold(Layer):
    """Cut an image into patches, each laid out as one column: what a convolution multiplies its filters with.

    C×H×W becomes (C·K_H·K_W)×L, where L is the number of places of the window.
    """

    spatial = "HW"
    kernel_size: tuple[int, ...] = per_axis(2, "Extent of a patch.", unit="px", card=True, fit=True, full=True)
    dilation: tuple[int, ...] = per_axis(
        1, "Distance between a patch's cells.", unit="px", more=True, phrase="dilation {}"
    )
    padding: tuple[int, ...] = per_axis(0, "Cells of zero added at each side.", unit="px", low=0, fit=True)
    stride: tuple[int, ...] = per_axis(1, "How far from patch to patch.", unit="px", fit=True, phrase="stride {}")

    def shape(self, *shapes: Shape) -> Shape:
        channels, *extents = shapes[0]
        places = window(extents, self.kernel_size, self.stride, self.padding, self.dilation, self.spatial)
        if any(n <= 0 for n in places):
            raise Misfit(f"no patch fits into {text(shapes[0])}", "kernel_size", places[0].filled)
        return (derive(_PATCH, {"C": channels, "k": prod(self.kernel_size)}), prod(int(n) for n in places))

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.unfold", *refs, one(self.kernel_size), **self.given("dilation", "padding", "stride"))
