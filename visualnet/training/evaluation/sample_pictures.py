"""Samples as people see them: the image that a network is shown, with what it answered laid over it; texts and rows in words."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.examination.face import read_faces, shown_field
from visualnet.data.loading import Loaded
from visualnet.data.registry import make_data_set
from visualnet.training.evaluation.judged import Judged

Array = NDArray[Any]
PLACE_COLOURS = np.array(
    [[230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [213, 94, 0], [204, 121, 167], [0, 114, 178]],
    np.float32,
)
"""Okabe and Ito's, which colour-blind people can tell apart; class 0, mostly the background, has none."""
TRUE_COLOUR, SAID_COLOUR = PLACE_COLOURS[2].astype(np.uint8), PLACE_COLOURS[0].astype(np.uint8)
LAID_OVER = 0.55
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


def as_picture(image: Array) -> Array:
    """An image (C, H, W) as (H, W, 3) whole numbers; what is not from 0 to 1 is stretched to that."""
    values = np.asarray(image, np.float32)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < 0 or high > 1:
        values = (values - low) / ((high - low) or 1.0)
    levels = (np.nan_to_num(values) * 255).round().astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(levels, (3, *levels.shape[1:])).transpose(1, 2, 0))


def lay_over(picture: Array, classes: Array) -> Array:
    """The picture with the classes of its pixels in colours; class 0 and what is not asked stay as they are."""
    height, width = classes.shape
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    inner = picture[max(top, 0) :, max(left, 0) :][:height, :width].astype(np.float32)
    shown = classes[: inner.shape[0], : inner.shape[1]]
    colours = PLACE_COLOURS[(np.maximum(shown, 1) - 1) % len(PLACE_COLOURS)]
    strength = np.where(shown > 0, LAID_OVER, 0.0)[..., None]
    return np.asarray((inner * (1 - strength) + colours * strength).round(), np.uint8)


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


def pictures_of_answer(judged: Judged, data: Loaded, row: int) -> list[tuple[str, Array]]:
    """Pictures of a sample with their titles: as it is, and for pixels as it is truly and as it was answered."""
    picture = picture_of(data, int(judged.samples[row]))
    arrays = judged.arrays
    if picture is None:
        return []
    if judged.task in ("pixels", "mask") and arrays["truth"].ndim == 3:
        true, said = arrays["truth"][row], arrays["said"][row]
        wrong = np.where((true >= 0) & (true != said), 5, 0)
        views = (("true", true), ("answered", said), ("wrong", wrong))
        return [("sample", picture), *((title, lay_over(picture, values)) for title, values in views)]
    if judged.task == "boxes":
        true = draw_boxes(picture, arrays["truth"][row][arrays["true_there"][row]], TRUE_COLOUR)
        said = draw_boxes(picture, arrays["said"][row][arrays["said_there"][row]], SAID_COLOUR)
        return [("true", true), ("answered", said)]
    if judged.task == "numbers" and arrays["said"][row].size == picture[..., 0].size:
        shape = (1, *picture.shape[:2])
        shown = [(title, as_picture(arrays[name][row].reshape(shape))) for title, name in _PAIRS]
        return [("sample", picture), *shown]
    return [("sample", picture)]


_PAIRS = (("true", "truth"), ("answered", "said"))


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


def describe_sample(data: Loaded, sample: int) -> str:
    """A sample in words: its text, its numbers by column; empty for pictures and where it cannot be told."""
    try:
        source = make_data_set(data.choice)
        raw = getattr(data.samples, "raw", data.samples)
        (face,) = read_faces(source, raw, data.choice, [sample])
    except (ValueError, KeyError, IndexError):
        return ""  # data that were given from Python are of no set that is known here
    if isinstance(face, str):
        return face
    if face.kind == "text" and face.words.isprintable():
        return face.words
    if face.kind == "text":
        values = data.sample(sample, (shown_field(source, data.fields),))
        return " ".join(str(code) for code in next(iter(values.values())).reshape(-1).tolist())
    return ", ".join(f"{name} {value}" for name, value in face.row)


def describe_tokens(judged: Judged, row: int) -> str:
    """Of a sequence: what is true and what was answered, token by token; what is wrong stands in brackets."""
    true, said = judged.arrays["truth"][row], judged.arrays["said"][row]
    asked = true >= 0
    names = judged.classes
    right = " ".join(names[int(t)] for t in true[asked])
    found = " ".join(
        names[int(s)] if s == t else f"[{names[int(s)]}]" for s, t in zip(said[asked], true[asked], strict=True)
    )
    return f"true: {right}\nanswered: {found}"
