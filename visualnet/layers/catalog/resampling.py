"""Layers that change a size without learning: upsampling, pixels into channels and back, padding, patches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import floor, prod
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import UNARY, Expr, InverseRule, Known, OwnModule, fn, one
from visualnet.layers.declaration.formulas import derive, window
from visualnet.layers.declaration.layer import Fault, Layer, Shape, ShapeError, layer
from visualnet.layers.declaration.params import BIG, Ints, choice, count, flag, per_axis, real

_IMAGE = "image: C H W -> features: C H W"
_BACK = InverseRule(("features",), ("image",))
_TIMES, _OVER, _PADDED = parse("n*r"), parse("n / r"), parse("n + p + q")
_FACTOR = parse("floor(n*r)")
_MORE, _LESS = parse("C*r*r"), parse("C / (r*r)")
_RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
_FOR = {1: "lines (C×L)", 2: "images (C×H×W)", 3: "volumes (C×D×H×W)"}
_PATCH, _UNPATCH = parse("C*k"), parse("D / k")


@layer(
    "upsample",
    family="pooling",
    ports="x: C * -> y: C *",
    keywords="interpolate resize enlarge shrink bilinear nearest unet decoder",
)
class Upsample(Layer):
    """Enlarge (or shrink) by a factor or to a size, copying cells or drawing lines between them; nothing is learned.

    H' = ⌊H·scale_factor⌋, or what size says. “nearest” copies; the others take means of neighbours, along one, two or three axes.
    """

    scale_factor: float = real(
        2.0, "How many times larger along each axis.", low=0.001, high=1024, card=True, phrase="× {}"
    )
    size: tuple[int, ...] | None = Ints(
        None, "Size that comes out, instead of a factor.", low=1, high=1 << 20, longest=3, none="by factor", full=True
    )  # type: ignore[assignment]
    mode: str = choice(
        "nearest",
        "How new cells are filled.",
        {
            "nearest": "copy the nearest",
            "nearest-exact": "copy the nearest, cell centres kept (as picture programs do)",
            "linear": "between two cells (lines)",
            "bilinear": "between four cells (images)",
            "bicubic": "smoother, may overshoot (images)",
            "trilinear": "between eight cells (volumes)",
            "area": "mean of the cells that a new one covers",
        },
    )
    align_corners: bool = flag(False, "Corners stay on corners (linear and cubic modes).", more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if not 2 <= len(shapes[0]) <= 4:
            yield Fault(
                f"{text(shapes[0])} has no line, image or volume to enlarge: C and one to three axes are needed", "x"
            )
        elif len(shapes[0]) - 1 != _RANKS.get(self.mode, len(shapes[0]) - 1):
            yield Fault(f"{self.mode} does not suit {text(shapes[0])}: it is for {_FOR[_RANKS[self.mode]]}", "mode")
        if self.align_corners and self.mode not in _RANKS:
            yield Fault(f"align_corners has no meaning with {self.mode}", "align_corners", "hint")
        if self.size is not None and len(self.size) not in (1, len(shapes[0]) - 1):
            yield Fault(f"{text(shapes[0])} wants 1 or {len(shapes[0]) - 1} extents, not {len(self.size)}", "size")

    def shape(self, *shapes: Shape) -> Shape:
        channels, *extents = shapes[0]
        if self.size is not None:
            return (channels, *(self.size * len(extents) if len(self.size) == 1 else self.size))
        return (channels, *(_enlarged(n, self.scale_factor) for n in extents))

    def holding(self, first: str) -> str:
        return "" if self.mode == "bicubic" else first

    def card(self) -> str:
        made = f"× {self.scale_factor:g}" if self.size is None else f"to {'×'.join(map(str, self.size))}"
        return f"{made} · {self.mode}"

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        corners = self.given("align_corners") if self.mode in _RANKS else {}
        # One factor that is whole is written as one: 2, not 2.0.
        factor = int(self.scale_factor) if self.scale_factor == int(self.scale_factor) else self.scale_factor
        to: dict[str, Any] = {"scale_factor": factor} if self.size is None else {"size": one(self.size)}
        return fn("F.interpolate", *refs, **to, **self.given("mode"), **corners)


def _enlarged(n: int, factor: float) -> int:
    """torch multiplies in floating point: where that rounds to the other side of a whole number, its answer counts."""
    told, found = derive(_FACTOR, {"n": n, "r": factor}), floor(n * factor)
    return told if told == found else found


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
            raise ShapeError(words, "upscale_factor", f"{channels} / {r * r} = {channels / (r * r):.2f}")
        return (derive(_LESS, {"C": channels, "r": r}), *(derive(_TIMES, {"n": n, "r": r}) for n in extents))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.pixel_shuffle", *refs, self.upscale_factor)

    def undoing(self) -> InverseRule:
        return _BACK

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"image": fn("F.pixel_unshuffle", known["features"], self.upscale_factor)}


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
                raise ShapeError(f"{n} cells are no multiple of {r}", "downscale_factor", f"{n} / {r} = {n / r:.2f}")
        return (derive(_MORE, {"C": channels, "r": r}), *(derive(_OVER, {"n": n, "r": r}) for n in extents))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.pixel_unshuffle", *refs, self.downscale_factor)

    def undoing(self) -> InverseRule:
        return _BACK

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"image": fn("F.pixel_shuffle", known["features"], self.downscale_factor)}


@layer(
    "channel_shuffle",
    family="pooling",
    label="ChannelShuffle",
    ports="x: C * -> y: C *",
    rare=True,
    keywords="groups mix shufflenet mobile",
)
class ChannelShuffle(Layer):
    """Deal the channels out anew, so that what grouped convolutions kept apart meets in the next one.

    C channels stand in groups of C/groups; the first of each group come first, then the second of each, and so on.
    """

    paper = "Zhang, Zhou, Lin and Sun, ShuffleNet, 2017"
    holds = "same"
    groups: int = count(2, "How many groups.", high=1 << 20, card=True, fit=True, phrase="{} groups")

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if len(shapes[0]) < 2:
            yield Fault(f"{text(shapes[0])} has no places beside the channels: at least two axes are needed", "x")

    def shape(self, *shapes: Shape) -> Shape:
        channels = shapes[0][0]
        if channels % self.groups:
            words = f"{channels} channels are no multiple of {self.groups}"
            raise ShapeError(words, "groups", f"{channels} / {self.groups} = {channels / self.groups:.2f}")
        return shapes[0]

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.channel_shuffle", *refs, self.groups)

    def undoing(self) -> InverseRule:
        return UNARY

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        return {"x": fn("F.channel_shuffle", known["y"], int(shapes[0][0]) // self.groups)}


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
    """Put a border around a line, an image or a volume, or with negative numbers cut one off.

    H' = H + before + after. Sides are given as in torch: two for the last axis, two for the one before, …. The border is zeros, a mirror
    image, or what lies at the other end; −1 takes one cell away from that side.
    """

    pad: tuple[int, ...] = Ints(  # type: ignore[assignment]
        (1, 1),
        "Cells before and after, the last axis first; negative ones are cut off.",
        low=-BIG,
        longest=6,
        card=True,
    )
    mode: str = choice("constant", "What the border holds.", _MODES)
    value: float = real(0.0, "The value, if constant.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        pairs, rank = len(self.pad) // 2, len(shapes[0])
        if len(self.pad) % 2 or not 1 <= pairs <= rank - 1:
            words = (
                f"{text(shapes[0])} wants 2 numbers for each axis behind the channels, at most {2 * (rank - 1)} in all"
            )
            raise ShapeError(words, "pad")
        if self.mode != "constant" and pairs not in (rank - 1, rank):
            raise ShapeError(f"padding with {self.mode} wants both sides of all {rank - 1} axes", "pad")
        sizes = list(shapes[0])
        for i in range(pairs):
            p, q = self.pad[2 * i], self.pad[2 * i + 1]
            limit = {"reflect": sizes[-1 - i] - 1, "circular": sizes[-1 - i]}.get(self.mode)
            if limit is not None and max(p, q) > limit:
                words = f"{self.mode} can pad {sizes[-1 - i]} cells by at most {limit}, not {max(p, q)}"
                raise ShapeError(words, "pad")
            cut = -min(p, 0) - min(q, 0)
            if self.mode == "circular" and min(p, q) < 0 < max(p, q):
                # torch leaves cells of the answer unwritten there: they hold whatever was in memory before.
                raise ShapeError(
                    "circular cannot pad one end and cut off the other: use two Pads, one behind the other", "pad"
                )
            if self.mode == "constant" and cut > sizes[-1 - i]:
                raise ShapeError(
                    f"{cut} cells cannot be cut off {sizes[-1 - i]}", "pad", f"{sizes[-1 - i]} − {cut} < 0"
                )
            sizes[-1 - i] = left = derive(_PADDED, {"n": sizes[-1 - i], "p": p, "q": q})
            if left <= 0:
                raise ShapeError(f"nothing is left of {text(shapes[0])}: less must be cut off", "pad", left.filled)
        return tuple(sizes)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
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
            raise ShapeError(f"no patch fits into {text(shapes[0])}", "kernel_size", places[0].filled)
        return (derive(_PATCH, {"C": channels, "k": prod(self.kernel_size)}), prod(int(n) for n in places))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.unfold", *refs, one(self.kernel_size), **self.given("dilation", "padding", "stride"))


@layer(
    "fold",
    family="convolution",
    ports="patches: D L -> image: C H W",
    rare=True,
    keywords="col2im patches overlap add sliding blocks",
)
class Fold(Layer):
    """Lay patches back into an image; where they overlap, they are added. Unfold the other way round.

    (C·K_H·K_W)×L becomes C×H×W with the size that you give; L must be the number of places of the window in it.
    """

    spatial = "HW"
    output_size: tuple[int, ...] = per_axis(8, "Size of the image.", unit="px", high=1 << 20, card=True, full=True)
    kernel_size: tuple[int, ...] = per_axis(2, "Extent of a patch.", unit="px", card=True, full=True)
    dilation: tuple[int, ...] = per_axis(
        1, "Distance between a patch's cells.", unit="px", more=True, phrase="dilation {}"
    )
    padding: tuple[int, ...] = per_axis(0, "Cells at each side that are cut off again.", unit="px", low=0)
    stride: tuple[int, ...] = per_axis(1, "How far from patch to patch.", unit="px", phrase="stride {}")

    def example(self) -> tuple[Shape, ...]:
        fits = window(self.output_size, self.kernel_size, self.stride, self.padding, self.dilation, self.spatial)
        return ((3 * prod(self.kernel_size), prod(max(int(n), 1) for n in fits)),)

    def shape(self, *shapes: Shape) -> Shape:
        features, places = shapes[0]
        cells = prod(self.kernel_size)
        if features % cells:
            words = f"a column of {features} numbers is no whole number of channels of {cells} cells"
            raise ShapeError(words, "kernel_size", f"{features} / {cells} = {features / cells:.2f}")
        fits = window(self.output_size, self.kernel_size, self.stride, self.padding, self.dilation, self.spatial)
        if any(n <= 0 for n in fits):
            raise ShapeError(f"no patch fits into {text(self.output_size)}", "output_size", fits[0].filled)
        if prod(map(int, fits)) != places:
            words = f"{text(self.output_size)} has places for {prod(map(int, fits))} patches; {places} arrive"
            raise ShapeError(words, "output_size", f"{'·'.join(str(int(n)) for n in fits)} ≠ {places}")
        return (derive(_UNPATCH, {"D": features, "k": cells}), *self.output_size)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        options = self.given("dilation", "padding", "stride")
        return fn("F.fold", *refs, one(self.output_size), one(self.kernel_size), **options)
