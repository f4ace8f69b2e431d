"""What a generator and a discriminator make of each other: scores of real and made samples, and where made points lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.analysis.inference.sample_generators import find_sample_generators
from visualnet.core.text.format import format_percent
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.charts.observed.side_by_side import SideBySideChart
from visualnet.figures.charts.observed.spread.ridge import RidgeChart, common_histograms
from visualnet.layers.declaration.params import count
from visualnet.training.observations.answers.fields import PLANE
from visualnet.training.observations.distributions.declare import MOST_PAIRS, choose_evenly
from visualnet.training.observations.distributions.summary import BINS, summarise
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

MOST_USES = 4


def uses_of(analysis: Analysis, node_id: str) -> list[Subject]:
    """The first output ports of a node and of all that use its weights, in the order of the drawing."""
    ids = [node_id, *(node.id for node in analysis.main.graph if node.shares == node_id)]
    return [((i,), next(iter(analysis.main.nodes[i].outputs))) for i in ids]


@observation("judge_scores", "Scores of a judge", "Samples", about="output", of_sample=False, keeps=100)
class JudgeScores(Observation):
    """What a network that is used several times with the same weights, as a discriminator is, says each time: a histogram for each use."""

    reading = (
        "A discriminator that tells real from made gives them scores that do not overlap; where the histograms lie on each other it cannot "
        "tell them apart, which is what the generator wants. Far apart for long: the generator has nothing to learn from."
    )
    samples: int = count(256, "So many samples of the validation set.", low=16, high=2000)
    why_none = "No network here gives one score and is used a second time with the same weights, as the discriminator of a GAN is."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        nodes = analysis.main.nodes
        owners = dict.fromkeys(node.shares for node in analysis.main.graph if node.shares in nodes)
        found = [((owner,), port) for owner in owners if owner for port in list(nodes[owner].outputs)[:1]]
        specs = [(subject, nodes[subject[0][0]].leaving.get(subject[1])) for subject in found]
        return [subject for subject, spec in specs if spec is not None and spec.batched and spec.size == 1]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        ports = [port for port in uses_of(context.model.analysis, subject[0][0]) if context.has(port)]
        values = context.values(ports, context.batch(context.places(self.samples)))
        arrays: dict[str, NDArray[Any]] = {}
        names: list[str] = []
        kept: list[NDArray[Any]] = []
        for port in ports:
            scores = as_array(values[port]).reshape(-1)
            if any(np.array_equal(scores, other) for other in kept) or len(kept) == MOST_USES:
                continue  # the same is shown once: a detached copy gets the same scores
            summary = summarise(scores)
            if summary is None:
                raise CannotObserve("None of the scores is a finite number: the training has diverged.")
            above = format_percent(float((scores > 0).mean()), 0)
            names.append(f"{_shown_to(context.model.analysis, port)}: {above} above 0")
            arrays |= {f"{name}{len(kept)}": summary[name] for name in ("counts", "edges")}
            kept.append(scores)
        return Result(arrays, {"names": tuple(names)})

    def draw(self, result: Result, history: History) -> Chart:
        uses = len(result.words["names"])
        looks = {step: one for step, one in history if f"edges{uses - 1}" in one.arrays}
        moments = choose_evenly(sorted(looks.items(), key=lambda look: look[0]), MOST_PAIRS)
        every = [(one.arrays[f"counts{at}"], one.arrays[f"edges{at}"]) for at in range(uses) for _, one in moments]
        edges, counts = common_histograms(every, BINS)
        steps = tuple(step for step, _ in moments)
        rows = counts.reshape(uses, len(steps), -1)
        charts = tuple(RidgeChart(steps, edges, rows[at], "score") for at in range(uses))
        return SideBySideChart(charts, result.words["names"], (1 / uses,) * uses)


def _shown_to(analysis: Analysis, port: Subject) -> str:
    """What a use is shown."""
    wires = analysis.main.graph.wires
    source = next((s.node for t, s in wires.items() if t.node == port[0][0]), "")
    return f"of “{analysis.name_of((source,))}”" if source else analysis.name_of(port[0])


@observation("made_points", "Made points beside real ones", "Samples", about="output", of_sample=False, keeps=60)
class GeneratorPoints(Observation):
    """Where in the plane the points lie that a generator makes of random numbers, beside where the real ones lie."""

    reading = (
        "Left the data, right what is made; the brighter, the more of them lie there. A cloud that is missing on the right is a mode that "
        "the generator does not find; if all lies in one place, it has collapsed."
    )
    points: int = count(1000, "So many of each.", low=50, high=5000)
    cells: int = count(40, "So many cells along each side.", low=8, high=100)
    why_none = "Nothing here makes points of a plane of random numbers: for images see generated samples."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        makers = [maker for maker in find_sample_generators(analysis) if maker.real]
        return [m.made for m in makers if tuple(map(int, analysis.at(m.made[0]).leaving[m.made[1]].shape)) == PLANE]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        maker = next(m for m in find_sample_generators(context.model.analysis) if m.made == subject)
        real, made = [], []
        for batch in context.chunks(context.places(self.points, "train"), self.points):
            real.append(as_array(batch[maker.real]))
            made.append(as_array(context.values([subject], batch)[subject]))
        both = [np.concatenate(parts) for parts in (real, made)]
        low, high = both[0].min(0), both[0].max(0)
        room = 0.25 * np.maximum(high - low, 1e-6)
        ends = np.stack([low - room, high + room])
        counts = [
            np.histogram2d(points[:, 1], points[:, 0], self.cells, ends.T[::-1])[0] / len(points) for points in both
        ]
        outside = 1 - float(counts[1].sum())
        note = (
            f"{format_percent(outside, 0)} of the made points lie outside of this picture." if outside > 0.005 else ""
        )
        arrays = {"real": counts[0].astype(np.float32), "made": counts[1].astype(np.float32), "ends": ends}
        return Result(arrays, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        real, made = result.arrays["real"], result.arrays["made"]
        images = np.stack([real[::-1], made[::-1]])[..., None]  # the first row of a picture is its uppermost
        return PictureRows((PictureRow("", images),), ("real", "made"), (0.0, float(real.max())), "share")
