"""Which array of a file a network is shown, which it is asked for, and what an array of its shape is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.arrays.npy_files import StoredArray

INPUT_NAMES = (
    "x",
    "image",
    "images",
    "img",
    "features",
    "feature",
    "data",
    "inputs",
    "input",
    "samples",
    "series",
    "arr_0",
)
TARGET_NAMES = (
    "y",
    "label",
    "labels",
    "target",
    "targets",
    "class",
    "classes",
    "mask",
    "masks",
    "outputs",
    "output",
    "arr_1",
)
PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
"""Ends of names that say to which part an array belongs."""
_PART = re.compile(rf"(.+?)[_\-. ]?({'|'.join(sorted(PARTS, key=len, reverse=True))})", re.IGNORECASE)
_PART_FIRST = re.compile(rf"({'|'.join(sorted(PARTS, key=len, reverse=True))})[_\-. ](.+)", re.IGNORECASE)
NO_TARGET = "none"


class Pair(NamedTuple):
    """Arrays that belong together: what is shown, what is asked for, and the part that their names tell."""

    shown: StoredArray
    asked: StoredArray | None
    part: str = ""


def split_name(name: str) -> tuple[str, str]:
    """What an array is called and which part it belongs to: ``x_train`` is ``x`` of ``train``."""
    if found := _PART_FIRST.fullmatch(name):
        return found[2], PARTS[found[1].lower()]
    if found := _PART.fullmatch(name):
        return found[1], PARTS[found[2].lower()]
    return name, ""


def list_beside(path: Path) -> list[Path]:
    """Files beside a npy file that may hold its targets: ``y.npy`` beside ``X.npy``."""
    base, part = split_name(path.stem)
    if path.suffix.lower() != ".npy" or base.lower() not in INPUT_NAMES:
        return []
    wanted = {f"{name}{end}" for name in TARGET_NAMES for end in ({path.stem[len(base) :]} if part else {""})}
    return [each for each in sorted(path.parent.glob("*.npy")) if each.stem.lower() in wanted and each != path]


def pair_arrays(arrays: Sequence[StoredArray], shown: str, asked: str) -> list[Pair]:
    """The arrays that a network is shown with those that it is asked for; where they come in parts, a pair for each.

    Raises:
        ValueError: one that was named is not there, or they do not fit each other.
    """
    names = [array.name for array in arrays]
    for name in (shown, asked):
        if name and name not in names and not (name == asked == NO_TARGET):
            raise ValueError(f"there is no array “{visible(name)}” (there are {', '.join(names[:8])})")
    if shown:
        inputs = [array for array in arrays if array.name == shown]
    else:
        inputs = (
            _named(arrays, INPUT_NAMES)
            or [a for a in arrays if a.name != asked and a not in _named(arrays, TARGET_NAMES)][:1]
        )
    if asked:
        targets = [array for array in arrays if array.name == asked]
    else:
        targets = [array for array in _named(arrays, TARGET_NAMES) if array not in inputs]
        if not targets and len(inputs) == 1:
            targets = [a for a in arrays if a not in inputs and a.shape[:1] == inputs[0].shape[:1]][:1]
    if not inputs:
        raise ValueError("no array was found that a network could be shown: name it")
    by_part = {split_name(array.name)[1]: array for array in targets}
    pairs = []
    for array in inputs:
        part = split_name(array.name)[1] if len(inputs) > 1 else ""
        target = by_part.get(part) if len(inputs) > 1 else (targets[0] if targets else None)
        if targets and target is None:
            raise ValueError(f"there is no target for the array “{array.name}”: name one of both")
        if not array.shape or not array.shape[0]:
            raise ValueError(f"the array “{array.name}” holds no samples")
        if target is not None and target.shape[:1] != array.shape[:1]:
            samples = f"“{array.name}” holds {array.shape[0]:,} samples"
            other = f"{target.shape[0]:,}" if target.shape else "one number alone"
            raise ValueError(f"{samples}, but “{target.name}” {other}")
        pairs.append(Pair(array, target, part))
    if len({(pair.shown.shape[1:], pair.asked and pair.asked.shape[1:]) for pair in pairs}) > 1:
        raise ValueError("the arrays of the parts differ in shape: name one alone")
    return pairs


def _named(arrays: Sequence[StoredArray], names: Sequence[str]) -> list[StoredArray]:
    """The arrays with one of these names; if there are several that are no parts of one, the first."""
    found = [array for array in arrays if split_name(array.name)[0].lower() in names]
    first = split_name(found[0].name)[0] if found else ""
    parts = [array for array in found if split_name(array.name)[0] == first]
    return parts if len({split_name(array.name)[1] for array in parts}) == len(parts) else parts[:1]


def field_of(stored: StoredArray, kind: str) -> str:
    """What an array is as an input: ``image``, ``series`` or ``features``; ``kind`` is what a person says, or ``auto``.

    Raises:
        ValueError: it cannot be that.
    """
    shape, rank = stored.shape[1:], len(stored.shape) - 1
    if stored.dtype.kind not in "buif":
        raise ValueError(f"“{stored.name}” holds no numbers but {stored.dtype}: a network cannot be shown that")
    if 0 in shape:
        raise ValueError(f"“{stored.name}” has an extent of 0")
    ranks = {"features": (0, 1), "series": (1, 2), "image": (2, 3)}
    if kind != "auto":
        if rank not in ranks[kind]:
            raise ValueError(f"“{stored.name}” is of shape {_text(stored)}: that is no {kind}")
        return kind
    if rank <= 1:
        return "features"
    if rank == 2:
        high, wide = shape
        is_picture = stored.dtype.kind in "bu" or (min(shape) >= 8 and max(high, wide) <= 4 * min(high, wide))
        return "image" if is_picture else "series"
    if rank == 3:
        return "image"
    raise ValueError(f"“{stored.name}” is of shape {_text(stored)}: features, series and images have fewer axes")


def channels_last(stored: StoredArray) -> bool:
    """Whether the last axis of images is the channels: where it is short and the first is not, or both are and pixels are bytes."""
    if len(stored.shape) != 4:
        return False
    first, last = stored.shape[1] <= 4, stored.shape[3] <= 4
    if not first and not last:
        raise ValueError(
            f"“{stored.name}” is of shape {_text(stored)}: images have 1 to 4 channels, as their first or last axis"
        )
    return last and (not first or stored.dtype.kind == "u")


def _text(stored: StoredArray) -> str:
    return "×".join(map(str, stored.shape))
