"""The optimizers, each declared once. The names of fields are torch's own, but for ``betas``, which are two fields here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from visualnet.layers.declaration.params import Bool, Float, Int
from visualnet.layers.recipe.technique import Rule, Technique, Values, declare, declare_live


class OptimizerState(NamedTuple):
    """What an optimizer keeps under a name of torch's: a number for each weight, or one for the whole tensor. ``when``: the field that
    must be set for it; ``letter``: what the rule calls it; ``first``: what it is before the first step."""

    name: str
    each: bool = True
    when: str = ""
    letter: str = ""
    first: float = 0.0


@dataclass(frozen=True)
class Optimizer(Technique):
    """An optimizer of ``torch.optim``. ``fused``: torch has it in one kernel for all weights; ``matrices``: it trains nothing else.

    ``parts`` are the fields of which ``arguments`` are made. ``figures`` gives what the rule names besides: by the settings and the
    number of the step.
    """

    kept: tuple[OptimizerState, ...] = ()
    figures: Callable[[Values, int], Mapping[str, float]] | None = None
    parts: tuple[str, ...] = ("beta1", "beta2")
    fused: bool = False
    matrices: bool = False

    def keeps(self, values: Values) -> Iterator[OptimizerState]:
        """What it keeps with these settings."""
        return (kept for kept in self.kept if not kept.when or values[kept.when])


def _lr(default: float) -> Float:
    return Float(default, "Learning rate: how far each step goes.", low=0, high=1e6)


def _decay(default: float = 0.0) -> Float:
    return Float(
        default, "Weight decay (L2): how strongly weights are pulled towards zero.", low=0, high=1e6, more=True
    )


def _momentum(default: float = 0.0, more: bool = False) -> Float:
    return Float(default, "How much of the last step is taken along.", low=0, high=0.9999, more=more)


def _eps(default: float) -> Float:
    return Float(default, "Added to the divisor, so that it is never 0.", low=1e-30, high=1, more=True)


def _share(default: float, doc: str) -> Float:
    return Float(default, doc, low=0, high=0.999999, more=True)


def _betas() -> dict[str, Float]:
    first = _share(0.9, "How much of the mean of gradients is kept at each step (the first of torch's betas).")
    second = _share(0.999, "How much of the mean of their squares is kept at each step (the second of torch's betas).")
    return {"beta1": first, "beta2": second}


def _amsgrad() -> Bool:
    return Bool(False, "Divide by the greatest mean of squares so far, not by the present one.", more=True)


BETAS = {"betas": lambda values: (values["beta1"], values["beta2"])}
STEP, MEAN, SQUARE = (
    OptimizerState("step", each=False),
    OptimizerState("exp_avg", letter="m"),
    OptimizerState("exp_avg_sq", letter="v"),
)
GREATEST = OptimizerState("max_exp_avg_sq", when="amsgrad", letter="h")
VELOCITY = OptimizerState("momentum_buffer", when="momentum", letter="b")
DECAYED = Rule("g_new", "g + weight_decay*w")
MEANS = (Rule("m_new", "beta1*m + (1 - beta1)*g_new"), Rule("v_new", "beta2*v + (1 - beta2)*g_new**2"))
FRESH = {"g_new": "gradient with decay"}
HIGHEST = Rule("h_new", "max(h, v_new)", when="amsgrad")


def _trust(values: Values, step: int) -> Mapping[str, float]:
    """Of RAdam: how far the mean of squares can be trusted in this step (``r``), or that it is too early for it."""
    decay = values["beta2"]
    whole = 2 / (1 - decay) - 1
    length = whole - 2 * step * decay**step / (1 - decay**step)
    if length <= 5:
        return {"early": 1.0}
    return {"r": math.sqrt((length - 4) * (length - 2) * whole / ((whole - 4) * (whole - 2) * length))}


_ALL = (
    Optimizer(
        "SGD",
        "Stochastic gradient descent: each weight goes down its own slope.",
        declare_live(
            lr=_lr(0.01),
            momentum=_momentum(),
            nesterov=Bool(False, "Look ahead: take the slope where the momentum leads.", more=True),
            weight_decay=_decay(),
        ),
        (
            DECAYED,
            Rule("b_new", "momentum*b + g_new"),
            Rule("w_new", "w - lr*b_new", unless="nesterov"),
            Rule("w_new", "w - lr*(g_new + momentum*b_new)", when="nesterov"),
        ),
        "Robbins and Monro 1951; momentum: Polyak 1964; Nesterov 1983",
        "optim.SGD",
        meanings=FRESH,
        kept=(VELOCITY,),
        fused=True,
    ),
    Optimizer(
        "Adagrad",
        "Each weight's steps shrink by all its slopes so far: for rare features.",
        {
            **declare_live(
                lr=_lr(0.01),
                lr_decay=Float(0.0, "How fast the rate falls with each step.", low=0, high=1e6, more=True),
            ),
            **declare(
                initial_accumulator_value=Float(0.0, "What the sums of squares begin with.", low=0, high=1e6, more=True)
            ),
            **declare_live(eps=_eps(1e-10), weight_decay=_decay()),
        },
        (
            DECAYED,
            Rule("s_new", "s + g_new**2"),
            Rule("w_new", "w - lr/(1 + (t - 1)*lr_decay)*g_new/(sqrt(s_new) + eps)"),
        ),
        "Duchi, Hazan and Singer 2011, Adaptive Subgradient Methods",
        "optim.Adagrad",
        meanings=FRESH,
        kept=(STEP, OptimizerState("sum", letter="s")),
        fused=True,
    ),
    Optimizer(
        "Adadelta",
        "Steps as long as recent steps were, over recent slopes: it needs no fine rate.",
        declare_live(
            lr=_lr(1.0),
            rho=_share(0.9, "How much of the means of squares is kept at each step."),
            eps=_eps(1e-6),
            weight_decay=_decay(),
        ),
        (
            DECAYED,
            Rule("v_new", "rho*v + (1 - rho)*g_new**2"),
            Rule("x", "sqrt(d + eps)/sqrt(v_new + eps)*g_new"),
            Rule("d_new", "rho*d + (1 - rho)*x**2"),
            Rule("w_new", "w - lr*x"),
        ),
        "Zeiler 2012, ADADELTA, arXiv:1212.5701",
        "optim.Adadelta",
        meanings={**FRESH, "x": "step"},
        kept=(STEP, OptimizerState("square_avg", letter="v"), OptimizerState("acc_delta", letter="d")),
    ),
    Optimizer(
        "RMSprop",
        "Steps scaled by the size of recent slopes: often used for recurrent networks.",
        declare_live(
            lr=_lr(0.01),
            momentum=_momentum(more=True),
            alpha=_share(0.99, "How much of the mean of squares is kept at each step."),
            centered=Bool(False, "Subtract the square of the mean gradient: divide by a deviation.", more=True),
            eps=_eps(1e-8),
            weight_decay=_decay(),
        ),
        (
            DECAYED,
            Rule("v_new", "alpha*v + (1 - alpha)*g_new**2"),
            Rule("a_new", "alpha*a + (1 - alpha)*g_new", when="centered"),
            Rule("b_new", "momentum*b + g_new/(sqrt(v_new) + eps)", unless="centered"),
            Rule("b_new", "momentum*b + g_new/(sqrt(v_new - a_new**2) + eps)", when="centered"),
            Rule("w_new", "w - lr*b_new"),
        ),
        "Tieleman and Hinton 2012, lecture 6.5; centered: Graves 2013",
        "optim.RMSprop",
        meanings=FRESH,
        kept=(
            STEP,
            OptimizerState("square_avg", letter="v"),
            VELOCITY,
            OptimizerState("grad_avg", when="centered", letter="a"),
        ),
    ),
    Optimizer(
        "Adam",
        "Steps scaled by the size of recent slopes: a good first choice.",
        declare_live(
            lr=_lr(0.001),
            **_betas(),
            eps=_eps(1e-8),
            amsgrad=_amsgrad(),
            weight_decay=_decay(),
        ),
        (
            DECAYED,
            *MEANS,
            HIGHEST,
            Rule("w_new", "w - lr*(m_new/(1 - beta1**t))/(sqrt(v_new/(1 - beta2**t)) + eps)", unless="amsgrad"),
            Rule("w_new", "w - lr*(m_new/(1 - beta1**t))/(sqrt(h_new/(1 - beta2**t)) + eps)", when="amsgrad"),
        ),
        "Kingma and Ba 2015, Adam, arXiv:1412.6980; amsgrad: Reddi et al. 2018",
        "optim.Adam",
        BETAS,
        FRESH,
        kept=(STEP, MEAN, SQUARE, GREATEST),
        fused=True,
    ),
    Optimizer(
        "AdamW",
        "Adam whose weight decay does not pass through the scaling.",
        declare_live(
            lr=_lr(0.001),
            **_betas(),
            eps=_eps(1e-8),
            amsgrad=_amsgrad(),
            weight_decay=_decay(0.01),
        ),
        (
            Rule("m_new", "beta1*m + (1 - beta1)*g"),
            Rule("v_new", "beta2*v + (1 - beta2)*g**2"),
            HIGHEST,
            Rule(
                "w_new",
                "w - lr*weight_decay*w - lr*(m_new/(1 - beta1**t))/(sqrt(v_new/(1 - beta2**t)) + eps)",
                unless="amsgrad",
            ),
            Rule(
                "w_new",
                "w - lr*weight_decay*w - lr*(m_new/(1 - beta1**t))/(sqrt(h_new/(1 - beta2**t)) + eps)",
                when="amsgrad",
            ),
        ),
        "Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization, arXiv:1711.05101",
        "optim.AdamW",
        BETAS,
        kept=(STEP, MEAN, SQUARE, GREATEST),
        fused=True,
    ),
    Optimizer(
        "NAdam",
        "Adam that looks ahead as Nesterov's momentum does.",
        declare_live(
            lr=_lr(0.002),
            **_betas(),
            momentum_decay=Float(0.004, "How the momentum grows with the steps.", low=0, high=1, more=True),
            eps=_eps(1e-8),
            weight_decay=_decay(),
        ),
        (
            DECAYED,
            *MEANS,
            Rule("mu", "beta1*(1 - 1/2*0.96**(t*momentum_decay))"),
            Rule("mu_next", "beta1*(1 - 1/2*0.96**((t + 1)*momentum_decay))"),
            Rule("product_new", "product*mu"),
            Rule("m_hat", "mu_next*m_new/(1 - product_new*mu_next) + (1 - mu)*g_new/(1 - product_new)"),
            Rule("w_new", "w - lr*m_hat/(sqrt(v_new/(1 - beta2**t)) + eps)"),
        ),
        "Dozat 2016, Incorporating Nesterov Momentum into Adam",
        "optim.NAdam",
        BETAS,
        {**FRESH, "mu": "momentum now", "mu_next": "momentum of the next step", "product": "product of all before"},
        kept=(STEP, OptimizerState("mu_product", each=False, letter="product", first=1.0), MEAN, SQUARE),
    ),
    Optimizer(
        "RAdam",
        "Adam that holds back until its mean of squares can be trusted: a warm-up of its own.",
        declare_live(lr=_lr(0.001), **_betas(), eps=_eps(1e-8), weight_decay=_decay()),
        (
            DECAYED,
            *MEANS,
            Rule(
                "w_new",
                "w - lr*r*(m_new/(1 - beta1**t))*sqrt(1 - beta2**t)/(sqrt(v_new) + eps)",
                unless="early",
            ),
            Rule("w_new", "w - lr*(m_new/(1 - beta1**t))", when="early"),
        ),
        "Liu et al. 2020, On the Variance of the Adaptive Learning Rate, arXiv:1908.03265",
        "optim.RAdam",
        BETAS,
        {**FRESH, "r": "0 to 1: how far the squares can be trusted; the first steps go without them"},
        kept=(STEP, MEAN, SQUARE),
        figures=_trust,
    ),
    Optimizer(
        "Adamax",
        "Adam that divides by the greatest recent slope instead of a mean of squares.",
        declare_live(lr=_lr(0.002), **_betas(), eps=_eps(1e-8), weight_decay=_decay()),
        (
            DECAYED,
            MEANS[0],
            Rule("u_new", "max(beta2*u, abs(g_new) + eps)"),
            Rule("w_new", "w - lr/(1 - beta1**t)*m_new/u_new"),
        ),
        "Kingma and Ba 2015, Adam, section 7, arXiv:1412.6980",
        "optim.Adamax",
        BETAS,
        FRESH,
        kept=(STEP, MEAN, OptimizerState("exp_inf", letter="u")),
    ),
    Optimizer(
        "Muon",
        "Steps whose matrices are made orthogonal. It trains matrices only: Linear layers without bias.",
        declare_live(
            lr=_lr(0.001),
            momentum=_momentum(0.95),
            nesterov=Bool(True, "Look ahead: take the slope where the momentum leads.", more=True),
            ns_steps=Int(
                5, "Steps by which a matrix is made orthogonal (Newton and Schulz).", low=1, high=99, more=True
            ),
            eps=_eps(1e-7),
            weight_decay=_decay(0.1),
        ),
        (
            Rule("b_new", "momentum*b + (1 - momentum)*g"),
            Rule("w_new", "w - lr*weight_decay*w - lr*orth(b_new)"),
        ),
        "Jordan et al. 2024, Muon: An optimizer for hidden layers",
        "optim.Muon",
        kept=(OptimizerState("momentum_buffer", letter="b"),),
        matrices=True,
    ),
)
OPTIMIZERS: dict[str, Optimizer] = {kind.name: kind for kind in _ALL}
