"""Samples as people see them: the image that a network is shown, with what it answered laid over it; texts and rows in words."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_percent
from visualnet.data.examination.sample_content import SampleContent, read_contents, shown_field
from visualnet.data.examination.sound import Sound, read_sound
from visualnet.data.loading import Loaded
from visualnet.data.regions.region_samples import find_regions
from visualnet.data.registry import make_data_set
from visualnet.data.samples import Samples
from visualnet.figures.colours.masks import PLACE_COLOURS, lay_over
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
TRUE_COLOUR, SAID_COLOUR = PLACE_COLOURS[2].astype(np.uint8), PLACE_COLOURS[0].astype(np.uint8)
WRONG = 5
"""The colour of what was answered wrong, among those of classes."""
SHOWN_FROM = 0.5
"""Boxes found in scenes are drawn from this score on: there are many more that are less sure."""
SIDE = 96


def find_image_field(data: Loaded) -> str | None:
    """The field of the data that is a picture, if there is one."""
    for name, spec in data.fields.items():
        if spec.dtype == "float" and len(spec.shape) == 3 and spec.shape[0] in (1, 3):
            return name
    return None


def picture_of(data: Loaded, sample: int) -> Array | None:
    """A sample's image as (H, W, 3) whole numbers from 0 to 255; None where it has none."""
    field = find_image_field(data)
    if field is None:
        return None
    return as_picture(data.sample(sample, (field,))[field])


