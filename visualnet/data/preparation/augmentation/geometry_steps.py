"""Augmentation that moves the pixels of images; masks and boxes follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.data.preparation.field_checks import get_image
from visualnet.data.preparation.step import Specs, Step, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, field, real

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

    Batch = dict[str, Tensor]

PADDINGS = {
    "zeros": "black, and class 0 in masks",
    "border": "the nearest pixel of the edge",
    "reflection": "the image mirrored at its edges",
}
"""What comes in at the edges."""


class ImageAugmentation(Step):
    """Base of the steps that change images at random and leave their size."""

    field: str

    def specs(self, fields: Specs) -> dict[str, Spec]:
        get_image(fields, self.field)
        return dict(fields)

    def augment(self, batch: Batch, fields: Specs, generator: Generator) -> Batch:
        shape = fields[self.field].shape
        first = next(iter(batch.values()))
        return self.move(batch, len(first), (shape[1], shape[2]), generator, first.device)

    def move(self, batch: Batch, number: int, size: tuple[int, int], generator: Generator, on: device) -> Batch:
        """The batch of so many samples, whose images have this size (height, width), changed."""
        raise NotImplementedError


@step("random_flip", "Flip at random", "image", augments=True)
class RandomFlip(ImageAugmentation):
    """Mirror images at random: right for what may look either way (not for letters)."""

    field: str = field("image", "The images.")
    horizontal: float = real(0.5, "Share of the images whose left and right are swapped.", low=0.0, high=1.0)
    vertical: float = real(0.0, "Share of the images that are turned upside down.", low=0.0, high=1.0)

    def move(self, batch: Batch, number: int, size: tuple[int, int], generator: Generator, on: device) -> Batch:
        from visualnet.data.preparation.augmentation import chance, warping

        across = chance.happens(number, self.horizontal, generator, on)
        down = chance.happens(number, self.vertical, generator, on)
        return warping.mirror(warping.mirror(batch, self.field, across, size, -1), self.field, down, size, -2)


class AffineAugmentation(ImageAugmentation):
    """Base of the steps that turn or scale images about their middle."""

    padding: str

    def draw(self, number: int, generator: Generator, on: device) -> tuple[Tensor, Tensor]:
        """For each sample the angle in radians and the factor of its size."""
        raise NotImplementedError

    def move(self, batch: Batch, number: int, size: tuple[int, int], generator: Generator, on: device) -> Batch:
        import torch

        from visualnet.data.preparation.augmentation import warping

        angle, factor = self.draw(number, generator, on)
        cosine, sine = factor * angle.cos(), factor * angle.sin()
        y, x = (size[0] - 1) / 2, (size[1] - 1) / 2
        across = torch.stack([cosine, sine, x - cosine * x - sine * y], -1)
        down = torch.stack([-sine, cosine, y + sine * x - cosine * y], -1)
        return warping.warp(batch, self.field, torch.stack([across, down], 1), size, self.padding)


@step("random_rotation", "Rotate at random", "image", augments=True)
class RandomRotation(AffineAugmentation):
    """Turn images about their middle by a random angle. A box becomes the least one that holds the turned box."""

    field: str = field("image", "The images.")
    degrees: float = real(10.0, "By at most so much to either side.", low=0.0, high=180.0, unit="°")
    padding: str = choice("zeros", "What comes in at the edges.", PADDINGS, more=True)

    def draw(self, number: int, generator: Generator, on: device) -> tuple[Tensor, Tensor]:
        import math

        from visualnet.data.preparation.augmentation import chance

        largest = math.radians(self.degrees)
        angle = chance.uniform(number, -largest, largest, generator, on)
        return angle, angle.new_ones(number)


@step("random_scale", "Scale at random", "image", augments=True)
class RandomScale(AffineAugmentation):
    """Let what is in images be smaller or larger by a random factor, about their middle."""

    field: str = field("image", "The images.")
    low: float = real(0.8, "The least factor: below 1 edges come in.", low=0.05, high=20.0)
    high: float = real(1.2, "The greatest factor: above 1 edges are cut off.", low=0.05, high=20.0)
    padding: str = choice("zeros", "What comes in at the edges.", PADDINGS, more=True)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        if self.low > self.high:
            raise ValueError(f"the least factor ({self.low:g}) is above the greatest ({self.high:g})")
        return super().specs(fields)

    def draw(self, number: int, generator: Generator, on: device) -> tuple[Tensor, Tensor]:
        from visualnet.data.preparation.augmentation import chance

        factor = chance.uniform(number, self.low, self.high, generator, on)
        return factor.new_zeros(number), factor


@step("random_crop", "Crop at random", "image", augments=True)
class RandomCrop(ImageAugmentation):
    """Pad images with black and cut a part of their own size out at a random place: what they show moves by some pixels."""

    field: str = field("image", "The images.")
    padding: int = count(4, "Padded at each side, and so the farthest that an image moves.", high=1024, unit="px")

    def move(self, batch: Batch, number: int, size: tuple[int, int], generator: Generator, on: device) -> Batch:
        import torch

        from visualnet.data.preparation.augmentation import warping

        drawn = torch.randint(-self.padding, self.padding + 1, (2, number), generator=generator).to(on)
        return warping.shift(batch, self.field, drawn[0], drawn[1], size)
