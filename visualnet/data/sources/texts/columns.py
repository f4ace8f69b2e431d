"""Which column holds the texts and which the labels: guessed by name, then by what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TEXT_NAMES = (
    "text", "sentence", "review", "message", "comment", "content", "body", "tweet", "document", "question", "title",
    "description", "phrase", "headline", "abstract", "utterance", "sms",
)  # fmt: skip
LABEL_NAMES = (
    "label", "labels", "class", "category", "sentiment", "target", "topic", "intent", "tag", "rating", "stars", "score", "polarity",
    "type", "language", "y",
)  # fmt: skip
NO_LABEL = "-"
"""Chosen as the column of labels where there is none."""


def choose_column(chosen: str, names: Sequence[str], what: str) -> str:
    """The column that a person named.

    Raises:
        ValueError: there is none of that name; the words say which there are.
    """
    if chosen in names:
        return chosen
    known = ", ".join(f"“{name}”" for name in names[:12]) + (" …" if len(names) > 12 else "")
    raise ValueError(f"there is no column “{chosen}” for the {what} (there are {known})")


def guess_text(values: Mapping[str, Sequence[str]]) -> str:
    """The column of texts: by its name, else the one with the longest values; empty where nothing looks like text."""
    for name in _by_name(values, TEXT_NAMES):
        if any(" " in value for value in values[name]) or len(values) == 1:
            return name
    sizes = {name: sum(map(len, column)) / max(1, len(column)) for name, column in values.items()}
    wordy = [name for name, column in values.items() if any(" " in value for value in column)]
    return max(wordy, key=lambda name: sizes[name], default="")


def guess_label(values: Mapping[str, Sequence[str]], text: str) -> str:
    """The column of labels: by its name, else the one with the fewest different values, at most a fifth of the rows; or none."""
    others = {name: column for name, column in values.items() if name != text}
    named = _by_name(others, LABEL_NAMES)
    if named:
        return named[0]
    few = {name: len(set(column)) for name, column in others.items() if column}
    few = {name: number for name, number in few.items() if 1 < number <= max(2, len(others[name]) // 5)}
    return min(few, key=lambda name: few[name], default="")


def _by_name(values: Mapping[str, Sequence[str]], wanted: Sequence[str]) -> list[str]:
    lower = {name.strip().lower(): name for name in reversed(list(values))}
    return [lower[name] for name in wanted if name in lower]