def _boxed_picture(data: Loaded, sample: int) -> Array | None:
    """The picture that the boxes of a sample stand in: of a region that of its whole scene."""
    regions = find_regions(data.samples)
    if regions is None:
        return picture_of(data, sample)
    return as_picture(regions.scene(sample // regions.regions).image)


def as_picture(image: Array) -> Array:
    """An image (C, H, W) as (H, W, 3) whole numbers; what is not from 0 to 1 is stretched to that."""
    values = np.asarray(image, np.float32)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < 0 or high > 1:
        values = (values - low) / ((high - low) or 1.0)
    levels = (np.nan_to_num(values) * 255).round().astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(levels, (3, *levels.shape[1:])).transpose(1, 2, 0))


def draw_boxes(picture: Array, boxes: Array, colour: Array) -> Array:
    """The picture with the outlines of boxes (n, 4), corners in its pixels; what lies outside is cut off."""
    found = picture.copy()
    height, width = picture.shape[:2]
    for left, top, right, bottom in np.nan_to_num(boxes).round().astype(np.int64):
        x0, x1 = (int(np.clip(x, 0, width - 1)) for x in (left, right))
        y0, y1 = (int(np.clip(y, 0, height - 1)) for y in (top, bottom))
        found[[y0, y1], min(x0, x1) : max(x0, x1) + 1] = colour
        found[min(y0, y1) : max(y0, y1) + 1, [x0, x1]] = colour
    return found


def contents_of_answer(predictions: PredictionSet, data: Loaded, row: int) -> list[tuple[str, SampleContent]]:
    """What a sample shows, with titles: as it is, and for pixels, boxes and pictures as it is truly and as it was answered.

    Raises:
        ValueError: it cannot be read, or is of data that were given from Python and show nothing.
    """
    sample = int(predictions.samples[row])
    picture = picture_of(data, sample) if predictions.task != "boxes" else _boxed_picture(data, sample)
    if picture is None:
        return [("", raw_content(data, sample))]
    arrays, content = predictions.arrays, SampleContent("image", "", picture.shape[:2], picture)
    if predictions.task in ("pixels", "mask") and arrays["truth"].ndim == 3:
        true, said = arrays["truth"][row], arrays["said"][row]
        wrong = np.where((true >= 0) & (true != said), WRONG, 0)
        masks = (("true", true), ("answered", said), ("wrong", wrong))
        return [
            ("sample", content),
            *((title, content._replace(mask=_centre(mask, content.size))) for title, mask in masks),
        ]
    if predictions.task == "boxes":
        height, width = content.size
        found = []
        for (title, name), side in zip(_PAIRS, ("true", "said"), strict=True):
            there = arrays[f"{side}_there"][row]
            if side == "said" and find_regions(data.samples) is not None:
                title, there = (
                    f"{title}, over {format_percent(SHOWN_FROM, 0)}",
                    there & (arrays["sure"][row] > SHOWN_FROM),
                )
            corners = np.nan_to_num(arrays[name][row][there]) / (width, height, width, height)
            kinds = arrays[f"{side}_labels"][row][there]
            boxes = [(*box, int(kind)) for box, kind in zip(corners.tolist(), kinds.tolist(), strict=True)]
            found.append((title, content._replace(boxes=tuple(boxes))))
        return found
    if predictions.task == "numbers" and arrays["said"][row].size == picture[..., 0].size:
        shape = (1, *content.size)
        shown = [
            (title, content._replace(pixels=as_picture(arrays[name][row].reshape(shape)))) for title, name in _PAIRS
        ]
        return [("sample", content), *shown]
    return [("", content)]


_PAIRS = (("true", "truth"), ("answered", "said"))


def _centre(mask: Array, size: tuple[int, int]) -> Array:
    """A mask in the middle of a picture of this size; what lies outside is cut off, and where there is none is class 0."""
    found = np.zeros(size, mask.dtype)
    (height, width), (own_height, own_width) = size, mask.shape
    top, left = max((height - own_height) // 2, 0), max((width - own_width) // 2, 0)
    part = mask[:height, :width]
    found[top : top + part.shape[0], left : left + part.shape[1]] = part
    return found


def pictures_of_answer(predictions: PredictionSet, data: Loaded, row: int) -> list[tuple[str, Array]]:
    """`contents_of_answer` as pictures (H, W, 3), for a page; nothing for what is no picture."""
    if find_image_field(data) is None:
        return []
    return [(title, draw_content(content, title)) for title, content in contents_of_answer(predictions, data, row)]


def draw_content(content: SampleContent, title: str) -> Array:
    """A picture with its mask and boxes laid over it."""
    assert content.pixels is not None
    picture = content.pixels if content.mask is None else lay_over(content.pixels, content.mask)
    height, width = content.size
    corners = np.array([box[:4] for box in content.boxes]).reshape(-1, 4) * (width, height, width, height)
    return draw_boxes(picture, corners, TRUE_COLOUR if title == "true" else SAID_COLOUR) if len(corners) else picture


def encode_png(picture: Array, side: int = SIDE) -> str:
    """A picture as a ``data:`` address, at most so large; small ones are enlarged by whole steps."""
    from PIL import Image

    image = Image.fromarray(picture)
    largest = max(image.size)
    if largest * 2 <= side:
        scale = side // largest
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    elif largest > side:
        image.thumbnail((side, side))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def raw_content(data: Loaded, sample: int) -> SampleContent:
    """What a sample shows before it is prepared.

    Raises:
        ValueError: it cannot be read, or is of data that were given from Python and are of no set that is known here.
    """
    try:
        source = make_data_set(data.choice)
        (content,) = read_contents(source, raw_samples(data), data.choice, [sample])
    except (KeyError, IndexError):
        raise ValueError("these data were given from Python: their samples cannot be shown") from None
    if isinstance(content, str):
        raise ValueError(content)
    if content.kind == "text" and not content.words.isprintable():
        values = data.sample(sample, (shown_field(source, data.fields),))
        return content._replace(words=" ".join(str(code) for code in next(iter(values.values())).reshape(-1).tolist()))
    return content


def sound_of(data: Loaded, sample: int) -> Sound | None:
    """The sound of a sample as it is heard; None where there is none."""
    try:
        return read_sound(make_data_set(data.choice), raw_samples(data), sample)
    except ValueError:
        return None


def raw_samples(data: Loaded) -> Samples:
    """The samples before the preparation."""
    found: Samples = getattr(data.samples, "raw", data.samples)
    return found


def describe_tokens(predictions: PredictionSet, row: int) -> str:
    """Of a sequence: what is true and what was answered, token by token; what is wrong stands in brackets."""
    true, said = predictions.arrays["truth"][row], predictions.arrays["said"][row]
    asked = true >= 0
    names = predictions.classes
    right = " ".join(names[int(t)] for t in true[asked])
    found = " ".join(
        names[int(s)] if s == t else f"[{names[int(s)]}]" for s, t in zip(said[asked], true[asked], strict=True)
    )
    return f"true: {right}\nanswered: {found}"
