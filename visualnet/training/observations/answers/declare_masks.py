"""Masks that a network answers, over the images that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.colours.masks import lay_over, outline
from visualnet.layers.declaration.params import count, flag
from visualnet.training.observations.answers.declare_images import thin_looks
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.observations.answers.images import (
    PICTURE,
    chosen_batch,
    chosen_places,
    image_field,
    in_data_units,
    looks_of_same,
    sample_names,
)
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

OF_CLASSES = ("logits", "log_probabilities", "scores")
TRUE_LINE = (255, 255, 255)
"""The outline of the true mask."""


def mask_outputs(analysis: Analysis) -> list[Subject]:
    """The ports whose values a loss holds against a mask: scores (class, row, column), or one number for each pixel."""
    found: list[Subject] = []
    for node in analysis.main.nodes.values():
        for name, spec in node.leaving.items():
            kind, field = held_against(analysis, Port(node.node.id, name))
            if not field or spec is None or not spec.batched or not _is_whole(analysis, field):
                continue
            shape = tuple(map(int, spec.shape))
            pixels = len(shape) == 3 and (kind in OF_CLASSES or (kind.startswith("binary") and shape[0] == 1))
            if pixels or (len(shape) == 2 and kind.startswith("binary")):
                found.append(((node.node.id,), name))
    return found


def _is_whole(analysis: Analysis, field: str) -> bool:
    """Whether a target of this field holds whole numbers, as masks do: images that are to be made again are shades."""
    sinks = analysis.main.sinks("target")
    found = [facts for facts in sinks if facts.layer is not None and facts.layer.values()["field"] == field]
    return any(spec.dtype == "int" for facts in found for spec in facts.leaving.values() if spec is not None)


@observation("masks", "Mask over the image", "Samples", about="output", keeps=40)
class MaskOverImage(Observation):
    """The mask that the network answers, laid over the image in the colours of its classes, with the outline of the true one."""

    drawn_by = frozenset({"looks", "outlined"})
    reading = (
        "Colour is what the network takes for an object, the white line is the border of the true one: in a good mask they end together. "
        "Colour outside the line was found where nothing is, a line without colour was missed; the number above an image is its Dice."
    )
    samples: int = count(4, "So many samples; the chosen one first.", high=24)
    looks: int = count(2, "So many earlier steps have a row.", low=0, high=12)
    outlined: bool = flag(True, "Draw the border of the true mask.")
    why_none = (
        "No loss holds an answer of this network against a mask: this is for networks that answer pixel by pixel."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return mask_outputs(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        field = image_field(context)
        if not field:
            raise CannotObserve("No input of this network is an image of one or three channels.")
        places = chosen_places(context, self.samples)
        batch = chosen_batch(context, places)
        kind, target = held_against(context.model.analysis, Port(subject[0][-1], subject[1]))
        said = said_classes(kind, context.values([subject], batch)[subject])
        true = batch[target].long().reshape(said.shape)
        if context.own:
            true[0] = -1  # what a person made has no mask
        arrays: dict[str, NDArray[Any]] = {
            "places": places,
            "dice": dice_of(said, true),
            "given": _shrink(np.moveaxis(in_data_units(context, field, batch[field]), 1, -1)),
        }
        for name, mask in (("made", said), ("truth", true)):
            arrays[name] = _shrink(_centre(mask.cpu().numpy().astype(np.int16), arrays["given"].shape, batch[field]))
        return Result(arrays, {"names": sample_names(context, places)})

    def draw(self, result: Result, history: History) -> Chart:
        looks = looks_of_same(history, result, "made")
        given, true = _as_colours(result.arrays["given"]), result.arrays["truth"]
        plain = np.stack([lay_over(one, mask) for one, mask in zip(given, true, strict=True)])
        rows = [PictureRow("image", given), PictureRow("true", plain)]
        for step, one in thin_looks(looks, self.looks):
            over = np.stack([lay_over(image, mask) for image, mask in zip(given, one.arrays["made"], strict=True)])
            if self.outlined:
                over[np.stack([outline(mask) for mask in true])] = TRUE_LINE
            words = tuple(f"step {step:,} · Dice {value:.3f}" for value in one.arrays["dice"])
            rows.append(PictureRow(f"step {step:,}", over, words))
        names = tuple(
            f"{value:.2f}" if np.isfinite(value) else name
            for name, value in zip(result.words["names"], result.arrays["dice"], strict=True)
        )
        return PictureRows(tuple(rows), names, (0.0, 255.0), "shade")


def said_classes(kind: str, answer: Tensor) -> Tensor:
    """The class of each pixel (sample, row, column) that an answer (sample, class, row, column) stands for, or of yes and no."""
    if kind in OF_CLASSES:
        return answer.argmax(1)
    said = answer > (0.0 if kind == "binary_logits" else 0.5)
    return (said[:, 0] if said.dim() == 4 else said).long()


def dice_of(said: Tensor, true: Tensor) -> NDArray[np.float64]:
    """For each sample 2·both / (said + true) of the pixels of any class but 0; NaN where no true mask is known.

    Two empty masks agree: 1.
    """
    found = []
    for one, wanted in zip(said, true, strict=True):
        asked = wanted >= 0
        both = int(((one == wanted) & (wanted > 0)).sum())
        size = int(((one > 0) & asked).sum()) + int((wanted > 0).sum())
        found.append((2 * both / size if size else 1.0) if bool(asked.any()) else np.nan)
    return np.array(found)


def _centre(masks: NDArray[Any], given: tuple[int, ...], images: Tensor) -> NDArray[Any]:
    """Masks (sample, row, column) in the middle of images as large as theirs: without padding the answer is smaller."""
    height, width = images.shape[-2:]
    found = np.full((len(masks), height, width), 0, masks.dtype)
    top, left = (height - masks.shape[1]) // 2, (width - masks.shape[2]) // 2
    found[:, top : top + masks.shape[1], left : left + masks.shape[2]] = masks
    return found


def _shrink(pictures: NDArray[Any]) -> NDArray[Any]:
    """Pictures (sample, row, column, …) of at most `PICTURE` pixels a side."""
    stride = -(-max(pictures.shape[1:3]) // PICTURE)
    return np.ascontiguousarray(pictures[:, ::stride, ::stride])


def _as_colours(images: NDArray[Any]) -> NDArray[np.uint8]:
    """Images (sample, row, column, channel) as whole numbers (…, 3) from 0 to 255; what is not from 0 to 1 is stretched to that."""
    low, high = min(float(np.nanmin(images)), 0.0), max(float(np.nanmax(images)), 1.0)
    levels = (np.nan_to_num((images - low) / (high - low)) * 255).round().astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(levels, (*levels.shape[:3], 3)))
