"""Images that autoencoders and generators make: of samples that went in, and of codes drawn by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.layers.declaration.params import choice, count, flag
from visualnet.training.observations.answers.codes import CodesObservation
from visualnet.training.observations.answers.images import (
    chosen_batch,
    chosen_places,
    image_field,
    image_outputs,
    in_data_units,
    looks_of_same,
    made_in_data_units,
    resize,
    sample_names,
    shade_ends,
    small_images,
)
from visualnet.training.observations.differences import SCALE
from visualnet.training.observations.observation import (
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

CODES = {
    "fitted": "as the codes of the data are spread: with the mean and deviation of each of their numbers",
    "standard": "with mean 0 and deviation 1, as variational autoencoders and generators are taught",
}
MEASURED = 256
"""Over the codes of so many samples their mean and deviation are taken."""


def thin_looks(looks: Sequence[tuple[int, Result]], earlier: int) -> list[tuple[int, Result]]:
    """So many earlier looks, evenly taken from the first on, and the last."""
    before = list(looks[:-1])
    if len(before) > earlier:
        before = [before[int(i)] for i in np.linspace(0, len(before), earlier, endpoint=False)]
    return [*before, looks[-1]]


def rows_by_step(looks: Sequence[tuple[int, Result]], earlier: int) -> list[PictureRow]:
    """What was made at so many earlier steps, and what is made now."""
    return [PictureRow(f"step {step:,}", one.arrays["made"]) for step, one in thin_looks(looks, earlier)]


@observation("reconstructions", "Samples and reconstructions", "Samples", about="output", keeps=40)
class Reconstructions(Observation):
    """Images that the network makes: below the samples that went in, or by themselves, also at earlier steps."""

    drawn_by = frozenset({"looks", "difference", "scale"})
    reading = (
        "Above is what goes in, below what the network makes of it; the rows between are what it made at earlier steps. "
        "What is missing below did not pass through the narrow middle: blur means that the network answers the mean of many images."
    )
    samples: int = count(8, "So many samples; the chosen one first.", high=32)
    looks: int = count(3, "So many earlier steps have a row.", low=0, high=12)
    difference: bool = flag(False, "A last row shows where output and input differ.")
    scale: str = choice("kept", "What black and white are the scale of.", SCALE)
    why_none = (
        "No output of this network is an image of one or three channels: this is for autoencoders and generators."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return image_outputs(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        places = chosen_places(context, self.samples)
        batch = chosen_batch(context, places)
        made = context.values([subject], batch)[subject]
        arrays: dict[str, NDArray[Any]] = {
            "places": places,
            "made": small_images(made_in_data_units(context, subject, made)),
        }
        field = image_field(context)
        if field:
            arrays["given"] = small_images(in_data_units(context, field, batch[field]))
        return Result(arrays, {"names": sample_names(context, places)})

    def draw(self, result: Result, history: History) -> Chart:
        made, given = result.arrays["made"], result.arrays.get("given")
        looks = looks_of_same(history, result, "made")
        rows = [PictureRow("input", given)] if given is not None else []
        rows += rows_by_step(looks, self.looks)
        same = given is not None and given.shape == made.shape
        names = tuple(name.removeprefix("sample ") for name in result.words["names"])
        if self.difference and same and given is not None:
            gap = np.abs(made - given).mean(-1, keepdims=True)
            rows.append(PictureRow("difference", np.repeat(gap, made.shape[-1], -1)))
        if given is not None and not same:
            rows = [row._replace(images=resize(row.images, made.shape[1:])) for row in rows]
        kept = [one.arrays["made"] for _, one in looks] if self.scale == "kept" else [made]
        ends = shade_ends([*kept, *([given] if given is not None else [])])
        return PictureRows(tuple(rows), names, ends, "shade", grey=True)


@observation("generated", "Generated samples", "Samples", about="output", of_sample=False, keeps=40)
class GeneratedSamples(CodesObservation):
    """Images that a network makes of codes drawn by chance: its narrowest layer is fed with them, always with the same ones."""

    drawn_by = frozenset({"looks", "scale"})
    reading = (
        "Nothing goes in here: the narrow middle is fed with random numbers, and what follows makes images of them. "
        "If they look like the data, the network has learned where in the code the data lie; if they are all alike, it ignores the code."
    )
    samples: int = count(8, "So many images.", high=32)
    codes: str = choice("fitted", "How the random numbers are drawn.", CODES)
    seed: int = count(0, "Other numbers for another seed.", low=0)
    looks: int = count(3, "So many earlier steps have a row.", low=0, high=12)
    scale: str = choice("kept", "What black and white are the scale of.", SCALE)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        port = self._code_of(context, subject)
        fields = context.batch(context.places(self.samples))
        count = len(next(iter(fields.values())))
        codes = context.values([port], context.batch(context.places(MEASURED)))[port].float()
        drawn = torch.randn(count, codes.shape[1], generator=context.generator(self.seed)).to(codes.device)
        spread = codes.std(0, correction=0)
        # Codes that are the same for every sample (noise at rest) tell nothing of how they are spread in training.
        if self.codes == "fitted" and bool((spread > 0).any()):
            drawn = codes.mean(0) + spread * drawn
        made = context.values([subject], fields, replace={port: drawn})[subject]
        name = context.model.analysis.name_of(port[0])
        note = f"The {codes.shape[1]} numbers that leave “{name}” are drawn by chance."
        images = small_images(made_in_data_units(context, subject, made))
        return Result({"made": images, "places": np.arange(count)}, note=note)

    def draw(self, result: Result, history: History) -> Chart:
        looks = looks_of_same(history, result, "made")
        kept = [one.arrays["made"] for _, one in looks] if self.scale == "kept" else [result.arrays["made"]]
        names = tuple(map(str, range(len(result.arrays["made"]))))
        return PictureRows(tuple(rows_by_step(looks, self.looks)), names, shade_ends(kept), "shade", grey=True)
