"""Masks of classes laid over pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
PLACE_COLOURS = np.array(
    [[230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [213, 94, 0], [204, 121, 167], [0, 114, 178]],
    np.float32,
)
"""Okabe and Ito's, which colour-blind people can tell apart; class 0, mostly the background, has none."""
LAID_OVER = 0.55


def lay_over(picture: Array, classes: Array) -> Array:
    """The picture with the classes of its pixels in colours; class 0 and what is not asked stay as they are."""
    height, width = classes.shape
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    inner = picture[max(top, 0) :, max(left, 0) :][:height, :width].astype(np.float32)
    shown = classes[: inner.shape[0], : inner.shape[1]]
    colours = PLACE_COLOURS[(np.maximum(shown, 1) - 1) % len(PLACE_COLOURS)]
    strength = np.where(shown > 0, LAID_OVER, 0.0)[..., None]
    return np.asarray((inner * (1 - strength) + colours * strength).round(), np.uint8)


def outline(classes: Array) -> Array:
    """Where a pixel of a class other than 0 has a neighbour of another class, or the edge of the picture: (H, W), yes or no."""
    padded = np.pad(classes, 1)
    middle = padded[1:-1, 1:-1]
    beside = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
    return np.asarray((middle > 0) & np.any([one != middle for one in beside], axis=0))
