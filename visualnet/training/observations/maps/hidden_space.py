"""The plane of the input as a layer sees it: its even grid, bent by what lies before, with the samples in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.planes.warped_plane import WarpedPlane
from visualnet.layers.declaration.params import choice, count
from visualnet.training.observations.answers.fields import PLANE, find_class_field, single_input
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

LINES, STEP = 17, 4
"""Lines of the grid in each direction, and pieces of a line between two crossings: enough to see it bend."""
MOST_POINTS = 600
VIEWS = {"components": "the two directions in which the units differ most (PCA)", "units": "two units of the layer"}


@observation("hidden_space", "Hidden space", "Flow", about="output", of_sample=False)
class HiddenSpace(Observation):
    """The plane of the data as a layer sees it: its grid bent by what the network does before, with the points and the classes in it."""

    reading = (
        "A layer lays the plane out anew: it stretches, bends and folds the even grid, until the last layer can divide the classes by a "
        "straight line. Where lines of the grid lie on each other, the layer no longer tells those places apart."
    )
    seen: str = choice("components", "Along what it is drawn.", VIEWS)
    first: int = count(0, "With “units”: the unit along the level axis.", low=0, high=100_000)
    second: int = count(1, "With “units”: the unit along the upright axis.", low=0, high=100_000)
    why_none = (
        "This is drawn of networks that read points of a plane, of each layer with two units or more: choose the data “Points in the "
        "plane”, and add a hidden layer."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        found = single_input(analysis)
        if found is None or found.shape != PLANE:
            return []

        def is_hidden(facts: Any, port: str) -> bool:
            spec = facts.leaving[port]
            return bool(spec.batched and spec.dtype == "float" and len(spec.shape) == 1 and spec.shape[0] >= 2)

        return output_ports(analysis, is_hidden)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        from visualnet.training.observations.answers.scores import as_probabilities
        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.maps.plane import input_plane

        field, side = context.input_fields[0], (LINES - 1) * STEP + 1
        plane = input_plane(context.data, field, side)
        score = context.scores_port
        found = context.values([subject, score], {field: torch.from_numpy(plane.points).to(context.device)})
        places = np.concatenate([context.data.train, context.data.validation])[:MOST_POINTS]
        points = context.values([subject], context.batch(places))[subject]
        grid = found[subject]
        coordinates, titles = self._coordinates(torch.cat([grid, points]).float())
        arrays = {
            "grid": as_array(coordinates[: len(grid)]).reshape(side, side, 2),
            "points": as_array(coordinates[len(grid) :]),
            "places": places,
            "labels": self._labels(context, places),
        }
        path, port = score
        holds = context.model.analysis.at(path).leaving[port].holds
        answers = found[score].float()
        shares = as_probabilities(answers, holds, max(len(context.class_names), 2)) if answers.dim() == 2 else None
        if shares is not None:
            arrays["shares"] = as_array(shares).reshape(side, side, -1)
        return Result(arrays, {"titles": titles, "classes": context.class_names})

    def _coordinates(self, values_ND: Any) -> tuple[Any, tuple[str, str]]:
        """The values along the chosen two axes (N, 2), and what these are called."""
        from visualnet.training.observations.embeddings.pca import principal_components

        units = values_ND.shape[1]
        if self.seen == "units" or units == 2:
            chosen = (self.first, self.second) if self.seen == "units" else (0, 1)
            for number in chosen:
                if number >= units:
                    raise CannotObserve(f"There is no unit {number}: this layer has units 0 to {units - 1}.")
            return values_ND[:, list(chosen)], (f"unit {chosen[0]}", f"unit {chosen[1]}")
        if not bool(values_ND.isfinite().all()):
            raise CannotObserve("The values are not finite: no directions can be told. Look at two units instead.")
        return principal_components(values_ND, 2).points.float(), ("component 1", "component 2")

    @staticmethod
    def _labels(context: ObservationContext, places: Any) -> Any:
        field = find_class_field(context.model.analysis)
        if not field or field not in context.data.fields:
            return np.zeros(len(places), np.int64)
        return context.data.fetch(places, (field,))[field].reshape(len(places)).astype(np.int64)

    def draw(self, result: Result, history: History) -> Chart:
        arrays = result.arrays
        middle = STEP // 2
        cells = LINES - 1
        classes, sure = np.zeros((cells, cells), np.int64), np.zeros((cells, cells))
        if "shares" in arrays:
            shares = np.nan_to_num(arrays["shares"][middle::STEP, middle::STEP])
            classes, least = shares.argmax(-1).astype(np.int64), 1 / shares.shape[-1]
            sure = np.clip((shares.max(-1) - least) / (1 - least), 0, 1)
        x_title, y_title = result.words["titles"]
        samples = tuple(map(int, arrays["places"]))
        names = result.words["classes"]
        return WarpedPlane(
            arrays["grid"], STEP, classes, sure, arrays["points"], arrays["labels"], samples, names, x_title, y_title
        )
