"""What is minimised, and what is only reported. Both stand on the canvas, so that f and L can be seen together."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from visualnet.layers.axes import text
from visualnet.layers.calls import Expr, Own, fn
from visualnet.layers.declare import Layer, Misfit, Shape, layer
from visualnet.layers.moments import Start, binary_surprise, surprise
from visualnet.layers.params import real

_LOGITS = {
    "probabilities": "cross-entropy takes the logits themselves: it contains the softmax, and two of them flatten the gradients",
    "fractions": "cross-entropy takes the logits themselves: squashed to between 0 and 1 they can hardly differ",
    "nonnegative": "the logits cannot be negative after this activation, so no class can be argued against",
}
_BINARY_LOGITS = {
    "probabilities": "this loss takes the logits themselves: it contains the sigmoid",
    "fractions": "this loss takes the logits themselves: it contains the sigmoid, and after a second one “no” is never likely",
    "nonnegative": "the logits cannot be negative after this activation, so “no” is never more likely than “yes”",
    "logarithms": "logarithms of probabilities cannot be positive, so “yes” is never more likely than “no”",
}
_UNBOUNDED = "this loss wants probabilities from 0 to 1: put a sigmoid before it, or use the one with logits"
_PAIR = "prediction: *, target: * -> loss: !"


def classes_fit(logits: Shape, target: Shape) -> None:
    """Hold a target of class numbers against logits whose first axis is the classes.

    Raises:
        Misfit: the target's axes are not the logits' other axes.
    """
    if tuple(logits[1:]) != tuple(target):
        wanted = text(logits[1:]) if logits[1:] else "one class number per sample"
        raise Misfit(f"the target has size {text(target)}; logits of {text(logits)} want {wanted}", "target")


def pairs_fit(prediction: Shape, target: Shape) -> None:
    """Hold two tensors against each other that are compared number by number; axes of extent 1 do not matter.

    Raises:
        Misfit: their sizes differ.
    """
    if [n for n in prediction if n != 1] != [n for n in target if n != 1]:
        words = f"the target has size {text(target)}; it is compared number by number with {text(prediction)}"
        raise Misfit(words, "target", f"{text(prediction)} ≠ {text(target)}")


class Loss(Layer):
    """One number for the whole batch, to be minimised. Several losses are added, each times its weight."""

    better = "min"
    weight: float = real(
        1.0, "Its share when several losses are added.", low=0, high=1e6, more=True, phrase="weight {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        return ()


class Pairwise(Loss):
    """Losses that compare number by number. The target takes the prediction's size, so nothing is ever repeated by mistake."""

    function: ClassVar[str]

    def shape(self, *shapes: Shape) -> Shape:
        pairs_fit(*shapes)
        return ()

    def target(self, prediction: Any, target: Any) -> Any:
        return target.reshape_as(prediction)

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        prediction, target = refs
        return fn(self.function, prediction, self.target(prediction, target))


