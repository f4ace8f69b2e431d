"""Scenes made of the shipped digits and of shapes, on clutter; the same for the same seed on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.safe_npz import read_digits

Array = NDArray[Any]
SMALLEST, LARGEST = 20, 38
"""The side of what stands in a scene, in px."""
MOST_THINGS = 4
NO_LABEL = -100
KINDS = 13
"""Ten digits, a circle, a square, a triangle."""


def make_scenes(n: int, side: int, clutter: float, seed: int) -> dict[str, Array]:
    """``image`` (n, 3, side, side) from 0 to 1, ``boxes`` (n, 4, 4) corners in px around the ink, ``box_labels`` (n, 4); where a scene has
    fewer things its last boxes are 0 and their labels −100. No thing covers another; ``clutter`` says how much lies under them.
    """
    rng = np.random.default_rng(seed)
    digits = read_digits("mnist5k.npz", 5000, 28, 255)
    of_kind = [np.flatnonzero(digits["label"] == kind) for kind in range(10)]
    images = np.empty((n, 3, side, side), np.float32)
    boxes = np.zeros((n, MOST_THINGS, 4), np.float32)
    labels = np.full((n, MOST_THINGS), NO_LABEL, np.int64)
    for scene in range(n):
        paper, tone = _paper(rng, side)
        _strew(rng, paper, clutter)
        taken: list[tuple[int, int, int]] = []
        for _ in range(int(rng.integers(2, MOST_THINGS + 1))):
            size = int(rng.integers(SMALLEST, min(LARGEST, side // 2) + 1))
            place = _free_place(rng, side, size, taken)
            if place is None:
                continue
            taken.append((*place, size))
            kind = int(rng.integers(KINDS))
            ink = _digit(digits["image"][rng.choice(of_kind[kind]), 0], size) if kind < 10 else _shape(kind - 10, size)
            x, y = place
            part = paper[:, y : y + size, x : x + size]
            part += (_bright(rng, tone)[:, None, None] - part) * ink
            rows, columns = (np.flatnonzero((ink > 0.5).any(axis)) for axis in (1, 0))
            at = int((labels[scene] >= 0).sum())
            boxes[scene, at] = x + columns[0], y + rows[0], x + columns[-1] + 1, y + rows[-1] + 1
            labels[scene, at] = kind
        images[scene] = paper
    images += rng.normal(0, 0.02, images.shape).astype(np.float32)
    return {"image": np.clip(images, 0, 1), "boxes": boxes, "box_labels": labels}


def _paper(rng: np.random.Generator, side: int) -> tuple[Array, float]:
    """A ground of two tones that flow into each other, (3, side, side), and how light it is."""
    tone = float(rng.choice([0.2, 0.75]))
    across = np.linspace(0, 1, side, dtype=np.float32)
    direction = rng.uniform(0, 1)
    share = direction * across[:, None] + (1 - direction) * across[None, :]
    ends = tone + rng.uniform(-0.12, 0.12, (2, 3)).astype(np.float32)
    return np.asarray(ends[0][:, None, None] * (1 - share) + ends[1][:, None, None] * share, np.float32), tone


def _strew(rng: np.random.Generator, paper: Array, clutter: float) -> None:
    """Faint patches and lines over the ground: what is no object."""
    side = paper.shape[1]
    rows, columns = np.indices((side, side))
    for _ in range(round(clutter * 10)):
        x, y, angle = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(0, np.pi)
        along = (columns - x) * np.cos(angle) + (rows - y) * np.sin(angle)
        aside = -(columns - x) * np.sin(angle) + (rows - y) * np.cos(angle)
        if rng.random() < 0.5:  # a line
            where = (np.abs(along) < rng.uniform(10, 40)) & (np.abs(aside) < rng.uniform(0.7, 1.8))
        else:  # a patch
            where = (np.abs(along) < rng.uniform(5, 20)) & (np.abs(aside) < rng.uniform(4, 14))
        step = rng.uniform(-0.16, 0.16, (3, 1)).astype(np.float32)
        paper[:, where] = np.clip(paper[:, where] + step, 0, 1)


def _bright(rng: np.random.Generator, tone: float) -> Array:
    """A colour that stands out from a ground of this lightness."""
    colour = rng.uniform(0, 1, 3)
    colour[rng.integers(3)] = 1.0 if tone < 0.5 else 0.0
    target = 0.75 if tone < 0.5 else 0.25
    return np.asarray(np.clip(colour + target - colour.mean(), 0, 1), np.float32)


def _free_place(
    rng: np.random.Generator, side: int, size: int, taken: list[tuple[int, int, int]]
) -> tuple[int, int] | None:
    """The upper left corner of a square that covers none of those that are taken; None where none was found."""
    for _ in range(40):
        x, y = (int(value) for value in rng.integers(0, side - size + 1, 2))
        if all(x >= a + s or a >= x + size or y >= b + s or b >= y + size for a, b, s in taken):
            return x, y
    return None


def _digit(image: Array, size: int) -> Array:
    """A digit's ink (size, size) from 0 to 1."""
    from PIL import Image

    grown = Image.fromarray(np.asarray(image, np.float32)).resize((size, size), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(grown) * 1.3, 0, 1)


def _shape(kind: int, size: int) -> Array:
    """A circle, square or triangle as ink (size, size)."""
    at = (np.arange(size) + 0.5) / size
    x, y = at[None, :], at[:, None]
    inside = (
        (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.19,
        (np.abs(x - 0.5) < 0.38) & (np.abs(y - 0.5) < 0.38),
        (y > 0.1) & (y < 0.9) & (np.abs(x - 0.5) < (y - 0.1) * 0.55),
    )[kind]
    return np.asarray(inside, np.float32)
