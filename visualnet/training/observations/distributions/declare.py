"""How weights, gradients, activations and updates are spread, by step: ridges, a heat map, or bands of quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_ordinal, format_percent, format_quantity
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.heat import HeatChart
from visualnet.figures.charts.observed.sentence import SentenceChart
from visualnet.figures.charts.observed.spread.bands import QuantileBandChart
from visualnet.figures.charts.observed.spread.ridge import RidgeChart, common_histograms
from visualnet.layers.declaration.params import choice, count
from visualnet.training.observations.differences import step_range
from visualnet.training.observations.distributions.summary import (
    BINS,
    LEAST,
    MOST_KEPT,
    MOST_VALUES,
    QUANTILES,
    summarise,
    thin,
    update_ratios,
)
from visualnet.training.observations.observation import (
    BEFORE,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import batched_ports
from visualnet.training.observations.weights.declare import parameter
from visualnet.training.observations.weights.subjects import weights_of

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

PICTURES = {
    "ridges": "a histogram for each look, one behind another, the last in front",
    "heat map": "steps from left to right, values upward; the colour says what share lies there",
    "bands": "quantiles: the median as a line, half of the numbers in the inner band, nine tenths in the next, all in the outer",
}
Summary = Mapping[str, NDArray[Any]]
MOST_MOMENTS, MOST_PAIRS = 100, 24
"""So many looks are drawn, and so many of them where each has to be counted first."""
_T = TypeVar("_T")


def choose_evenly(looks: list[_T], most: int) -> list[_T]:
    """All of them, or so many of them at even distances, from the first to the last."""
    if len(looks) <= most:
        return looks
    return [looks[at] for at in np.linspace(0, len(looks) - 1, most).round().astype(int)]


class SpreadObservation(Observation):
    """Base of those that show how numbers are spread at each step."""

    quantity = ""
    """What the numbers are, as the axis says it."""
    zeros = "exactly zero"
    """What is said of the share of ``zeros``."""
    drawn_by = frozenset({"picture"})
    picture: str = choice("ridges", "How it is drawn.", PICTURES)

    def moments(self, history: History) -> list[tuple[int, Summary]]:
        """What there is to draw, by step, oldest first: some of the looks, the first and the last among them."""
        found = {step: result.arrays for step, result in history if "counts" in result.arrays}
        return choose_evenly(sorted(found.items()), MOST_MOMENTS)

    def draw(self, result: Result, history: History) -> Chart:
        moments = self.moments(history)
        if not moments:
            return SentenceChart("Nothing is known of a step yet: train, and it is drawn.")
        steps = tuple(step for step, _ in moments)
        note = note_of(moments[-1][1], self.zeros)
        if self.picture == "bands":
            rows = np.stack([one["quantiles"] for _, one in moments])
            return QuantileBandChart(steps, QUANTILES, rows, self.quantity, note)
        edges, counts = common_histograms([(one["counts"], one["edges"]) for _, one in moments], BINS)
        if self.picture == "ridges":
            return RidgeChart(steps, edges, counts, self.quantity, note)
        shares = (counts / np.maximum(counts.sum(1, keepdims=True), 1)).T
        span = (float(edges[0]), float(edges[-1]))
        return HeatChart(shares, step_range(steps), span, "step", self.quantity, "share", columns=steps, note=note)


def note_of(one: Summary, zeros: str) -> str:
    """What a histogram does not show: zeros, as these words have it, and what is not finite."""
    words = []
    if one["zeros"] > 0.01:
        words.append(f"{format_percent(float(one['zeros']), 0)} {zeros}")
    if one["bad"]:
        words.append(f"{format_quantity(int(one['bad']), 'number')} not finite")
    return " · ".join(words)


def summary_of(values: Tensor, what: str) -> Result:
    """A summary of these numbers as a result.

    Raises:
        CannotObserve: none of them is finite.
    """
    from visualnet.training.observations.context import as_array

    size = values.numel()
    few = thin(values)
    if not len(few):
        raise CannotObserve(f"There are no {what} here: this is empty.")
    summary = summarise(as_array(few))
    if summary is None:
        raise CannotObserve(
            f"None of the {what} is a finite number: the training has diverged. Try a smaller learning rate."
        )
    note = (
        f"Of {size:,} {what} every {format_ordinal(-(-size // MOST_VALUES))} is counted." if size > MOST_VALUES else ""
    )
    return Result(summary, note=note)


class WeightSpread(SpreadObservation):
    """Base of those about a node's weights."""

    why_none = "Nothing in this network learns: add a layer with weights, a linear one or a convolution."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return weights_of(analysis)


