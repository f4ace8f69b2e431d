"""The axes of a tensor in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_WORDS: Mapping[str, str] = {
    "C": "number of channels",
    "D": "number of features",
    "H": "height",
    "K": "number of classes",
    "L": "length",
    "S": "length",
    "T": "length",
    "W": "width",
}


def name_axis(axis: str, axes: Collection[str] = ()) -> str:
    """``height H``: the word for a letter, and the letter, which formulas use. ``axes`` are all of the tensor's: beside H, D is depth."""
    word = "depth" if axis == "D" and "H" in axes else _WORDS.get(axis, "")
    return f"{word} {axis}" if word else axis
