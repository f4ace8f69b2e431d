"""What guards the steps: clipping, gathered gradients, penalties, an early end. Each is off until its first field is set."""

from __future__ import annotations

from dataclasses import dataclass

from visualnet.layers.declaration.params import Float, Int
from visualnet.layers.recipe.technique import Rule, Technique, declare, declare_live

OFF = "off"


@dataclass(frozen=True)
class Guard(Technique):
    """Something that a recipe may switch on, beside any optimizer and schedule. ``zero``: why its first field cannot be 0.

    ``copies``: how many numbers it keeps for each trained number. ``whole``: it is about the run, not about one of its learners.
    ``of_losses``: it is what losses with a parameter of this name take where their nodes say nothing.
    """

    zero: str = ""
    copies: int = 0
    whole: bool = False
    of_losses: bool = False


_NOTHING_LEFT = "then nothing is left of any gradient, and nothing is learned; leave it empty to clip nothing, or try 1"
_ALL = (
    Guard(
        "label smoothing",
        "Of the certainty that a target is right a share is given to all classes alike, in each Cross-entropy that says none of its own.",
        declare(label_smoothing=Float(0.0, "Share of certainty given to all classes alike.", low=0, high=1)),
        (Rule("q_new", "(1 - label_smoothing)*q + label_smoothing/K"),),
        "Szegedy et al. 2016, Rethinking the Inception Architecture, arXiv:1512.00567",
        "nn.functional.cross_entropy",
        meanings={"q": "1 at the right class, else 0", "K": "classes", "q_new": "what the loss compares with"},
        whole=True,
        of_losses=True,
    ),
    Guard(
        "l1",
        "Every weight is pulled towards zero by the same amount: many end at zero.",
        declare_live(l1=Float(0.0, "L1 penalty on the weights; 0 leaves it out.", low=0, high=1e6)),
        (Rule("g_new", "g + l1*sign(w)"),),
        "Tibshirani 1996, Regression Shrinkage and Selection via the Lasso",
        meanings={"g_new": "gradient with the penalty"},
    ),
    Guard(
        "clip_norm",
        "Gradients that are longer than this, all weights together, are made as short.",
        declare_live(
            clip_norm=Float(None, "The greatest length of all gradients together.", low=1e-12, high=1e12, none=OFF)
        ),
        (Rule("g_new", "g*min(1, clip_norm/norm(g))"),),
        "Pascanu, Mikolov and Bengio 2013, On the Difficulty of Training RNNs, arXiv:1211.5063",
        "nn.utils.clip_grad_norm_",
        meanings={"g": "gradients of all weights"},
        zero=_NOTHING_LEFT,
    ),
    Guard(
        "clip_value",
        "No number of a gradient is greater than this, or less than its negative.",
        declare_live(
            clip_value=Float(None, "The greatest size of each number of a gradient.", low=1e-12, high=1e12, none=OFF)
        ),
        (Rule("g_new", "min(max(g, -clip_value), clip_value)"),),
        "Mikolov 2012, Statistical Language Models Based on Neural Networks",
        "nn.utils.clip_grad_value_",
        zero=_NOTHING_LEFT,
    ),
    Guard(
        "accumulate",
        "The gradients of several batches are gathered before one step: a large batch in little memory.",
        declare_live(accumulate=Int(1, "Batches whose gradients make one step.", low=1, high=1_000_000, live="epoch")),
        (Rule("g_new", "sum(g)/accumulate"),),
        "Goyal et al. 2017, Accurate, Large Minibatch SGD, arXiv:1706.02677",
        meanings={"g": "gradient of each batch"},
    ),
    Guard(
        "early stopping",
        "The run ends when the value of the best epoch has not improved for some epochs; the network then has that epoch's weights. Where "
        "the last epoch counts as the best, nothing can stand still: then it is refused.",
        declare_live(
            patience=Int(None, "Epochs without gain after which the run ends.", low=1, high=1_000_000, none=OFF),
            min_delta=Float(0.0, "The least gain that counts.", low=0, high=1e9, more=True),
        ),
        (),
        "Prechelt 1998, Early Stopping — But When?",
        zero="a run needs an epoch to gain in; leave it empty to train all epochs, or try 5",
        whole=True,
    ),
    Guard(
        "average",
        "A copy of the weights that follows them slowly; it is validated beside them, and kept with the run.",
        declare_live(ema_decay=Float(None, "How much of the copy stays at each step.", low=0, high=0.999999, none=OFF)),
        (Rule("a_new", "ema_decay*a + (1 - ema_decay)*w_new"),),
        "Polyak and Juditsky 1992, Acceleration of Stochastic Approximation by Averaging",
        "optim.swa_utils.get_ema_multi_avg_fn",
        meanings={"a": "copy of the weight", "w_new": "weight after the step"},
        zero="then the copy is the weights themselves; leave it empty, or try 0.99",
        copies=1,
    ),
)
GUARDS: dict[str, Guard] = {kind.name: kind for kind in _ALL}
