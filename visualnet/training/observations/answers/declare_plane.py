"""What a decoder makes of a plane through its codes: the digits that lie between the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.core.text.format import format_percent
from visualnet.figures.charts.generated.mosaic import MosaicChart
from visualnet.figures.charts.marks import Chart
from visualnet.layers.declaration.params import choice, count, real
from visualnet.training.observations.answers.codes import CodesObservation
from visualnet.training.observations.answers.images import (
    made_in_data_units,
    shade_ends,
    small_images,
)
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

MEASURED = 500
PLANES = {
    "widest": "the two directions in which the codes of the data differ most (PCA), through their mean",
    "numbers": "two numbers of the code, the others at their mean",
}


@observation("latent_plane", "Latent plane", "Samples", about="output", of_sample=False, keeps=1)
class LatentPlane(CodesObservation):
    """A plane through the codes, decoded at each place of a grid, with the codes of samples as dots."""

    reading = (
        "Each picture is what the decoder makes of the code at its place; the dots or names are the codes of samples, by class. "
        "Where pictures change smoothly and those of a class lie together, the code says what matters; where none lie, nothing was learned."
    )
    plane: str = choice("widest", "Which plane.", PLANES)
    first: int = count(0, "Which number of the code goes to the right (for a plane of two numbers).", low=0, high=4096)
    second: int = count(1, "Which number of the code goes up (for a plane of two numbers).", low=0, high=4096)
    size: int = count(12, "So many pictures a side.", low=2, high=24)
    reach: float = real(2.5, "How far it reaches, in deviations of the codes.", low=0.1, high=10.0)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        port = self._code_of(context, subject)
        places = context.places(MEASURED)
        codes = context.values([port], context.batch(places))[port].float().cpu()
        mean, ways = codes.mean(0), self._ways(codes)
        along = (codes - mean) @ ways.T
        spread = along.std(0, correction=0)
        if not bool((spread > 0).all()):
            raise CannotObserve("The codes of all samples are the same along this plane: choose other numbers.")
        steps = torch.linspace(-self.reach, self.reach, self.size)
        # Rows from the top: the picture's upper row is the largest number.
        grid = torch.stack([torch.stack([x * spread[0], y * spread[1]]) for y in steps.flip(0) for x in steps])
        drawn = (mean + grid @ ways).to(context.device)
        fields = context.batch(np.resize(places, len(drawn)))
        made = context.values([subject], fields, replace={port: drawn})[subject]
        arrays = {
            "made": small_images(made_in_data_units(context, subject, made)),
            "codes": along.numpy(),
            "low": (-self.reach * spread).numpy(),
            "high": (self.reach * spread).numpy(),
        }
        names, spec = context.class_names, context.data.fields.get("label")
        label = context.data.known("label") if names and spec is not None and not spec.shape else None
        if label is not None:
            arrays["label"] = np.asarray(label[places], np.int64)
        name = context.model.analysis.name_of(port[0])
        share = float(spread.square().sum() / codes.var(0, correction=0).sum())
        lies = f"{format_percent(share, 0)} of how the codes differ lies in it"
        note = f"The plane through the {codes.shape[1]} numbers that leave “{name}”: {lies}."
        return Result(arrays, {"classes": names}, note)

    def _ways(self, codes: Tensor) -> Tensor:
        """The two directions of the plane, (2, numbers of the code), each of length 1.

        Raises:
            CannotObserve: the code is too narrow.
        """
        import torch

        width = codes.shape[1]
        if width < 2:
            raise CannotObserve("The code is one number: there is no plane.")
        if self.plane == "widest":
            _, _, ways = torch.linalg.svd(codes - codes.mean(0), full_matrices=False)
            # A direction and its opposite are alike: the one whose largest part is positive, so that pictures over time stay.
            signs = torch.sign(ways[:2].gather(1, ways[:2].abs().argmax(1, keepdim=True)))
            widest: Tensor = ways[:2] * torch.where(signs == 0, torch.ones_like(signs), signs)
            return widest
        if self.first == self.second or max(self.first, self.second) >= width:
            raise CannotObserve(f"Wanted are two different numbers of the code, each from 0 to {width - 1}.")
        return torch.eye(width)[[self.first, self.second]]

    def draw(self, result: Result, history: History) -> Chart:
        a = result.arrays
        pca = self.plane == "widest"
        titles = ("direction 1", "direction 2") if pca else (f"number {self.first}", f"number {self.second}")
        ends = shade_ends([a["made"]])
        return MosaicChart(
            a["made"], ends, a["low"], a["high"], titles, a["codes"], a.get("label"), result.words.get("classes", ())
        )
