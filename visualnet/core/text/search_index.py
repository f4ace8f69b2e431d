"""Everything that can be looked for by name, in one index: titles as people abbreviate them, and the other words that they try."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from visualnet.core.text.fuzzy_match import FuzzyMatch, fuzzy

FOUND = 30
"""More answers than this are not given."""


class SearchIndexEntry(NamedTuple):
    """One thing that can be found. ``target`` says what it is, for the program; ``label`` the same in a word, for a person.

    ``words`` are other words for it; ``answer`` is a sentence that says what to do where there is no such thing under that name.
    """

    target: str
    title: str
    label: str = ""
    detail: str = ""
    icon: str = ""
    words: tuple[str, ...] = ()
    answer: str = ""


class SearchHit(NamedTuple):
    """An entry that answers a query; ``match`` tells the letters of its title, ``word`` which other word of it was meant."""

    entry: SearchIndexEntry
    match: FuzzyMatch
    word: str = ""


class SearchIndex:
    """Finds entries: by another word for them or by their title, best first."""

    def __init__(self, entries: Iterable[SearchIndexEntry]) -> None:
        self.entries = tuple(entries)
        self._titles = [_plain(entry.title) for entry in self.entries]
        self._words = [
            (at, folded, word)
            for at, entry in enumerate(self.entries)
            for word in entry.words
            if (folded := _plain(word))
        ]

    def find(self, query: str, most: int = FOUND) -> list[SearchHit]:
        """What answers a query; with none, all that is no mere answer, in its order."""
        wanted = _plain(query)
        if not wanted:
            return [SearchHit(entry, FuzzyMatch(0.0, ())) for entry in self.entries if not entry.answer]
        found: dict[int, SearchHit] = {}
        for at, title in enumerate(self._titles):
            if not _follows(wanted.replace(" ", ""), title):
                continue
            match = fuzzy(query.strip(), self.entries[at].title)
            if match is not None and (wanted in title or _close(match, wanted)):
                bonus = 12.0 if title == wanted else 0.0
                found[at] = SearchHit(self.entries[at], FuzzyMatch(match.score + bonus, match.places))
        for at, word, written in self._words:
            score = _word_score(wanted, word)
            if score and (at not in found or found[at].match.score < score):
                places = found[at].match.places if at in found and wanted in self._titles[at] else ()
                found[at] = SearchHit(self.entries[at], FuzzyMatch(score, places), written)
        return [found[at] for at in sorted(found, key=lambda at: (-found[at].match.score, at))[:most]]


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


def _follows(letters: str, text: str) -> bool:
    """Whether the letters come in this order."""
    at = 0
    for letter in letters:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True


def _close(match: FuzzyMatch, wanted: str) -> bool:
    """Whether scattered letters are meant: each begins a word or follows the one before, or all stand close together."""
    span = match.places[-1] - match.places[0] + 1
    return len(wanted) <= 3 or match.score > 2.0 * len(wanted) or span <= 2 * len(wanted)


def _word_score(wanted: str, word: str) -> float:
    """How well another word answers: the whole of it, its beginning, the beginning of a word in it, or an inflection of it."""
    length = len(wanted)
    if word == wanted:
        return 34.0 + 10 * length
    if word.startswith(wanted):
        return 19.0 + 10 * length - 0.1 * len(word)
    if length >= 3 and f" {wanted}" in word:
        return 15.0 + 10 * length - 0.1 * len(word)
    if len(word) >= 4 and wanted.startswith(word) and length - len(word) <= 3:
        return 17.0 + 10 * len(word)
    return 0.0
