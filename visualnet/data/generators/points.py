"""Points and curves made on the spot, the same for the same seed on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.plane.own_points import CLASS_NAMES, OwnPoint

Array = NDArray[Any]


def own_points(given: Sequence[OwnPoint], classes: int) -> dict[str, Array]:
    """Points that a person has set, as `points` gives those of a shape.

    Raises:
        ValueError: there are none, or one is of a class that there is not.
    """
    if not given:
        raise ValueError("no point is set yet: click into the plane of the panel Points, or choose another shape")
    label = np.array([point.label for point in given], np.int64)
    if int(label.max()) >= classes:
        name, names = CLASS_NAMES[int(label.max())], ", ".join(CLASS_NAMES[:classes])
        raise ValueError(
            f"there are {name} points, and only the classes {names}: ask for more classes, or take those away"
        )
    found: dict[str, Array] = {"point": np.array([point[:2] for point in given], np.float32), "label": label}
    if classes == 2:
        found["y"] = label[:, None].astype(np.float32)
    return found


def points(shape: str, n: int, noise: float, classes: int, seed: int) -> dict[str, Array]:
    """n points in about [−1, 1]², as many of each class as n allows: ``point``, ``label`` and, for two classes, ``y``."""
    rng = np.random.default_rng(seed)
    label = np.arange(n) % classes
    xy = _PLACES[shape](rng, label, classes) + rng.normal(0, noise, (n, 2))
    order = rng.permutation(n)
    label = label[order].astype(np.int64)
    found: dict[str, Array] = {"point": xy[order].astype(np.float32), "label": label}
    if classes == 2:
        found["y"] = label[:, None].astype(np.float32)
    return found


def _moons(rng: np.random.Generator, label: Array, classes: int) -> Array:
    t = rng.uniform(0, np.pi, len(label))
    up = np.where(label == 0, 1, -1)
    return np.stack([0.65 * np.cos(t) + np.where(label == 0, -0.33, 0.33), up * (0.8 * np.sin(t) - 0.2)], 1)


def _circles(rng: np.random.Generator, label: Array, classes: int) -> Array:
    t = rng.uniform(0, 2 * np.pi, len(label))
    radius = np.where(label == 0, 1.0, 0.45 * np.sqrt(rng.uniform(0, 1, len(label))))
    placed: Array = radius[:, None] * np.stack([np.cos(t), np.sin(t)], 1)
    return placed


def _spiral(rng: np.random.Generator, label: Array, classes: int) -> Array:
    r = rng.uniform(0.05, 1, len(label))
    t = 3.6 * r + 2 * np.pi * label / classes
    placed: Array = r[:, None] * np.stack([np.cos(t), np.sin(t)], 1)
    return placed


def _blobs(rng: np.random.Generator, label: Array, classes: int) -> Array:
    t = 2 * np.pi * label / classes + np.pi / 4
    return 0.7 * np.stack([np.cos(t), np.sin(t)], 1) + rng.normal(0, 0.12, (len(label), 2))


def _xor(rng: np.random.Generator, label: Array, classes: int) -> Array:
    right = rng.integers(0, 2, len(label))
    sign = np.stack([right, right ^ label], 1) * 2 - 1
    return sign * rng.uniform(0.08, 1, (len(label), 2))


_PLACES = {"moons": _moons, "circles": _circles, "spiral": _spiral, "blobs": _blobs, "xor": _xor}


def curve(shape: str, n: int, noise: float, seed: int) -> dict[str, Array]:
    """n points along a curve over [−1, 1]: ``x`` and ``y``, each (n, 1)."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, n)
    y = _HEIGHTS[shape](x) + rng.normal(0, noise, n)
    return {"x": x[:, None].astype(np.float32), "y": y[:, None].astype(np.float32)}


_HEIGHTS: dict[str, Callable[[Array], Array]] = {
    "sine": lambda x: np.sin(2 * np.pi * x),
    "polynomial": lambda x: 3 * x**3 - 2 * x,
    "step": lambda x: np.where(x < 0.2, -0.5, 0.8),
    "bumps": lambda x: np.exp(-((x + 0.5) ** 2) / 0.01) + 0.7 * np.exp(-((x - 0.4) ** 2) / 0.08),
    "chirp": lambda x: np.sin(4 * np.pi * (x + 1) ** 2 / 2),
}
