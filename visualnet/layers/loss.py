"""What is minimised, and what is only reported. Both stand on the canvas, so that f and L can be seen together."""

from __future__ import annotations

from typing import Any

from visualnet.layers.calls import Expr, Own, fn
from visualnet.layers.declare import Layer, Misfit, Shape, layer
from visualnet.layers.params import real

_LOGITS = {
    "probabilities": "cross-entropy takes the logits themselves: it contains the softmax, and two of them flatten the gradients",
    "nonnegative": "the logits cannot be negative after this activation, so no class can be argued against",
}


class Loss(Layer):
    """One number for the whole batch, to be minimised. Several losses are added, each times its weight."""

    weight: float = real(1.0, "Its share when several losses are added.", low=0, high=1e6, more=True)

    def shape(self, *shapes: Shape) -> Shape:
        return ()


@layer(
    "cross_entropy",
    family="loss",
    label="Cross-entropy",
    ports="logits: K *, target: * @int -> loss: !",
    role="loss",
    refuses={"logits": _LOGITS},
    keywords="classification softmax log likelihood",
)
class CrossEntropy(Loss):
    """How surprised the network is by the right class, averaged over the batch.

    L = −log softmax(logits)[target]. Takes raw logits: the softmax is inside. The class axis K comes right after the batch.
    """

    def shape(self, *shapes: Shape) -> Shape:
        (_, *positions), target = shapes
        if tuple(positions) != tuple(target):
            wanted = "×".join(map(str, positions)) or "one class number per sample"
            raise Misfit(f"the target has size {'×'.join(map(str, target)) or '1'}; these logits want {wanted}", "target")
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        logits, target = refs
        return fn("F.cross_entropy", logits, target)


@layer(
    "accuracy",
    family="loss",
    ports="logits: K *, target: * @int -> accuracy: !",
    role="metric",
    keywords="metric classification correct share",
)
class Accuracy(Layer):
    """Share of samples whose largest logit is the right class: 1 is perfect, 1/K is guessing."""

    def shape(self, *shapes: Shape) -> Shape:
        (_, *positions), target = shapes
        if tuple(positions) != tuple(target):
            raise Misfit("the target's size is not that of the logits without the class axis", "target")
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        logits, target = refs
        return fn("torch.eq", logits.argmax(1), target).float().mean()
