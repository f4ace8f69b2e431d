"""Feature maps of several samples, what sets two classes apart in them, and the region of every unit over the plane of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_number
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.charts.observed.small_multiples import Pane, PaneLine, SmallMultiplesChart
from visualnet.figures.charts.tiles import TilesChart
from visualnet.layers.declaration.params import choice, count, text
from visualnet.training.observations.answers.fields import class_number, find_class_field, single_input
from visualnet.training.observations.answers.images import sample_names
from visualnet.training.observations.differences import (
    COMPARE,
    SCALE,
    SCALE_WORDS,
    change,
    change_words,
    common_ends,
    earlier,
    scale_ends,
)
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import batched_ports, output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

ORDER = {
    "number": "as the channels are numbered",
    "activity": "the most active first",
    "spread": "those that vary most first",
}
CELLS, LINE_CELLS = 40, 200
"""Cells along each side of a region, and along a line: enough to see a boundary, and quick."""
SEARCHED = 384
"""Among so many samples of the validation set those of two classes are looked for."""


@observation("feature_maps", "Feature maps", "Flow", about="output", keeps=12, view="tiles")
class FeatureMaps(Observation):
    """Every channel of a layer as a picture: of several samples, in any order, and what changed since earlier steps."""

    drawn_by = frozenset({"order", "compare", "back", "scale", "most", "channel"})
    reading = (
        "Each picture is what one filter answers at each place of the sample: where it is strong, the filter has found what it looks for. "
        "Channels that stay at zero for every sample are dead; those that look alike do the same work twice."
    )
    order: str = choice("number", "Which channels come first.", ORDER)
    samples: int = count(1, "So many samples, a row each; the chosen one first.", high=8)
    compare: str = choice("now", "What is shown.", COMPARE)
    back: int = count(1, "With “before”: so many looks ago.", high=12)
    scale: str = choice("kept", SCALE_WORDS, SCALE)
    most: int = count(64, "At most so many channels.", high=256)
    channel: int | None = count(None, "One channel alone, large.", low=0, none="all channels")
    why_none = "No shape in this network is known yet: mend its problems, then every node has its maps."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return batched_ports(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.maps import stacks

        batch, places = context.batch(), [context.place]
        if self.samples > 1:
            others = [int(place) for place in context.places(self.samples) if place != context.place][
                : self.samples - 1
            ]
            more = context.batch(others)
            batch = {name: torch.cat([tensor, more[name]]) for name, tensor in batch.items()}
            places += others
        stack = stacks.thin_stack(stacks.as_stack(context.values([subject], batch)[subject]))
        if not stack.numel():
            raise CannotObserve("This output is empty: there is nothing to draw.")
        stack = stack.float()
        return Result(
            {
                "maps": as_array(stack),
                "activity": as_array(stacks.channel_activity(stack)),
                "spread": as_array(stacks.channel_spread(stack)),
                "places": np.array(places, np.int64),
            },
            {"names": sample_names(context, places)},
        )

    def draw(self, result: Result, history: History) -> Chart:
        now = result.arrays["maps"]
        before = earlier(history, self.compare, self.back, "maps")
        shown = change(now, before[1] if before else None) if self.compare != "now" else now
        order = self._order(result, now.shape[1])
        ends = scale_ends(shown[:, order], self.scale if self.compare == "now" else "picture", history, "maps")
        unit = change_words(self.compare, before[0] if before else None)
        activity = result.arrays["activity"]
        told = [f"channel {c}: mean size {format_number(float(activity[c]))}" for c in order]
        titles = tuple(str(c) for c in order) if now.shape[1] > 1 else ("",)
        if len(now) == 1:
            return TilesChart(shown[0, order], titles, *ends, unit, words=tuple(told))
        rows = [
            PictureRow(name, shown[at, order, :, :, None], tuple(f"{name}, {words}" for words in told))
            for at, name in enumerate(result.words["names"])
        ]
        return PictureRows(tuple(rows), titles, ends[:2], unit, ends.signed)

    def _order(self, result: Result, channels: int) -> NDArray[np.intp]:
        if self.channel is not None:
            return np.array([min(self.channel, channels - 1)])
        if self.order == "number":
            return np.arange(channels)[: self.most]
        return np.argsort(-result.arrays[self.order], kind="stable")[: self.most]


def _check_class(words: str) -> None:
    if "\n" in words:
        raise ValueError("a class is one line of words")


@observation(
    "class_difference",
    "Difference of two classes",
    "Flow",
    about="output",
    of_sample=False,
    unit="difference of the means",
    view="tiles",
)
class ClassDifference(Observation):
    """The mean feature maps of the samples of one class without those of another one."""

    drawn_by = frozenset({"most", "scale"})
    reading = (
        "Red is where the first class drives a channel higher on average, blue where the second one does, white where they do not differ. "
        "Deep layers tell classes apart in many channels; a layer that is white everywhere has not learned to."
    )
    first: str = text(
        "", "The first class, by its name or number; empty: the first there is.", _check_class, longest=200
    )
    second: str = text("", "The second class; empty: the next one.", _check_class, longest=200)
    samples: int = count(16, "The means are over so many samples of each class.", high=128)
    most: int = count(64, "At most so many channels, those that differ most first.", high=256)
    scale: str = choice("kept", SCALE_WORDS, SCALE)
    why_none = "The network is not told classes: with a target of classes, the difference of two of them can be seen in every layer."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return batched_ports(analysis) if find_class_field(analysis) else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.maps import stacks

        names = context.class_names
        field = find_class_field(context.model.analysis)
        if len(names) < 2 or not field:
            raise CannotObserve("These data have no two classes: choose data with classes to see what sets them apart.")
        a = class_number(self.first, names, 0)
        b = class_number(self.second, names, 1 if a == 0 else 0)
        places = torch.from_numpy(context.places(SEARCHED))
        labels = torch.from_numpy(
            context.data.fetch(places.numpy(), [field])[field].reshape(len(places)).astype(np.int64)
        )
        chosen = [places[stacks.places_of_class(labels, label, self.samples)] for label in (a, b)]
        for label, found in zip((a, b), chosen, strict=True):
            if not len(found):
                raise CannotObserve(f"No sample of “{names[label]}” is among the {len(places)} that are looked at.")
        values = context.values([subject], context.batch(torch.cat(chosen).numpy()))[subject]
        stack = stacks.thin_stack(stacks.as_stack(values)).float()
        if not stack.numel():
            raise CannotObserve("This output is empty: there is nothing to draw.")
        which = torch.tensor([a] * len(chosen[0]) + [b] * len(chosen[1]), device=stack.device)
        first, second = (stacks.mean_of_class(stack, which, label) for label in (a, b))
        counted = f"{len(chosen[0])} samples of “{names[a]}” and {len(chosen[1])} of “{names[b]}”."
        return Result(
            {"first": as_array(first), "second": as_array(second)}, {"classes": (names[a], names[b])}, counted
        )

    def draw(self, result: Result, history: History) -> Chart:
        first, second = result.arrays["first"], result.arrays["second"]
        difference = first - second
        size = np.abs(difference).mean((1, 2))
        order = np.argsort(-size, kind="stable")[: self.most]
        kept = [r.arrays["first"] - r.arrays["second"] for _, r in history] if self.scale == "kept" else []
        ends = common_ends(difference, kept)
        high = max(-ends.low, ends.high) or 1.0
        names = result.words["classes"]
        told = tuple(
            f"channel {c}, mean: {names[0]} {format_number(float(first[c].mean()))}, "
            f"{names[1]} {format_number(float(second[c].mean()))}"
            for c in order
        )
        titles = tuple(map(str, order)) if len(difference) > 1 else ("",)
        return TilesChart(difference[order], titles, -high, high, True, "difference", words=told)


@observation("unit_regions", "Regions of units", "Flow", about="output", of_sample=False)
class UnitRegions(Observation):
    """What each unit says over the whole plane of the input, a small picture each; over a line: a curve each."""

    drawn_by = frozenset({"most", "scale"})
    reading = (
        "Each picture is the whole plane of the data: a unit's colour there is what it answers to a point at that place. "
        "Units of the first layer divide the plane by a straight line; those of deeper layers put such lines together to bends and islands."
    )
    most: int = count(64, "At most so many units, the first ones.", high=256)
    scale: str = choice("kept", SCALE_WORDS, SCALE)
    why_none = "Regions are drawn of networks whose only input is points (two numbers) or places on a line (one): choose data of points."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        if single_input(analysis) is None:
            return []
        return output_ports(
            analysis, lambda facts, port: facts.leaving[port].batched and len(facts.leaving[port].shape) == 1
        )

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.maps.plane import input_plane, unit_regions

        field = context.input_fields[0]
        numbers = int(context.data.fields[field].size)
        cells = CELLS if numbers == 2 else LINE_CELLS
        plane = input_plane(context.data, field, cells)
        values = context.values([subject], {field: torch.from_numpy(plane.points).to(context.device)})[subject]
        regions = unit_regions(as_array(values), cells, numbers == 1)
        return Result({"regions": regions, "low": np.array(plane.low), "high": np.array(plane.high)})

    def draw(self, result: Result, history: History) -> Chart:
        regions = result.arrays["regions"][: self.most]
        low, high = result.arrays["low"], result.arrays["high"]
        ends = scale_ends(regions, self.scale, history, "regions")
        if regions.ndim == 2:
            places = np.linspace(low[0], high[0], regions.shape[1])
            panes = tuple(
                Pane(f"unit {i}", (PaneLine(f"unit {i}", curve, 0, True),)) for i, curve in enumerate(regions)
            )
            return SmallMultiplesChart(panes, places, "input", "what the unit answers", self._range(regions, history))
        plane = f"x from {_ends(low[0], high[0])}, y from {_ends(low[1], high[1])}"
        told = tuple(f"unit {i}: {_ends(r.min(), r.max())}; {plane}" for i, r in enumerate(regions))
        titles = tuple(map(str, range(len(regions))))
        return TilesChart(regions, titles, *ends, "answer", words=told, smooth=True)

    def _range(self, regions: NDArray[Any], history: History) -> tuple[float, float]:
        if self.scale != "kept":
            return _range(regions)
        ranges = [_range(regions), *(_range(result.arrays["regions"]) for _, result in history)]
        return min(low for low, _ in ranges), max(high for _, high in ranges)


def _ends(low: Any, high: Any) -> str:
    return f"{format_number(float(low))} to {format_number(float(high))}"


def _range(values: NDArray[Any]) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
