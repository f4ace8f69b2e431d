"""Images, masks and boxes as arrays: scaled, placed, converted. Every sample by itself, so that its result is the same in any batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from visualnet.data.preparation.field_checks import BOX_LABELS, BOXES, LEAST_SIDE, PADDING_LABEL

if TYPE_CHECKING:
    from visualnet.data.preparation.placement import Placement
    from visualnet.data.samples import Batch

Array = NDArray[Any]
Arrays = Array | list[Array]
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def map_images(images: Arrays, convert: Callable[[Array], Array]) -> Arrays:
    """Each image converted; an array where they have one size."""
    found = [convert(image) for image in images]
    return np.stack(found) if found and isinstance(images, np.ndarray) else found


def to_grey(image: Array) -> Array:
    """One channel of brightness."""
    if len(image) == 1:
        return image
    found: Array = LUMA[0] * image[0] + LUMA[1] * image[1] + LUMA[2] * image[2]
    return found[None]


def to_colour(image: Array) -> Array:
    """Three channels."""
    return np.repeat(image, 3, axis=0) if len(image) == 1 else image[:3]


def place_images(images: Arrays, places: Sequence[Placement], filling: float) -> Array:
    """Each image scaled smoothly and put in its place."""
    return np.stack([_place(_scale(i, p.scaled), p, filling) for i, p in zip(images, places, strict=True)])


def place_masks(masks: Arrays, places: Sequence[Placement]) -> Array:
    """Each mask scaled and put in the place of its image; a class stays one, so the nearest pixel counts. 0 is around it."""
    return np.stack([_place(_scale_nearest(m, p.scaled), p, 0) for m, p in zip(masks, places, strict=True)])


def place_boxes(
    boxes: Arrays, labels: Arrays | None, places: Sequence[Placement], sizes: Sequence[tuple[int, int]]
) -> Batch:
    """The boxes (left, top, right, bottom) as they lie in the placed images; what lies outside is no box any more."""
    found, classes = [], []
    for at, (box, place, (height, width)) in enumerate(zip(boxes, places, sizes, strict=True)):
        scale = np.array([place.scaled[1] / width, place.scaled[0] / height] * 2)
        offset = np.array([place.offset[1], place.offset[0]] * 2)
        label = np.zeros(len(box), np.int64) if labels is None else labels[at]
        kept, known = clip_boxes(box * scale + offset, label, place.size)
        found.append(kept)
        classes.append(known)
    result: Batch = {BOXES: _join(found, boxes)}
    if labels is not None:
        result[BOX_LABELS] = _join(classes, labels)
    return result


def clip_boxes(boxes: Array, labels: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """Boxes cut off at the edges of an image; one of which nothing is left pads from there on, as do those that padded."""
    limits = np.array([size[1], size[0]] * 2)
    inside = np.clip(boxes, 0, limits)
    sides = inside[..., 2:] - inside[..., :2]
    kept = (sides >= LEAST_SIDE).all(-1) & (labels != PADDING_LABEL)
    return np.where(kept[..., None], inside, 0).astype(np.float32), np.where(kept, labels, PADDING_LABEL)


def _join(values: list[Array], like: Arrays) -> Arrays:
    return np.stack(values) if isinstance(like, np.ndarray) else values


def _scale(image: Array, size: tuple[int, int]) -> Array:
    if image.shape[1:] == size:
        return image
    # Pillow weighs all pixels that fall into one where it makes smaller, and its sums are the same on every machine and thread.
    channels = [
        Image.fromarray(np.ascontiguousarray(c, np.float32)).resize((size[1], size[0]), Image.Resampling.BILINEAR)
        for c in image
    ]
    return np.stack([np.asarray(channel) for channel in channels])


def _scale_nearest(mask: Array, size: tuple[int, int]) -> Array:
    rows = ((np.arange(size[0]) + 0.5) * (mask.shape[0] / size[0])).astype(np.int64)
    columns = ((np.arange(size[1]) + 0.5) * (mask.shape[1] / size[1])).astype(np.int64)
    found: Array = mask[np.minimum(rows, mask.shape[0] - 1)[:, None], np.minimum(columns, mask.shape[1] - 1)]
    return found


def _place(image: Array, place: Placement, filling: float) -> Array:
    """The last two axes are put at an offset into a picture of another size."""
    if place.offset == (0, 0) and place.size == place.scaled:
        return image
    found = np.full((*image.shape[:-2], *place.size), filling, image.dtype)
    spans = []
    for offset, scaled, size in zip(place.offset, place.scaled, place.size, strict=True):
        start, end = max(0, offset), min(size, offset + scaled)
        spans.append((slice(start, end), slice(start - offset, end - offset)))
    (to_rows, from_rows), (to_columns, from_columns) = spans
    found[..., to_rows, to_columns] = image[..., from_rows, from_columns]
    return found
