"""Selective search: boxes that may hold an object, from a segmentation whose segments are joined step by step (Uijlings et al. 2013)."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.regions.grouping import Measures, bin_pixels, describe, group

Array = NDArray[Any]
LARGEST_SIDE = 400
"""A larger picture is searched in this size: the time grows with its pixels, and objects are found in fewer as well."""
BEGINNINGS = (1.0, 2.5)
"""How coarse the segments are that are grown, in parts of the scale."""
MEASURES = (Measures(), Measures(colour=False))
"""By what they are joined, once by each: what one joins wrongly another one keeps apart."""


class SelectiveSearch(NamedTuple):
    """How boxes are proposed: the ``scale`` of the first segments (Felzenszwalb and Huttenlocher 2004; larger ones are larger), the
    ``least`` side of a box in px, and how many boxes there are at the ``most``."""

    scale: float = 60.0
    least: int = 8
    most: int = 200


def propose_boxes(image: Array, search: SelectiveSearch) -> Array:
    """Boxes (n, 4) of float32, corners in px of the picture (C, H, W) with values from 0 to 1: those of large and whole things first.

    A picture of one shade gives one box: all of it. The same picture gives the same boxes.

    Raises:
        ValueError: the picture holds what is no number, or has no pixels.
    """
    height, width = image.shape[1:]
    if not image.size:
        raise ValueError("the image is empty: it has no pixels")
    if not np.isfinite(image).all():
        raise ValueError("the image holds values that are no numbers")
    small, zoom = _shrink(image)
    ranked: dict[tuple[int, int, int, int], float] = {}
    bins = bin_pixels(small)
    described = [describe(_segment(small, search.scale * coarse), bins) for coarse in BEGINNINGS]
    for number, (segments, measures) in enumerate(product(described, MEASURES)):
        boxes = group(segments, measures)
        # The place in the order of growth, with chance, so that not all large boxes come first (Uijlings et al. 2013, 4.2).
        chance = np.random.default_rng(number).random(len(boxes))
        for place, box in enumerate(boxes):
            ranked[box] = min(ranked.get(box, np.inf), (place + 1) * float(chance[place]))
    order = sorted(ranked, key=lambda box: (ranked[box], box))
    found = np.array(order, np.float32) * np.float32(zoom)
    found = np.minimum(found, np.array([width, height, width, height], np.float32))
    large = (found[:, 2:] - found[:, :2] >= min(search.least, height, width)).all(1)
    return np.ascontiguousarray(found[large][: search.most])


def _segment(image: Array, scale: float) -> Array:
    """Segments of a picture (H, W, C), numbered from 0."""
    from skimage.segmentation import felzenszwalb  # takes a moment to import, with SciPy

    found = felzenszwalb(image, scale=scale, sigma=0.6, min_size=20, channel_axis=-1)
    return np.asarray(np.unique(found, return_inverse=True)[1]).reshape(image.shape[:2])


def _shrink(image: Array) -> tuple[Array, float]:
    """The picture as (H, W, C), no larger than `LARGEST_SIDE`, and by how much its sides were divided."""
    plain = np.clip(np.asarray(image, np.float64), 0, 1).transpose(1, 2, 0)
    zoom = max(1.0, max(plain.shape[:2]) / LARGEST_SIDE)
    if zoom == 1.0:
        return plain, 1.0
    from PIL import Image

    size = (max(1, round(plain.shape[1] / zoom)), max(1, round(plain.shape[0] / zoom)))
    planes = [
        np.asarray(Image.fromarray(np.asarray(plane, np.float32)).resize(size, Image.Resampling.BOX))
        for plane in plain.transpose(2, 0, 1)
    ]
    return np.stack(planes, -1).astype(np.float64), zoom
