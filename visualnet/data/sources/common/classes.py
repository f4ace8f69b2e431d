"""Classes of own data: words as class numbers in the order of people, names of parts, and what may be wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from visualnet.core.text.hidden_characters import clean, visible
from visualnet.data.sources.source import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST_CLASSES = 20_000
MANY_CLASSES = 1_000
LONGEST_NAME = 200
PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""Names of folders, in small letters, that say to which part their images belong."""


def read_strings(raw: Any, kind: type = str) -> list[Any]:
    """What a project's file says as a list of words (or numbers); anything else in it is left out."""
    return [item for item in raw if type(item) is kind] if isinstance(raw, list | tuple) else []


def name_class(text: str) -> str:
    """A word from a file or a folder as the name of a class."""
    return clean(text).strip()[:LONGEST_NAME] or visible(text)[:LONGEST_NAME]


def number_classes(words: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Class numbers of these words, and the words in order; numbers among them are ordered as numbers.

    Raises:
        ValueError: there are too many different ones.
    """
    import numpy as np

    names = sorted(set(words), key=_natural)
    if len(names) > MOST_CLASSES:
        raise ValueError(
            f"there would be {len(names):,} classes; {MOST_CLASSES:,} are allowed: are these names of files rather than classes?"
        )
    number = {name: at for at, name in enumerate(names)}
    label = np.fromiter((number[word] for word in words), np.int64, len(words))
    return label, tuple(name_class(name) for name in names)


def find_class_faults(label: Array, classes: Sequence[str], files: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What is wrong with the classes: one alone, one sample of a class, very many."""
    counts = Counter(label.tolist())
    found = []
    if len(classes) == 1:
        words = f"there is only one class, “{classes[0]}”: to tell classes apart, at least two are needed"
        found.append(Finding("warning", words))
    lone = sorted(number for number, count in counts.items() if count == 1)
    where = {int(number): at for at, number in enumerate(label)} if lone else {}
    for number in lone[:20]:
        words = f"class “{classes[number]}” has one sample: it can be trained on or be validated with, not both"
        found.append(Finding("warning", words, samples=(where[number],)))
    if len(lone) > 20:
        found.append(Finding("warning", f"and {len(lone) - 20:,} more classes with one sample"))
    if len(classes) > MANY_CLASSES:
        words = f"there are {len(classes):,} classes: the last layer needs an output for each, and many samples of each to learn from"
        found.append(Finding("warning", words))
    return tuple(found)


def _natural(word: str) -> tuple[bool, int, str]:
    """Numbers by their value before words by their letters."""
    is_number = word.isascii() and word.isdigit() and len(word) < 16
    return (not is_number, int(word) if is_number else 0, word)
