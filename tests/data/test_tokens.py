"""Vocabularies of characters, words and byte pairs: what they hold, and that texts come back."""

import json
from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.data import tokens
from visualnet.data.tokens import (
    FIRST_MERGE,
    PAD,
    UNITS,
    UNKNOWN,
    Vocabulary,
    fit_vocabulary,
    from_codes,
    split_words,
    to_codes,
)

TEXTS = ["the cat sat on the mat", "the dog sat", "Größe, naïve — 東京 🙂!"]
PAIRS = fit_vocabulary("byte_pair", TEXTS * 3, 400)


@given(st.text())
def test_code_points_give_the_text_back(text):
    codes = to_codes(text)
    assert codes.dtype == "int64"
    assert codes.tolist() == [ord(character) for character in text]
    assert from_codes(codes) == text


@given(st.text(), st.lists(st.text(max_size=40), max_size=4), st.integers(258, 300))
@settings(max_examples=60)
def test_byte_pairs_give_every_text_back(text, learned, most):
    assert PAIRS.decode(PAIRS.encode(text)) == text
    vocabulary = fit_vocabulary("byte_pair", learned * 2, most)
    assert vocabulary.size <= most
    numbers = vocabulary.encode(text)
    assert vocabulary.decode(numbers) == text
    assert len(numbers) <= len(text.encode())
    assert UNKNOWN not in numbers
    assert PAD not in numbers


@given(st.lists(st.text(alphabet="abc", max_size=20), min_size=1, max_size=6))
@settings(max_examples=60)
def test_pairs_are_those_that_counting_all_anew_finds(learned):
    """The counts that are kept up to date are held against a search that begins anew for each pair."""
    vocabulary = fit_vocabulary("byte_pair", learned, 270)
    pieces = [tuple(ord(character) + 2 for character in one) for one in learned]
    for at in range(12):
        counts = Counter(two for piece in pieces for two in pairwise(piece))
        best = max(counts.values(), default=0)
        if best < 2:
            assert len(vocabulary.entries) == at
            break
        pair = min(two for two, number in counts.items() if number == best)
        assert vocabulary.entries[at] == pair
        pieces = [_join(piece, pair, FIRST_MERGE + at) for piece in pieces]
    for one, piece in zip(learned, pieces, strict=True):
        assert tuple(vocabulary.encode(one)) == piece


def _join(piece, pair, number):
    found, at = [], 0
    while at < len(piece):
        is_pair = piece[at : at + 2] == pair
        found.append(number if is_pair else piece[at])
        at += 2 if is_pair else 1
    return tuple(found)


def test_frequent_entries_come_first_and_the_rest_is_unknown():
    words = fit_vocabulary("word", ["The cat sat.", "the dog, the cat"], 5)
    assert words.names == ("", "�", "the", "cat", ",")  # ties in the order of their letters
    assert words.encode("THE fish, the cat").tolist() == [2, UNKNOWN, 4, 2, 3]
    assert words.decode([2, UNKNOWN, 3, PAD, PAD]) == "the � cat"
    characters = fit_vocabulary("character", ["aab", "ac"], 4)
    assert characters.names == ("", "�", "a", "b")
    assert characters.encode("abca🙂").tolist() == [2, 3, UNKNOWN, 2, UNKNOWN]
    assert characters.decode([2, 3, UNKNOWN]) == "ab�"
    assert split_words("Don't stop—it's 3.5!") == ["don", "'", "t", "stop", "—", "it", "'", "s", "3", ".", "5", "!"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_vocabulary_comes_back_from_a_file(unit):
    vocabulary = fit_vocabulary(unit, TEXTS * 2, 300)
    again = Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json())))
    assert again.names == vocabulary.names
    assert again.size == vocabulary.size == len(vocabulary.names)
    for text in (*TEXTS, "", "never seen: ß\n"):
        assert again.encode(text).tolist() == vocabulary.encode(text).tolist()
        assert again.encode(text).dtype == "int64"
    assert fit_vocabulary(unit, [], 300).encode("ab").tolist() == (
        [99, 100] if unit == "byte_pair" else [1] * (1 + (unit == "character"))
    )


def test_what_is_no_vocabulary_is_refused_with_words():
    for wrong in ({"unit": "word"}, {"unit": "byte_pair", "entries": [3]}, {"unit": "letter", "entries": []}):
        with pytest.raises(ValueError, match=r"no vocabulary|no unit"):
            Vocabulary.from_json(wrong)
    with pytest.raises(ValueError, match="not there yet"):
        Vocabulary("byte_pair", [(258, 3)]).decode([258])
    with pytest.raises(ValueError, match="too small"):
        fit_vocabulary("byte_pair", TEXTS, 257)
    with pytest.raises(ValueError, match="too small"):
        fit_vocabulary("word", TEXTS, 2)
    with pytest.raises(ValueError, match="no unit of text"):
        fit_vocabulary("letters", TEXTS, 20)
    with pytest.raises(ValueError, match="99 is no number"):
        fit_vocabulary("word", TEXTS, 20).decode([99])


def test_a_text_that_ends_within_a_character_is_read_as_far_as_it_goes():
    assert PAIRS.decode([ord("a") + 2, 0xE6 + 2]) == "a�"


@pytest.mark.wide
def test_the_work_grows_with_the_text_and_not_with_its_square(monkeypatch):
    """A text without a blank in it is no single word of 200,000 letters, which each pair would be searched in."""
    chance = Random(1)
    syllables = ["ka", "to", "mi", "ren", "sol", "vi", "an", "der", "st", "u", "e", "ing"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 5))) for _ in range(2000)]
    looked_at = 0

    def count(numbers, pair, number):
        nonlocal looked_at
        looked_at += len(numbers)
        return join(numbers, pair, number)

    join = tokens._join
    monkeypatch.setattr(tokens, "_join", count)
    for text in (" ".join(chance.choices(words, k=20_000)), "".join(chance.choices(syllables, k=40_000))):
        looked_at = 0
        vocabulary = fit_vocabulary("byte_pair", [text], 700)
        numbers = vocabulary.encode(text)
        assert looked_at < 60 * len(text)  # of one word: half of all pairs times the text
        assert len(numbers) < len(text) / 2
        assert vocabulary.decode(numbers) == text


def test_the_work_can_be_given_up():
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_vocabulary("byte_pair", TEXTS * 3, 400, stop)
