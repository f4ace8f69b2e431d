"""Augmentation that changes what pixels hold, and leaves them where they are."""

from __future__ import annotations

from typing import Any

from visualnet.data.preparation.augmentation.augmentation import Augmentation
from visualnet.data.preparation.augmentation.geometry_steps import ImageAugmentation, SizedAugmentation
from visualnet.data.preparation.field_checks import NORMALISED, get_field
from visualnet.data.preparation.step import Specs, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import count, field, real


@step("colour_jitter", "Change colours at random", "image", augments=True)
class ColourJitter(ImageAugmentation):
    """Change brightness, contrast, saturation and hue of images at random. Grey images have only the first two."""

    field: str = field("image", "The images, from 0 to 1.")
    brightness: float = real(0.2, "By at most so much is added or taken away.", low=0.0, high=1.0)
    contrast: float = real(0.2, "The contrast is multiplied by 1 ± at most so much.", low=0.0, high=1.0)
    saturation: float = real(0.2, "The saturation is multiplied by 1 ± at most so much.", low=0.0, high=1.0)
    hue: float = real(0.0, "The hue is turned by at most so much of the colour circle.", low=0.0, high=0.5)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        found = super().specs(fields)
        if found[self.field].holds == NORMALISED:
            raise ValueError(
                f"“{self.field}” was normalised before, and colours from 0 to 1 are wanted: leave “Normalise” out; the "
                "mean is taken out behind the augmentation anyway"
            )
        return found


@step("random_blur", "Blur at random", "image", augments=True)
class RandomBlur(ImageAugmentation):
    """Blur some images, as a lens out of focus does (Gaussian)."""

    field: str = field("image", "The images.")
    probability: float = real(0.5, "Share of the images that are blurred.", low=0.0, high=1.0)
    low: float = real(0.1, "The least deviation of the blur.", low=0.01, high=50.0, unit="px")
    high: float = real(1.5, "The greatest deviation of the blur.", low=0.01, high=50.0, unit="px")

    def specs(self, fields: Specs) -> dict[str, Spec]:
        found = super().specs(fields)
        if self.low > self.high:
            raise ValueError(f"the least blur ({self.low:g}) is above the greatest ({self.high:g})")
        if min(found[self.field].shape[1:]) <= self.reach:
            raise ValueError(
                f"a blur of {self.high:g} pixels is too wide for images of {found[self.field].text}: choose less"
            )
        return found

    @property
    def reach(self) -> int:
        """So many pixels to each side are summed up."""
        return max(1, round(3 * self.high))

    def arguments(self, fields: Specs) -> dict[str, Any]:
        return {**super().arguments(fields), "reach": self.reach}


@step("random_erasing", "Erase at random", "image", augments=True)
class RandomErasing(SizedAugmentation):
    """Cover a random rectangle of some images, so that a network does not rely on one spot (Zhong et al. 2020)."""

    field: str = field("image", "The images.")
    probability: float = real(0.5, "Share of the images in which something is erased.", low=0.0, high=1.0)
    low: float = real(0.1, "The least side of the rectangle, as a share of the image's.", low=0.01, high=1.0)
    high: float = real(0.4, "The greatest side of the rectangle, as a share of the image's.", low=0.01, high=1.0)
    value: float = real(0.0, "What stands there: 0 is black, 1 is white.", low=0.0, high=1.0)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        if self.low > self.high:
            raise ValueError(f"the least side ({self.low:g}) is above the greatest ({self.high:g})")
        return super().specs(fields)


@step("add_noise", "Add noise", "any", augments=True)
class AddNoise(Augmentation):
    """Add random numbers of a bell curve (Gaussian noise) to all numbers: of images, sounds, columns of a table."""

    field: str = field("image", "To what noise is added.")
    deviation: float = real(0.05, "The noise's standard deviation, in units of the field.", low=0.0, high=1e6)

    def specs(self, fields: Specs) -> dict[str, Spec]:
        get_field(fields, self.field, (1, 2, 3, 4), "a field of real numbers")
        return dict(fields)


class MaskingStep(Augmentation):
    """Base of the steps that cover bands of a spectrogram, or moments of a sound, with its mean (SpecAugment, Park et al. 2019)."""

    field: str
    share: float
    count: int
    axis = -1
    function = "cover_bands"

    def specs(self, fields: Specs) -> dict[str, Spec]:
        spec = get_field(fields, self.field, (2, 3) if self.axis == -1 else 3, "a spectrogram or a sound")
        if spec.axes[:1] not in ((), ("C",)) or spec.axes[1:] == ("H", "W"):
            raise ValueError(f"“{self.field}” is no sound: “Erase at random” covers a part of an image")
        return dict(fields)

    def arguments(self, fields: Specs) -> dict[str, Any]:
        return {**super().arguments(fields), "axis": self.axis}


@step("time_mask", "Cover moments", "sound", augments=True)
class TimeMask(MaskingStep):
    """Cover random moments of a sound or a spectrogram with its mean, so that a network does not rely on one (SpecAugment)."""

    field: str = field("spectrogram", "The spectrograms or sounds.")
    share: float = real(0.2, "A moment lasts at most so much of the whole.", low=0.0, high=1.0)
    count: int = count(1, "So many moments.", high=100)


@step("frequency_mask", "Cover pitches", "sound", augments=True)
class FrequencyMask(MaskingStep):
    """Cover random bands of pitch of a spectrogram with its mean, so that a network does not rely on one (SpecAugment)."""

    field: str = field("spectrogram", "The spectrograms.")
    share: float = real(0.2, "A band has at most so much of all pitches.", low=0.0, high=1.0)
    count: int = count(1, "So many bands.", high=100)
    axis = -2
