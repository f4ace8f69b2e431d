"""The mask of a picture larger than the network's input, as an observation: tile by tile, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.text.format import capitalize_first, format_quantity
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.colours.masks import lay_over
from visualnet.layers.declaration.params import count, flag
from visualnet.training.observations.answers.declare_masks import mask_outputs
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

LARGEST = 512
"""Of a larger picture every second, third … pixel is drawn; the mask is computed of all."""
LINE = (128, 128, 128)
"""Where tiles meet: a grey that is seen over light and dark."""
BY_ITSELF = -1


@observation("tiled_mask", "Mask of a large image", "Samples", about="output", live=False)
class TiledMask(Observation):
    """The mask of an image of any size: cut into tiles that overlap, each answered by the network, their middles put together.

    At the image's edges tiles see it mirrored. Ronneberger, Fischer and Brox, U-Net, 2015, figure 2.
    """

    drawn_by = frozenset({"tiles"})
    reading = (
        "The image at the left, at the right the classes that were found, in colour. Switch the lines of the tiles on: the mask goes on "
        "across them, since each tile saw what lies beyond. Set the overlap to 0: without padding nothing changes, with padding seams "
        "appear, where the network saw zeros in the place of the neighbour."
    )
    overlap: int = count(
        BY_ITSELF,
        "So many pixels at each edge of an answer are left to its neighbours. −1: an eighth of it, or none where convolutions are not "
        "padded.",
        low=BY_ITSELF,
        high=1000,
    )
    tiles: bool = flag(False, "Draw where the tiles meet.")
    why_none = "This is for networks that answer one image with one mask of classes, pixel by pixel."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return mask_outputs(analysis) if len(mask_outputs(analysis)) == 1 else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.answers.images import chosen_batch, image_field, in_data_units
        from visualnet.training.prediction.overlap_tile import plan_tiles, segment

        field = image_field(context)
        if not field:
            raise CannotObserve("No input of this network is an image of one or three channels.")
        if context.scene is not None:
            picture = np.asarray(context.scene.image, np.float32)
        else:
            picture = in_data_units(context, field, chosen_batch(context, np.array([context.place]))[field])[0]
        overlap = None if self.overlap == BY_ITSELF else self.overlap
        try:
            plan = plan_tiles(context.model, overlap)
            mask = segment(
                context.model,
                picture,
                mean=context.data.mean,
                std=context.data.std,
                overlap=overlap,
                check=context.check,
            )
        except ValueError as error:
            raise CannotObserve(f"{capitalize_first(str(error))}.") from None
        step = mask.shape if mask.shape == plan.size == plan.answer else plan.step
        stride = -(-max(mask.shape) // LARGEST)
        return Result(
            {
                "given": np.ascontiguousarray(np.moveaxis(picture, 0, -1)[::stride, ::stride]),
                "mask": np.ascontiguousarray(mask[::stride, ::stride].astype(np.int16)),
                "size": np.array(mask.shape),
                "step": np.array(step),
                "stride": np.array([stride]),
            }
        )

    def draw(self, result: Result, history: History) -> Chart:
        arrays = result.arrays
        image = _as_colours(arrays["given"])
        over = lay_over(image, arrays["mask"])
        if self.tiles:
            down, across = (int(one) for one in arrays["step"])
            stride = int(arrays["stride"][0])
            for at in range(down, int(arrays["size"][0]), down):
                over[min(at // stride, len(over) - 1)] = LINE
            for at in range(across, int(arrays["size"][1]), across):
                over[:, min(at // stride, over.shape[1] - 1)] = LINE
        rows, columns = (int(one) for one in arrays["size"])
        count = -(-rows // int(arrays["step"][0])) * -(-columns // int(arrays["step"][1]))
        names = (f"{columns:,}×{rows:,} pixels", format_quantity(count, "tile"))
        return PictureRows((PictureRow("", np.stack([image, over]), names),), names, (0.0, 255.0), "shade")


def _as_colours(image: NDArray[Any]) -> NDArray[np.uint8]:
    """An image (row, column, channel) with values from 0 to 1 as whole numbers (row, column, 3)."""
    levels = (np.clip(np.nan_to_num(image), 0.0, 1.0) * 255).round().astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(levels, (*levels.shape[:2], 3)))
