"""What a sample shows of itself: a picture with its mask and boxes, words, curves, or a row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.core.project import DataChoice
from visualnet.core.text.format import format_number
from visualnet.data.declare import DataSet
from visualnet.data.samples import Samples
from visualnet.data.table_files.cells import describe_date
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST_LETTERS = 20_000
MOST_POINTS = 600
"""So many letters of a text and points of a curve are shown; a curve is thinned to its lowest and highest values."""
MOST_CURVES = 8
TARGETS = ("label", "y", "mask", "boxes", "box_labels", "next")
"""Fields that say what is to be learned, by the names that sources give them."""


class SampleContent(NamedTuple):
    """What one sample shows: ``kind`` is ``image``, ``text``, ``curves`` or ``row``; ``label`` its class or target in words.

    ``pixels`` are bytes (H, W, 3) and ``size`` the height and width of the whole picture; ``mask`` are class numbers (H, W); ``boxes`` are
    shares of width and height (left, top, right, bottom) with the number of a class. ``curves`` are (curve, point).
    """

    kind: str
    label: str = ""
    size: tuple[int, int] = (0, 0)
    pixels: Array | None = None
    mask: Array | None = None
    boxes: tuple[tuple[float, float, float, float, int], ...] = ()
    words: str = ""
    curves: Array | None = None
    row: tuple[tuple[str, str], ...] = ()


def shown_field(source: DataSet, specs: Mapping[str, Spec]) -> str:
    """The field by which a sample is shown: the first that a network is shown, else the first that is no target."""
    known = [name for name in source.inputs if name in specs] or [n for n in specs if n not in TARGETS] or list(specs)
    return known[0] if known else ""


def is_picture(spec: Spec) -> bool:
    """Whether a field is a picture: channels, height, width."""
    return len(spec.shape) == 3 and spec.shape[0] in (0, 1, 2, 3, 4) and spec.dtype == "float"


def column_titles(spec: Spec, width: int) -> tuple[str, ...]:
    """The titles of the columns of a row: those of the table, as far as they are known."""
    named = tuple(column.name for column in spec.columns)
    return named if len(named) == width else tuple(f"column {at}" for at in range(1, width + 1))


def read_contents(
    source: DataSet, samples: Samples, choice: DataChoice, index: Sequence[int], most_px: int = 0
) -> list[SampleContent | str]:
    """The contents of these samples, in their order; where one cannot be read, the words that say why. Pictures are made as small as
    ``most_px`` on their longer side; 0 leaves them as they are."""
    specs = source.specs()
    fields = tuple(name for name in specs if specs[name].size <= _MOST_NUMBERS)
    if shown_field(source, specs) not in fields:
        fields = (*fields, shown_field(source, specs))
    try:
        batch = samples.fetch(np.asarray(index, np.int64), fields)
        return [
            make_content(source, specs, choice, {n: v[at] for n, v in batch.items()}, most_px)
            for at in range(len(index))
        ]
    except ValueError as error:
        if len(index) == 1:
            return [str(error)]
    return [content for one in index for content in read_contents(source, samples, choice, [one], most_px)]


_MOST_NUMBERS = 50_000_000


def make_content(
    source: DataSet, specs: Mapping[str, Spec], choice: DataChoice, values: Mapping[str, Any], px: int = 0
) -> SampleContent:
    """What one sample with these fields shows; ``specs`` are those of the data, or those behind a preparation."""
    name = shown_field(source, specs)
    label = describe_target(source, specs, values)
    shown = np.asarray(values[name])
    if is_picture(specs[name]):
        return _picture(shown, values, label, px)
    if name == "sound" and shown.ndim == 1:
        shown = shown.astype(np.float32)[None]
    elif specs[name].dtype == "int":
        return SampleContent("text", label, words=_text(shown, specs[name], name, source))
    if shown.ndim == 2:
        lines = shown if name == "sound" or len(shown) <= MOST_CURVES < shown.shape[1] else shown.T
        return SampleContent("curves", label, curves=thin_curves(lines[:MOST_CURVES]))
    flat = shown.reshape(-1)
    return SampleContent("row", label, row=_row(flat.tolist(), name, specs[name], choice))


def _row(values: Sequence[float], name: str, spec: Spec, choice: DataChoice) -> tuple[tuple[str, str], ...]:
    """Titles and values of a row; a category by its word where a table is known to have it."""
    is_titled = name == "features" or bool(spec.columns)
    titles = column_titles(spec, len(values)) if is_titled else tuple(f"{name} {n + 1}" for n in range(len(values)))
    words = category_words(choice) if spec.columns else {}
    dates = date_columns(choice) if spec.columns else frozenset()
    found = []
    for title, value in zip(titles, values, strict=True):
        known = words.get(title, ())
        is_category = value == value and bool(known) and 0 <= int(value) < len(known)
        told = describe_date(value) if title in dates and value == value else describe_value(value)
        found.append((title, known[int(value)] if is_category else told))
    return tuple(found)


def describe_value(value: float) -> str:
    """A number of a row; ``missing`` where there is none."""
    return format_number(value) if value == value else "missing"


def date_columns(choice: DataChoice) -> frozenset[str]:
    """The titles of the columns that hold dates, in days, as a table's facts have them."""
    return frozenset(str(each.get("name", "")) for each in _table_columns(choice) if each.get("kind") == "date")