@observation("weight_spread", "Weights over time", "Weights", about="weights", of_sample=False, keeps=200)
class WeightsOverTime(WeightSpread):
    """How the weights of a layer are spread, and how that changes while it learns."""

    reading = (
        "A narrow peak at zero means weights that hardly count; a spread that widens step by step means weights that grow. "
        "While it learns the shape should change slowly: one that does not change at all gets no gradient, one that runs away diverges."
    )
    quantity = "weight"

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        return summary_of(parameter(context, subject), "weights")


@observation("gradient_spread", "Gradients over time", "Training", about="weights", of_sample=False, keeps=200)
class GradientsOverTime(WeightSpread):
    """How the gradient of the loss by the weights of a layer is spread, always over the same training samples."""

    reading = (
        "Each number says how much the loss would grow if that weight did: its sign is the direction, its size the haste. "
        "If all of them shrink to zero while the loss is high, the gradient vanishes; if they grow at each step, it explodes."
    )
    quantity = "gradient"
    samples: int = count(32, "The loss is that of so many training samples.", high=512)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        weight = context.parameters(subject[0]).get(subject[1])
        if weight is None:
            raise CannotObserve("The network that is trained does not have this weight: it was edited since.")
        if not context.losses:
            raise CannotObserve(
                "There is no loss, so there is no gradient: lead the answer and its target into a loss."
            )
        if not weight.requires_grad:
            raise CannotObserve("This weight is frozen: no gradient is computed for it.")
        loss = context.loss(context.batch(context.places(self.samples, "train")), gradients=True)
        (gradient,) = context.gradients(loss, [weight]) if loss.requires_grad else [None]
        if gradient is None:
            raise CannotObserve("The loss does not rest on this weight: it has no gradient.")
        return summary_of(gradient, "gradients")


@observation("activation_spread", "Activations over time", "Flow", about="output", of_sample=False, keeps=200)
class ActivationsOverTime(SpreadObservation):
    """How the numbers that leave a node are spread, over the same samples at each step."""

    reading = (
        "After a ReLU a part of the numbers is exactly zero; if that part nears all of them, the layer is dying. "
        "After a sigmoid or tanh, hills at both ends mean saturated units, through which hardly any gradient comes back."
    )
    quantity = "activation"
    samples: int = count(16, "Over so many samples of the validation set.", high=256)
    why_none = (
        "No shape in this network is known yet: mend its problems, then the numbers of every node can be counted."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return batched_ports(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        batch = context.batch(context.places(self.samples))
        return summary_of(context.values([subject], batch)[subject].float(), "activations")


@observation(
    "update_spread",
    "Updates over time",
    "Training",
    about="weights",
    of_sample=False,
    keeps=200,
    paired=True,
    unit="log₁₀",
)
class UpdatesOverTime(WeightSpread):
    """By which part of its size one step changes each weight, at each look: the logarithm to base 10."""

    reading = (
        "−3 means that a weight moves by a thousandth of the layer's usual weight a step, which is what a healthy training shows. "
        "Far to the left the layer hardly learns: raise the learning rate; at −1 and more it is shaken: lower it."
    )
    quantity = "log₁₀ of the change by a step in parts of the weight"
    zeros = "did not move"

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        weight = parameter(context, subject)
        size = weight.numel()
        every = -(-size // MOST_KEPT)
        note = f"Of {size:,} weights every {format_ordinal(every)} is followed." if every > 1 else ""
        return Result({"weights": as_array(thin(weight, MOST_KEPT))}, note=note)

    def moments(self, history: History) -> list[tuple[int, Summary]]:
        pairs = {step: result.arrays for step, result in history if BEFORE + "weights" in result.arrays}
        found: list[tuple[int, Summary]] = []
        for step, arrays in choose_evenly(sorted(pairs.items()), MOST_PAIRS):
            ratios = update_ratios(arrays["weights"], arrays[BEFORE + "weights"])
            # A logarithm of nothing is none: what did not move is told in words.
            moved = ratios[ratios > LEAST]
            summary = summarise(moved if len(moved) else ratios)
            if summary is not None:
                found.append((step, {**summary, "zeros": np.array(1 - len(moved) / len(ratios))}))
        return found
