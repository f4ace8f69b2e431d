"""The data made for one task each: the answer that they ask for is in them, and they are the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest

from visualnet.core.project import DataChoice
from visualnet.data.generators.texts import BAD, GOOD, MARKS, OPINION_WORDS, STORY_WORDS, TALE_WORDS
from visualnet.data.generators.translation import BEGIN, END, PEOPLE, THINGS, list_words
from visualnet.data.loading import load
from visualnet.data.synthetic import DigitMasks

OPTIONS: Mapping[str, Mapping[str, int]] = {"digit_masks": {"n": 20}}


def arrays(name: str, **options: float) -> Mapping[str, np.ndarray]:
    data = load(DataChoice(name=name, options={**OPTIONS.get(name, {}), **options}))
    return {field: data.whole(field) for field in data.fields}


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "name",
    [
        "noisy_digits",
        "digit_masks",
        "opinions",
        "reversal",
        "letters",
        "stories",
        "translations",
        "masked_words",
        "waves",
    ],
)
def test_the_same_seed_gives_the_same_and_another_another(name: str) -> None:
    prints = [load(DataChoice(name=name, options={**OPTIONS.get(name, {}), "seed": s})).fingerprint for s in (3, 4, 3)]
    assert prints[0] == prints[2] != prints[1]


def test_framed_digits_are_the_digits_with_a_border() -> None:
    framed, plain = arrays("mnist32"), arrays("mnist5k")
    assert (framed["image"][:, :, 2:-2, 2:-2] == plain["image"]).all()
    assert framed["image"].sum() == pytest.approx(plain["image"].sum())


def test_noise_is_as_strong_as_was_asked_for() -> None:
    found = arrays("noisy_digits", noise=0.1)
    middle = (found["image"] > 0.4) & (found["image"] < 0.6)  # where nothing is cut off
    assert (found["noisy"] - found["image"])[middle].std() == pytest.approx(0.1, rel=0.02)
    assert 0 <= found["noisy"].min() < found["noisy"].max() <= 1


def test_masks_are_of_digits_and_not_of_boxes() -> None:
    found = arrays("digit_masks")
    image, mask = found["image"][:, 0], found["mask"]
    assert 0.02 < mask.mean() < 0.3
    assert image[mask == 1].mean() > 0.8
    bright = image > 0.8
    assert 0.3 < (bright & (mask == 0)).sum() / bright.sum() < 0.9  # brightness alone does not tell
    cut = arrays("digit_masks", margin=10)
    assert (cut["mask"] == mask[:, 10:-10, 10:-10]).all()
    assert (cut["image"][:, 0] == image).all()
    assert DigitMasks({"side": 204, "margin": 92}).fields()["mask"].shape == (20, 20)


def test_opinions_are_what_most_of_their_words_say() -> None:
    found = arrays("opinions", n=300)
    for row, label in zip(found["text"], found["label"], strict=True):
        friendly, turned, sides = [], False, [OPINION_WORDS[i] for i in row if i]
        for word in sides:
            turned |= word == "not"
            if word in GOOD or word in BAD:
                friendly.append((word in GOOD) != turned)
                turned = False
        assert len(friendly) == 3
        assert (sum(friendly) >= 2) == label
    assert found["label"].mean() == 0.5


def test_what_is_turned_round_is_the_source_backwards() -> None:
    found = arrays("reversal", length=5, symbols=3)
    assert (found["translation"] == found["source"][:, ::-1]).all()
    assert (found["written"][:, 1:] == found["translation"][:, :-1]).all()
    assert (found["written"][:, 0] == 0).all()
    assert set(np.unique(found["source"])) == {1, 2, 3}


def test_letters_follow_one_another() -> None:
    found = arrays("letters", n=50, context=40)
    assert (found["text"][:, 1:] == found["following"][:, :-1]).all()
    assert (found["text"][1:, 0] == found["following"][:-1, -1]).all()
    story = "".join(" abcdefghijklmnopqrstuvwxyz."[i] for i in found["text"].ravel())
    assert {w for s in story.split(". ")[:-1] for w in s.split()} <= set(STORY_WORDS)


def test_masked_words_can_be_known_from_the_rest() -> None:
    found = arrays("masked_words", n=200)
    mask = STORY_WORDS.index("[mask]")
    hidden = found["text"] == mask
    assert hidden.any(1).all()
    assert (found["masked"][hidden] >= len(MARKS)).all()
    assert (found["masked"][~hidden] == -100).all()  # what stands there for all to see is not asked
    words = np.where(hidden, found["masked"], found["text"])
    animals = [
        [STORY_WORDS[i] for i in row if STORY_WORDS[i] in ("cat", "dog", "horse", "bird", "mouse", "fox")]
        for row in words
    ]
    assert all(len(pair) == 2 and pair[0] == pair[1] for pair in animals)


def test_sound_goes_on_where_it_was_left() -> None:
    found = arrays("waves", levels=16, noise=0)
    assert (found["sound"][:, 1:] == found["following"][:, :-1]).all()
    assert found["sound"].min() == 0
    assert found["sound"].max() == 15
    assert np.abs(np.diff(found["sound"], axis=1)).max() < 8  # no jumps: it can be foretold


def test_stories_name_again_who_lost_what() -> None:
    found = arrays("stories", n=60, context=40)
    assert (found["text"].reshape(-1)[1:] == found["following"].reshape(-1)[:-1]).all()
    words = " ".join(TALE_WORDS[i] for i in found["text"].reshape(-1))
    tales = [tale for tale in words.split("once there was a ")[1:-1] if tale.count(".") >= 5]
    assert len(tales) > 20
    for tale in tales:
        owner = tale.split()[1]
        assert f"the {owner} had a " in tale and f"gave it back to the {owner} ." in tale
        treasure = tale.partition(" had a ")[2].split()[1]
        assert f"lost the {treasure} " in tale and f"found the {treasure} " in tale


def test_translations_agree_with_their_nouns_and_end() -> None:
    found, words = arrays("translations", n=300), list_words()
    assert len(words) == len(set(words)) == 99
    genders = {noun.german: noun.gender for noun in (*PEOPLE, *THINGS)}
    for source, written, translation in zip(*(found[f] for f in ("source", "written", "translation")), strict=True):
        told = [words[i] for i in translation if i >= 0]
        assert told[-1] == END and END not in told[:-1]
        assert [words[i] for i in written if i] == [BEGIN, *told[:-1]], (
            "what is told so far is the same, one place later"
        )
        assert (translation >= 0).sum() + (translation == -100).sum() == len(translation)
        english = [words[i] for i in source if i]
        assert ("?" in english) == ("?" in told) and ("not" in english) == ("nicht" in told)
        assert ("has" in english) == ("hat" in told)
        for article, noun in pairwise(told):
            if noun in genders and article in ("der", "die", "das", "den"):
                assert article in {"m": ("der", "den"), "f": ("die",), "n": ("das",)}[genders[noun]], told
