"""More losses: from log-probabilities, between distributions, for masks, margins and counts."""

from __future__ import annotations

from typing import Any

from visualnet.layers.catalog.loss.classification import ClassLoss, Loss, Pairwise
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, fn
from visualnet.layers.declaration.layer import Shape, ShapeError, layer
from visualnet.layers.declaration.params import real

_PAIR = "prediction: *, target: * -> loss: !"
_LOGS = "this loss takes logarithms of probabilities: put LogSoftmax before it, or use Cross-entropy with the logits"


def reduce(values: Any, reduction: str = "mean") -> Expr:
    """Values that torch has no function for, as one number: their mean or their sum; or as they are."""
    found: Expr = values if reduction == "none" else values.sum() if reduction == "sum" else values.mean()
    return found


@layer(
    "nll",
    family="loss",
    label="Negative log-likelihood",
    ports="log_probabilities: K *, target: * @int -> loss: !",
    role="loss",
    refuses={"log_probabilities": dict.fromkeys(("", "probabilities", "fractions", "nonnegative"), _LOGS)},
    keywords="nll classification log softmax",
)
class NLL(ClassLoss):
    """How surprised the network is by the right class, from logarithms of probabilities.

    L = −log p[target], averaged over all that is asked. LogSoftmax and this loss together are the cross-entropy.
    """

    function = "F.nll_loss"
    answer_kind = "log_probabilities"


@layer(
    "smooth_l1", family="loss", label="Smooth L1", ports=_PAIR, role="loss", rare=True, keywords="huber robust boxes"
)
class SmoothL1(Pairwise):
    """Squared for small differences, straight for large ones; Huber's loss divided by beta.

    L = ½·e² / beta where |e| < beta, else |e| − ½·beta, averaged; e = prediction − target.
    """

    paper = "Girshick, Fast R-CNN, 2015"
    function = "F.smooth_l1_loss"
    takes = ("beta",)
    beta: float = real(1.0, "Where it turns from squared to straight.", low=1e-6, high=1e6, card=True, phrase="β {}")


@layer(
    "kl_divergence",
    family="loss",
    label="KL divergence",
    ports="log_probabilities: *, target: * -> loss: !",
    role="loss",
    refuses={"log_probabilities": dict.fromkeys(("probabilities", "fractions", "nonnegative"), _LOGS)},
    keywords="kullback leibler distillation distribution",
)
class KLDivergence(Pairwise):
    """How far one distribution is from another: the bits wasted by believing the wrong one.

    L = Σ target·(log target − log_probabilities), added up for each sample and averaged over the batch.
    """

    paper = "Kullback and Leibler, On information and sufficiency, 1951"
    answer_kind = ""

    def each(self, *shapes: Shape) -> Shape:
        return ()

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        wanted, pair = reduction.get("reduction", "batchmean"), (refs[0], self.target(*refs))
        if wanted == "none":
            return fn("extra_modules.sum_of_each", fn("F.kl_div", *pair, reduction="none"))
        return fn("F.kl_div", *pair, reduction=wanted)


@layer(
    "kl_normal",
    family="loss",
    label="KL to the normal",
    ports="mean: *, log_var: * -> loss: !",
    role="loss",
    keywords="vae latent kullback leibler gaussian",
)
class KLNormal(Loss):
    """How far computed normal distributions are from N(0, 1): keeps the latent space of a VAE round.

    L = −½·Σ (1 + log_var − mean² − e^log_var), added up for each sample and averaged over the batch.
    """

    paper = "Kingma and Welling, Auto-encoding variational Bayes, 2013"

    def fit(self, *shapes: Shape) -> None:
        if shapes[0] != shapes[1]:
            raise ShapeError(
                f"mean is {text(shapes[0])} and log_var {text(shapes[1])}: both need the same size", "log_var"
            )

    def each(self, *shapes: Shape) -> Shape:
        return ()

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        return reduce(fn("extra_modules.kl_normal_of", *refs), **reduction)


