"""Layers that summarise neighbourhoods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from visualnet.layers.calls import Make
from visualnet.layers.declare import Fault, Layer, Shape, layer
from visualnet.layers.formulas import window
from visualnet.layers.params import size


class Pool2d(Layer):
    """What the 2-D poolings share. A stride left open equals the kernel, as in torch."""

    module_name: ClassVar[str]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None
    padding: tuple[int, ...]
    dilation: tuple[int, ...] = (1, 1)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        for k, p in zip(self.kernel_size, self.padding, strict=True):
            if p > k // 2:
                yield Fault(f"padding {p} is more than half the kernel of {k}", "padding", formula=f"{p} > {k} / 2")
                break

    def shape(self, *shapes: Shape) -> Shape:
        channels, *extents = shapes[0]
        sizes = window(extents, self.kernel_size, self.stride or self.kernel_size, self.padding, self.dilation)
        return (channels, *sizes)

    def options(self) -> Mapping[str, Any]:
        return {}

    def module(self, *shapes: Shape) -> Make:
        return Make(f"nn.{self.module_name}", self.kernel_size, stride=self.stride, padding=self.padding, **self.options())


@layer("max_pool2d", family="pooling", ports="image: C H W -> features: C H W", keywords="maximum downsample subsample", holds="same")
class MaxPool2d(Pool2d):
    """Keep the largest value of each window; the image shrinks, strong responses stay.

    H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1. Nothing is learned.
    """

    module_name = "MaxPool2d"
    kernel_size: tuple[int, ...] = size(2, 2, "Window height and width.", unit="px", card=True, fit=True)
    stride: tuple[int, ...] | None = size(2, 2, "How far the window moves.", unit="px", none="as kernel", fit=True)
    padding: tuple[int, ...] = size(2, 0, "Cells added around the image.", unit="px", low=0, fit=True)
    dilation: tuple[int, ...] = size(2, 1, "Distance between the window's taps.", unit="px", more=True)

    def options(self) -> Mapping[str, Any]:
        return {"dilation": self.dilation}
