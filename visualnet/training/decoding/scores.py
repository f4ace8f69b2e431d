"""Where a network tells which token comes next."""

from __future__ import annotations

from typing import NamedTuple


class Scores(NamedTuple):
    """The output port at which a network says, at each place, which token it takes to be right: logits (or their kind, as
    ``Layer.answer_kind`` says) over (token, place), held against a field of the data in which ``ignored`` is not asked."""

    port: tuple[tuple[str, ...], str]
    kind: str
    tokens: int
    places: int
    target: str
    ignored: int = -100


NO_TEXT = (
    "This network writes no text: that takes an input that holds what is written so far, and at each place scores for the token that comes "
    "next. Open the template “translation” or “gpt-small”."
)
"""The words where a network writes nothing."""
