"""Hierarchical grouping of segments: the two neighbours that are most alike become one, until one is left (Uijlings et al. 2013)."""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
COLOURS, DIRECTIONS, STEEPNESSES = 25, 8, 10
"""Bins of the histograms: of colours for each channel, of slopes for each channel and each of so many directions."""


class Measures(NamedTuple):
    """Of which likenesses the sum is taken: all of the size and of how two segments fill their common box; of these as is asked."""

    colour: bool = True
    texture: bool = True


class Bins(NamedTuple):
    """Of each pixel the bin of its colour for each channel (pixel, C), and of its slope for each channel and direction (pixel, C · 8)."""

    colours: Array
    slopes: Array


class Segments(NamedTuple):
    """What is known of the segments of a picture: ``area`` of the whole, the size and the box of each, those beside it, and its colours
    and slopes as histograms that add to 1 each."""

    area: float
    sizes: Array
    boxes: list[tuple[int, int, int, int]]
    near: list[set[int]]
    colours: Array
    slopes: Array


def bin_pixels(image: Array) -> Bins:
    """The bins of the pixels of a picture (H, W, C) with values from 0 to 1."""
    pixels = image.shape[0] * image.shape[1]
    colours = np.clip((image * COLOURS).astype(np.int64), 0, COLOURS - 1)
    wide = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = (wide[2:, 1:-1] - wide[:-2, 1:-1]) / 2, (wide[1:-1, 2:] - wide[1:-1, :-2]) / 2
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    slopes = columns[..., None] * np.cos(angles) + rows[..., None] * np.sin(angles)
    # A slope is 0.5 at most between neighbours of a central difference; falling ones are counted in the opposite direction.
    steep = np.clip((slopes * (2 * STEEPNESSES)).astype(np.int64), 0, STEEPNESSES - 1)
    return Bins(colours.reshape(pixels, -1), steep.reshape(pixels, -1))


def describe(labels: Array, bins: Bins) -> Segments:
    """What is known of segments: ``labels`` (H, W) are their numbers, from 0 on."""
    count, flat = int(labels.max()) + 1, labels.reshape(-1).astype(np.int64)
    return Segments(
        float(labels.size),
        np.bincount(flat, minlength=count).astype(float),
        _boxes(labels, count),
        _neighbours(labels, count),
        _tally(flat, count, bins.colours, COLOURS),
        _tally(flat, count, bins.slopes, STEEPNESSES),
    )


def group(segments: Segments, measures: Measures) -> list[tuple[int, int, int, int]]:
    """The boxes (x0, y0, x1, y1) of all segments and of all that they grow into, the last and largest first.

    s(a, b) is the sum of: histogram intersection of the colours and of the slopes, 1 − (size(a) + size(b)) / size(image), and 1 − what is
    empty in the common box / size(image).
    """
    area, sizes, boxes = segments.area, segments.sizes.tolist(), list(segments.boxes)
    parts = [
        *([segments.colours] if measures.colour else []),
        *([segments.slopes] if measures.texture else []),
        np.zeros((len(boxes), 1), np.float32),
    ]
    words = list(np.concatenate(parts, 1))
    near = [set(each) for each in segments.near]
    alive = [True] * len(boxes)
    queue: list[tuple[float, int, int]] = []

    def push(a: int, b: int) -> None:
        (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = boxes[a], boxes[b]
        common = (max(ax1, bx1) - min(ax0, bx0)) * (max(ay1, by1) - min(ay0, by0))
        both = sizes[a] + sizes[b]
        alike = float(np.minimum(words[a], words[b]).sum()) + 2 - both / area - (common - both) / area
        heapq.heappush(queue, (-alike, a, b))

    for a in range(len(boxes)):
        for b in near[a]:
            if b > a:
                push(a, b)
    while queue:
        _, a, b = heapq.heappop(queue)
        if not (alive[a] and alive[b]):
            continue
        alive[a] = alive[b] = False
        both = sizes[a] + sizes[b]
        (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = boxes[a], boxes[b]
        boxes.append((min(ax0, bx0), min(ay0, by0), max(ax1, bx1), max(ay1, by1)))
        words.append((words[a] * sizes[a] + words[b] * sizes[b]) / both)
        sizes.append(both)
        alive.append(True)
        new = len(boxes) - 1
        beside = {other for other in near[a] | near[b] if alive[other]}
        near.append(beside)
        for other in beside:
            near[other].add(new)
            push(other, new)
    return boxes[::-1]


def _boxes(segments: Array, count: int) -> list[tuple[int, int, int, int]]:
    """The box of each segment; the corner behind the last pixel is no part of it."""
    rows, columns = np.indices(segments.shape)
    flat = segments.reshape(-1)
    low = np.full((2, count), max(segments.shape), np.int64)
    high = np.zeros((2, count), np.int64)
    for axis, values in enumerate((columns.reshape(-1), rows.reshape(-1))):
        np.minimum.at(low[axis], flat, values)
        np.maximum.at(high[axis], flat, values + 1)
    return [(int(x0), int(y0), int(x1), int(y1)) for x0, y0, x1, y1 in np.stack([*low, *high], 1)]


def _neighbours(segments: Array, count: int) -> list[set[int]]:
    """The segments that touch each segment, over an edge of a pixel."""
    near: list[set[int]] = [set() for _ in range(count)]
    for one, other in ((segments[:, :-1], segments[:, 1:]), (segments[:-1], segments[1:])):
        differ = one != other
        for code in np.unique(one[differ].astype(np.int64) * count + other[differ]).tolist():
            a, b = divmod(code, count)
            near[a].add(b)
            near[b].add(a)
    return near


def _tally(flat: Array, count: int, bins: Array, levels: int) -> Array:
    """Histograms (segment, kind × level) of the bins (pixel, kind), each row adding to 1."""
    kinds = bins.shape[1]
    code = bins + (np.arange(kinds) * levels) + (flat * (kinds * levels))[:, None]
    found = np.bincount(code.reshape(-1), minlength=count * kinds * levels).reshape(count, -1).astype(np.float32)
    return np.asarray(found / found.sum(1, keepdims=True))
