"""The loss surface around the weights, the line from the first weights to the present ones, and the path of the weights over a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_number, format_percent, format_quantity
from visualnet.figures.charts.curves import Curve, CurveChart
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.surfaces.contour import ContourChart
from visualnet.layers.declaration.params import choice, count, real
from visualnet.training.observations.observation import (
    NETWORK,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

PARTS = {"train": "those that are trained on", "validation": "those of the validation set"}
MOST_WEIGHTS = 20_000_000
MOST_FOLLOWED = 20_000
"""The path is followed while the network has no more weights than this: all of them are kept at every look."""
NO_LOSS = "There is no loss in this network: the surface is that of a loss. Add a target and a loss."


def _subjects(analysis: Analysis) -> list[Subject]:
    return [NETWORK] if analysis.main.sinks("loss") and analysis.main.parameters else []


def _check(context: ObservationContext) -> None:
    if sum(p.numel() for p in context.model.net.parameters()) > MOST_WEIGHTS:
        raise CannotObserve(f"This network has more than {MOST_WEIGHTS:,} weights: its surface would take hours.")


@observation("loss_surface", "Loss surface", "Training", about="network", live=False, of_sample=False)
class LossSurface(Observation):
    """The loss around the present weights, over a plane of two directions, with the path on which they came there."""

    reading = (
        "The present weights stand in the middle; each place around them is a network with other weights, in the colour of its loss: "
        "lines join equal losses. A wide, round valley is easy to descend and forgives small changes; a narrow one does not."
    )
    unit = "loss"
    directions: str = choice(
        "path",
        "Which plane is shown",
        {
            "path": "the two directions in which the weights moved most (PCA), so that the path is seen",
            "random": "two by chance, each filter as long as that of the weights (Li et al. 2018)",
        },
    )
    size: int = count(21, "So many places along each side are measured", low=3, high=101)
    reach: float = real(1.5, "How far the plane reaches, in lengths of its directions", low=0.01, high=100)
    samples: int = count(256, "Over so many samples the loss is measured", low=4, high=100_000)
    part: str = choice("train", "Which samples", PARTS)
    seed: int = count(0, "Which directions chance gives", low=0)
    scale: str = choice("log", "How losses become colours", {"log": "by their logarithm", "linear": "evenly"})
    why_none = NO_LOSS

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return _subjects(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.evaluation_mode import describe_evaluation_mode
        from visualnet.training.observations.landscape.directions import (
            principal_directions,
            project_path,
            random_direction,
        )
        from visualnet.training.observations.landscape.kept_weights import kept_path
        from visualnet.training.observations.landscape.surface import LossMeter

        _check(context)
        meter, generator = LossMeter(context, self.samples, self.part), context.generator(self.seed)
        center, kept = meter.center, kept_path(context)
        moved = any(not bool((one.weights[name] == weight).all()) for one in kept for name, weight in center.items())
        words = " ".join(
            (f"Loss of {format_quantity(len(meter.places), 'sample')}.", *describe_evaluation_mode(context.model))
        )
        if self.directions == "path" and moved:
            steps = [one.weights for one in kept]
            first, second, share = principal_directions(steps, center, lambda: random_direction(center, generator))
            words += f" Both directions hold {format_percent(share, 0)} of the way of the weights that are kept."
        else:
            first, second = random_direction(center, generator), random_direction(center, generator)
            words += (
                " The directions are by chance." if moved else " Nothing is trained yet: the directions are by chance."
            )
        # The middle itself is a place of the grid where their number is odd.
        shares = np.linspace(-self.reach, self.reach, self.size).tolist()
        loss = meter.grid(first, second, shares, shares)
        path = project_path([one.weights for one in kept], center, first, second) if moved else []
        middle = meter.measure()
        return Result(
            {
                "loss": loss,
                "shares": np.array(shares),
                "path": np.array([*path, (0.0, 0.0)]),
                "middle": np.array(middle),
            },
            {"path": (*(one.name for one in kept[: len(path)]), "now")},
            f"{words} In the middle it is {format_number(middle, 4)}.",
        )

    def draw(self, result: Result, history: History) -> Chart:
        path = tuple((float(x), float(y)) for x, y in result.arrays["path"])
        return ContourChart(
            result.arrays["loss"],
            tuple(result.arrays["shares"].tolist()),
            tuple(result.arrays["shares"].tolist()),
            "first direction",
            "second direction",
            "loss",
            path,
            result.words["path"],
            logarithmic=self.scale == "log",
        )


@observation("loss_line", "Loss from the first weights on", "Training", about="network", live=False, of_sample=False)
class LossLine(Observation):
    """The loss on the straight line from the weights that the run began with to the present ones, and beyond both."""

    reading = (
        "At 0 stand the weights of the beginning, at 1 the present ones; between them all weights are mixed in that proportion. "
        "A hill on the way says that training went around it; a smooth slope that it could have walked straight (Goodfellow et al. 2015)."
    )
    unit = "loss"
    points: int = count(41, "So many places on the line are measured", low=3, high=401)
    beyond: float = real(0.25, "How far the line goes beyond both ends", low=0, high=10)
    samples: int = count(256, "Over so many samples the loss is measured", low=4, high=100_000)
    part: str = choice("train", "Which samples", PARTS)
    why_none = NO_LOSS

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return _subjects(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.evaluation_mode import describe_evaluation_mode
        from visualnet.training.observations.landscape.kept_weights import first_weights
        from visualnet.training.observations.landscape.surface import LossMeter

        _check(context)
        meter, start = LossMeter(context, self.samples, self.part), first_weights(context).weights
        shares = np.linspace(-self.beyond, 1 + self.beyond, self.points)
        if not any(bool((start[name] != weight).any()) for name, weight in meter.center.items()):
            raise CannotObserve(
                "Nothing is trained yet: the first weights are the present ones. Train first (F5), then look again."
            )
        note = " ".join(
            (f"Loss of {format_quantity(len(meter.places), 'sample')}.", *describe_evaluation_mode(context.model))
        )
        return Result({"shares": shares, "loss": meter.line(start, shares.tolist())}, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        curve = Curve("loss", tuple(result.arrays["shares"].tolist()), tuple(result.arrays["loss"].tolist()))
        title = "0: beginning of the run, 1: now"
        return CurveChart((curve,), title, "loss", None, None, square=False)


@observation("weights_path", "Path of the weights", "Training", about="network", keeps=120, of_sample=False)
class WeightsPath(Observation):
    """The way of all weights together while they are trained, seen in the two directions in which they moved most."""

    reading = (
        "Each dot is the whole network at one look, from its first to the last one; their distance is how far the weights moved. "
        "Long straight strides say that the gradients agree; a zigzag or a cloud at the end says that the rate is too large to settle."
    )
    unit = "distance"
    why_none = f"All weights are kept at every look, and this network has none or more than {MOST_FOLLOWED:,}: take “Loss surface”."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [NETWORK] if 0 < analysis.main.parameters <= MOST_FOLLOWED else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        parameters = [parameter.detach().flatten() for parameter in context.model.net.parameters()]
        if not parameters:
            raise CannotObserve("This network has no weights that could move.")
        return Result({"weights": np.concatenate([p.cpu().float().numpy() for p in parameters])})

    def draw(self, result: Result, history: History) -> Chart:
        size = result.arrays["weights"].size
        looks = [(step, one.arrays["weights"]) for step, one in history if one.arrays["weights"].size == size]
        rows = np.stack([weights for _, weights in looks]).astype(np.float64)
        moved = rows - rows[-1]
        # The directions follow from the products of the looks with each other: there are far fewer looks than weights.
        sizes, vectors = np.linalg.eigh(moved @ moved.T)
        order = np.argsort(sizes)[::-1][:2]
        places = vectors[:, order] * np.sqrt(np.clip(sizes[order], 0, None))
        places = places - places[-1] if len(places) else places
        if places.shape[1] < 2:
            places = np.concatenate([places, np.zeros((len(places), 2 - places.shape[1]))], 1)
        total = float(np.clip(sizes, 0, None).sum())
        share = float(np.clip(sizes[order], 0, None).sum()) / total if total else 1.0
        words = tuple(f"step {step:,}" for step, _ in looks)
        curve = Curve("path", tuple(places[:, 0].tolist()), tuple(places[:, 1].tolist()), True, words)
        return CurveChart(
            (curve,),
            f"first direction · both hold {format_percent(share, 0)}",
            "second direction",
            None,
            None,
            square=False,
        )
