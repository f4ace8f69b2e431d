"""Augmentation that mixes two samples of a batch, their targets alike.

The loss of mixup is ``λ·loss(y) + (1−λ)·loss(y′)``. Targets that are classes stay whole numbers here: each sample takes the one with chance
λ, else the other, which on average is the same loss and the same gradient. So every loss and every metric takes them as they are. Real
targets are mixed as numbers.
"""

from __future__ import annotations

from typing import Any

from visualnet.data.preparation.augmentation.augmentation import Augmentation
from visualnet.data.preparation.augmentation.geometry_steps import image_size
from visualnet.data.preparation.field_checks import BOXES, MASK, get_field, get_image
from visualnet.data.preparation.step import Specs, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import field, real


class MixingStep(Augmentation):
    """Base of the steps that mix each sample with another one of its batch."""

    field: str
    alpha: float
    probability: float

    def specs(self, fields: Specs) -> dict[str, Spec]:
        if BOXES in fields:
            raise ValueError(
                "the boxes of two images cannot be mixed: take this step out; “Erase at random” is similar"
            )
        sequence = next((n for n, s in fields.items() if s.dtype == "int" and s.shape and n != MASK), "")
        if sequence:
            raise ValueError(f"“{sequence}” holds whole numbers, of which two cannot be mixed: take this step out")
        return dict(fields)


@step("mixup", "Mix samples (mixup)", "any", augments=True)
class Mixup(MixingStep):
    """Lay another sample of the batch over each, faintly or half and half, and mix the targets alike (Zhang et al. 2018). A class is
    that of the one or the other by chance, in the same share."""

    field: str = field("image", "What is mixed; real targets are mixed alike.")
    alpha: float = real(0.2, "Near 0 one of the two prevails; at 1 every share is as likely.", low=0.01, high=100.0)
    probability: float = real(1.0, "Share of the samples that are mixed.", low=0.0, high=1.0)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        get_field(fields, self.field, (1, 2, 3, 4), "a field of real numbers")
        return super().specs(fields)

    def arguments(self, fields: Specs) -> dict[str, Any]:
        return {"alpha": self.alpha, "probability": self.probability}


@step("cutmix", "Mix parts of images (CutMix)", "image", augments=True)
class CutMix(MixingStep):
    """Put a random rectangle of another image of the batch into each, and mix the targets by its area (Yun et al. 2019). A class is
    that of the one or the other by chance, in the same share; a mask gets the same rectangle."""

    field: str = field("image", "The images.")
    alpha: float = real(
        1.0, "At 1 every area is as likely; near 0 it is almost nothing or almost all.", low=0.01, high=100.0
    )
    probability: float = real(0.5, "Share of the images into which a rectangle is put.", low=0.0, high=1.0)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        get_image(fields, self.field)
        return super().specs(fields)

    def arguments(self, fields: Specs) -> dict[str, Any]:
        return {**super().arguments(fields), "size": image_size(fields, self.field)}
