"""Functions applied to every number on its own, and softmax."""

from __future__ import annotations

from visualnet.layers.calls import Make
from visualnet.layers.declare import Layer, Shape, layer


@layer("relu", family="activation", ports="x: * -> y: *", label="ReLU", keywords="rectifier activation nonlinearity", holds="nonnegative")
class ReLU(Layer):
    """Let positive numbers pass and set negative ones to zero.

    y = max(0, x). Cheap, and its slope does not fade for large x; a unit that is negative for every input is dead.
    """

    def module(self, *shapes: Shape) -> Make:
        return Make("nn.ReLU")