class Binary(Pairwise):
    """Losses whose target is yes or no: class numbers 0 and 1 will do, and become real numbers."""

    def target(self, prediction: Any, target: Any) -> Any:
        return target.reshape_as(prediction).float()


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

    label_smoothing: float = real(
        0.0, "Share of certainty given to all classes alike.", low=0, high=1, more=True, phrase="smoothing {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        return ()

    def first_loss(self, start: Start) -> tuple[float, float] | None:
        if start.first is None or start.shapes[0] is None or start.shapes[0][0] < 2:
            return None
        classes = int(start.shapes[0][0])
        return math.log(classes), surprise(round(math.sqrt(start.first.variance), 1), classes)

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        options = {"label_smoothing": self.label_smoothing} if self.label_smoothing else {}
        return fn("F.cross_entropy", *refs, **options)


@layer(
    "bce_with_logits",
    family="loss",
    label="Binary cross-entropy (logits)",
    ports="logits: *, target: * @any -> loss: !",
    role="loss",
    refuses={"logits": _BINARY_LOGITS},
    keywords="bce sigmoid yes no classification",
)
class BCEWithLogits(Binary):
    """How surprised the network is by yes or no, from raw logits: the sigmoid is inside.

    L = −target·log σ(x) − (1 − target)·log(1 − σ(x)), averaged. Safe where σ(x) itself would round to 0 or 1.
    """

    function = "F.binary_cross_entropy_with_logits"

    def first_loss(self, start: Start) -> tuple[float, float] | None:
        return (math.log(2), binary_surprise(start.first)) if start.first is not None else None


@layer(
    "bce",
    family="loss",
    label="Binary cross-entropy",
    ports="probability: *, target: * @any -> loss: !",
    role="loss",
    refuses={"probability": dict.fromkeys(("", "nonnegative", "logarithms"), _UNBOUNDED)},
    keywords="bce sigmoid yes no classification",
)
class BCE(Binary):
    """How surprised the network is by yes or no, from probabilities (after a sigmoid).

    L = −target·log p − (1 − target)·log(1 − p), averaged.
    """

    function = "F.binary_cross_entropy"


@layer(
    "mse",
    family="loss",
    label="Squared error",
    ports=_PAIR,
    role="loss",
    keywords="mse mean l2 regression least squares",
)
class SquaredError(Pairwise):
    """The mean of the squared differences: large errors count much more than small ones.

    L = mean((prediction − target)²). The best constant answer is the mean.
    """

    function = "F.mse_loss"


@layer("l1", family="loss", label="L1", ports=_PAIR, role="loss", keywords="mae absolute error regression")
class L1(Pairwise):
    """The mean of the absolute differences: outliers weigh no more than their size.

    L = mean(|prediction − target|). The best constant answer is the median.
    """

    function = "F.l1_loss"


@layer("huber", family="loss", label="Huber", ports=_PAIR, role="loss", keywords="smooth robust regression outlier")
class Huber(Pairwise):
    """Squared for small differences, straight for large ones: calm near the answer, robust to outliers.

    L = ½·e² where |e| ≤ delta, else delta·(|e| − ½·delta), averaged; e = prediction − target.
    """

    paper = "Huber, Robust estimation of a location parameter, 1964"
    delta: float = real(1.0, "Where it turns from squared to straight.", low=1e-6, high=1e6, card=True, phrase="δ {}")

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        prediction, target = refs
        return fn("F.huber_loss", prediction, self.target(prediction, target), delta=self.delta)


@layer(
    "accuracy",
    family="loss",
    label="Accuracy",
    ports="logits: K *, target: * @int -> accuracy: !",
    role="metric",
    keywords="metric classification correct share",
)
class Accuracy(Layer):
    """Share of samples whose largest logit is the right class: 1 is perfect, 1/K is guessing."""

    holds, better = "fractions", "max"

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        logits, target = refs
        result: Expr = fn("torch.eq", logits.argmax(1), target).float().mean()
        return result


@layer(
    "binary_accuracy",
    family="loss",
    label="Binary accuracy",
    ports="x: *, target: * @any -> accuracy: !",
    role="metric",
    keywords="metric classification correct share yes no",
)
class BinaryAccuracy(Layer):
    """Share of yes-or-no answers that are right: 1 is perfect."""

    holds, better = "fractions", "max"

    threshold: float = real(
        0.0, "What is larger means yes: 0 for logits, 0.5 for probabilities.", card=True, phrase="yes above {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        pairs_fit(*shapes)
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        x, target = refs
        result: Expr = fn("torch.eq", x.gt(self.threshold), target.reshape_as(x).gt(0.5)).float().mean()
        return result


@layer(
    "mae",
    family="loss",
    label="Mean absolute error",
    ports="prediction: *, target: * -> mae: !",
    role="metric",
    keywords="metric mae l1",
)
class MAE(Layer):
    """How far the answers are off on average, in the target's own unit."""

    better = "min"

    def shape(self, *shapes: Shape) -> Shape:
        pairs_fit(*shapes)
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        prediction, target = refs
        return fn("F.l1_loss", prediction, target.reshape_as(prediction))
