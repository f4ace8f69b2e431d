"""Layers that connect every input to every output."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.core.expressions import Derived, parse
from visualnet.core.graph import Value
from visualnet.layers.calls import Make
from visualnet.layers.declare import Layer, Pattern, Shape, Sized, Spec, layer, sized
from visualnet.layers.params import count, flag

_MACS = parse("positions*in_features*out_features")


@layer("linear", family="dense", ports="x: * D -> y: * D", adapter=True, keywords="dense fully connected fc affine matrix mlp")
class Linear(Layer):
    """Mix all features: every output is a weighted sum of every input, plus a bias.

    y = x·Wᵀ + b. Leading axes (time, patches) are kept; the last one changes from D to out_features.
    Parameters: in_features·out_features + out_features.
    """

    out_features: int = count(64, "Number of outputs per position.", card=True, fit=True)
    bias: bool = flag(True, "Add a learned constant to each output.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0][:-1], self.out_features)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        weight = sized(out_features=self.out_features, in_features=shapes[0][-1])
        return {"weight": weight, **({"bias": sized(out_features=self.out_features)} if self.bias else {})}

    def macs(self, *shapes: Shape) -> int:
        *lead, features = shapes[0]
        positions = 1
        for extent in lead:
            positions *= extent
        return Derived.of(_MACS, {"positions": positions, "in_features": features, "out_features": self.out_features})

    def module(self, *shapes: Shape) -> Make:
        return Make("nn.Linear", int(shapes[0][-1]), self.out_features, bias=self.bias)

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target and have.shape and have.dtype == "float" and target[:-1] == have.shape[:-1]:
            yield {"out_features": int(target[-1])}
