"""What an answer rests on: observations of the whole network by the methods of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.attribution import AttributionChart
from visualnet.layers.declaration.params import Choice, Float, Int
from visualnet.training.observations.attribution.entries import find_entries
from visualnet.training.observations.attribution.sample_parts import unpack
from visualnet.training.observations.observation import (
    NETWORK,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.attribution.scores import Scorer
    from visualnet.training.observations.context import ObservationContext

LOOKS = 32
"""Frames that share a scale."""
TARGETS = {
    "predicted": "the class that the network answers now",
    "true": "the class that the data say",
    "chosen": "the class with the number below",
}
BASELINES = {
    "zeros": "nothing: black, or a vector of zeros for a word",
    "mean": "the mean of validation samples",
    "blurred": "the sample without its details (images and series)",
}
SCALES = {"all": "the same for all frames", "own": "the largest share of this frame"}


class Explanation(Observation):
    """Base of those that explain the score of a class."""

    signed = True
    unit = "score"
    drawn_by = frozenset({"scale"})
    target: Any = Choice("predicted", "Which class is explained", TARGETS)
    number: Any = Int(0, "Number of the chosen class, counted from 0", low=0, high=100_000)
    scale: Any = Choice("all", "What the ends of the colours mean", SCALES, more=True)
    why_none = (
        "There is no answer that could be explained: the network needs an input of real numbers (or one that is embedded), "
        "an Output, and no errors."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        answers = analysis.main.sinks("output")
        return [NETWORK] if answers and not analysis.errors() and find_entries(analysis) else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.scores import Scorer

        return self.explain(Scorer(context, self.target, self.number), subject)

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        """The attribution of the score."""
        raise NotImplementedError

    def draw(self, result: Result, history: History) -> Chart:
        parts = unpack(result)
        frames = [parts] if self.scale == "own" else [unpack(kept) for _, kept in history] or [parts]
        sizes = [float(np.abs(part.map).max()) for frame in frames for part in frame if part.map.size]
        most = max((size for size in sizes if np.isfinite(size)), default=0.0) or 1.0
        signed = self.signed and any(bool((part.map < 0).any()) for frame in frames for part in frame)
        return AttributionChart(tuple(parts), -most if signed else 0.0, most, signed, self.unit)


@observation("saliency", "Saliency", "Explain", about="network", keeps=LOOKS, unit="gradient")
class Saliency(Explanation):
    """How much the score would change with each pixel, word or number: the size of its gradient (Simonyan et al. 2014)."""

    reading = (
        "The brighter a place, the more the score would change if it changed a little. "
        "It says where the network is sensitive, not what speaks for the class."
    )
    signed = False

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_gradient

        return observe_gradient(scorer, times_input=False)


@observation("gradient_times_input", "Gradient × input", "Explain", about="network", keeps=LOOKS)
class GradientTimesInput(Explanation):
    """The gradient of the score times what stands there: what each place adds to the score, taken linearly."""

    reading = (
        "Red speaks for the class, blue against it; the numbers are parts of the score. "
        "They would add up to the score if the network were linear without constants; as it is not, compare with integrated gradients."
    )

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_gradient

        return observe_gradient(scorer, times_input=True)


@observation("smooth_gradient", "SmoothGrad", "Explain", about="network", live=False, unit="gradient")
class SmoothGradient(Explanation):
    """The mean gradient of the score over copies of the sample with noise (Smilkov et al. 2017)."""

    reading = (
        "Read it as saliency: bright places change the score most. "
        "Averaging over noisy copies takes away the grain that one gradient has, and keeps what all copies agree on."
    )
    signed = False
    noise: Any = Float(0.15, "Deviation of the noise, as a share of the span of the sample's values", low=0.0, high=2.0)
    copies: Any = Int(32, "How many noisy copies", low=1, high=1000)
    seed: Any = Int(0, "Seed of the noise", more=True)

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_smooth_gradient

        return observe_smooth_gradient(scorer, self.noise, self.copies, self.seed)


@observation("integrated_gradients", "Integrated gradients", "Explain", about="network", live=False)
class IntegratedGradients(Explanation):
    """What each place adds to the score on the way from a baseline to the sample (Sundararajan et al. 2017)."""

    reading = (
        "Red places raised the score on the way from the baseline to this sample, blue ones lowered it. "
        "All shares add up to the difference of both scores; the line below says how nearly, and more steps bring it nearer."
    )
    baseline: Any = Choice("zeros", "What the sample is compared with", BASELINES)
    steps: Any = Int(64, "Points on the way from the baseline", low=1, high=5000)

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_integrated_gradients

        return observe_integrated_gradients(scorer, self.baseline, self.steps)


@observation("grad_cam", "Grad-CAM", "Explain", about="output", keeps=LOOKS, unit="weight")
class GradCam(Explanation):
    """Where a layer's maps speak for the class: each map weighted by how the score rises with it (Selvaraju et al. 2017)."""

    reading = (
        "Bright places are where this layer found what speaks for the class; the map is coarse because the layer's is. "
        "Late convolutions show parts of objects, early ones edges; with “signed”, blue places speak against the class."
    )
    sign: Any = Choice("positive", "What is shown", {"positive": "what speaks for it", "signed": "for and against"})
    why_none = (
        "No layer here gives maps with places over an image or a series, as convolutions do. "
        "Saliency, integrated gradients and occlusion make sense in any network."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        if not super().subjects(analysis):
            return []
        ranks = {len(entry.shown.shape) for entry in find_entries(analysis) if len(entry.shown.shape) >= 2}
        sources = {entry.source for entry in find_entries(analysis)}

        def has_places(facts: NodeFacts, port: str) -> bool:
            spec = facts.leaving[port]
            is_input = facts.node.id in sources and facts.layer is not None and facts.layer.role == "input"
            size = spec.size // max(spec.shape[0], 1) if spec.shape else 0
            return (
                spec.dtype == "float"
                and len(spec.shape) in ranks
                and size > 1
                and "C" in spec.axes[:1]
                and not is_input
            )

        return output_ports(analysis, has_places)

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_class_activation

        return observe_class_activation(scorer, subject, self.sign == "positive")


@observation("occlusion", "Occlusion", "Explain", about="network", live=False)
class Occlusion(Explanation):
    """By how much the score falls when a patch is covered, a word or a column left out (Zeiler and Fergus 2014)."""

    reading = (
        "Where a place is red, covering it lowers the score: the network needs it. "
        "Blue places mislead it: without them the score is higher."
    )
    patch: Any = Int(5, "Width of the patch", low=1, high=10_000, unit="px")
    stride: Any = Int(2, "By how much it moves", low=1, high=10_000, unit="px")
    baseline: Any = Choice("zeros", "What covers", BASELINES)

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_occlusion

        return observe_occlusion(scorer, self.patch, self.stride, self.baseline)


@observation("shapley_values", "SHAP values", "Explain", about="network", live=False)
class ShapleyExplanation(Explanation):
    """What each column, word or piece adds to the score, over all orders in which they could come (Lundberg and Lee 2017)."""

    reading = (
        "Red parts raise the score, blue ones lower it, each by its mean gain over all ways of adding the parts one by one. "
        "They add up to the difference between this sample's score and that of the baseline; for up to 12 parts they are exact."
    )
    baseline: Any = Choice(
        "mean",
        "What stands where a part is missing",
        {**BASELINES, "samples": "each of 16 validation samples in turn, and the mean of the scores"},
    )
    method: Any = Choice(
        "sampling",
        "How more than 12 parts are computed",
        {"sampling": "drawn orders", "kernel": "Kernel SHAP: least squares over drawn coalitions"},
    )
    pieces: Any = Int(7, "Pieces of an image along each side, of a series in time", low=2, high=64)
    evaluations: Any = Int(600, "How many coalitions are tried, where not all are", low=10, high=1_000_000)
    seed: Any = Int(0, "Seed of what is drawn", more=True)

    def explain(self, scorer: Scorer, subject: Subject) -> Result:
        from visualnet.training.observations.attribution.compute import observe_shapley

        return observe_shapley(scorer, self.method, self.baseline, self.pieces, self.evaluations, self.seed)
