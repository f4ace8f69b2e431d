"""Searching as people type: letters in order, word beginnings first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class FuzzyMatch:
    """How well a text answers a query, and which of its letters do."""

    score: float
    places: tuple[int, ...]


def fuzzy(query: str, text: str) -> FuzzyMatch | None:
    """Match `query` against `text`, or None where its letters do not come in this order.

    A whole run beats scattered letters, a word's beginning beats its middle, a short text beats a long one.
    """
    wanted = query.casefold().replace(" ", "")
    if not wanted:
        return FuzzyMatch(0.0, ())
    low = text.casefold()
    if len(low) != len(text):
        low = text.lower() if len(text.lower()) == len(text) else text
    whole = low.find(query.casefold().strip())
    if whole >= 0:
        length = len(query.strip())
        bonus = 20 if _begins_word(text, whole) else 8
        return FuzzyMatch(bonus + 10 * length - 0.1 * len(text) - 0.05 * whole, tuple(range(whole, whole + length)))
    places = _places(wanted, low, text)
    if places is None:
        return None
    runs = sum(later - earlier == 1 for earlier, later in pairwise(places))
    starts = sum(_begins_word(text, place) for place in places)
    return FuzzyMatch(5.0 * runs + 4.0 * starts - 0.1 * len(text) - 0.2 * (places[-1] - places[0]), tuple(places))


def rank(query: str, texts: list[str]) -> list[tuple[int, FuzzyMatch]]:
    """The places of the texts that answer the query, best first; with no query, all as they come."""
    found = [(index, match) for index, text in enumerate(texts) if (match := fuzzy(query, text)) is not None]
    return sorted(found, key=lambda pair: -pair[1].score) if query.strip() else found


def _places(wanted: str, low: str, text: str) -> list[int] | None:
    """Each letter at the next word beginning where the rest still fits, else at the next place."""
    places: list[int] = []
    at = 0
    for index, letter in enumerate(wanted):
        rest = wanted[index + 1 :]
        options = [place for place in range(at, len(low)) if low[place] == letter]
        fitting = [place for place in options if _follows(rest, low, place + 1)]
        if not fitting:
            return None
        begins = [place for place in fitting if _begins_word(text, place) or (places and place == places[-1] + 1)]
        places.append(begins[0] if begins else fitting[0])
        at = places[-1] + 1
    return places


def _follows(rest: str, low: str, at: int) -> bool:
    for letter in rest:
        at = low.find(letter, at) + 1
        if at == 0:
            return False
    return True


def _begins_word(text: str, place: int) -> bool:
    if place == 0:
        return True
    before, here = text[place - 1], text[place]
    return not before.isalnum() or (here.isupper() and before.islower()) or (here.isdigit() and before.isalpha())
