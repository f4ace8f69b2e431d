"""Steps that change images; masks and boxes follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.core.graph import Value
from visualnet.data.preparation.field_checks import BOX_LABELS, BOXES, MASK, get_image
from visualnet.data.preparation.placement import Placement
from visualnet.data.preparation.step import Fitted, Specs, Step, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, field, real

if TYPE_CHECKING:
    from visualnet.data.samples import Batch

FITS = {
    "stretch": "height and width are scaled each by itself: shapes may look squeezed",
    "crop": "scaled alike until the size is filled; what stands out at two sides is cut off",
    "pad": "scaled alike until all fits in; black fills two sides",
}
"""How an image comes into a size of other proportions."""
LARGEST = 16_384
"""No side of a prepared image may be longer."""


class PlacingStep(Step):
    """Base of the steps after which all images have one size."""

    field: str
    height: int
    width: int
    filling = 0.0
    """What stands where nothing of the image is."""

    def place(self, height: int, width: int) -> Placement:
        """Where an image of this size goes.

        Raises:
            ValueError: it cannot; the words say why.
        """
        raise NotImplementedError

    @classmethod
    def suggest(cls, spec: Spec) -> dict[str, Value]:
        known = len(spec.shape) == 3 and spec.shape[1] and spec.shape[2]
        return {"height": spec.shape[1], "width": spec.shape[2]} if known else {}

    def specs(self, fields: Specs) -> dict[str, Spec]:
        image = get_image(fields, self.field)
        channels, height, width = image.shape
        if height and width:
            self.place(height, width)
        found = dict(fields)
        found[self.field] = image._replace(shape=(channels, self.height, self.width))
        if MASK in found and len(found[MASK].shape) == 2:
            found[MASK] = found[MASK]._replace(shape=(self.height, self.width))
        return found

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        from visualnet.data.preparation.arrays import image_arrays  # not at start-up: it computes

        found: Batch = dict(batch)
        images = batch[self.field]
        places = [self.place(*image.shape[1:]) for image in images]
        sizes = [image.shape[1:] for image in images]
        found[self.field] = image_arrays.place_images(images, places, self.filling)
        if MASK in batch:
            found[MASK] = image_arrays.place_masks(batch[MASK], places)
        if BOXES in batch:
            found.update(image_arrays.place_boxes(batch[BOXES], batch.get(BOX_LABELS), places, sizes))
        return found


@step("resize", "Resize", "image")
class Resize(PlacingStep):
    """Bring images to one size, smoothly. Masks and boxes follow."""

    field: str = field("image", "The images that are resized.")
    height: int = count(64, "Height behind the step.", high=LARGEST, unit="px")
    width: int = count(64, "Width behind the step.", high=LARGEST, unit="px")
    fit: str = choice("stretch", "What is done where the proportions differ.", FITS)

    def place(self, height: int, width: int) -> Placement:
        size = self.height, self.width
        if self.fit == "stretch":
            return Placement(size, (0, 0), size)
        factors = self.height / height, self.width / width
        factor = max(factors) if self.fit == "crop" else min(factors)
        scaled = max(1, round(height * factor)), max(1, round(width * factor))
        return Placement(scaled, ((self.height - scaled[0]) // 2, (self.width - scaled[1]) // 2), size)


@step("crop", "Crop", "image")
class Crop(PlacingStep):
    """Cut a part of one size out of each image. Masks and boxes follow; boxes outside are left out."""

    field: str = field("image", "The images that are cropped.")
    height: int = count(64, "Height of what is cut out.", high=LARGEST, unit="px")
    width: int = count(64, "Width of what is cut out.", high=LARGEST, unit="px")
    top: int | None = count(None, "Where it begins, from above.", low=0, none="centred", unit="px")
    left: int | None = count(None, "Where it begins, from the left.", low=0, none="centred", unit="px")

    def place(self, height: int, width: int) -> Placement:
        top = (height - self.height) // 2 if self.top is None else self.top
        left = (width - self.width) // 2 if self.left is None else self.left
        if min(top, left) < 0 or top + self.height > height or left + self.width > width:
            raise ValueError(
                f"an image of {height}×{width} does not hold a part of {self.height}×{self.width}"
                f"{'' if self.top is None and self.left is None else f' at {top}, {left}'}: resize or pad the images before, "
                "or cut out less"
            )
        return Placement((height, width), (-top, -left), (self.height, self.width))


@step("pad", "Pad", "image")
class Pad(PlacingStep):
    """Put each image in the middle of a larger one. Masks and boxes follow."""

    field: str = field("image", "The images that are padded.")
    height: int = count(64, "Height behind the step.", high=LARGEST, unit="px")
    width: int = count(64, "Width behind the step.", high=LARGEST, unit="px")
    value: float = real(0.0, "What the edges are filled with: 0 is black, 1 is white.", low=0.0, high=1.0)

    @property
    def filling(self) -> float:  # type: ignore[override]  # a constant of the others is a setting here
        return self.value

    def place(self, height: int, width: int) -> Placement:
        if height > self.height or width > self.width:
            raise ValueError(
                f"an image of {height}×{width} is larger than {self.height}×{self.width}: resize or crop the images before, "
                "or pad to more"
            )
        return Placement(
            (height, width), ((self.height - height) // 2, (self.width - width) // 2), (self.height, self.width)
        )


class ChannelStep(Step):
    """Base of the steps after which all images have so many channels."""

    field: str
    channels = 1

    def specs(self, fields: Specs) -> dict[str, Spec]:
        image = get_image(fields, self.field)
        if image.shape[0] not in (0, 1, 3, 4):
            raise ValueError(
                f"“{self.field}” has {image.shape[0]} channels; grey (1), colour (3) and colour with transparency (4) are known"
            )
        return {**fields, self.field: image._replace(shape=(self.channels, *image.shape[1:]))}

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        from visualnet.data.preparation.arrays import image_arrays

        convert = image_arrays.to_grey if self.channels == 1 else image_arrays.to_colour
        return {**batch, self.field: image_arrays.map_images(batch[self.field], convert)}


@step("grey", "To grey", "image")
class Grey(ChannelStep):
    """Colours to one channel of brightness: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601)."""

    field: str = field("image", "The images that are converted.")
    channels = 1


@step("rgb", "To colour channels", "image")
class Colour(ChannelStep):
    """One channel of brightness to three alike, as networks for colour images want them; transparency is left out."""

    field: str = field("image", "The images that are converted.")
    channels = 3
