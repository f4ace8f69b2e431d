"""Layers that summarise neighbourhoods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from visualnet.core.graph import Value
from visualnet.layers.calls import Expr, Own, fn, one
from visualnet.layers.declare import Fault, Layer, Pattern, Shape, Spec, layer
from visualnet.layers.formulas import WINDOW, WINDOW_CEIL, window
from visualnet.layers.params import flag, size

_CEIL = "Round sizes up, so that cells at the far edge are read too."


class Pool2d(Layer):
    """What the 2-D poolings share. A stride left open equals the kernel, as in torch."""

    function: ClassVar[str]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None
    padding: tuple[int, ...]
    ceil_mode: bool
    dilation: tuple[int, ...] = (1, 1)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        for k, p in zip(self.kernel_size, self.padding, strict=True):
            if p > k // 2:
                yield Fault(f"padding {p} is more than half the kernel of {k}", "padding", formula=f"{p} > {k} / 2")
                break

    def shape(self, *shapes: Shape) -> Shape:
        channels, *extents = shapes[0]
        formula = WINDOW_CEIL if self.ceil_mode else WINDOW
        stride = self.stride or self.kernel_size
        return (channels, *window(extents, self.kernel_size, stride, self.padding, self.dilation, "HW", formula))

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        others = [name for name in self.params if name != "kernel_size"]
        return fn(self.function, *refs, one(self.kernel_size), **self.given(*others))


@layer(
    "max_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="maximum downsample subsample",
    holds="same",
)
class MaxPool2d(Pool2d):
    """Keep the largest value of each window; the image shrinks, strong responses stay.

    H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1. Nothing is learned.
    """

    function = "F.max_pool2d"
    kernel_size: tuple[int, ...] = size(2, 2, "Window height and width.", unit="px", card=True, fit=True, full=True)
    stride: tuple[int, ...] | None = size(2, None, "How far the window moves.", unit="px", none="as kernel", fit=True)
    padding: tuple[int, ...] = size(2, 0, "Cells added around the image.", unit="px", low=0, fit=True)
    dilation: tuple[int, ...] = size(
        2, 1, "Distance between the window's taps.", unit="px", more=True, phrase="dilation {}"
    )
    ceil_mode: bool = flag(False, _CEIL, more=True, phrase="rounded up")

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


@layer(
    "avg_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="mean average downsample subsample",
    holds="same",
)
class AvgPool2d(Pool2d):
    """Take the mean of each window; the image shrinks and is smoothed.

    H' = ⌊(H + 2·padding − kernel_size) / stride⌋ + 1. Nothing is learned.
    """

    function = "F.avg_pool2d"
    kernel_size: tuple[int, ...] = size(2, 2, "Window height and width.", unit="px", card=True, fit=True, full=True)
    stride: tuple[int, ...] | None = size(2, None, "How far the window moves.", unit="px", none="as kernel", fit=True)
    padding: tuple[int, ...] = size(2, 0, "Cells of zero added around the image.", unit="px", low=0, fit=True)
    ceil_mode: bool = flag(False, _CEIL, more=True, phrase="rounded up")
    count_include_pad: bool = flag(True, "Count the padding's zeros in the mean.", more=True)


@layer(
    "adaptive_avg_pool2d",
    family="pooling",
    ports="image: C H W -> features: C H W",
    keywords="global average mean downsample gap",
    holds="same",
    adapter=True,
)
class AdaptiveAvgPool2d(Layer):
    """Average the image down to a size that you choose, whatever size arrives; 1×1 is global average pooling.

    Each output cell is the mean of its share of the image, rows ⌊i·H / H'⌋ to ⌈(i + 1)·H / H'⌉. Nothing is learned.
    """

    paper = "Lin, Chen and Yan, Network in network, 2013 (global average pooling)"
    output_size: tuple[int, ...] = size(
        2, 1, "Height and width that come out.", unit="px", high=1 << 20, card=True, fit=True, full=True
    )

    def shape(self, *shapes: Shape) -> Shape:
        return (shapes[0][0], *self.output_size)

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.adaptive_avg_pool2d", *refs, one(self.output_size))

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target is None or len(have.shape) != 3 or len(target) != 3 or have.dtype != "float":
            return
        (channels, *extents), (wanted, *sizes) = have.shape, target
        if channels == wanted and extents != sizes and all(m <= n for n, m in zip(extents, sizes, strict=True)):
            yield {"output_size": (int(sizes[0]), int(sizes[1]))}
