"""The schedules of the learning rate, each declared once. Lengths are in epochs; what torch counts in steps is worked out from them.

A schedule begins where the warm-up ends, at the recipe's rate. ``share`` says how much of that rate is left after some of its epochs:
the curve that is drawn before training. The loop itself steps torch's own schedulers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from visualnet.layers.declaration.params import Choice, Float, Int, Ints, Param, Text
from visualnet.layers.recipe.drawn_curve import LINES, DrawnShare, read_points, share_at
from visualnet.layers.recipe.technique import Rule, Technique, Values, declare_live


class Span(NamedTuple):
    """For how long a schedule is built: ``units`` in all (steps or epochs, as it counts), ``each`` epoch so many; the rate."""

    units: int
    each: int
    lr: float


def _no_arguments(values: Values, span: Span) -> dict[str, Any]:
    return {}


def _count_units(values: Values, units: int, each: int) -> dict[str, int]:
    return {"last_epoch": units}


def _all_of_it(values: Values, at: float, length: int) -> float:
    return 1.0


@dataclass(frozen=True)
class Schedule(Technique):
    """A scheduler of ``torch.optim.lr_scheduler``, stepped after every optimizer step, or after every ``epoch``.

    ``share(values, at, length)``: the part of the rate after ``at`` of ``length`` epochs. ``build(values, span)``: torch's arguments.
    ``place(values, units, each)``: the counters of torch's scheduler after so many units, where an epoch is ``each`` steps.
    ``watches``: it is told the value that names the best epoch. ``period``: the field that must be shorter than the run, or as long
    where a ``whole`` one is enough. ``drawn``: the field that holds the points of a curve drawn by hand.
    """

    epoch: bool = False
    share: Callable[[Values, float, int], float] = _all_of_it
    build: Callable[[Values, Span], dict[str, Any]] = _no_arguments
    place: Callable[[Values, int, int], dict[str, int]] = _count_units
    watches: bool = False
    period: str = ""
    whole: bool = False
    drawn: str = ""

    def begin(self, epochs: int) -> dict[str, Any]:
        """What its fields are set to when it is chosen for a run of so many epochs, where their defaults would say little."""
        return {self.drawn: f"0:1, {epochs / 2:g}:0.5, {epochs:g}:0.1"} if self.drawn else {}


def _gamma(default: float, doc: str) -> Float:
    return Float(default, doc, low=1e-6, high=1)


def _lowest() -> Float:
    return Float(0.0, "The lowest rate, as a share of the learning rate.", low=0, high=1, more=True)


def _between(values: Values, share: float) -> float:
    """A share of the way down to the lowest rate."""
    lowest: float = values["lowest"]
    return lowest + (1 - lowest) * share


def _half_cosine(at: float) -> float:
    return (1 + math.cos(math.pi * at)) / 2


def _restarts(values: Values, at: float, length: int) -> float:
    """Within which cycle, and how far."""
    cycle, factor = float(values["first_cycle"]), int(values["cycle_factor"])
    while at >= cycle:
        at, cycle = at - cycle, cycle * factor
    return _between(values, _half_cosine(at / cycle))


def _place_in_cycle(values: Values, units: int, each: int) -> dict[str, int]:
    """The counters of ``CosineAnnealingWarmRestarts``: within which cycle, and how far."""
    at, cycle = units, int(values["first_cycle"]) * each
    while at >= cycle:
        at, cycle = at - cycle, cycle * int(values["cycle_factor"])
    return {"last_epoch": units, "T_cur": at, "T_i": cycle}


def _one_cycle(values: Values, at: float, length: int) -> float:
    start, peak = 1 / values["div_factor"], values["pct_start"] * length
    end = start / values["final_div_factor"]
    if at < peak:
        return float(1 + (start - 1) * _half_cosine(at / peak))
    return float(end + (1 - end) * _half_cosine(min((at - peak) / max(length - peak, 1e-9), 1)))


def _one_cycle_arguments(values: Values, span: Span) -> dict[str, Any]:
    own = {name: values[name] for name in ("pct_start", "div_factor", "final_div_factor")}
    # torch divides by the steps before and after the peak, of which there is none in a run of a step or two.
    return {"max_lr": span.lr, "total_steps": max(span.units, 4), "cycle_momentum": False, **own}


_ALL = (
    Schedule("constant", "The rate stays as it is.", {}, (Rule("lr_new", "lr"),)),
    Schedule(
        "step",
        "Every few epochs the rate is multiplied by gamma (torch: StepLR).",
        declare_live(
            step_size=Int(5, "Epochs between two falls.", low=1, high=1_000_000),
            gamma=_gamma(0.1, "What the rate is multiplied by."),
        ),
        (Rule("lr_new", "lr*gamma**floor(e/step_size)"),),
        "Bottou, Curtis and Nocedal 2018, Optimization Methods for Large-Scale Machine Learning",
        "optim.lr_scheduler.StepLR",
        epoch=True,
        share=lambda values, at, length: float(values["gamma"] ** (at // values["step_size"])),
        build=lambda values, span: {name: values[name] for name in ("step_size", "gamma")},
        period="step_size",
    ),
    Schedule(
        "multistep",
        "After each of these epochs the rate is multiplied by gamma (torch: MultiStepLR).",
        declare_live(
            milestones=Ints((5, 8), "The epochs after which it falls.", low=1, high=1_000_000, longest=32),
            gamma=_gamma(0.1, "What the rate is multiplied by."),
        ),
        (Rule("lr_new", "lr*gamma**k"),),
        "He et al. 2016, Deep Residual Learning, arXiv:1512.03385",
        "optim.lr_scheduler.MultiStepLR",
        meanings={"k": "milestones that are past"},
        epoch=True,
        share=lambda values, at, length: float(values["gamma"] ** sum(at >= mark for mark in values["milestones"])),
        build=lambda values, span: {"milestones": list(values["milestones"]), "gamma": values["gamma"]},
        period="milestones",
    ),
    Schedule(
        "exponential",
        "After every epoch the rate is multiplied by gamma (torch: ExponentialLR).",
        declare_live(gamma=_gamma(0.9, "What the rate is multiplied by.")),
        (Rule("lr_new", "lr*gamma**e"),),
        "Li and Arora 2020, An Exponential Learning Rate Schedule, arXiv:1910.07454",
        "optim.lr_scheduler.ExponentialLR",
        epoch=True,
        share=lambda values, at, length: float(values["gamma"] ** math.floor(at)),
        build=lambda values, span: {"gamma": values["gamma"]},
    ),
    Schedule(
        "polynomial",
        "The rate falls to 0 at the end of the run; a power of 1 is a straight line (torch: PolynomialLR).",
        declare_live(
            power=Float(1.0, "How it bends: 1 is a straight line, 2 falls faster at first.", low=0.01, high=100)
        ),
        (Rule("lr_new", "lr*(1 - e/E)**power"),),
        "Chen et al. 2018, DeepLab, arXiv:1606.00915",
        "optim.lr_scheduler.PolynomialLR",
        share=lambda values, at, length: float(max(1 - at / length, 0) ** values["power"]),
        build=lambda values, span: {"total_iters": span.units, "power": values["power"]},
    ),
    Schedule(
        "cosine",
        "The rate falls along half a cosine to the end of the run (torch: CosineAnnealingLR).",
        declare_live(lowest=_lowest()),
        (Rule("lr_new", "lr*(lowest + (1 - lowest)*(1 + cos(pi*e/E))/2)"),),
        "Loshchilov and Hutter 2017, SGDR, arXiv:1608.03983",
        "optim.lr_scheduler.CosineAnnealingLR",
        share=lambda values, at, length: _between(values, _half_cosine(min(at / length, 1))),
        build=lambda values, span: {"T_max": span.units, "eta_min": values["lowest"] * span.lr},
    ),
    Schedule(
        "restarts",
        "The rate falls along half a cosine and jumps up again, cycle after cycle (torch: CosineAnnealingWarmRestarts).",
        declare_live(
            first_cycle=Int(5, "Epochs of the first cycle.", low=1, high=1_000_000),
            cycle_factor=Int(1, "How many times longer each cycle is than the one before.", low=1, high=100),
            lowest=_lowest(),
        ),
        (Rule("lr_new", "lr*(lowest + (1 - lowest)*(1 + cos(pi*e/F))/2)"),),
        "Loshchilov and Hutter 2017, SGDR, arXiv:1608.03983",
        "optim.lr_scheduler.CosineAnnealingWarmRestarts",
        meanings={"e": "epochs since the restart"},
        share=_restarts,
        place=_place_in_cycle,
        build=lambda values, span: {
            "T_0": values["first_cycle"] * span.each,
            "T_mult": values["cycle_factor"],
            "eta_min": values["lowest"] * span.lr,
        },
        period="first_cycle",
        whole=True,
    ),
    Schedule(
        "one_cycle",
        "The rate rises to the recipe's and falls far below where it began, once over the run (torch: OneCycleLR).",
        declare_live(
            pct_start=Float(0.3, "The share of the run in which it rises.", low=0.01, high=0.99),
            div_factor=Float(25.0, "The rate divided by this is the first one.", low=1, high=1e6, more=True),
            final_div_factor=Float(1e4, "The first rate divided by this is the last one.", low=1, high=1e9, more=True),
        ),
        (Rule("a", "lr/div_factor"), Rule("z", "a/final_div_factor"), Rule("lr_new", "z + (lr - z)*(1 + cos(pi*x))/2")),
        "Smith and Topin 2019, Super-Convergence, arXiv:1708.07120",
        "optim.lr_scheduler.OneCycleLR",
        meanings={
            "a": "first rate",
            "z": "last rate",
            "x": "0 to 1: how much of the fall is past",
            "lr": "greatest rate",
        },
        share=_one_cycle,
        build=_one_cycle_arguments,
    ),
    Schedule(
        "plateau",
        "The rate falls when the value of the best epoch has not improved for some epochs (torch: ReduceLROnPlateau).",
        declare_live(
            wait=Int(3, "Epochs without gain that are let pass (torch: patience).", low=0, high=1_000_000),
            factor=_gamma(0.1, "What the rate is multiplied by."),
            threshold=Float(
                1e-4, "The least gain that counts, as a share of the best value.", low=0, high=1, more=True
            ),
            lowest=_lowest(),
        ),
        (Rule("lr_new", "max(factor*lr, lowest)"),),
        "Goodfellow, Bengio and Courville 2016, Deep Learning, chapter 8",
        "optim.lr_scheduler.ReduceLROnPlateau",
        epoch=True,
        build=lambda values, span: {
            "factor": values["factor"],
            "patience": values["wait"],
            "threshold": values["threshold"],
            "min_lr": values["lowest"] * span.lr,
        },
        watches=True,
        period="wait",
    ),
    Schedule(
        "drawn",
        "The rate follows a curve that is drawn by hand, from point to point (torch: LambdaLR).",
        declare_live(
            points=Text(
                "0:1",
                "Points of the curve: the epoch, a colon, the share of the learning rate; as 0:1, 5:0.5, 10:0.1.",
                check=read_points,
            ),
            between=Choice("linear", "How the rate goes from point to point.", LINES),
        ),
        (Rule("lr_new", "lr*c"),),
        "Bengio 2012, Practical Recommendations for Gradient-Based Training of Deep Architectures, arXiv:1206.5533",
        "optim.lr_scheduler.LambdaLR",
        meanings={"c": "share that is drawn for this epoch"},
        share=lambda values, at, length: share_at(read_points(values["points"]), values["between"] == "smooth", at),
        build=lambda values, span: {
            "lr_lambda": DrawnShare(read_points(values["points"]), values["between"] == "smooth", span.each)
        },
        period="points",
        whole=True,
        drawn="points",
    ),
)
SCHEDULES: dict[str, Schedule] = {kind.name: kind for kind in _ALL}

WARM_UP = Technique(
    "warm-up",
    "The rate rises in a straight line before the schedule begins (torch: LinearLR).",
    declare_live(
        warmup=Int(0, "Epochs in which the rate rises to its full size, before the schedule begins.", high=1_000_000),
        warmup_from=Float(
            0.1, "The first rate of the warm-up, as a share of the learning rate.", low=1e-6, high=1, more=True
        ),
    ),
    (Rule("lr_new", "lr*(warmup_from + (1 - warmup_from)*e/warmup)"),),
    "Goyal et al. 2017, Accurate, Large Minibatch SGD, arXiv:1706.02677",
    "optim.lr_scheduler.LinearLR",
)
"""What may stand before any schedule."""


def rate_curve(
    schedule: Schedule, values: Mapping[str, Any], epochs: int, each: int = 40
) -> tuple[list[float], list[float]]:
    """The rate that is planned, over the epochs: at so many points of each. A schedule that waits for values stands still."""
    each = max(1, min(each, 2000 // max(epochs, 1)))
    warm, at = min(values["warmup"], epochs), [i / each for i in range(epochs * each + 1)]
    rates = []
    for epoch in at:
        if epoch < warm:
            share = values["warmup_from"] + (1 - values["warmup_from"]) * epoch / warm
        else:
            share = schedule.share(values, epoch - warm, max(epochs - warm, 1))
        rates.append(values["lr"] * share)
    return at, rates


def own_params(schedule: Schedule) -> dict[str, Param]:
    """The fields of a schedule and of the warm-up before it."""
    return {**schedule.params, **WARM_UP.params}
