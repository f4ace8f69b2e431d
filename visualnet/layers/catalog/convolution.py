"""Layers that slide learned filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from visualnet.core.expressions import parse
from visualnet.core.graph import Value
from visualnet.layers.declaration.calls import ModuleCall
from visualnet.layers.declaration.drawings import Drawing, SlidingWindow, Spread
from visualnet.layers.declaration.formulas import WINDOW_SUM, derive, spell_axis, transposed, window
from visualnet.layers.declaration.initial_moments import InitialState, Moments, after_weights, inside_share
from visualnet.layers.declaration.layer import Fault, Layer, Pattern, Shape, ShapeError, Sized, Spec, layer, sized
from visualnet.layers.declaration.params import choice, count, flag, per_axis

_MACS = parse("positions*kernel*(in_channels/groups)*out_channels")
_DILATION = "Distance between the filter's taps."
_GROUPS = "Channels are split into so many separate convolutions."
_BIAS = "Add a learned constant to each output channel."
_OUT = "Number of learned filters."
PADDING_MODES = {
    "zeros": "pad with zeros",
    "reflect": "mirror the border",
    "replicate": "repeat the border",
    "circular": "wrap around",
}
PADDING_WORDS = {"same": "as much as keeps the size (stride 1)", "valid": "none"}


def group_faults(groups: int, in_channels: int, out_channels: int) -> Iterator[Fault]:
    """A fault for each number of channels that cannot be split into so many groups."""
    for extent, name in ((in_channels, "in_channels"), (out_channels, "out_channels")):
        if extent % groups:
            words = f"{groups} groups do not divide {extent} {name}"
            yield Fault(words, "groups", formula=f"{extent} / {groups} = {extent / groups:.2f}")


class Convolution(Layer):
    """What convolutions of every dimension share. The classes bear the names of torch's modules."""

    out_channels: int = count(32, _OUT, card=2, fit=True)
    kernel_size: tuple[int, ...] = per_axis(3, "Extent of the filter.", unit="px", card=1, fit=True, full=True)
    stride: tuple[int, ...] = per_axis(1, "How far the filter moves each time.", unit="px", fit=True)
    padding: tuple[int, ...] | str = per_axis(
        0, "Cells added at each side.", unit="px", low=0, words=PADDING_WORDS, fit=True
    )
    dilation: tuple[int, ...] = per_axis(1, _DILATION, unit="px", more=True, phrase="dilation {}")
    groups: int = count(1, _GROUPS, more=True, fit=True, phrase="groups {}")
    bias: bool = flag(True, _BIAS, more=True)
    padding_mode: str = choice("zeros", "What the padding holds.", PADDING_MODES, more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        yield from group_faults(self.groups, int(shapes[0][0]), self.out_channels)
        if self.padding != "same":
            return
        if any(s != 1 for s in self.stride):
            yield Fault("padding “same” needs stride 1", "padding")
        if any(d * (k - 1) % 2 for d, k in zip(self.dilation, self.kernel_size, strict=True)):
            yield Fault("an even kernel has no middle: “same” pads one cell more at the far end", "padding", "hint")

    def shape(self, *shapes: Shape) -> Shape:
        _, *extents = shapes[0]
        total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        if not isinstance(self.padding, str):
            self._check_mode(extents, self.padding)
            return (
                self.out_channels,
                *window(extents, self.kernel_size, self.stride, self.padding, self.dilation, self.spatial),
            )
        if self.padding == "same":
            self._check_mode(extents, [p - p // 2 for p in total])
        else:
            total = [0] * len(extents)
        letters = {"p": "padding (both sides)"}
        figures = zip(extents, self.kernel_size, self.stride, total, self.dilation, self.spatial, strict=True)
        sizes = (
            derive(WINDOW_SUM, dict(zip("nkspd", f[:5], strict=True)), {**spell_axis(f[5]), **letters}) for f in figures
        )
        return (self.out_channels, *sizes)

    def drawing(self, *shapes: Shape) -> Drawing:
        kernel, dilation = self.kernel_size, self.dilation
        if isinstance(self.padding, str):
            total = [d * (k - 1) if self.padding == "same" else 0 for d, k in zip(dilation, kernel, strict=True)]
            sides = tuple((p // 2, p - p // 2) for p in total)
        else:
            sides = tuple((p, p) for p in self.padding)
        return SlidingWindow(self.spatial, tuple(map(int, shapes[0][1:])), kernel, self.stride, sides, dilation)

    def _check_mode(self, extents: Sequence[int], padding: Sequence[int]) -> None:
        """Mirroring needs fewer padded cells than there are cells to mirror, wrapping no more."""
        limit = {"reflect": -1, "circular": 0}.get(self.padding_mode)
        for n, p in zip(extents, padding, strict=True):
            if limit is not None and p > n + limit:
                raise ShapeError(
                    f"padding mode {self.padding_mode} can pad {n} cells by at most {n + limit}, not {p}", "padding"
                )

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        kernel = {f"K_{a}": k for a, k in zip(self.spatial, self.kernel_size, strict=True)}
        weight = sized(out_channels=self.out_channels, **{"in_channels/groups": shapes[0][0] // self.groups}, **kernel)
        return {"weight": weight, **({"bias": sized(out_channels=self.out_channels)} if self.bias else {})}

    def begins(self, start: InitialState) -> Moments | None:
        shape = start.shapes[0]
        if shape is None:
            return None
        share = 1.0
        for axis, (k, d, s) in enumerate(zip(self.kernel_size, self.dilation, self.stride, strict=True)):
            padding = (
                {"same": d * (k - 1) // 2, "valid": 0}.get(self.padding, 0)
                if isinstance(self.padding, str)
                else self.padding[axis]
            )
            if self.padding_mode == "zeros":
                n = int(shape[1 + axis])
                share *= inside_share(n, (n + 2 * padding - d * (k - 1) - 1) // s + 1, k, s, padding, d)
        return after_weights(start, share * int(shape[0]) / self.groups * prod(self.kernel_size))

    def macs(self, *shapes: Shape) -> int:
        figures = {
            "positions": prod(self.shape(*shapes)[1:]),
            "kernel": prod(self.kernel_size),
            "in_channels": shapes[0][0],
        }
        return derive(_MACS, {**figures, "groups": self.groups, "out_channels": self.out_channels})

    def module(self, *shapes: Shape) -> ModuleCall:
        names = ("stride", "padding", "dilation", "groups", "bias", "padding_mode")
        options: Mapping[str, Any] = {name: getattr(self, name) for name in names}
        return ModuleCall(
            f"nn.{type(self).__name__}", int(shapes[0][0]), self.out_channels, kernel_size=self.kernel_size, **options
        )


class TransposedConvolution(Layer):
    """What transposed convolutions of every dimension share."""

    out_channels: int = count(32, _OUT, card=2, fit=True)
    kernel_size: tuple[int, ...] = per_axis(2, "Extent of the filter.", unit="px", card=1, fit=True, full=True)
    stride: tuple[int, ...] = per_axis(
        2, "How far apart the input cells are painted.", unit="px", card=3, fit=True, phrase="stride {}"
    )
    padding: tuple[int, ...] = per_axis(0, "Cells cut off at each side of the result.", unit="px", low=0, fit=True)
    output_padding: tuple[int, ...] = per_axis(
        0, "Cells added at one side of the result.", unit="px", low=0, more=True, phrase="extra {}"
    )
    groups: int = count(1, _GROUPS, more=True, fit=True, phrase="groups {}")
    bias: bool = flag(True, _BIAS, more=True)
    dilation: tuple[int, ...] = per_axis(1, _DILATION, unit="px", more=True, phrase="dilation {}")

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        yield from group_faults(self.groups, int(shapes[0][0]), self.out_channels)
        for o, s, d in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if o >= max(s, d):
                formula = f"{o} ≥ max({s}, {d})"
                yield Fault(
                    "output_padding must be smaller than the stride or the dilation", "output_padding", formula=formula
                )
                break

    def shape(self, *shapes: Shape) -> Shape:
        _, *extents = shapes[0]
        numbers = (self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding)
        return (self.out_channels, *transposed(extents, *numbers, self.spatial))

    def drawing(self, *shapes: Shape) -> Drawing:
        extents = tuple(map(int, shapes[0][1:]))
        rest = (self.stride, self.padding, self.output_padding, self.dilation)
        return Spread(self.spatial, extents, self.kernel_size, *rest)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        kernel = {f"K_{a}": k for a, k in zip(self.spatial, self.kernel_size, strict=True)}
        weight = sized(in_channels=shapes[0][0], **{"out_channels/groups": self.out_channels // self.groups}, **kernel)
        return {"weight": weight, **({"bias": sized(out_channels=self.out_channels)} if self.bias else {})}

    def begins(self, start: InitialState) -> Moments | None:
        # Each output cell is painted by kernel / stride of the cells around it.
        return after_weights(
            start, int((start.shapes[0] or (0,))[0]) / self.groups * prod(self.kernel_size) / prod(self.stride)
        )

    def macs(self, *shapes: Shape) -> int:
        channels, *extents = shapes[0]
        figures = {"positions": prod(extents), "kernel": prod(self.kernel_size), "in_channels": channels}
        return derive(_MACS, {**figures, "groups": self.groups, "out_channels": self.out_channels})

    def module(self, *shapes: Shape) -> ModuleCall:
        names = ("stride", "padding", "output_padding", "groups", "bias", "dilation")
        options = {name: getattr(self, name) for name in names}
        name = f"nn.{type(self).__name__}"
        return ModuleCall(name, int(shapes[0][0]), self.out_channels, kernel_size=self.kernel_size, **options)


@layer(
    "conv2d",
    family="convolution",
    ports="image: C H W -> features: C H W",
    adapter=True,
    keywords="filter kernel cnn image",
)
class Conv2d(Convolution):
    """Slide learned filters over an image; each filter yields one output channel.

    H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, and W' alike.
    Parameters: K_H·K_W·(in_channels/groups)·out_channels + out_channels. With groups = in_channels it is depthwise;
    with a 1×1 kernel, pointwise.
    """

    paper = "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998"
    spatial = "HW"

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target is None or len(have.shape) != 3 or len(target) != 3:
            return
        strides = tuple(-(-n // m) if m else 1 for n, m in zip(have.shape[1:], target[1:], strict=True))
        if window(have.shape[1:], (1, 1), strides, (0, 0), (1, 1)) == tuple(target[1:]):
            extra = {} if strides == (1, 1) else {"stride": strides}
            yield {"out_channels": int(target[0]), "kernel_size": (1, 1), **extra}


@layer(
    "conv1d",
    family="convolution",
    ports="signal: C L -> features: C L",
    keywords="filter kernel sequence time series text",
)
class Conv1d(Convolution):
    """Slide learned filters along a line: a sound, a time series, the words of a text.

    L' = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1.
    Parameters: K·(in_channels/groups)·out_channels + out_channels. Channels come first: C×L.
    """

    paper = "Waibel, Hanazawa, Hinton, Shikano and Lang, Phoneme recognition using time-delay neural networks, 1989"
    spatial = "L"


@layer(
    "conv_transpose2d",
    family="convolution",
    ports="image: C H W -> features: C H W",
    keywords="deconvolution upsample up-convolution decoder unet generator",
)
class ConvTranspose2d(TransposedConvolution):
    """Enlarge an image with learned filters: every input cell paints a whole filter into the output.

    H' = (H − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1: the convolution's formula solved for its
    input. Parameters: in_channels·(out_channels/groups)·K_H·K_W + out_channels. The padding is of zeros only, as in torch.
    """

    paper = "Zeiler, Krishnan, Taylor and Fergus, Deconvolutional networks, 2010"
    spatial = "HW"


@layer(
    "conv3d",
    family="convolution",
    ports="volume: C D H W -> features: C D H W",
    rare=True,
    keywords="filter kernel video volume medical",
)
class Conv3d(Convolution):
    """Slide learned filters through a volume: a film, a scan.

    D' = ⌊(D + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, and H', W' alike.
    Parameters: K_D·K_H·K_W·(in_channels/groups)·out_channels + out_channels.
    """

    paper = "Ji, Xu, Yang and Yu, 3D convolutional neural networks for human action recognition, 2010"
    spatial = "DHW"


@layer(
    "conv_transpose1d",
    family="convolution",
    ports="signal: C L -> features: C L",
    rare=True,
    keywords="deconvolution upsample decoder generator audio",
)
class ConvTranspose1d(TransposedConvolution):
    """Lengthen a line with learned filters: every input cell paints a whole filter into the output.

    L' = (L − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1.
    Parameters: in_channels·(out_channels/groups)·K + out_channels.
    """

    spatial = "L"


@layer(
    "conv_transpose3d",
    family="convolution",
    ports="volume: C D H W -> features: C D H W",
    rare=True,
    keywords="deconvolution upsample decoder generator volume",
)
class ConvTranspose3d(TransposedConvolution):
    """Enlarge a volume with learned filters: every input cell paints a whole filter into the output.

    D' = (D − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1, and H', W' alike.
    Parameters: in_channels·(out_channels/groups)·K_D·K_H·K_W + out_channels.
    """

    spatial = "DHW"
