"""What is minimised: the losses of classes, of yes or no, and of numbers. Both f and L stand on the canvas, to be seen together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from visualnet.core.expressions import Scope
from visualnet.core.graph import Value
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, OwnModule, fn
from visualnet.layers.declaration.initial_moments import InitialState, binary_surprise, expected_cross_entropy
from visualnet.layers.declaration.layer import Layer, Pattern, Shape, ShapeError, Spec, layer, read_ports
from visualnet.layers.declaration.params import BIG, Int, choice, flag, real, reals

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
_SAMPLE_WEIGHT = read_ports("sample_weight: *")
REDUCTIONS = {
    "mean": "their mean over all that is asked",
    "batchmean": "their sum for each sample, and of those sums the mean: a picture counts as a whole, not by the pixel",
    "sum": "their sum",
    "none": "they are given as they are, one or more for each sample, and nothing is lowered",
}


def ignore_index() -> Any:
    """The parameter of losses and metrics of classes that says which target is not asked."""
    doc = "A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing."
    return Int(-100, doc, low=-BIG, more=True, phrase="ignores {}")


def classes_fit(logits: Shape, target: Shape) -> None:
    """Hold a target of class numbers against logits whose first axis is the classes.

    Raises:
        ShapeError: the target's axes are not the logits' other axes.
    """
    if tuple(logits[1:]) != tuple(target):
        wanted = text(logits[1:]) if logits[1:] else "one class number per sample"
        raise ShapeError(f"the target has size {text(target)}; logits of {text(logits)} want {wanted}", "target")


def pairs_fit(prediction: Shape, target: Shape) -> None:
    """Hold two tensors against each other that are compared number by number; axes of extent 1 do not matter.

    Raises:
        ShapeError: their sizes differ.
    """
    if [n for n in prediction if n != 1] != [n for n in target if n != 1]:
        words = f"the target has size {text(target)}; it is compared number by number with {text(prediction)}"
        raise ShapeError(words, "target", f"{text(prediction)} ≠ {text(target)}")


def weights_fit(values: Shape, weights: Shape) -> None:
    """Hold weights of samples against the values that they weigh: one for each sample, or one for each value.

    Raises:
        ShapeError: they are neither.
    """
    kept = [n for n in weights if n != 1]
    if kept and kept != [n for n in values if n != 1]:
        words = f"the weights have size {text(weights)}; wanted is one for each sample, or number by number one for each of {text(values)}"
        raise ShapeError(words, "sample_weight", f"{text(weights)} ≠ {text(values)}")


class Loss(Layer):
    """One number for the whole batch, to be minimised. Several losses are added, each times its weight.

    A loss says how large its values are (``each``), what fits (``fit``), and the call that computes them (``compute``). With
    ``reduction`` none it is no objective but a value per sample, so its ``role`` is empty.
    """

    better = "min"
    function: ClassVar[str]
    takes: ClassVar[tuple[str, ...]] = ()
    """Parameters that ``function`` takes under the same name and with the same default."""
    weight: float = real(
        1.0,
        "Its share when several losses are added. May be negative; arithmetic in the constants is understood.",
        low=-1e6,
        high=1e6,
        more=True,
        phrase="weight {}",
        live="step",
    )
    reduction: str = choice(
        "mean", "What becomes of the values of a batch.", REDUCTIONS, more=True, phrase="reduction {}"
    )
    sample_weights: bool = flag(
        False,
        "Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.",
        more=True,
        phrase="weighted",
    )

    def __init__(self, raw: Mapping[str, Value] | None = None, scope: Scope | None = None) -> None:
        super().__init__(raw, scope)
        if self.reduction == "none":
            self.__dict__["role"] = ""
        if self.weight < 0:
            self.__dict__["better"] = "max"

    def inputs(self) -> Mapping[str, Pattern]:
        return {**super().inputs(), **(_SAMPLE_WEIGHT if self.sample_weights else {})}

    def outputs(self) -> Mapping[str, Pattern]:
        (port,) = super().outputs()
        return {port: Pattern(("*",))} if self.reduction == "none" else super().outputs()

    def unread(self) -> str:
        if self.reduction != "none":
            return ""
        return (
            "gives a value for each sample (reduction none), and nothing lowers those: set its reduction to mean, or lead "
            "what is made of them into “Value as loss”"
        )

    def shape(self, *shapes: Shape) -> Shape:
        own = shapes[: len(shapes) - self.sample_weights]
        self.fit(*own)
        values = self.each(*own)
        if self.sample_weights:
            weights_fit(values, shapes[-1])
        return values if self.reduction == "none" else ()

    def infer(self, specs: Sequence[Spec | None]) -> dict[str, Spec]:
        found = super().infer(specs)
        if (
            self.reduction == "none"
        ):  # the values stand where those of an input stand, and their axes are called as there
            (port, spec), *_ = found.items()
            size = tuple(spec.shape)
            alike = [s.axes for s in specs if s is not None and tuple(s.shape) == size and len(s.axes) == len(size)]
            found[port] = spec._replace(axes=alike[-1]) if alike else spec
        return found

    def fit(self, *shapes: Shape) -> None:
        """Hold what is compared against each other.

        Raises:
            ShapeError: it cannot be compared.
        """

    def each(self, *shapes: Shape) -> Shape:
        """The size of one sample's values before they become one number."""
        return shapes[0]

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        """The values (``reduction="none"``), the sum or the mean of all of them, without weights of samples."""
        return fn(self.function, *refs, **self.given(*self.takes), **reduction)

    def counted(self, *refs: Any) -> Expr | None:
        """How much each value counts in the mean; None where each counts as much as any other."""
        return None

    def total(self, counted: Expr) -> Expr:
        """How much all values together count."""
        found: Expr = counted.sum()
        return found

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        *own, weight = refs if self.sample_weights else (*refs, None)
        if weight is None and self.reduction != "batchmean":
            return self.compute(*own, **({} if self.reduction == "mean" else {"reduction": self.reduction}))
        values, counted = self.compute(*own, reduction="none"), self.counted(*own)
        if self.reduction == "mean":
            return fn("extra_modules.weighted_mean", values, weight, *([] if counted is None else [counted]))
        if weight is not None:
            values = fn("operator.mul", values, fn("extra_modules.spread_over", weight, values))
        if self.reduction == "batchmean":
            values = fn("extra_modules.sum_of_each", values).mean()
        return values.sum() if self.reduction == "sum" else values

    def counts(self, *refs: Any) -> Expr | None:
        """What the mean was divided by."""
        if self.reduction != "mean":
            return None
        counted = self.counted(*refs[: len(refs) - self.sample_weights])
        if not self.sample_weights:
            return None if counted is None else self.total(counted)
        weight = (
            refs[-1]
            if counted is None
            else fn("operator.mul", fn("extra_modules.spread_over", refs[-1], counted), counted)
        )
        total: Expr = weight.sum()
        return total


