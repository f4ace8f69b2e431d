"""What attributions lie over, as plain values: the sample's image, words, columns or series, and a map of the same places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.examination.sample_content import column_titles, is_picture
from visualnet.data.preparation.registry import make_steps
from visualnet.data.registry import make_data_set
from visualnet.figures.charts.observed.attribution import AttributedPart, Map
from visualnet.layers.declaration.layer import Spec
from visualnet.training.observations.observation import Result

if TYPE_CHECKING:
    from visualnet.data.loading import Loaded


def kind_of(shown: Spec) -> str:
    """How an input of the network is drawn."""
    if is_picture(shown) or len(shown.shape) == 3:
        return "image"
    if shown.dtype == "int":
        return "words"
    return "series" if len(shown.shape) == 2 else "bars"


def place_map(values: NDArray[Any], kind: str, embedded: bool, size: bool) -> Map:
    """Attributions of one sample as a map of its places: over channels and features they add up; with ``size`` the largest size among
    channels counts, the length of the vector for tokens."""
    found = np.asarray(values, np.float32)
    if kind == "image":
        planes = found.reshape(-1, *found.shape[-2:]) if found.ndim >= 2 else found.reshape(1, 1, -1)
        return np.asarray(np.abs(planes).max(0) if size else planes.sum(0), np.float32)
    if kind == "series":
        return np.abs(found) if size else found
    if embedded and found.ndim > 1:
        vectors = found.reshape(len(found), -1)
        return np.asarray(np.sqrt((vectors**2).sum(1)) if size else vectors.sum(1), np.float32)
    if embedded:
        return np.array([np.sqrt((found**2).sum()) if size else found.sum()], np.float32)
    flat: Map = found.reshape(-1)
    return np.abs(flat) if size else flat


def show_sample(values: NDArray[Any], kind: str) -> Map:
    """One input of a sample as it is drawn: images as amounts from 0 to 1, (H, W) or (H, W, 3)."""
    found = np.asarray(values, np.float32)
    if kind != "image":
        return found.reshape(-1) if kind in ("words", "bars") else found
    planes = found if found.ndim == 3 else found.reshape(-1, *found.shape[-2:])
    planes = planes[:3] if len(planes) >= 3 else planes[:1]
    low, high = (0.0, 1.0) if planes.min() >= 0 and planes.max() <= 1 else (float(planes.min()), float(planes.max()))
    scaled = (np.nan_to_num(planes) - low) / (high - low or 1.0)
    return np.ascontiguousarray(scaled[0] if len(scaled) == 1 else scaled.transpose(1, 2, 0), np.float32)


def name_places(data: Loaded, field: str, values: NDArray[Any]) -> tuple[str, ...]:
    """What the places of an input are called: words for tokens, titles for columns."""
    spec = data.fields[field]
    if spec.dtype == "int":
        return spell_tokens(data, field, values)
    width = int(np.asarray(values).size)
    if spec.columns or field == "features":
        return column_titles(spec, width)
    return tuple(f"{field} {number + 1}" for number in range(width)) if width > 1 else (field,)


def spell_tokens(data: Loaded, field: str, values: NDArray[Any]) -> tuple[str, ...]:
    """The word of each token; its number where that is not known."""
    codes = np.asarray(values).reshape(-1)
    if data.preparation is not None:
        steps = make_steps(data.preparation.steps)
        for step, learned in zip(steps, data.preparation.fitted, strict=True):
            spelled = tuple(step.spell(field, codes[at : at + 1], learned) for at in range(len(codes)))
            if any(spelled):
                return tuple(word or "·" for word in spelled)
    words = make_data_set(data.choice).token_words() if field == "text" else ()
    return tuple(words[code] if 0 <= code < len(words) else str(code) for code in codes.tolist())


def pack(parts: Sequence[AttributedPart], note: str, **more: Any) -> Result:
    """Parts as a result: arrays and words with the number of the part in their names; ``more`` arrays besides."""
    arrays: dict[str, NDArray[Any]] = {}
    words: dict[str, tuple[str, ...]] = {"kinds": tuple(p.kind for p in parts), "titles": tuple(p.title for p in parts)}
    for number, part in enumerate(parts):
        arrays[f"map_{number}"], arrays[f"sample_{number}"] = part.map, part.sample
        words[f"names_{number}"] = part.names
    return Result(arrays | {name: np.asarray(value, np.float32) for name, value in more.items()}, words, note)


def unpack(result: Result) -> list[AttributedPart]:
    """The parts of a result that `pack` made."""
    both = zip(result.words["kinds"], result.words["titles"], strict=True)
    return [
        AttributedPart(k, t, result.arrays[f"map_{n}"], result.arrays[f"sample_{n}"], result.words[f"names_{n}"])
        for n, (k, t) in enumerate(both)
    ]
