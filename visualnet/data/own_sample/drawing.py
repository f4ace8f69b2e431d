"""Bring drawings and pictures into the form that a data set has: its size, its channels, and digits centred as MNIST's are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.preparation.arrays.image_arrays import place_images, to_colour, to_grey
from visualnet.data.preparation.placement import Placement

Array = NDArray[Any]

BOX = 20 / 28
"""A digit of MNIST fills so much of the picture's side; the rest is a margin."""
INK = 0.1
"""What is fainter than this is paper."""


def fit_picture(image: Array, shape: tuple[int, ...]) -> Array:
    """A picture (channels, height, width) with the channels and the size of a field; an extent of 0 leaves it as it is."""
    channels, height, width = shape
    image = to_grey(image) if channels == 1 else to_colour(image)
    size = (height or image.shape[1], width or image.shape[2])
    if image.shape[1:] == size:
        return np.ascontiguousarray(image, np.float32)
    found: Array = place_images([image], [Placement(size, (0, 0), size)], 0.0)[0]
    return found


def centre_drawing(ink: Array, height: int, width: int) -> Array:
    """A drawing (height, width; 0 is paper, 1 is ink) of any size as a picture of this size: scaled to the box that digits of MNIST fill,
    its centre of mass in the middle. An empty one stays empty."""
    rows, columns = np.flatnonzero((ink > INK).any(1)), np.flatnonzero((ink > INK).any(0))
    found = np.zeros((height, width), np.float32)
    if not len(rows):
        return found
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    factor = min(height, width) * BOX / max(cut.shape)
    size = max(1, round(cut.shape[0] * factor)), max(1, round(cut.shape[1] * factor))
    small = place_images([cut[None]], [Placement(size, (0, 0), size)], 0.0)[0, 0].clip(0, 1)
    mass = small.sum()
    middle = [float((small.sum(1 - axis) * (np.arange(size[axis]) + 0.5)).sum() / mass) for axis in (0, 1)]
    top, left = (
        min(max(round(side / 2 - centre), 0), side - extent)
        for side, centre, extent in zip((height, width), middle, size, strict=True)
    )
    found[top : top + size[0], left : left + size[1]] = small
    return found


def has_white_paper(images: Array) -> bool:
    """Whether the edges of these pictures (sample, channels, height, width) are bright."""
    edges = np.concatenate([images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]], -1)
    return bool(np.median(edges) > 0.5)
