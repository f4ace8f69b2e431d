"""More losses: from log-probabilities, between distributions, for masks, margins and counts."""

from __future__ import annotations

from typing import Any

from visualnet.layers.axes import text
from visualnet.layers.calls import Expr, Own, fn
from visualnet.layers.declare import Layer, Misfit, Shape, layer
from visualnet.layers.loss import Loss, Pairwise, classes_fit
from visualnet.layers.params import count, real

_PAIR = "prediction: *, target: * -> loss: !"
_LOGS = "this loss takes logarithms of probabilities: put LogSoftmax before it, or use Cross-entropy with the logits"


@layer(
    "nll",
    family="loss",
    label="Negative log-likelihood",
    ports="log_probabilities: K *, target: * @int -> loss: !",
    role="loss",
    refuses={"log_probabilities": dict.fromkeys(("", "probabilities", "fractions", "nonnegative"), _LOGS)},
    keywords="nll classification log softmax",
)
class NLL(Loss):
    """How surprised the network is by the right class, from logarithms of probabilities.

    L = −log p[target], averaged. LogSoftmax and this loss together are the cross-entropy.
    """

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.nll_loss", *refs)


@layer(
    "smooth_l1", family="loss", label="Smooth L1", ports=_PAIR, role="loss", rare=True, keywords="huber robust boxes"
)
class SmoothL1(Pairwise):
    """Squared for small differences, straight for large ones; Huber's loss divided by beta.

    L = ½·e² / beta where |e| < beta, else |e| − ½·beta, averaged; e = prediction − target.
    """

    paper = "Girshick, Fast R-CNN, 2015"
    beta: float = real(1.0, "Where it turns from squared to straight.", low=1e-6, high=1e6, card=True, phrase="β {}")

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.smooth_l1_loss", refs[0], self.target(*refs), beta=self.beta)


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

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.kl_div", refs[0], self.target(*refs), reduction="batchmean")


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

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[0] != shapes[1]:
            raise Misfit(f"mean is {text(shapes[0])} and log_var {text(shapes[1])}: both need the same size", "log_var")
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("pieces.kl_normal_of", *refs)


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
    smooth: float = real(1.0, "Added above and below, so that empty masks agree.", low=1e-6, high=1e6, more=True)

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("pieces.dice_loss_of", refs[0], self.target(*refs).float(), self.smooth)


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
    margin: float = real(1.0, "By how much.", low=0, high=1e6, card=True, phrase="margin {}")

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.multi_margin_loss", *refs, **self.given("margin"))


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
    margin: float = real(1.0, "By how much nearer.", low=1e-6, high=1e6, card=True, phrase="margin {}")

    def shape(self, *shapes: Shape) -> Shape:
        if len(set(shapes)) > 1:
            sizes = ", ".join(text(s) for s in shapes)
            raise Misfit(f"the three vectors need the same size; they have {sizes}", "negative")
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("F.triplet_margin_loss", *refs, **self.given("margin"))


class Metric(Layer):
    """What metrics of classes share. They speak of one batch."""

    holds, better = "fractions", "max"
    function = ""

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs)


@layer(
    "top_k_accuracy",
    family="loss",
    label="Top-k accuracy",
    ports="logits: K *, target: * @int -> accuracy: !",
    role="metric",
    keywords="metric classification top5 imagenet",
)
class TopKAccuracy(Metric):
    """Share of samples whose right class is among the k largest logits."""

    function = "pieces.top_k_accuracy_of"
    k: int = count(5, "How many guesses count.", high=1 << 20, card=True, phrase="top {}")

    def shape(self, *shapes: Shape) -> Shape:
        classes_fit(*shapes)
        if self.k > shapes[0][0]:
            raise Misfit(f"there are only {shapes[0][0]} classes to choose {self.k} from", "k")
        return ()

    def forward(self, m: Own, *refs: Any, used: frozenset[str]) -> Expr:
        return fn(self.function, *refs, self.k)


_CLASSES = "logits: K *, target: * @int -> {}: !"
_MACRO = "metric classification macro"


@layer(
    "precision", family="loss", label="Precision", ports=_CLASSES.format("precision"), role="metric", keywords=_MACRO
)
class Precision(Metric):
    """Of what was called a class, the share that is one: mean over the classes of the batch.

    TP / (TP + FP) for each class that occurs in the batch, as answer or as truth; then the plain (macro) mean of these.
    """

    function = "pieces.precision_of"


@layer("recall", family="loss", label="Recall", ports=_CLASSES.format("recall"), role="metric", keywords=_MACRO)
class Recall(Metric):
    """Of what is a class, the share that was found: mean over the classes of the batch.

    TP / (TP + FN) for each class that occurs in the batch, as answer or as truth; then the plain (macro) mean of these.
    """

    function = "pieces.recall_of"


@layer("f1", family="loss", label="F1", ports=_CLASSES.format("f1"), role="metric", keywords=_MACRO)
class F1(Metric):
    """Precision and recall in one number: mean over the classes of the batch.

    2·TP / (2·TP + FP + FN) for each class that occurs in the batch, as answer or as truth; then the plain (macro) mean.
    """

    function = "pieces.f1_of"


@layer(
    "iou",
    family="loss",
    label="IoU",
    ports=_CLASSES.format("iou"),
    role="metric",
    keywords="metric jaccard segmentation overlap",
)
class IoU(Metric):
    """Overlap of answer and truth, divided by what both cover together: mean over the classes of the batch.

    TP / (TP + FP + FN) for each class that occurs in the batch, as answer or as truth; then the plain (macro) mean.
    """

    function = "pieces.iou_of"
