"""Losses that are met rarely: for pairs that are alike or not, for several labels at once, for answers with a deviation."""

from __future__ import annotations

from typing import Any

from visualnet.layers.catalog.loss.classification import _BINARY_LOGITS, Binary, Loss, pairs_fit
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr
from visualnet.layers.declaration.layer import Shape, ShapeError, layer
from visualnet.layers.declaration.params import flag, real

_MARGIN = "By how much."


@layer(
    "cosine_embedding",
    family="loss",
    label="Cosine embedding",
    ports="x1: D, x2: D, target: @any -> loss: !",
    role="loss",
    rare=True,
    keywords="similarity siamese embedding alike pairs",
)
class CosineEmbedding(Loss):
    """Turn two vectors the same way where they belong together, and apart where they do not.

    L = 1 − cos(x1, x2) where the target is 1, max(0, cos(x1, x2) − margin) where it is −1, averaged.
    """

    margin: float = real(0.0, "How alike strangers may be.", low=-1, high=1, card=True, phrase="margin {}")
    function = "F.cosine_embedding_loss"
    takes = ("margin",)

    def fit(self, *shapes: Shape) -> None:
        if shapes[0] != shapes[1]:
            raise ShapeError("x1 and x2 are compared number by number and need one size", "x2")

    def each(self, *shapes: Shape) -> Shape:
        return ()


@layer(
    "hinge_embedding",
    family="loss",
    label="Hinge embedding",
    ports="distance: *, target: * @any -> loss: !",
    role="loss",
    rare=True,
    keywords="similarity siamese contrastive distance pairs",
)
class HingeEmbedding(Binary):
    """Make distances small where the target is 1, and at least a margin where it is −1.

    L = distance where the target is 1, max(0, margin − distance) where it is −1, averaged.
    """

    margin: float = real(1.0, "How far strangers must be apart.", low=0, high=1e6, card=True, phrase="margin {}")
    function = "F.hinge_embedding_loss"
    takes = ("margin",)


@layer(
    "margin_ranking",
    family="loss",
    label="Margin ranking",
    ports="x1: *, x2: *, target: * @any -> loss: !",
    role="loss",
    rare=True,
    keywords="rank order preference compare pairs",
)
class MarginRanking(Loss):
    """Of two scores, the right one must be larger: the first where the target is 1, the second where it is −1.

    L = max(0, −target·(x1 − x2) + margin), averaged.
    """

    margin: float = real(0.0, _MARGIN, low=0, high=1e6, card=True, phrase="margin {}")

    function = "F.margin_ranking_loss"
    takes = ("margin",)

    def fit(self, *shapes: Shape) -> None:
        if shapes[0] != shapes[1]:
            raise ShapeError("x1 and x2 are compared number by number and need one size", "x2")
        pairs_fit(shapes[0], shapes[2])

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        first, second, target = refs
        return super().compute(first, second, target.reshape_as(first), **reduction)


@layer(
    "soft_margin",
    family="loss",
    label="Soft margin",
    ports="scores: *, target: * @any -> loss: !",
    role="loss",
    rare=True,
    keywords="logistic two classes yes no",
)
class SoftMargin(Binary):
    """Logistic loss for targets that are written 1 and −1.

    L = log(1 + e^(−target·score)), averaged.
    """

    function = "F.soft_margin_loss"


@layer(
    "multilabel_soft_margin",
    family="loss",
    label="Multi-label (logits)",
    ports="logits: K, target: K @any -> loss: !",
    role="loss",
    rare=True,
    refuses={"logits": _BINARY_LOGITS},
    keywords="several labels tags binary cross entropy",
)
class MultiLabelSoftMargin(Binary):
    """Several labels may be right at once: yes or no for each of K, from raw logits.

    L = −Σ (target·log σ(x) + (1 − target)·log(1 − σ(x))) / K, averaged over the batch.
    """

    function = "F.multilabel_soft_margin_loss"
    answer_kind = "binary_logits"

    def each(self, *shapes: Shape) -> Shape:
        return ()


@layer(
    "multilabel_margin",
    family="loss",
    label="Multi-label hinge",
    ports="scores: K, target: K @int -> loss: !",
    role="loss",
    rare=True,
    keywords="several labels svm margin",
)
class MultiLabelMargin(Loss):
    """Every right label must beat every wrong one by 1. The target lists the right labels, then −1.

    L = Σ max(0, 1 − (scores[right] − scores[wrong])) / K, averaged over the batch.
    """

    function = "F.multilabel_margin_loss"

    def fit(self, *shapes: Shape) -> None:
        if shapes[0] != shapes[1]:
            words = f"the target has size {text(shapes[1])}; it lists labels in a row as long as the scores: {text(shapes[0])}"
            raise ShapeError(words, "target", f"{text(shapes[0])} ≠ {text(shapes[1])}")

    def each(self, *shapes: Shape) -> Shape:
        return ()


@layer(
    "gaussian_nll",
    family="loss",
    label="Gaussian",
    ports="mean: *, log_var: *, target: * -> loss: !",
    role="loss",
    rare=True,
    keywords="regression uncertainty deviation variance nll likelihood",
)
class GaussianNLL(Loss):
    """For regression that also says how sure it is: how surprising the target is, given a mean and a variance.

    L = ½·(log_var + (mean − target)² / e^log_var), averaged. Takes the logarithm of the variance, which may be any number.
    """

    paper = "Nix and Weigend, Estimating the mean and variance of the target probability distribution, 1994"
    full: bool = flag(False, "Add the constant ½·log 2π.", more=True)

    function = "F.gaussian_nll_loss"
    answer_kind = "numbers"
    takes = ("full",)

    def fit(self, *shapes: Shape) -> None:
        if shapes[0] != shapes[1]:
            raise ShapeError(
                f"mean is {text(shapes[0])} and log_var {text(shapes[1])}: both need the same size", "log_var"
            )
        pairs_fit(shapes[0], shapes[2])

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        mean, log_var, target = refs
        return super().compute(mean, target.reshape_as(mean), log_var.exp(), **reduction)
