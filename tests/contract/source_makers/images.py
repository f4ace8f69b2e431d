"""Folders of small images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.contract.source_makers import Made, maker


def draw(path: Path, seed: int, size: tuple[int, int] = (6, 5), mode: str = "RGB") -> Path:
    """An image of noise; its mode and its name's suffix say how it is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(noise).convert(mode).save(path)
    return path


@maker("image_folder")
def one_size(folder: Path) -> Made:
    for number in range(6):
        draw(folder / f"class {number % 2}" / f"{number}.png", number)
    return Made(folder, {}, 6)


@maker("image_folder")
def many_sizes_in_parts(folder: Path) -> Made:
    suffixes = (".png", ".jpg", ".bmp", ".webp", ".tif", ".gif")
    for number in range(12):
        part, kind = ("train", "val", "test")[number % 3], "ab"[number // 6]
        draw(folder / part / kind / f"{number}{suffixes[number % 6]}", number, (5 + number, 7))
    return Made(folder, {}, 12)


@maker("image_folder")
def without_labels(folder: Path) -> Made:
    for number in range(3):
        draw(folder / f"{number}.png", number, mode="L")
    return Made(folder, {"labels": "none"}, 3)
