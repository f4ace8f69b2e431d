"""Layers that slide learned filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any, ClassVar

from visualnet.core.expressions import Derived, parse
from visualnet.core.graph import Value
from visualnet.layers.calls import Make
from visualnet.layers.declare import Fault, Layer, Misfit, Pattern, Shape, Sized, Spec, layer, sized
from visualnet.layers.formulas import WINDOW_SUM, along, window
from visualnet.layers.params import choice, count, flag, size

_MACS = parse("positions*kernel*(in_channels/groups)*out_channels")
PADDING_MODES = {
    "zeros": "pad with zeros",
    "reflect": "mirror the border",
    "replicate": "repeat the border",
    "circular": "wrap around",
}
PADDING_WORDS = {"same": "as much as keeps the size (stride 1)", "valid": "none"}


class Convolution(Layer):
    """What convolutions of every dimension share: the parameters are theirs, the arithmetic is here."""

    module_name: ClassVar[str]
    spatial: ClassVar[str]
    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    groups: int
    bias: bool
    padding_mode: str

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        channels = shapes[0][0]
        for extent, at in ((channels, "in_channels"), (self.out_channels, "out_channels")):
            if extent % self.groups:
                words = f"{self.groups} groups do not divide {extent} {at}"
                yield Fault(words, "groups", formula=f"{extent} / {self.groups} = {extent / self.groups:.2f}")
        if self.padding == "same" and any(s != 1 for s in self.stride):
            yield Fault("padding “same” needs stride 1", "padding")

    def shape(self, *shapes: Shape) -> Shape:
        _, *extents = shapes[0]
        if isinstance(self.padding, str):
            total = [d * (k - 1) if self.padding == "same" else 0 for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            sizes = tuple(
                Derived.of(WINDOW_SUM, {"n": n, "k": k, "s": s, "p": p, "d": d}, {**along(a), "p": "padding (both sides)"})
                for n, k, s, p, d, a in zip(extents, self.kernel_size, self.stride, total, self.dilation, self.spatial, strict=True)
            )
        else:
            self._check_mode(extents)
            sizes = window(extents, self.kernel_size, self.stride, self.padding, self.dilation, self.spatial)
        return (self.out_channels, *sizes)

    def _check_mode(self, extents: list[int]) -> None:
        """Mirroring needs fewer padded cells than there are cells to mirror, wrapping no more."""
        limit = {"reflect": -1, "circular": 0}.get(self.padding_mode)
        for n, p in zip(extents, self.padding, strict=True):
            if limit is not None and isinstance(p, int) and p > n + limit:
                raise Misfit(f"padding mode {self.padding_mode} can pad {n} cells by at most {n + limit}, not {p}", "padding")

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        kernel = {f"K_{a}": k for a, k in zip(self.spatial, self.kernel_size, strict=True)}
        weight = sized(out_channels=self.out_channels, **{"in_channels/groups": shapes[0][0] // self.groups}, **kernel)
        return {"weight": weight, **({"bias": sized(out_channels=self.out_channels)} if self.bias else {})}

    def macs(self, *shapes: Shape) -> int:
        figures = {"positions": prod(self.shape(*shapes)[1:]), "kernel": prod(self.kernel_size), "in_channels": shapes[0][0]}
        return Derived.of(_MACS, {**figures, "groups": self.groups, "out_channels": self.out_channels})

    def module(self, *shapes: Shape) -> Make:
        names = ("stride", "padding", "dilation", "groups", "bias", "padding_mode")
        options: Mapping[str, Any] = {name: getattr(self, name) for name in names}
        return Make(f"nn.{self.module_name}", int(shapes[0][0]), self.out_channels, kernel_size=self.kernel_size, **options)


@layer("conv2d", family="convolution", ports="image: C H W -> features: C H W", adapter=True, keywords="filter kernel cnn image")
class Conv2d(Convolution):
    """Slide learned filters over an image; each filter yields one output channel.

    H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, and W' alike.
    Parameters: K_H·K_W·(in_channels/groups)·out_channels + out_channels. With groups = in_channels it is depthwise;
    with a 1×1 kernel, pointwise.
    """

    module_name, spatial = "Conv2d", "HW"
    out_channels: int = count(32, "Number of learned filters.", card=True, fit=True)
    kernel_size: tuple[int, ...] = size(2, 3, "Filter height and width.", unit="px", card=True, fit=True)
    stride: tuple[int, ...] = size(2, 1, "How far the filter moves each time.", unit="px", fit=True)
    padding: tuple[int, ...] | str = size(2, 0, "Cells added around the image.", unit="px", low=0, words=PADDING_WORDS, fit=True)
    dilation: tuple[int, ...] = size(2, 1, "Distance between the filter's taps.", unit="px", more=True)
    groups: int = count(1, "Channels are split into so many separate convolutions.", more=True, fit=True)
    bias: bool = flag(True, "Add a learned constant to each output channel.", more=True)
    padding_mode: str = choice("zeros", "What the padding holds.", PADDING_MODES, more=True)

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target is None or len(have.shape) != 3 or len(target) != 3:
            return
        strides = tuple(-(-n // m) if m else 1 for n, m in zip(have.shape[1:], target[1:], strict=True))
        if window(have.shape[1:], (1, 1), strides, (0, 0), (1, 1)) == tuple(target[1:]):
            extra = {} if strides == (1, 1) else {"stride": strides}
            yield {"out_channels": int(target[0]), "kernel_size": (1, 1), **extra}
