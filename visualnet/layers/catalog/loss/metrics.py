"""What is only reported: shares of right answers, overlaps, distances. Places with ``ignore_index`` are not asked and count in none."""

from __future__ import annotations

from typing import Any, ClassVar

from visualnet.layers.catalog.loss.classification import classes_fit, ignore_index, pairs_fit
from visualnet.layers.declaration.calls import Expr, OwnModule, fn
from visualnet.layers.declaration.layer import Layer, Shape, ShapeError, layer
from visualnet.layers.declaration.params import Int, count, real

_CLASSES = "logits: K *, target: * @int -> {}: !"
_MACRO = "metric classification macro"


class Share(Layer):
    """What shares of right answers have in common: right ones by all that are asked.

    Where a batch asks nothing, its share is NaN and counts nothing in the epoch's.
    """

    holds, better = "fractions", "max"
    yes_or_no: ClassVar[bool] = False
    """Whether a target that is not asked could be found right: of classes, none has a number below 0."""
    ignore_index: int = ignore_index()

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        return ()

    def right(self, *refs: Any) -> Expr:
        """Yes or no for each target, whether it is asked or not."""
        raise NotImplementedError

    def asked(self, *refs: Any) -> Expr:
        """Yes or no for each target: whether it is asked."""
        found: Expr = refs[1].ne(self.ignore_index)
        return found

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        asked, right = self.asked(*refs), self.right(*refs)
        if self.ignore_index >= 0 or self.yes_or_no:
            right = right.logical_and(asked)
        return fn("operator.truediv", right.count_nonzero(), asked.count_nonzero())

    def counts(self, *refs: Any) -> Expr:
        total: Expr = self.asked(*refs).count_nonzero()
        return total


@layer(
    "accuracy",
    family="loss",
    label="Accuracy",
    ports="logits: K *, target: * @int -> accuracy: !",
    role="metric",
    keywords="metric classification correct share",
)
class Accuracy(Share):
    """Share of targets whose largest logit is the right class: 1 is perfect, 1/K is guessing.

    Of what is asked: targets of ignore_index count neither as right nor as wrong.
    """

    answer_kind = "scores"

    def right(self, *refs: Any) -> Expr:
        logits, target = refs
        return fn("torch.eq", logits.argmax(1), target)


@layer(
    "binary_accuracy",
    family="loss",
    label="Binary accuracy",
    ports="x: *, target: * @any -> accuracy: !",
    role="metric",
    keywords="metric classification correct share yes no",
)
class BinaryAccuracy(Share):
    """Share of yes-or-no answers that are right: 1 is perfect."""

    yes_or_no = True
    threshold: float = real(
        0.0, "What is larger means yes: 0 for logits, 0.5 for probabilities.", card=True, phrase="yes above {}"
    )

    def shape(self, *shapes: Shape) -> Shape:
        pairs_fit(*shapes)
        return ()

    def right(self, *refs: Any) -> Expr:
        x, target = refs
        return fn("torch.eq", x.gt(self.threshold), target.reshape_as(x).gt(0.5))

    def asked(self, *refs: Any) -> Expr:
        x, target = refs
        found: Expr = target.reshape_as(x).ne(self.ignore_index)
        return found


@layer(
    "top_k_accuracy",
    family="loss",
    label="Top-k accuracy",
    ports="logits: K *, target: * @int -> accuracy: !",
    role="metric",
    keywords="metric classification top5 imagenet",
)
class TopKAccuracy(Share):
    """Share of targets whose right class is among the k largest logits."""

    k: int = count(5, "How many guesses count.", high=1 << 20, card=True, phrase="top {}", title="Guesses")

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        if self.k > shapes[0][0]:
            raise ShapeError(f"there are only {shapes[0][0]} classes to choose {self.k} from", "k")
        return ()

    def right(self, *refs: Any) -> Expr:
        logits, target = refs
        found: Expr = logits.topk(self.k, dim=1)[1].eq(target.unsqueeze(1)).any(1)
        return found


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

    better, answer_kind = "min", "numbers"

    def shape(self, *shapes: Shape) -> Shape:
        pairs_fit(*shapes)
        return ()

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        prediction, target = refs
        return fn("F.l1_loss", prediction, target.reshape_as(prediction))


class HitMetric(Layer):
    """What metrics of classes have in common: for each class how often it was found (TP), called by mistake (FP) and missed (FN).

    These counts add up: an epoch's value is that of all its samples together, however they were divided into batches.
    """

    holds, better = "fractions", "max"
    function: ClassVar[str]
    ignore_index: int = ignore_index()
    only_class: int | None = Int(
        None,
        "Tell this class alone, by its number; else the mean over all that occur.",
        high=1 << 20,
        none="all",
        more=True,
        phrase="class {}",
    )  # type: ignore[assignment]

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        if self.only_class is not None and self.only_class >= shapes[0][0]:
            words = f"there is no class {self.only_class}: there are {shapes[0][0]}, numbered from 0"
            raise ShapeError(words, "only_class", f"{self.only_class} ≥ {shapes[0][0]}")
        return ()

    def counts(self, *refs: Any) -> Expr:
        return fn("extra_modules.class_hits", *refs, self.ignore_index)

    def settle(self, counts: Expr) -> Expr:
        return fn(self.function, counts, *([] if self.only_class is None else [self.only_class]))

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return self.settle(self.counts(*refs))


@layer(
    "precision", family="loss", label="Precision", ports=_CLASSES.format("precision"), role="metric", keywords=_MACRO
)
class Precision(HitMetric):
    """Of what was called a class, the share that is one: mean over the classes.

    TP / (TP + FP) for each class that occurs, as answer or as truth; then the plain (macro) mean of these.
    """

    function = "extra_modules.precision_of"


@layer("recall", family="loss", label="Recall", ports=_CLASSES.format("recall"), role="metric", keywords=_MACRO)
class Recall(HitMetric):
    """Of what is a class, the share that was found: mean over the classes.

    TP / (TP + FN) for each class that occurs, as answer or as truth; then the plain (macro) mean of these.
    """

    function = "extra_modules.recall_of"


@layer("f1", family="loss", label="F1", ports=_CLASSES.format("f1"), role="metric", keywords=_MACRO)
class F1(HitMetric):
    """Precision and recall in one number: mean over the classes.

    2·TP / (2·TP + FP + FN) for each class that occurs, as answer or as truth; then the plain (macro) mean.
    """

    function = "extra_modules.f1_of"


@layer(
    "iou",
    family="loss",
    label="IoU",
    ports=_CLASSES.format("iou"),
    role="metric",
    keywords="metric jaccard segmentation overlap",
)
class IoU(HitMetric):
    """Overlap of answer and truth, divided by what both cover together: mean over the classes.

    TP / (TP + FP + FN) for each class that occurs, as answer or as truth; then the plain (macro) mean.
    """

    function = "extra_modules.iou_of"


@layer(
    "dice",
    family="loss",
    label="Dice coefficient",
    ports=_CLASSES.format("dice"),
    role="metric",
    keywords="metric segmentation overlap mask medical sorensen f1",
)
class Dice(HitMetric):
    """Twice the overlap of answer and truth, divided by the sum of their areas: mean over the classes.

    2·TP / (2·TP + FP + FN) for each class that occurs, as answer or as truth; then the plain (macro) mean. F1 under the name
    that segmentation gives it; the loss “Dice” compares probabilities instead.
    """

    paper = "Dice, Measures of the amount of ecologic association between species, 1945"
    function = "extra_modules.f1_of"
