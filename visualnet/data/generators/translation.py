"""Pairs of sentences from one small grammar, English and German: made up, and the same for the same seed on every machine.

German puts the verb second and its second part last, agrees its articles and adjectives with the noun's gender and case, and asks by
putting the verb first: words do not stand where their translations stand.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.generators.texts import NOT_ASKED

Array = NDArray[Any]

BEGIN, END = "[begin]", "[end]"


class Noun(NamedTuple):
    """A noun in both languages with its German gender: ``m``, ``f`` or ``n``."""

    english: str
    german: str
    gender: str


class TranslatedVerb(NamedTuple):
    """A verb in both languages: third person, infinitive, participle."""

    english: tuple[str, str, str]
    german: tuple[str, str, str]


PEOPLE = (
    Noun("dog", "hund", "m"),
    Noun("man", "mann", "m"),
    Noun("cat", "katze", "f"),
    Noun("woman", "frau", "f"),
    Noun("child", "kind", "n"),
    Noun("girl", "mädchen", "n"),
)
THINGS = (
    Noun("apple", "apfel", "m"),
    Noun("letter", "brief", "m"),
    Noun("flower", "blume", "f"),
    Noun("door", "tür", "f"),
    Noun("book", "buch", "n"),
    Noun("house", "haus", "n"),
)
ADJECTIVES = {"small": "klein", "old": "alt", "big": "groß", "new": "neu"}
VERBS = (
    TranslatedVerb(("sees", "see", "seen"), ("sieht", "sehen", "gesehen")),
    TranslatedVerb(("finds", "find", "found"), ("findet", "finden", "gefunden")),
    TranslatedVerb(("buys", "buy", "bought"), ("kauft", "kaufen", "gekauft")),
    TranslatedVerb(("paints", "paint", "painted"), ("malt", "malen", "gemalt")),
)
MODALS = {"can": "kann", "must": "muss", "will": "wird"}
TIMES = {"today": "heute", "now": "jetzt", "often": "oft"}
ARTICLES = {
    ("the", "nominative"): {"m": "der", "f": "die", "n": "das"},
    ("the", "accusative"): {"m": "den", "f": "die", "n": "das"},
    ("a", "nominative"): {"m": "ein", "f": "eine", "n": "ein"},
    ("a", "accusative"): {"m": "einen", "f": "eine", "n": "ein"},
}
ENDINGS = {
    ("the", "nominative"): {"m": "e", "f": "e", "n": "e"},
    ("the", "accusative"): {"m": "en", "f": "e", "n": "e"},
    ("a", "nominative"): {"m": "er", "f": "e", "n": "es"},
    ("a", "accusative"): {"m": "en", "f": "e", "n": "es"},
}
"""What an adjective ends in, behind which article, in which case and gender."""


def list_words() -> tuple[str, ...]:
    """What the numbers stand for: nothing, the marks, the words of English, then those of German that are not among them."""
    english = ["the", "a", "an", "?", "not", "does", "has", *TIMES, *MODALS, *ADJECTIVES]
    english += [noun.english for noun in (*PEOPLE, *THINGS)] + [form for verb in VERBS for form in verb.english]
    german = ["nicht", "hat", *TIMES.values(), *MODALS.values()]
    german += [word for forms in ARTICLES.values() for word in forms.values()]
    german += [stem + ending for stem in ADJECTIVES.values() for ending in ("e", "en", "er", "es")]
    german += [noun.german for noun in (*PEOPLE, *THINGS)] + [form for verb in VERBS for form in verb.german]
    return ("", BEGIN, END, *dict.fromkeys([*english, *german]))


def translations(n: int, length: int, seed: int) -> dict[str, Array]:
    """``source`` in English and ``translation`` in German with an end behind it (−100 where nothing is asked); ``written`` is that, one
    place later, behind a begin."""
    rng = np.random.default_rng(seed)
    number = {word: at for at, word in enumerate(list_words())}
    source, written = np.zeros((n, length), np.int64), np.zeros((n, length), np.int64)
    translation = np.full((n, length), NOT_ASKED, np.int64)
    for row in range(n):
        english, german = make_pair(rng)
        told = [number[word] for word in german]
        source[row, : len(english)] = [number[word] for word in english]
        written[row, : len(told) + 1] = [number[BEGIN], *told]
        translation[row, : len(told) + 1] = [*told, number[END]]
    return {"source": source, "written": written, "translation": translation}


def make_pair(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """A sentence in English and in German, word by word: at most ten words each."""
    subject, subject_german = _noun_phrase(rng, PEOPLE, "nominative")
    verb, question = VERBS[rng.integers(len(VERBS))], rng.random() < 0.25
    thing, thing_german = _noun_phrase(rng, (*PEOPLE, *THINGS), "accusative")
    # German says “no book” for “not a book”: only what is certain is denied.
    denied = not question and thing[0] == "the" and rng.random() < 0.4
    time = list(TIMES)[rng.integers(len(TIMES))] if rng.random() < 0.6 else ""
    in_front = bool(time) and not question and rng.random() < 0.5
    first, second, german_first, german_second = _verb_forms(rng, verb, denied or question)
    behind = [time] if time and not in_front else []
    lead = [time] if in_front else []
    deny = ["not"] if denied else []
    if question:
        english = [first, *subject, *second, *thing, *behind, "?"]
    elif second:
        english = [*lead, *subject, first, *deny, *second, *thing, *behind]
    else:
        english = [*lead, *subject, first, *thing, *behind]
    middle = [TIMES[time]] if behind else []
    rest = [*middle, *thing_german, *(["nicht"] if denied else []), *german_second]
    if question:
        german = [german_first, *subject_german, *rest, "?"]
    elif in_front:
        german = [TIMES[time], german_first, *subject_german, *rest]
    else:
        german = [*subject_german, german_first, *rest]
    return english, german


def _noun_phrase(rng: np.random.Generator, nouns: tuple[Noun, ...], case: str) -> tuple[list[str], list[str]]:
    """``a small dog`` and ``einen kleinen hund``."""
    noun, article = nouns[rng.integers(len(nouns))], "the" if rng.random() < 0.7 else "a"
    adjective = list(ADJECTIVES)[rng.integers(len(ADJECTIVES))] if rng.random() < 0.5 else ""
    english = [*([adjective] if adjective else []), noun.english]
    english = ["an" if article == "a" and english[0][0] in "aeiou" else article, *english]
    stem = [ADJECTIVES[adjective] + ENDINGS[article, case][noun.gender]] if adjective else []
    return english, [ARTICLES[article, case][noun.gender], *stem, noun.german]


def _verb_forms(rng: np.random.Generator, verb: TranslatedVerb, split: bool) -> tuple[str, list[str], str, list[str]]:
    """First and second part of the verb in English, then in German: ``has``, ``seen``, ``hat``, ``gesehen``. English always ``split``s it
    where something is asked or denied (``does … see``)."""
    way = rng.random()
    if way < 0.4:
        if split:
            return "does", [verb.english[1]], verb.german[0], []
        return verb.english[0], [], verb.german[0], []
    if way < 0.7:
        return "has", [verb.english[2]], "hat", [verb.german[2]]
    modal = list(MODALS)[rng.integers(len(MODALS))]
    return modal, [verb.english[1]], MODALS[modal], [verb.german[1]]
