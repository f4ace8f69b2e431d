"""Declares what can be seen of normalizing flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_number, format_percent
from visualnet.figures.charts.generated.clouds import CloudChart
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.charts.surfaces.density import DensityChart
from visualnet.layers.declaration.params import choice, count, real
from visualnet.training.observations.answers.declare_images import rows_by_step
from visualnet.training.observations.answers.images import (
    in_data_units,
    is_image,
    looks_of_same,
    shade_ends,
    small_images,
)
from visualnet.training.observations.normalizing_flows.reading import (
    PLANE,
    draw_latents,
    field_of,
    flow_at,
    invertible_flows,
    log_densities,
    plane_flows,
    scale_of,
    shape_of,
    stages,
    subject_of,
    walk_back,
)
from visualnet.training.observations.observation import History, Observation, Result, Subject, observation

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

BESIDE = 1000
"""So many samples of the data are drawn beside what was computed."""
MARGIN = 0.25
"""By this share of their extent the plane reaches beyond the points."""
DEEPEST = 8.0
"""So many nats below the peak the logarithm of a density is drawn."""
NO_FLOW = (
    "No likelihood of a flow is computed here: wire the end of layers that can be undone (Affine coupling, ActNorm, …) to z of the loss "
    "“Flow likelihood”; the template “RealNVP on points” shows how."
)
NO_PLANE = f"{NO_FLOW} The flow must begin with points of the plane (2 numbers)."
SHOWN = {
    "density": "how dense: samples for each unit of area",
    "log": "its logarithm, in nats: thin places are seen too",
}


@observation("flow_density", "Density over the plane", "Samples", about="output", of_sample=False)
class FlowDensity(Observation):
    """How likely a flow finds each place of the plane, with the points of the data on it."""

    drawn_by = frozenset({"shown"})
    reading = (
        "Bright is dense: there the flow expects points. Where dots lie on dark ground, it finds the data unlikely; a bright bridge "
        "without dots between two clouds is what couplings find hard to cut. All of the surface adds up to 1."
    )
    shown: str = choice("density", "What the colours tell.", SHOWN)
    cells: int = count(64, "So many cells along each side.", low=8, high=200)
    why_none = NO_PLANE

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [subject_of(flow) for flow in plane_flows(analysis)]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        flow = flow_at(context.model.analysis, subject)
        field = field_of(context, flow.inputs[0])
        scale = scale_of(context, field)
        batch = context.batch(context.places(BESIDE))
        points = in_data_units(context, field, batch[field])
        low, high = points.min(0), points.max(0)
        reach = MARGIN * np.maximum(high - low, 1e-3)
        x, y = (np.linspace(low[i] - reach[i], high[i] + reach[i], self.cells) for i in (0, 1))
        grid = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
        shown = torch.from_numpy((grid - scale.middle) / scale.spread).float().to(context.device)
        rest = {name: tensor[:1].expand(len(grid), *tensor.shape[1:]) for name, tensor in batch.items()}
        logs = log_densities(context, flow, {**rest, field: shown}) - scale.log_volume
        own = log_densities(context, flow, batch) - scale.log_volume
        arrays = {"log_density": logs.reshape(self.cells, self.cells), "x": x, "y": y, "points": points}
        share = float(np.exp(logs).sum() * (x[1] - x[0]) * (y[1] - y[0]))
        told = format_number(float(own.mean()), 4), format_percent(share, 0)
        note = "Log-likelihood of the dots: {} nats each. {} of the density lies in this picture.".format(*told)
        return Result(arrays, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        found = result.arrays
        logs = found["log_density"]
        if self.shown == "log":
            values, title = np.maximum(logs, np.nanmax(logs) - DEEPEST), "log p"
        else:
            values, title = np.exp(logs), "p"
        x, y = (tuple(map(float, found[axis])) for axis in "xy")
        return DensityChart(values, x, y, "x₁", "x₂", title, points=found["points"])


@observation("flow_samples", "Samples by the inverse", "Samples", about="output", of_sample=False, keeps=40)
class FlowSamples(Observation):
    """What a flow makes of normal numbers by walking back through all its layers: points beside those of the data, or images by step."""

    drawn_by = frozenset({"looks"})
    reading = (
        "Nothing goes in: numbers of the normal distribution are drawn, always the same ones, and every layer is undone. What comes out "
        "should lie where the data lie. With a temperature below 1 they come from nearer the middle: more usual, less varied."
    )
    samples: int = count(300, "So many samples; of images at most 16 are drawn.", high=2000)
    temperature: float = real(1.0, "What the drawn numbers are multiplied by.", low=0, high=3)
    seed: int = count(0, "Other numbers for another seed.", low=0)
    looks: int = count(3, "So many earlier steps have a row, of images.", low=0, high=12)
    why_none = f"{NO_FLOW} It must begin with points of the plane, or with images."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [subject_of(f) for f in invertible_flows(analysis) if _can_be_seen(shape_of(analysis, f.inputs[0]))]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        analysis = context.model.analysis
        flow = flow_at(analysis, subject)
        shape, field = shape_of(analysis, flow.inputs[0]), field_of(context, flow.inputs[0])
        many = self.samples if shape == PLANE else min(self.samples, 16)
        made = walk_back(context, flow, draw_latents(context, flow, many, self.seed, self.temperature))[0]
        numbers = in_data_units(context, field, made)
        arrays: dict[str, NDArray[Any]] = {"places": np.arange(many)}
        if shape == PLANE:
            return Result({**arrays, "made": numbers, "points": _points(context, field)})
        return Result({**arrays, "made": small_images(numbers), "given": small_images(_points(context, field)[:16])})

    def draw(self, result: Result, history: History) -> Chart:
        made = result.arrays["made"]
        if made.ndim == 2:
            points = result.arrays["points"]
            low, high = _corners([points])
            return CloudChart((("data", points), ("made", _within(made, low, high))), "x₁", "x₂", low, high)
        rows = rows_by_step(looks_of_same(history, result, "made"), self.looks)
        # The scale is that of the data: what a flow makes far outside is black or white, and hides nothing else.
        ends = shade_ends([result.arrays["given"]])
        shown = tuple(row._replace(images=np.clip(row.images, *ends)) for row in rows)
        return PictureRows(shown, tuple(map(str, range(len(made)))), ends, "shade", grey=True)


@observation("flow_path", "Path through the flow", "Samples", about="output", of_sample=False)
class FlowPath(Observation):
    """Where the points of the data stand after each layer of a flow: how it bends their shape into a round normal distribution."""

    drawn_by = frozenset({"along"})
    reading = (
        "Move the slider from the data at its left end to z at its right, or play it. A coupling moves points along one axis alone, by an "
        "amount that the other axis decides: so the plane is sheared and stretched, step by step, and never torn."
    )
    samples: int = count(400, "So many points.", low=1, high=2000)
    along: float = real(1.0, "How far: 0 are the data, 1 is z.", low=0, high=1)
    slides = "along"
    why_none = NO_PLANE

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [subject_of(flow) for flow in plane_flows(analysis)]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        analysis = context.model.analysis
        ports = stages(analysis, flow_at(analysis, subject))
        batch = context.batch(context.places(self.samples))
        found = context.values([((port.node,), port.port) for port in ports], batch)
        path = np.stack([value.float().cpu().numpy() for value in found.values()])
        names = tuple(analysis.main.nodes[port.node].node.name for port in ports)
        label = next((name for name in batch if context.data.fields[name].classes > 1), "label")
        groups = batch[label].cpu().numpy() if label in batch else _labels(context, len(path[0]), self.samples)
        return Result({"path": path, "groups": groups}, {"stages": names, "classes": context.class_names})

    def draw(self, result: Result, history: History) -> Chart:
        path, groups, names = result.arrays["path"], result.arrays["groups"], result.words["classes"]
        at = self.along * (len(path) - 1)
        before = min(int(at), max(len(path) - 2, 0))
        after = min(before + 1, len(path) - 1)
        share = at - before
        now = (1 - share) * path[before] + share * path[after]
        low, high = _between(path[before], path[after], share)
        stages_ = result.words["stages"]
        told = (
            stages_[before]
            if share < 0.02
            else stages_[after]
            if share > 0.98
            else f"{stages_[before]} → {stages_[after]}"
        )
        clouds = []
        for group in np.unique(groups):
            name = names[int(group)] if 0 <= int(group) < len(names) else "points"
            clouds.append((name, now[groups == group]))
        return CloudChart(tuple(clouds), f"x₁, {told}", "x₂", low, high)


def _can_be_seen(shape: tuple[int, ...]) -> bool:
    return shape == PLANE or is_image(shape)


def _points(context: ObservationContext, field: str) -> NDArray[np.float32]:
    return in_data_units(context, field, context.batch(context.places(BESIDE))[field])


def _labels(context: ObservationContext, count: int, asked: int) -> NDArray[np.int64]:
    """The classes of these samples, where the data have them though the network is not told; else one group."""
    if "label" not in context.data.fields or not context.class_names:
        return np.zeros(count, np.int64)
    return np.array([int(context.raw("label", int(place))) for place in context.places(asked)], np.int64)


def _corners(clouds: list[NDArray[Any]]) -> tuple[list[float], list[float]]:
    every = np.concatenate(clouds)
    every = every[np.isfinite(every).all(1)]
    if not len(every):
        return [-1.0, -1.0], [1.0, 1.0]
    low, high = every.min(0), every.max(0)
    reach = 0.15 * np.maximum(high - low, 1e-3)
    return (low - reach).tolist(), (high + reach).tolist()


def _between(before: NDArray[Any], after: NDArray[Any], share: float) -> tuple[list[float], list[float]]:
    """The corners of what is drawn on the way from one stage to the next: so that each stage fills the picture."""
    pairs = zip(_corners([before]), _corners([after]), strict=True)
    low, high = (((1 - share) * np.array(a) + share * np.array(b)).tolist() for a, b in pairs)
    return low, high


def _within(points: NDArray[Any], low: list[float], high: list[float]) -> NDArray[Any]:
    """The points that lie in the picture."""
    found: NDArray[Any] = points[((points >= low) & (points <= high)).all(1)]
    return found
