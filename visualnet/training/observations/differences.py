"""What an observation says now held against what it said before, and the scale of all pictures that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.figures.tiles import common_scale, is_signed
from visualnet.training.observations.observation import History

COMPARE: Final[Mapping[str, str]] = {
    "now": "as it is now",
    "first": "the change since the first look that is kept",
    "before": "the change since some looks ago",
}
SCALE: Final[Mapping[str, str]] = {
    "picture": "of this picture",
    "kept": "of all looks that are kept, so that frames can be compared",
}

SCALE_WORDS: Final = "What the colours are the scale of."


class ColourRange(NamedTuple):
    """What the ends of the colours mean."""

    low: float
    high: float
    signed: bool


def earlier(history: History, compare: str, back: int, name: str) -> tuple[int, NDArray[Any]] | None:
    """The step and the array of this name that the last one is held against, if it has the same shape; None where there is nothing
    earlier or nothing is compared."""
    if compare == "now" or len(history) < 2:
        return None
    step, result = history[0] if compare == "first" else history[max(len(history) - 1 - back, 0)]
    array = result.arrays.get(name)
    if array is None or array.shape != history[-1][1].arrays[name].shape:
        return None
    return step, array


def scale_ends(values: NDArray[Any], scale: str, history: History, name: str) -> ColourRange:
    """The ends of the colours for these values: by themselves, or with the arrays of that name of all looks that are kept."""
    kept = (result.arrays.get(name) for _, result in history) if scale == "kept" else ()
    return common_ends(values, (array for array in kept if array is not None))


def common_ends(values: NDArray[Any], others: Iterable[NDArray[Any]]) -> ColourRange:
    """The ends of the colours for these values and the others together."""
    signed = is_signed(values)
    ends = common_scale(values, signed)
    low, high = float(ends.low), float(ends.high)
    for array in others:
        if array.size:
            signed = signed or is_signed(array)
            each = common_scale(array, signed)
            low, high = min(low, float(each.low)), max(high, float(each.high))
    if signed:
        most = max(abs(low), abs(high))
        return ColourRange(-most, most, True)
    return ColourRange(low, high, False)


def change_words(compare: str, step: int | None) -> str:
    """What the numbers are, in a word or two for the colour bar."""
    if compare == "now":
        return ""
    return f"since {step:,}" if step is not None else "no earlier look"


def change(now: NDArray[Any], before: NDArray[Any] | None) -> NDArray[Any]:
    """The difference; nothing where there was nothing before."""
    return now - before if before is not None else np.zeros_like(now)


def latest_looks(history: History, name: str) -> list[tuple[int, NDArray[Any]]]:
    """The arrays of this name by step, oldest first: the last one of each step, as far as they have the shape of the last."""
    shape = history[-1][1].arrays[name].shape
    found: dict[int, NDArray[Any]] = {}
    for step, result in history:
        if (array := result.arrays.get(name)) is not None and array.shape == shape:
            found[step] = array
    return sorted(found.items())


def step_range(steps: tuple[int, ...]) -> tuple[float, float]:
    """The range of an axis of steps, also of one step."""
    return float(steps[0]), float(steps[-1] if steps[-1] > steps[0] else steps[0] + 1)