@layer(
    "dice_loss",
    family="loss",
    label="Dice",
    ports="probability: *, target: * @any -> loss: !",
    role="loss",
    keywords="segmentation overlap mask medical",
)
class DiceLoss(Pairwise):
    """One minus the overlap of two masks: small objects count as much as large ones.

    L = 1 − (2·Σ p·t + smooth) / (Σ p + Σ t + smooth), for each sample, averaged. Takes probabilities (after a sigmoid).
    """

    paper = "Milletari, Navab and Ahmadi, V-Net, 2016"
    answer_kind = "binary_probabilities"
    smooth: float = real(1.0, "Added above and below, so that empty masks agree.", low=1e-6, high=1e6, more=True)

    def each(self, *shapes: Shape) -> Shape:
        return ()

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        return reduce(fn("extra_modules.dice_loss_of", refs[0], self.target(*refs).float(), self.smooth), **reduction)


@layer(
    "hinge",
    family="loss",
    label="Hinge",
    ports="scores: K, target: @int -> loss: !",
    role="loss",
    rare=True,
    keywords="svm margin multi class",
)
class Hinge(Loss):
    """The right class must beat every other one by a margin; then nothing more is asked.

    L = Σ max(0, margin − scores[target] + scores[i]) / K over the other classes i, averaged over the batch.
    """

    paper = "Crammer and Singer, On the algorithmic implementation of multiclass kernel-based vector machines, 2001"
    function = "F.multi_margin_loss"
    answer_kind = "scores"
    takes = ("margin",)
    margin: float = real(1.0, "By how much.", low=0, high=1e6, card=True, phrase="margin {}")

    def each(self, *shapes: Shape) -> Shape:
        return ()


@layer(
    "poisson_nll",
    family="loss",
    label="Poisson",
    ports="log_rate: *, target: * -> loss: !",
    role="loss",
    rare=True,
    keywords="count regression rate nll",
)
class PoissonNLL(Pairwise):
    """For counts: how surprising the count is, given the logarithm of the rate.

    L = e^log_rate − target·log_rate, averaged.
    """

    function = "F.poisson_nll_loss"
    answer_kind = ""


@layer(
    "triplet",
    family="loss",
    label="Triplet margin",
    ports="anchor: D, positive: D, negative: D -> loss: !",
    role="loss",
    rare=True,
    keywords="metric learning embedding siamese face",
)
class Triplet(Loss):
    """Of three vectors, the one of the same kind must be nearer than the other one, by a margin.

    L = max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin), averaged.
    """

    paper = "Schroff, Kalenichenko and Philbin, FaceNet, 2015"
    function = "F.triplet_margin_loss"
    takes = ("margin",)
    margin: float = real(1.0, "By how much nearer.", low=1e-6, high=1e6, card=True, phrase="margin {}")

    def each(self, *shapes: Shape) -> Shape:
        return ()

    def fit(self, *shapes: Shape) -> None:
        if len(set(shapes)) > 1:
            sizes = ", ".join(text(s) for s in shapes)
            raise ShapeError(f"the three vectors need the same size; they have {sizes}", "negative")


@layer(
    "value_loss",
    family="loss",
    label="Value as loss",
    ports="x: * -> loss: !",
    role="loss",
    keywords="penalty regularizer energy custom term objective minimise minimize",
)
class ValueLoss(Loss):
    """What arrives is itself what is to be made small: its mean is the loss, and may be negative.

    L = mean(x). For terms that the canvas computes (a penalty, an energy, values of a loss with reduction none), and for arithmetic of
    losses (a + 0.1·b): a loss that leads on to another one is a part of that, and not added a second time. With a negative weight it is
    made large.
    """

    takes_numbers = True

    def compute(self, *refs: Any, **reduction: str) -> Expr:
        return reduce(refs[0].clone() if reduction.get("reduction") == "none" else refs[0], **reduction)