def _table_columns(choice: DataChoice) -> list[Mapping[str, Any]]:
    """What a table's source found of its columns. A project's file may say anything there."""
    columns: Any = choice.facts.extra.get("table_columns", ()) if choice.facts is not None else ()
    return [each for each in columns if isinstance(each, Mapping)] if isinstance(columns, list | tuple) else []


def category_words(choice: DataChoice) -> dict[str, tuple[str, ...]]:
    """The words of each column of categories, as a table's facts have them."""
    return {
        str(each.get("name", "")): tuple(map(str, values))
        for each in _table_columns(choice)
        if isinstance(values := each.get("values"), list | tuple)
    }


def describe_target(source: DataSet, specs: Mapping[str, Spec], values: Mapping[str, Any]) -> str:
    """The class of a sample by its name, or the numbers that are to be predicted; empty where there is neither."""
    if "label" in values and not specs["label"].shape:
        return class_name(source.class_names(), int(values["label"]))
    if "y" in values and specs["y"].size <= 4:
        return ", ".join(format_number(v) for v in np.asarray(values["y"]).reshape(-1).tolist())
    return ""


def class_name(classes: Sequence[str], number: int) -> str:
    """The name of a class, or its number; a target of -100 is not asked."""
    if number == -100:
        return "not labelled"
    return classes[number] if 0 <= number < len(classes) else str(number)


def _text(codes: Array, spec: Spec, name: str, source: DataSet) -> str:
    """Letters where the numbers are code points (a text before it is cut into tokens, of any length), else the words for the tokens."""
    flat = codes.reshape(-1)[:MOST_LETTERS].tolist()
    if spec.shape == (0,):
        return "".join(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "" for code in flat)
    words = source.words_of(name)
    if not words:
        return " ".join(str(code) for code in flat)
    known = [words[code] if 0 <= code < len(words) else str(code) for code in flat]
    return ("" if max(map(len, words)) == 1 else " ").join(known).strip()


def _picture(values: Array, others: Mapping[str, Any], label: str, px: int) -> SampleContent:
    height, width = values.shape[1:]
    rows, columns = _kept_rows(height, width, px)
    small = values[:, rows][:, :, columns]
    small = small[:3] if len(small) >= 3 else np.repeat(small[:1], 3, axis=0)
    low, high = (0.0, 1.0) if small.min() >= 0 and small.max() <= 1 else (float(small.min()), float(small.max()))
    scaled = (np.nan_to_num(small) - low) / (high - low or 1)
    pixels = np.ascontiguousarray((scaled * 255 + 0.5).clip(0, 255).astype(np.uint8).transpose(1, 2, 0))
    mask = np.asarray(others["mask"]) if "mask" in others else None
    if mask is not None:
        mask = mask[rows][:, columns] if mask.shape == (height, width) else None
    return SampleContent("image", label, (height, width), pixels, mask, _boxes(others, height, width))


def _boxes(others: Mapping[str, Any], height: int, width: int) -> tuple[tuple[float, float, float, float, int], ...]:
    if "boxes" not in others:
        return ()
    corners = np.asarray(others["boxes"], np.float64).reshape(-1, 4) / (width, height, width, height)
    classes = np.asarray(others.get("box_labels", np.zeros(len(corners)))).reshape(-1).astype(int)
    found = zip(corners.tolist(), classes.tolist(), strict=True)
    return tuple((left, top, right, bottom, which) for (left, top, right, bottom), which in found if which != -100)


def _kept_rows(height: int, width: int, px: int) -> tuple[Array, Array]:
    """The rows and columns that stay when a picture is made no larger than this: every so manieth."""
    share = min(1.0, px / max(height, width)) if px else 1.0
    rows, columns = max(round(height * share), 1), max(round(width * share), 1)
    return (np.arange(rows) * height) // rows, (np.arange(columns) * width) // columns


def thin_curves(curves: Array) -> Array:
    """The curves with at most so many points: of each stretch its lowest and its highest value, so that no peak is lost."""
    values = np.nan_to_num(np.asarray(curves, np.float32))
    points = values.shape[1]
    if points <= MOST_POINTS:
        return values
    stretches = MOST_POINTS // 2
    starts = np.arange(stretches) * points // stretches
    lows, highs = np.minimum.reduceat(values, starts, axis=1), np.maximum.reduceat(values, starts, axis=1)
    return np.stack([lows, highs], axis=2).reshape(len(values), -1)
