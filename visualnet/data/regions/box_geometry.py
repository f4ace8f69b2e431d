"""Boxes with corners x0, y0, x1, y1: how much they share, and the four numbers that move one onto another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LARGEST_STEP = 3.0
"""The logarithm of how much larger a box is made at most: what an untrained network says does not overflow."""


def box_overlaps(a: Array, b: Array) -> Array:
    """Intersection over union of each box of ``a`` (n, 4) with each of ``b`` (m, 4), corners x0, y0, x1, y1."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), -1)
    areas = [np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), -1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros(shared.shape), where=union > 0))


def encode_refinement(proposals: Array, truth: Array) -> Array:
    """What moves each proposal (n, 4) onto its true box (n, 4): tx = (gx − px)/pw, ty = (gy − py)/ph, tw = ln(gw/pw), th = ln(gh/ph),
    with x, y the middles (Girshick et al. 2014, appendix C). Both have a width and a height above 0."""
    (px, py, pw, ph), (gx, gy, gw, gh) = _middles(proposals), _middles(truth)
    return np.stack([(gx - px) / pw, (gy - py) / ph, np.log(gw / pw), np.log(gh / ph)], -1).astype(np.float32)


def apply_refinement(proposals: Array, steps: Array, width: float, height: float) -> Array:
    """The proposals (n, 4) moved by what a network said (n, 4), cut off at the edges of the picture."""
    px, py, pw, ph = _middles(proposals)
    steps = np.nan_to_num(np.asarray(steps, np.float64), posinf=LARGEST_STEP, neginf=-LARGEST_STEP)
    steps = np.concatenate([steps[:, :2], np.clip(steps[:, 2:], -LARGEST_STEP, LARGEST_STEP)], 1)
    x, y = px + steps[:, 0] * pw, py + steps[:, 1] * ph
    wide, high = pw * np.exp(steps[:, 2]), ph * np.exp(steps[:, 3])
    boxes = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], -1)
    return np.asarray(np.clip(boxes, 0, [width, height, width, height]), np.float32)


def suppress(boxes: Array, scores: Array, overlap: float) -> Array:
    """Non-maximum suppression: the places of the boxes that stay, the surest first. One that shares more than ``overlap`` (IoU) with a
    surer one that stays is left out; of equal scores the earlier box is the surer."""
    order = np.argsort(-scores, kind="stable")
    shared = box_overlaps(boxes[order], boxes[order])
    there = np.ones(len(order), bool)
    for at in range(len(order)):
        if there[at]:
            there[at + 1 :] &= shared[at, at + 1 :] <= overlap
    return np.asarray(order[there])


def _middles(boxes: Array) -> tuple[Array, Array, Array, Array]:
    """Middle x, middle y, width and height of each box."""
    boxes = np.asarray(boxes, np.float64)
    size = boxes[:, 2:] - boxes[:, :2]
    middle = boxes[:, :2] + size / 2
    return middle[:, 0], middle[:, 1], size[:, 0], size[:, 1]
