"""Pictures made of the shipped digits, and sound made of tones; the same for the same seed on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.safe_npz import read_digits

Array = NDArray[Any]


def _digits() -> dict[str, Array]:
    return read_digits("mnist5k.npz", 5000, 28, 255)


def framed_digits(side: int) -> dict[str, Array]:
    """The digits in the middle of larger paper: ``image``, ``label``."""
    found, before = _digits(), (side - 28) // 2
    edges = (before, side - 28 - before)
    return {**found, "image": np.pad(found["image"], ((0, 0), (0, 0), edges, edges))}


def noisy_digits(noise: float, seed: int) -> dict[str, Array]:
    """``noisy``, held between 0 and 1; ``image`` as it was; ``label``."""
    found = _digits()
    image = found["image"]
    drawn = np.random.default_rng(seed).normal(0, noise, image.shape).astype(np.float32)
    return {"noisy": np.clip(image + drawn, 0, 1), "image": image, "label": found["label"]}


def digit_masks(n: int, side: int, margin: int, seed: int) -> dict[str, Array]:
    """``image`` (n, 1, side, side) with digits and boxes, ``mask`` of the digits' ink without the margin."""
    rng, digits = np.random.default_rng(seed), _digits()["image"][:, 0]
    image = np.empty((n, 1, side, side), np.float32)
    mask = np.zeros((n, side, side), np.int64)
    across = np.linspace(0, np.pi, side, dtype=np.float32)
    things = max(1, round((side / 40) ** 2))
    for paper, ink in zip(image[:, 0], mask, strict=True):
        phase, slope = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.5, 2, 2)
        paper[:] = 0.2 + 0.1 * np.sin(slope[0] * across[:, None] + phase[0]) * np.sin(slope[1] * across + phase[1])
        for _ in range(things):
            _box(rng, paper)
        for y, x in rng.integers(0, side - 28 + 1, (things, 2)):
            digit = digits[rng.integers(len(digits))]
            part = paper[y : y + 28, x : x + 28]
            np.maximum(part, digit, out=part)
            ink[y : y + 28, x : x + 28] |= digit > 0.5
    image += rng.normal(0, 0.05, image.shape).astype(np.float32)
    inner = slice(margin, side - margin)
    return {"image": image, "mask": np.ascontiguousarray(mask[:, inner, inner])}


def _box(rng: np.random.Generator, paper: Array) -> None:
    """The outline of a box in ink, two pixels wide."""
    high, wide = rng.integers(10, 26, 2)
    y, x = rng.integers(0, paper.shape[0] - 26, 2)
    for rows, columns in ((slice(y, y + 2), slice(x, x + wide)), (slice(y + high - 2, y + high), slice(x, x + wide))):
        paper[rows, columns] = 0.95
    for columns in (slice(x, x + 2), slice(x + wide - 2, x + wide)):
        paper[y : y + high, columns] = 0.95


def waves(n: int, length: int, levels: int, noise: float, seed: int) -> dict[str, Array]:
    """``sound`` and what is ``following`` each of its samples, as level numbers."""
    rng = np.random.default_rng(seed)
    time = np.arange(length + 1)
    tone = rng.uniform(0.02, 0.12, (2, n, 1))  # full turns a sample
    phase = rng.uniform(0, 1, (2, n, 1))
    share = rng.uniform(0.3, 0.7, (n, 1))
    first, second = np.sin(2 * np.pi * (tone * time + phase))
    sound = share * first + (1 - share) * second + rng.normal(0, noise, (n, length + 1))
    level = np.clip(((sound + 1) / 2 * levels).astype(np.int64), 0, levels - 1)
    return {"sound": np.ascontiguousarray(level[:, :-1]), "following": np.ascontiguousarray(level[:, 1:])}


_WALSH = ((4, 0), (1, 0), (4, 4), (1, 1), (0, 2), (2, 2), (2, 4), (3, 5))
"""Of each pattern: which functions go down and across."""


def patterns(n: int, count: int, damage: float, seed: int) -> dict[str, Array]:
    """``pattern`` (n, 64) of +1 and −1, ``damaged`` with that share of cells turned round on average, ``label``."""
    pair = np.array([[1, 1], [1, -1]], np.float32)
    walsh = np.kron(np.kron(pair, pair), pair)
    stored = np.stack([np.outer(walsh[down], walsh[across]).ravel() for down, across in _WALSH[:count]])
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(n) % count)
    turned = rng.random((n, stored.shape[1])) < damage
    pattern = stored[label]
    return {"damaged": np.where(turned, -pattern, pattern), "pattern": pattern, "label": label.astype(np.int64)}
