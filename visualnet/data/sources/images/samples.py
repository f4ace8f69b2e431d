"""Images, their masks and boxes, decoded when they are fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.core.project import FieldFacts
from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import Batch, BrokenSample, Samples
from visualnet.data.sources.common.files import FileList
from visualnet.data.sources.images.decode import decode_image, decode_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

NOT_ASKED = -100
"""A target that no loss counts."""


class ImageSamples(Samples):
    """Samples of one image file each. It holds paths and what is known without decoding, and can be sent to another process."""

    def __init__(
        self,
        files: FileList,
        fields: Mapping[str, FieldFacts],
        columns: Mapping[str, Array],
        fingerprint: str,
        background: str,
    ) -> None:
        self.files, self.fields, self.columns = files, dict(fields), dict(columns)
        self.size, self.fingerprint, self.background = len(files), fingerprint, background

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        samples = [self._sample(int(at), fields) for at in index]
        batch: Batch = {}
        for name in fields:
            if name in self.columns and name not in ("image", "mask", "boxes", "box_labels"):
                batch[name] = self.columns[name][index].reshape(len(index), *self.fields[name].shape)
                continue
            values = [sample[name] for sample in samples]
            batch[name] = values if 0 in self.fields[name].shape else _stack(values, self.fields[name])
        return batch

    def column(self, name: str) -> Array | None:
        return self.columns.get(name)

    def describe(self, sample: int) -> str:
        return visible(self.files.relative(sample))

    def _sample(self, at: int, fields: Sequence[str]) -> dict[str, Array]:
        """The fields of a sample that come from files."""
        return {"image": self._image(at)} if "image" in fields else {}

    def _image(self, at: int) -> Array:
        facts = self.fields["image"]
        image = self._read(at, self.files, lambda path: decode_image(path, facts.shape[0], self.background))
        return self._check_size(at, image, facts)

    def _check_size(self, at: int, values: Array, facts: FieldFacts) -> Array:
        if any(wanted not in (0, got) for wanted, got in zip(facts.shape, values.shape, strict=True)):
            (height, width), (wanted_height, wanted_width) = values.shape[-2:], facts.shape[-2:]
            raise BrokenSample(
                at,
                f"“{self.describe(at)}” has {width} × {height} pixels where all had {wanted_width} × {wanted_height} "
                "when the folder was looked through: look it through again",
            )
        return values

    def _read(self, at: int, files: FileList, decode: Callable[[str], Array], index: int | None = None) -> Array:
        where = at if index is None else index
        try:
            return decode(files.absolute(where))
        except ValueError as error:
            raise BrokenSample(at, f"“{visible(files.relative(where))}” cannot be read: {error}") from None


class MaskedSamples(ImageSamples):
    """Images with a mask of the same size each. ``values`` are those that stand in masks, in the order of the classes."""

    def __init__(
        self,
        files: FileList,
        fields: Mapping[str, FieldFacts],
        columns: Mapping[str, Array],
        fingerprint: str,
        background: str,
        masks: FileList,
        values: Sequence[int],
        ignored: int | None,
    ) -> None:
        super().__init__(files, fields, columns, fingerprint, background)
        self.masks, self.ignored = masks, ignored
        self._values = np.array(sorted(values), np.int64)
        self._classes = np.array([list(values).index(int(value)) for value in self._values], np.int64)

    def _sample(self, at: int, fields: Sequence[str]) -> dict[str, Array]:
        found = super()._sample(at, fields)
        if "mask" in fields:
            found["mask"] = self._mask(at)
            if "image" in found and found["image"].shape[-2:] != found["mask"].shape:
                (height, width), (mask_height, mask_width) = found["image"].shape[-2:], found["mask"].shape
                raise BrokenSample(
                    at,
                    f"“{self.describe(at)}” has {width} × {height} pixels, and its mask "
                    f"“{visible(self.masks.relative(at))}” {mask_width} × {mask_height}",
                )
        return found

    def _mask(self, at: int) -> Array:
        raw = self._check_size(at, self._read(at, self.masks, decode_mask), self.fields["mask"])
        place = np.searchsorted(self._values, raw).clip(0, len(self._values) - 1)
        known = self._values[place] == raw
        left = raw == self.ignored if self.ignored is not None else np.zeros_like(known)
        if not (known | left).all():
            value = int(raw[~(known | left)].flat[0])
            raise BrokenSample(
                at,
                f"“{visible(self.masks.relative(at))}” holds the value {value}, which is none of the classes: "
                "look the folder through again, or name the values in the options",
            )
        return np.where(left, NOT_ASKED, self._classes[place])


class BoxedSamples(ImageSamples):
    """Images with boxes. ``starts`` says where the boxes of each sample begin in the table of all.

    Boxes that are ``scaled`` count from 0 to 1 over the image, the others in pixels.
    """

    def __init__(
        self,
        files: FileList,
        fields: Mapping[str, FieldFacts],
        columns: Mapping[str, Array],
        fingerprint: str,
        background: str,
        starts: Array,
        boxes: Array,
        labels: Array,
        scaled: bool,
    ) -> None:
        super().__init__(files, fields, columns, fingerprint, background)
        self.starts, self.boxes, self.labels, self.scaled = starts, boxes, labels, scaled

    def _sample(self, at: int, fields: Sequence[str]) -> dict[str, Array]:
        read_image = "image" in fields or (self.scaled and "boxes" in fields)
        image = self._image(at) if read_image else None
        most = self.fields["box_labels"].shape[0]
        start, end = int(self.starts[at]), int(self.starts[at + 1])
        boxes = np.zeros((most, 4), np.float32)
        labels = np.full(most, NOT_ASKED, np.int64)
        boxes[: end - start], labels[: end - start] = self.boxes[start:end], self.labels[start:end]
        if self.scaled and image is not None:
            height, width = image.shape[-2:]
            boxes *= np.array([width, height, width, height], np.float32)
        found: dict[str, Array] = {"boxes": boxes, "box_labels": labels}
        if image is not None:
            found["image"] = image
        return found


def _stack(values: Sequence[Array], facts: FieldFacts) -> Array:
    if not values:
        return np.zeros((0, *facts.shape), np.int64 if facts.dtype == "int" else np.float32)
    return np.stack(values)
