"""Filters as pictures and how they move, any weight as a matrix, and the connections of small dense layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_number, format_ordinal
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.connections import ConnectionsChart, DenseLayer
from visualnet.figures.charts.observed.heat import HeatChart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.charts.tiles import TilesChart
from visualnet.layers.declaration.params import choice, count
from visualnet.training.observations.differences import (
    COMPARE,
    SCALE,
    change,
    change_words,
    earlier,
    latest_looks,
    scale_ends,
    step_range,
)
from visualnet.training.observations.observation import (
    NETWORK,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.weights.chains import MOST_UNITS, dense_chains, dense_weight
from visualnet.training.observations.weights.subjects import is_filter, weights_of

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

SHOW = {
    "picture": "in colours where there are three inputs (red, green, blue), else one picture for each input",
    "mean": "the mean over the inputs",
    "input": "what is done to one input",
}
MOST_INPUTS = 12
MOST_FILTERS = 256
MOST_FOLLOWED = 16_384
"""Filters are followed while they have no more weights than this together: all of them are kept at every look."""
EDGE = 128
"""A matrix is kept with so many rows and columns at most: of a larger one every second, third …"""


def parameter(context: ObservationContext, subject: Subject) -> Tensor:
    """The weight that is looked at.

    Raises:
        CannotObserve: the network that is trained does not have it.
    """
    path, name = subject
    found = context.parameters(path).get(name)
    if found is None:
        raise CannotObserve("The network that is trained does not have this weight: it was edited since.")
    return found.detach()


def _filters(context: ObservationContext, subject: Subject) -> Tensor:
    from visualnet.training.observations.weights.filters import filter_bank, flat_kernels

    module = context.module(subject[0])
    bank = filter_bank(parameter(context, subject), getattr(module, "transposed", False), getattr(module, "groups", 1))
    return flat_kernels(bank).float()


class FilterObservation(Observation):
    """Base of those that look at the filters of a convolution."""

    why_none = (
        "No convolution here: filters slide over images, lines or volumes. Dense layers are seen as a weight matrix."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return weights_of(analysis, is_filter)


@observation("filters", "Filters", "Weights", about="weights", of_sample=False, keeps=12, view="tiles")
class Filters(FilterObservation):
    """The filters of a convolution as pictures, and how they have changed."""

    drawn_by = frozenset({"compare", "back", "scale"})
    reading = (
        "Each picture is what a filter multiplies its window with: it answers most where the image looks like the picture. "
        "Those of a first layer become edges, dots and colours as they learn; one that still looks like noise has learned little."
    )
    show: str = choice("picture", "How a filter with several inputs is shown.", SHOW)
    input: int = count(0, "With “input”: which one.", low=0)
    compare: str = choice("now", "What is shown.", COMPARE)
    back: int = count(1, "With “before”: so many looks ago.", high=12)
    scale: str = choice("kept", "What the colours are the scale of.", SCALE)
    most: int = count(64, "At most so many filters, the first ones.", high=MOST_FILTERS)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        bank = _filters(context, subject)[: self.most]
        if self.show == "mean":
            bank = bank.mean(1, keepdim=True)
        elif self.show == "input":
            at = min(self.input, bank.shape[1] - 1)
            bank = bank[:, at : at + 1]
        inputs = bank.shape[1]
        note = f"{MOST_INPUTS} of {inputs} inputs are shown." if inputs > MOST_INPUTS else ""
        return Result({"filters": as_array(bank[:, : 3 if inputs == 3 else MOST_INPUTS])}, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        now = result.arrays["filters"]
        before = earlier(history, self.compare, self.back, "filters")
        shown = change(now, before[1] if before else None) if self.compare != "now" else now
        unit = change_words(self.compare, before[0] if before else None) or "weight"
        ends = scale_ends(shown, self.scale if self.compare == "now" else "picture", history, "filters")
        most = max(abs(ends.low), abs(ends.high))
        moved = np.sqrt(np.square(shown.astype(np.float64)).sum((1, 2, 3)))
        told = tuple(f"filter {i}: {_describe(shown[i], moved[i], self.compare)}" for i in range(len(now)))
        titles = tuple(map(str, range(len(now))))
        if now.shape[1] == 3 and self.show == "picture":
            colours = np.moveaxis(0.5 + 0.5 * shown / (most or 1.0), 1, -1)
            pixels = np.round(np.clip(colours, 0, 1) * 255).astype(np.uint8)
            return TilesChart(pixels, titles, words=tuple(f"{words}; grey is zero" for words in told))
        if now.shape[1] == 1:
            return TilesChart(shown[:, 0], titles, -most, most, True, unit, words=told)
        rows = tuple(PictureRow(f"input {i}", shown[:, i, :, :, None], told) for i in range(now.shape[1]))
        return PictureRows(rows, titles, (-most, most), unit, True)


def _describe(values: NDArray[Any], moved: float, compare: str) -> str:
    words = f"{format_number(float(values.min()))} to {format_number(float(values.max()))}"
    return f"{words}, moved by {format_number(float(moved))}" if compare != "now" else words


@observation(
    "filter_travel", "How far filters moved", "Weights", about="weights", of_sample=False, keeps=200, unit="distance"
)
class FilterTravel(FilterObservation):
    """How far each filter of a convolution is from where it was at the first look that is kept."""

    reading = (
        "A row is a filter, and its colour at a step is the length of the way from its weights at the first look to those of then. "
        "Rows that stay dark do not learn; where all of them brighten together and no more, the layer has come to rest."
    )

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        flat = _filters(context, subject).flatten(1)
        followed = max(min(len(flat), MOST_FOLLOWED // flat.shape[1], MOST_FILTERS), 1)
        note = f"The first {followed} of {len(flat)} filters are followed." if followed < len(flat) else ""
        return Result({"weights": as_array(flat[:followed])}, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        looks = latest_looks(history, "weights")
        first = looks[0][1].astype(np.float64)
        moved = np.stack([np.linalg.norm(weights - first, axis=1) for _, weights in looks], 1)
        steps = tuple(step for step, _ in looks)
        return HeatChart(
            moved, step_range(steps), (0.0, float(len(first))), "step", "filter", f"since {steps[0]:,}", columns=steps
        )


@observation("weight_matrix", "Weight matrix", "Weights", about="weights", of_sample=False, keeps=12)
class WeightMatrix(Observation):
    """Any weight as a field of colours: a row for each output, a column for each input."""

    drawn_by = frozenset({"compare", "back", "scale"})
    reading = (
        "A row is an output unit, a column one of its inputs: red adds to the unit, blue takes away, white does neither. "
        "Stripes show inputs that many units use or units that use many inputs; a field of even noise has not learned yet."
    )
    compare: str = choice("now", "What is shown.", COMPARE)
    back: int = count(1, "With “before”: so many looks ago.", high=12)
    scale: str = choice("kept", "What the colours are the scale of.", SCALE)
    why_none = "Nothing in this network learns: add a layer with weights, a linear one or a convolution."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return weights_of(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        weight = parameter(context, subject)
        rows = weight.reshape(1, -1) if weight.dim() < 2 else weight.flatten(1)
        down, across = (-(-size // EDGE) for size in rows.shape)
        every = [f"every {format_ordinal(n)} {what}" for n, what in ((down, "row"), (across, "column")) if n > 1]
        note = f"Large: {' and '.join(every)} is shown." if every else ""
        size = np.array(rows.shape, np.int64)
        return Result({"matrix": as_array(rows[::down, ::across]), "size": size}, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        now = result.arrays["matrix"]
        before = earlier(history, self.compare, self.back, "matrix")
        shown = change(now, before[1] if before else None) if self.compare != "now" else now
        ends = scale_ends(shown, self.scale if self.compare == "now" else "picture", history, "matrix")
        most = max(abs(ends.low), abs(ends.high))
        unit = change_words(self.compare, before[0] if before else None) or "weight"
        rows, columns = (float(size) for size in result.arrays["size"])
        names = ("input", "output") if rows > 1 else ("place", "")
        return HeatChart(shown, (0.0, columns), (0.0, rows), *names, unit, True, (-most, most), square=True)


@observation("connections", "Connections", "Weights", about="network", of_sample=False, keeps=12)
class Connections(Observation):
    """Small dense layers as units and lines: red lines add, blue ones take away, and the wider a line, the larger its weight."""

    drawn_by = frozenset({"scale"})
    reading = (
        "A line's colour is the sign of its weight and its width the size; the colour inside a unit is its bias. "
        "Follow the wide lines from an output back to the inputs: they are what the answer rests on."
    )
    scale: str = choice("kept", "What the greatest width stands for.", SCALE)
    why_none = (
        f"No dense layer here has at most {MOST_UNITS} inputs and units: of more, lines tell nothing. "
        "See each layer as a weight matrix instead."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [NETWORK] if dense_chains(analysis) else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array

        analysis = context.model.analysis
        chains = dense_chains(analysis)
        if not chains:
            raise CannotObserve(self.why_none)
        arrays: dict[str, NDArray[Any]] = {}
        for number, path in enumerate(chains[0]):
            facts, found = analysis.at(path), context.parameters(path)
            name = dense_weight(facts)
            arrays[f"weight{number}"] = as_array(found[name])
            biases = [key for key, size in facts.weights.items() if key != name and tuple(size) == (len(found[name]),)]
            if len(biases) == 1:
                arrays[f"bias{number}"] = as_array(found[biases[0]])
        names = tuple(analysis.name_of(path) for path in chains[0])
        answers = (
            tuple(context.class_names) if len(arrays[f"weight{len(names) - 1}"]) == len(context.class_names) else ()
        )
        note = f"The longest of {len(chains)} rows of dense layers." if len(chains) > 1 else ""
        return Result(arrays, {"layers": names, "answers": answers}, note)

    def draw(self, result: Result, history: History) -> Chart:
        names = result.words["layers"]
        arrays = result.arrays
        layers = tuple(DenseLayer(name, arrays[f"weight{i}"], arrays.get(f"bias{i}")) for i, name in enumerate(names))
        most = None
        if self.scale == "kept":
            every = [array for _, one in history for key, array in one.arrays.items() if key.startswith("weight")]
            most = max((float(np.abs(array).max()) for array in every), default=None)
        return ConnectionsChart(layers, "inputs", most, result.words.get("answers", ()))
