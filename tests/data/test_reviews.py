"""Reviews for BERT: what is asked is what was hidden, the rest is left out, and opinions stay the opinions that they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.core.project import DataChoice
from visualnet.data.generators.reviews import BEGIN, MASK, NEXT, spell_in_pieces, token_names
from visualnet.data.generators.texts import BAD, GOOD, OPINION_WORDS, opinions
from visualnet.data.loading import load
from visualnet.data.preparation.text_steps import MASKED, Tokenise
from visualnet.data.tokens import NOT_ASKED, hide_tokens, to_codes, words_of
from visualnet.layers.declaration.layer import Spec


def arrays(name: str, **options: int | float | str) -> dict[str, np.ndarray]:
    data = load(DataChoice(name=name, options={"n": 400, **options}))
    return {field: data.whole(field) for field in data.fields}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(4, 30), min_size=1, max_size=40), st.floats(0, 1), st.integers(0, 9))
def test_what_is_asked_is_what_stood_there(row: list[int], share: float, seed: int) -> None:
    groups = [[place] for place in range(len(row))]
    shown, asked = hide_tokens(row, groups, share, 3, range(4, 31), np.random.default_rng(seed))
    assert sum(one != NOT_ASKED for one in asked) == max(round(share * len(row)), 1)
    for was, now, wanted in zip(row, shown, asked, strict=True):
        assert wanted == was if wanted != NOT_ASKED else now == was


def test_of_what_is_asked_eighty_percent_are_masked_and_ten_stay() -> None:
    found = arrays("masked_reviews", n=2000, share=0.15)
    text, masked = found["text"], found["masked"]
    asked = masked != NOT_ASKED
    assert not asked[text < MASK].any()
    words = (text >= MASK).sum()
    assert asked.sum() / words == pytest.approx(0.15, abs=0.01)
    assert (text[asked] == MASK).mean() == pytest.approx(0.8, abs=0.02)
    # Another word is drawn among all, and may be the same one.
    assert (text[asked] == masked[asked]).mean() == pytest.approx(0.1 + 0.1 / 37, abs=0.02)
    assert (text[~asked] != MASK).all()


def test_who_goes_on_says_why_they_liked_it() -> None:
    found = arrays("masked_reviews", share=0.0)  # one word of each is asked
    told = np.where(found["masked"] != NOT_ASKED, found["masked"], found["text"])
    names = token_names(False)
    for row, part, follows in zip(told, found["segment"], found["follows"], strict=True):
        first, second = ([names[i] for i in row[part == number] if i] for number in (0, 1))
        liked = {"liked": True, "hated": False}[second[1]]
        assert set(sides(second)) == {liked}
        assert len(set(sides(first))) == 1
        assert len(sides(first)) == 3
        if follows:
            assert sides(first)[0] == liked
            assert second[second.index("the") + 1] in first
    assert found["follows"].mean() == 0.5


def sides(words: list[str]) -> list[bool]:
    """Whether each part praises."""
    found, turned = [], False
    for word in words:
        turned |= word == "not"
        if word in GOOD or word in BAD:
            found.append((word in GOOD) != turned)
            turned = False
    return found


@pytest.mark.parametrize("unit", ["word", "piece"])
def test_reviews_are_the_opinions_between_marks(unit: str) -> None:
    found, plain = arrays("reviews", unit=unit, context=64), opinions(400, 20, 0)
    names = token_names(unit == "piece")
    assert (found["label"] == plain["label"]).all()
    for row, told in zip(found["text"], plain["text"], strict=True):
        tokens = [i for i in row if i]
        assert (tokens[0], tokens[-1]) == (BEGIN, NEXT)
        text = " ".join(names[i] for i in tokens[1:-1]).replace(" ##", "")
        assert text.split() == [OPINION_WORDS[i] for i in told if i]


def test_pieces_spell_their_words_and_whole_words_are_hidden_whole() -> None:
    assert all("".join(pieces).replace("##", "") == word for word, pieces in spell_in_pieces().items())
    names = token_names(True)
    found = arrays("masked_reviews", unit="whole_word", context=64)
    for row, asked in zip(found["text"], found["masked"], strict=True):
        told = np.where(asked != NOT_ASKED, asked, row)
        begins = [at for at, i in enumerate(told) if i and not names[i].startswith("##")]
        for first, end in zip(begins, [*begins[1:], int((row > 0).sum())], strict=True):
            hidden = asked[first:end] != NOT_ASKED
            assert hidden.all() or not hidden.any()


TEXTS = ["the film was lovely, and so warm", "a dull story with a weak cast", "the acting was not bad"] * 4


@pytest.mark.parametrize(("unit", "hide"), [("word", "word"), ("byte_pair", "word"), ("byte_pair", "token")])
def test_own_texts_are_hidden_alike_each_time(unit: str, hide: str) -> None:
    plain, step = (Tokenise({"unit": unit, "vocabulary": 300, "length": 24, "hide": how}) for how in ("nothing", hide))
    batch = {"text": [to_codes(text) for text in TEXTS]}
    fitted = step.learn([batch], {})
    found, told = step.apply(batch, fitted), plain.apply(batch, fitted)["text"]
    asked = found[MASKED] != NOT_ASKED
    assert asked.any(1).all()
    assert (np.where(asked, found[MASKED], found["text"]) == told).all()
    assert (found["text"][0] == found["text"][3]).all()  # the same text, the same masks: a run can be repeated
    spec = step.specs({"text": Spec((0,), ("T",), "int")})
    assert spec["text"] == spec[MASKED] == Spec((24,), ("T",), "int", classes=301)
    names = step.token_names("text", fitted)
    assert names[300] == "[mask]"
    assert len(names) == 301
    typed = step.encode_text("text", "the [mask] was", fitted)
    assert typed is not None
    assert (typed == 300).sum() == 1
    if hide == "word" and unit == "byte_pair":
        for row, hidden in zip(told, asked, strict=True):
            for places in words_of([names[i] for i in row if i]):
                assert len(set(hidden[places])) == 1


def test_what_follows_and_what_is_hidden_are_not_asked_at_once() -> None:
    with pytest.raises(ValueError, match="cannot both be asked"):
        Tokenise({"next": True, "hide": "word"}).specs({"text": Spec((0,), ("T",), "int")})
