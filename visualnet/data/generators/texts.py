"""Texts made from small grammars, as numbers; the same for the same seed on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

THINGS = ["film", "story", "music", "acting", "ending", "cast", "plot", "picture"]
GOOD = ["good", "great", "fine", "lovely", "warm", "clever", "bright", "moving"]
BAD = ["bad", "poor", "dull", "cold", "silly", "weak", "ugly", "boring"]
DEGREES = ["very", "quite", "rather", "so"]
OPINION_WORDS = ("", "the", "was", "not", "and", *THINGS, *GOOD, *BAD, *DEGREES)
"""What the numbers of ``opinions`` stand for."""

ANIMALS = ["cat", "dog", "horse", "bird", "mouse", "fox"]
KINDS = ["small", "old", "black", "quick", "sleepy", "brave"]
DEEDS = ["sees", "wants", "finds", "likes"]
OBJECTS = ["ball", "house", "tree", "fish", "stone", "door"]
PLACES = ["in the garden", "by the river", "on the hill", "at home"]
NOT_ASKED = -100
"""What stands in a target where nothing is asked: the number that losses and metrics ignore unless they are told another."""
MARKS = ("", "[begin]", "[next]", "[mask]")
STORY_WORDS = (
    *MARKS,
    *dict.fromkeys(["the", "a", "is", "it", *" ".join(PLACES).split(), *ANIMALS, *KINDS, *DEEDS, *OBJECTS]),
)
"""What the numbers of ``masked_words`` stand for."""

COLOURS = ["red", "blue", "green", "white"]
TREASURES = ["ball", "ring", "coin", "shell", "bell", "kite"]
HIDINGS = ["in the garden", "by the river", "under the bridge", "behind the house"]
MOODS = ["happy", "proud", "glad"]
_TOLD = "once there was a . the had one day lost looked for all but could not see it found and gave back to so were now again"
TALE_WORDS = (
    "",
    *dict.fromkeys([*_TOLD.split(), *ANIMALS, *KINDS, *COLOURS, *TREASURES, *" ".join(HIDINGS).split(), *MOODS]),
)
"""What the numbers of ``stories`` stand for."""


def opinions(n: int, length: int, seed: int) -> dict[str, Array]:
    """Three parts each, two or three of them on the side of the label; half of all parts say it by “not”."""
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(n) % 2)
    number = {word: i for i, word in enumerate(OPINION_WORDS)}
    text = np.zeros((n, length), np.int64)
    for row, friendly in zip(text, label, strict=True):
        sides = [bool(friendly)] * 3
        if rng.random() < 0.5:
            sides[rng.integers(3)] ^= True
        words = [word for side in sides for word in (*_opinion(rng, side), "and")][:-1]
        row[-len(words) :] = [number[word] for word in words]
    return {"text": text, "label": label.astype(np.int64)}


def _opinion(rng: np.random.Generator, friendly: bool) -> list[str]:
    turned = rng.random() < 0.5
    degree = [_one(rng, DEGREES)] if rng.random() < 0.3 else []
    word = _one(rng, GOOD if friendly != turned else BAD)
    return ["the", _one(rng, THINGS), "was", *(["not"] if turned else []), *degree, word]


def recall(n: int, length: int, symbols: int, others: int, seed: int) -> dict[str, Array]:
    """``text`` (n, length) of so many ``others``, but for the ``label`` (n,), one of so many ``symbols``, at a place drawn by chance."""
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(n) % symbols)
    text = rng.integers(symbols, symbols + others, (n, length))
    text[np.arange(n), rng.integers(0, length, n)] = label
    return {"text": text.astype(np.int64), "label": label.astype(np.int64)}


def reversal(n: int, length: int, symbols: int, seed: int) -> dict[str, Array]:
    """``source``; ``translation`` is the same backwards; ``written`` is that, one place later, after a 0."""
    source = np.random.default_rng(seed).integers(1, symbols + 1, (n, length))
    translation = np.ascontiguousarray(source[:, ::-1])
    written = np.concatenate([np.zeros((n, 1), np.int64), translation[:, :-1]], 1)
    return {"source": source, "written": written, "translation": translation}


def copying(n: int, length: int, width: int, seed: int) -> dict[str, Array]:
    """``copy`` (n, length, width) of bits, and ``sequence`` (n, 2·length + 1, width + 1): the same, a mark in a bit of its own, zeros."""
    bits = np.random.default_rng(seed).integers(0, 2, (n, length, width)).astype(np.float32)
    sequence = np.zeros((n, 2 * length + 1, width + 1), np.float32)
    sequence[:, :length, :width] = bits
    sequence[:, length, width] = 1.0
    return {"sequence": sequence, "copy": bits}


def letters(n: int, context: int, seed: int) -> dict[str, Array]:
    """One long story, cut into pieces that do not overlap."""
    rng, wanted = np.random.default_rng(seed), n * context + 1
    parts: list[str] = []
    told = 0
    while told < wanted:
        parts.append(" ".join((*_meets(rng, _one(rng, ANIMALS)), "")).rstrip() + ". ")
        told += len(parts[-1])
    alphabet = {c: i for i, c in enumerate(" abcdefghijklmnopqrstuvwxyz.")}
    story = np.array([alphabet[c] for c in "".join(parts)[:wanted]], np.int64)
    return {"text": story[:-1].reshape(n, context), "following": story[1:].reshape(n, context)}


def stories(n: int, context: int, seed: int) -> dict[str, Array]:
    """One story after the other, cut into pieces of so many words that do not overlap. Who lost what, and who found it, is named again
    and again: to go on rightly one has to remember it for longer than a sentence."""
    rng, wanted = np.random.default_rng(seed), n * context + 1
    words: list[str] = []
    while len(words) < wanted:
        words += _tale(rng)
    number = {word: i for i, word in enumerate(TALE_WORDS)}
    told = np.array([number[word] for word in words[:wanted]], np.int64)
    return {"text": told[:-1].reshape(n, context), "following": told[1:].reshape(n, context)}


def _tale(rng: np.random.Generator) -> list[str]:
    """``once there was a small dog . the dog had a red ball . …``"""
    owner, finder = (ANIMALS[i] for i in rng.permutation(len(ANIMALS))[:2])
    treasure, place = _one(rng, TREASURES), _one(rng, HIDINGS)
    parts = [
        f"once there was a {_one(rng, KINDS)} {owner} .",
        f"the {owner} had a {_one(rng, COLOURS)} {treasure} .",
        f"one day the {owner} lost the {treasure} {place} .",
    ]
    if rng.random() < 0.5:
        parts.append(f"the {owner} looked for the {treasure} all day but could not see it .")
    parts.append(f"a {_one(rng, KINDS)} {finder} found the {treasure} and gave it back to the {owner} .")
    if rng.random() < 0.5:
        parts.append(f"so the {owner} and the {finder} were {_one(rng, MOODS)} .")
    else:
        parts.append(f"now the {owner} was {_one(rng, MOODS)} again .")
    return " ".join(parts).split()


def masked_words(n: int, context: int, share: float, seed: int) -> dict[str, Array]:
    """``text`` with masks, ``segment`` 0 and 1, and in ``masked`` the words that are hidden: −100 where no mask stands."""
    rng = np.random.default_rng(seed)
    number = {word: i for i, word in enumerate(STORY_WORDS)}
    words_at = np.zeros((n, context), np.int64)
    segment = np.zeros((n, context), np.int64)
    for row, part in zip(words_at, segment, strict=True):
        animal = _one(rng, ANIMALS)
        first = ["[begin]", *_meets(rng, animal), "[next]"]
        words = [*first, "the", animal, "is", _one(rng, KINDS), *_one(rng, PLACES).split(), "[next]"]
        row[: len(words)] = [number[word] for word in words]
        part[len(first) : len(words)] = 1
    hidden = (rng.random(words_at.shape) < share) & (words_at >= len(MARKS))
    # Never a row without a mask: the animal is then the word to be found, from where it is named again.
    hidden[np.flatnonzero(~hidden.any(1)), 3] = True
    masked = np.where(hidden, words_at, NOT_ASKED)
    return {"text": np.where(hidden, number["[mask]"], words_at), "segment": segment, "masked": masked}


def _meets(rng: np.random.Generator, animal: str) -> list[str]:
    """``the small cat sees a ball in the garden``"""
    return ["the", _one(rng, KINDS), animal, _one(rng, DEEDS), "a", _one(rng, OBJECTS), *_one(rng, PLACES).split()]


def _one(rng: np.random.Generator, words: list[str]) -> str:
    return words[rng.integers(len(words))]
