"""Augmentation that moves the pixels of images; masks and boxes follow."""

from __future__ import annotations

from typing import Any

from visualnet.data.preparation.augmentation.augmentation import Augmentation
from visualnet.data.preparation.field_checks import get_image
from visualnet.data.preparation.step import Specs, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, field, real

PADDINGS = {
    "zeros": "black, and class 0 in masks",
    "border": "the nearest pixel of the edge",
    "reflection": "the image mirrored at its edges",
}
"""What comes in at the edges."""


def image_size(fields: Specs, name: str) -> tuple[int, int]:
    """Height and width of the images of a field."""
    _, height, width = fields[name].shape
    return int(height), int(width)


class ImageAugmentation(Augmentation):
    """Base of the steps that change images at random and leave their size."""

    field: str

    def specs(self, fields: Specs) -> dict[str, Spec]:
        get_image(fields, self.field)
        return dict(fields)


class SizedAugmentation(ImageAugmentation):
    """Base of those whose function is told the size of the images (height, width)."""

    def arguments(self, fields: Specs) -> dict[str, Any]:
        return {**super().arguments(fields), "size": image_size(fields, self.field)}


@step("random_flip", "Flip at random", "image", augments=True)
class RandomFlip(SizedAugmentation):
    """Mirror images at random: right for what may look either way (not for letters)."""

    field: str = field("image", "The images.")
    horizontal: float = real(0.5, "Share of the images whose left and right are swapped.", low=0.0, high=1.0)
    vertical: float = real(0.0, "Share of the images that are turned upside down.", low=0.0, high=1.0)


@step("random_rotation", "Rotate at random", "image", augments=True)
class RandomRotation(SizedAugmentation):
    """Turn images about their middle by a random angle. A box becomes the least one that holds the turned box."""

    field: str = field("image", "The images.")
    degrees: float = real(10.0, "By at most so much to either side.", low=0.0, high=180.0, unit="°")
    padding: str = choice("zeros", "What comes in at the edges.", PADDINGS, more=True)


@step("random_scale", "Scale at random", "image", augments=True)
class RandomScale(SizedAugmentation):
    """Let what is in images be smaller or larger by a random factor, about their middle."""

    field: str = field("image", "The images.")
    low: float = real(0.8, "The least factor: below 1 edges come in.", low=0.05, high=20.0)
    high: float = real(1.2, "The greatest factor: above 1 edges are cut off.", low=0.05, high=20.0)
    padding: str = choice("zeros", "What comes in at the edges.", PADDINGS, more=True)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        if self.low > self.high:
            raise ValueError(f"the least factor ({self.low:g}) is above the greatest ({self.high:g})")
        return super().specs(fields)


@step("random_crop", "Crop at random", "image", augments=True)
class RandomCrop(SizedAugmentation):
    """Pad images with black and cut a part of their own size out at a random place: what they show moves by some pixels."""

    field: str = field("image", "The images.")
    padding: int = count(4, "Padded at each side, and so the farthest that an image moves.", high=1024, unit="px")