class Pairwise(Loss):
    """Losses that compare number by number. The target takes the prediction's size, so nothing is ever repeated by mistake."""

    answer_kind = "numbers"

    def fit(self, *shapes: Shape) -> None:
        pairs_fit(*shapes)

    def target(self, prediction: Any, target: Any) -> Any:
        return target.reshape_as(prediction)

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        prediction, target = refs
        return super().compute(prediction, self.target(prediction, target), **reduction)


class Binary(Pairwise):
    """Losses whose target is yes or no: class numbers 0 and 1 will do, and become real numbers."""

    answer_kind = ""

    def target(self, prediction: Any, target: Any) -> Any:
        return target.reshape_as(prediction).float()


class ClassLoss(Loss):
    """Losses whose target is class numbers. Places with ``ignore_index`` are not asked: the mean is over the others.

    Where nothing at all is asked the mean is NaN, as torch has it.
    """

    ignore_index: int = ignore_index()
    class_weights: tuple[float, ...] = reals(
        "How much each class counts, in their order (torch's weight); empty: all alike.",
        none="all alike",
        more=True,
        phrase="class weights {}",
    )

    def fit(self, *shapes: Shape) -> None:
        classes_fit(*shapes)
        if self.class_weights and len(self.class_weights) != shapes[0][0]:
            words = f"there are {len(self.class_weights)} class weights; {text(shapes[0])} has {shapes[0][0]} classes"
            raise ShapeError(words, "class_weights", f"{len(self.class_weights)} ≠ {shapes[0][0]}")

    def each(self, *shapes: Shape) -> Shape:
        return shapes[1]

    def weights_of_classes(self, logits: Any) -> Any:
        """The weights as a tensor of the logits' type, where they are."""
        return logits.new_tensor(list(self.class_weights))

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        options: dict[str, Any] = self.given("ignore_index", *self.takes)
        if self.class_weights:
            options["weight"] = self.weights_of_classes(refs[0])
        return fn(self.function, *refs, **options, **reduction)

    def counted(self, *refs: Any) -> Expr | None:
        logits, target = refs
        asked: Expr = target.ne(self.ignore_index)
        if not self.class_weights:
            return asked
        return fn("extra_modules.weight_of_class", target, asked, self.weights_of_classes(logits))

    def total(self, counted: Expr) -> Expr:
        # Counting is twice as fast as adding up what is yes or no; the metrics write the same call, which is then made once.
        return super().total(counted) if self.class_weights else counted.count_nonzero()


@layer(
    "cross_entropy",
    family="loss",
    label="Cross-entropy",
    ports="logits: K *, target: * @int -> loss: !",
    role="loss",
    refuses={"logits": _LOGITS},
    keywords="classification softmax log likelihood",
)
class CrossEntropy(ClassLoss):
    """How surprised the network is by the right class, averaged over all that is asked.

    L = −log softmax(logits)[target]. Takes raw logits: the softmax is inside. The class axis K comes right after the batch.
    With class weights w the mean is Σ w[target]·L / Σ w[target]. Targets of ignore_index count nothing; over nothing the mean is NaN.
    """

    function = "F.cross_entropy"
    answer_kind = "logits"
    takes = ("label_smoothing",)
    label_smoothing: float = real(
        0.0,
        "Share of certainty given to all classes alike.",
        low=0,
        high=1,
        more=True,
        phrase="smoothing {}",
        live="step",
    )

    def first_loss(self, start: InitialState) -> tuple[float, float] | None:
        if start.first is None or start.shapes[0] is None or start.shapes[0][0] < 2:
            return None
        classes = int(start.shapes[0][0])
        return math.log(classes), expected_cross_entropy(round(math.sqrt(start.first.variance), 1), classes)


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
    answer_kind = "binary_logits"
    pos_weight: float = real(
        1.0, "How much more a yes counts than a no, where there are few.", low=0, high=1e6, more=True, phrase="yes × {}"
    )

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        if self.pos_weight == 1:
            return super().compute(*refs, **reduction)
        logits, target = refs
        weight = logits.new_tensor(self.pos_weight)
        return fn(self.function, logits, self.target(logits, target), pos_weight=weight, **reduction)

    def first_loss(self, start: InitialState) -> tuple[float, float] | None:
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
    answer_kind = "binary_probabilities"


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
    function = "F.huber_loss"
    takes = ("delta",)
    delta: float = real(1.0, "Where it turns from squared to straight.", low=1e-6, high=1e6, card=True, phrase="δ {}")
