"""Boxes cut out of a picture and warped to the one size that a network reads, with some of what is around them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.regions.kept_proposals import find_proposals
from visualnet.data.regions.selective_search import SelectiveSearch

Array = NDArray[Any]
AROUND = 16 / 227
"""So large a part of a crop, at each edge, shows what is around the box (Girshick et al. 2014: 16 px of 227)."""


class RegionCropper(NamedTuple):
    """How regions are proposed in a picture of so many ``channels`` and cut out of it: warped to ``side`` by ``side`` px."""

    channels: int
    side: int
    search: SelectiveSearch = SelectiveSearch()

    def proposals(self, image: Array) -> Array:
        """What selective search proposes in a picture (C, H, W): boxes (n, 4) in px.

        Raises:
            ValueError: the picture is empty, or holds what is no number.
        """
        return find_proposals(image, self.search)

    def crops(self, image: Array, boxes: Array) -> Array:
        """Boxes (n, 4) of a picture as the network reads them: (n, C, side, side)."""
        return crop_boxes(image, boxes, self.side)


def crop_boxes(image: Array, boxes: Array, side: int) -> Array:
    """Each box (n, 4) of a picture (C, H, W), warped to (n, C, side, side). Beyond the edge of the picture its last pixels go on."""
    from PIL import Image

    channels, height, width = image.shape
    found = np.empty((len(boxes), channels, side, side), np.float32)
    around = round(side * AROUND) / (side - 2 * round(side * AROUND))
    step = (boxes[:, 2:] - boxes[:, :2]) * around
    wide = np.concatenate([boxes[:, :2] - step, boxes[:, 2:] + step], 1).astype(np.float64)
    margin = int(np.ceil(max(height, width) * around)) + 1
    grown = np.pad(np.asarray(image, np.float32), ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    limits = np.array([width, height, width, height], np.float64) + 2 * margin
    corners = np.clip(wide + margin, 0, limits)
    for channel in range(channels):
        plane = Image.fromarray(grown[channel])
        for at, box in enumerate(corners.tolist()):
            found[at, channel] = np.asarray(plane.resize((side, side), Image.Resampling.BILINEAR, box=tuple(box)))
    return found
