"""Film reviews as BERT reads them: in the words and the grammar of ``opinions``, with marks, two segments, and words that are hidden."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.generators.texts import BAD, DEGREES, GOOD, MARKS, OPINION_WORDS, THINGS, opinions
from visualnet.data.tokens import NOT_ASKED, hide_tokens

Array = NDArray[Any]
Part = tuple[str, bool, int]
"""What a review says: of which thing, whether it is liked, and which of the words of praise or blame is used."""

VERDICT = ("i", "liked", "hated", "it", "because")
WORDS = (*OPINION_WORDS[1:], *VERDICT)
WORD_NAMES = (*MARKS, *WORDS)
"""What the numbers stand for where whole words are the tokens."""
BEGIN, NEXT, MASK = (MARKS.index(f"[{name}]") for name in ("begin", "next", "mask"))
MERGES = 64
"""So often the most frequent pair of neighbours becomes one piece: common words are whole then, rare ones are not."""
TURNED = 0.25
"""How often a review that is read without a label says a thing by “not”: less often than an opinion does, as in books."""
OPINION_LENGTH = 20
"""So many words the longest opinion has."""


@lru_cache(maxsize=1)
def spell_in_pieces() -> dict[str, tuple[str, ...]]:
    """Each word in pieces, learned from the texts by joining frequent pairs; ``##`` says that a piece goes on with a word."""
    from visualnet.data.tokens import FIRST_MERGE, fit_vocabulary

    told = opinions(2000, OPINION_LENGTH, 0)["text"]
    texts = [" " + " ".join(OPINION_WORDS[number] for number in row if number) for row in told]
    texts += [f" i {verdict} it because" for verdict in ("liked", "hated")] * 500
    vocabulary = fit_vocabulary("byte_pair", texts, FIRST_MERGE + MERGES)
    found = {}
    for word in WORDS:
        names = [vocabulary.names[number] for number in vocabulary.encode(" " + word)]
        # The blank before a word may be a piece of its own, which says nothing.
        first, *rest = [name.strip() for name in names if name.strip()]
        found[word] = (first, *(f"##{name}" for name in rest))
    return found


@lru_cache(maxsize=2)
def token_names(in_pieces: bool) -> tuple[str, ...]:
    """What the numbers stand for: marks, then words or pieces."""
    if not in_pieces:
        return WORD_NAMES
    pieces = spell_in_pieces()
    return (*MARKS, *dict.fromkeys(piece for word in WORDS for piece in pieces[word]))


def _numbers(in_pieces: bool) -> dict[str, list[int]]:
    """The tokens of each word."""
    at = {name: i for i, name in enumerate(token_names(in_pieces))}
    if not in_pieces:
        return {word: [at[word]] for word in WORDS}
    return {word: [at[piece] for piece in pieces] for word, pieces in spell_in_pieces().items()}


def reviews(n: int, context: int, in_pieces: bool, seed: int) -> dict[str, Array]:
    """The opinions of ``opinions`` between ``[begin]`` and ``[next]``: ``text`` and ``segment`` (n, context), ``label`` (n,)."""
    made, numbers = opinions(n, OPINION_LENGTH, seed), _numbers(in_pieces)
    text = np.zeros((n, context), np.int64)
    for row, told in zip(text, made["text"], strict=True):
        tokens = [BEGIN, *(token for at in told if at for token in numbers[OPINION_WORDS[at]]), NEXT]
        row[: len(tokens)] = tokens[:context]
    return {"text": text, "segment": np.zeros_like(text), "label": made["label"]}


def masked_reviews(n: int, context: int, share: float, in_pieces: bool, whole: bool, seed: int) -> dict[str, Array]:
    """Two segments each: an opinion of three parts, and what the same person goes on to say, or somebody else.

    ``text`` and ``segment`` (n, context); ``masked`` (n, context) holds the tokens that are asked, −100 elsewhere; ``follows`` (n,) is
    1 where the second segment goes on with the first. With ``whole`` all pieces of a word are asked together.
    """
    rng, numbers = np.random.default_rng(seed), _numbers(in_pieces)
    follows = rng.permutation(np.arange(n) % 2)
    text, segment = np.zeros((n, context), np.int64), np.zeros((n, context), np.int64)
    masked = np.full((n, context), NOT_ASKED, np.int64)
    others = sorted({token for word in numbers.values() for token in word})
    for at in range(n):
        friendly = bool(rng.random() < 0.5)
        said = _take_sides(rng, friendly)
        other = said if follows[at] else _take_sides(rng, bool(rng.random() < 0.5))
        taken_up = other[rng.integers(3)]
        first = [numbers[word] for word in _say(rng, said)]
        verdict = ["i", "liked" if taken_up[1] else "hated", "it", "because"]
        second = [numbers[word] for word in (*verdict, *_say(rng, [taken_up]))]
        units = [[BEGIN], *first, [NEXT], *second, [NEXT]]
        tokens = [token for unit in units for token in unit]
        shown, asked = hide_tokens(tokens, _group(units, whole), share, MASK, others, rng)
        row = shown[:context]
        text[at, : len(row)] = row
        masked[at, : len(row)] = asked[:context]
        begun = sum(map(len, units[: len(first) + 2]))
        segment[at, begun : len(row)] = 1
    return {"text": text, "segment": segment, "masked": masked, "follows": follows.astype(np.int64)}


def _group(units: list[list[int]], whole: bool) -> list[list[int]]:
    """The places that are hidden together: those of a word, or each of its pieces by itself; never a mark."""
    groups, place = [], 0
    for unit in units:
        places = list(range(place, place + len(unit)))
        place += len(unit)
        if unit[0] >= len(MARKS):
            groups += [places] if whole else [[each] for each in places]
    return groups


def _take_sides(rng: np.random.Generator, friendly: bool) -> list[Part]:
    """What a person who likes a film, or does not, thinks of three things of it."""
    return [(THINGS[at], friendly, int(rng.integers(len(GOOD)))) for at in rng.permutation(len(THINGS))[:3]]


def _say(rng: np.random.Generator, parts: list[Part]) -> list[str]:
    """What a person thinks, in words: that a thing was good, or that it was not bad, which is the same."""
    words: list[str] = []
    for thing, liked, which in parts:
        turned = rng.random() < TURNED
        degree = [DEGREES[rng.integers(len(DEGREES))]] if rng.random() < 0.3 else []
        word = (GOOD if liked != turned else BAD)[which]
        words += ["the", thing, "was", *(["not"] if turned else []), *degree, word, "and"]
    return words[:-1]
