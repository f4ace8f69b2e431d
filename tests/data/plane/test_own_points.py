"""Points that a person sets: what is written is read again, and what cannot be read is said in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.core.project import DataChoice
from visualnet.data.loading import load
from visualnet.data.plane.own_points import CLASS_NAMES, MOST, OwnPoint, read_points, write_points

places = st.integers(-2000, 2000).map(lambda thousandths: thousandths / 1000)
points = st.builds(OwnPoint, places, places, st.integers(0, len(CLASS_NAMES) - 1))


@given(st.lists(points, max_size=60))
def test_what_is_written_is_read_again(given_points: list[OwnPoint]) -> None:
    text = write_points(given_points)
    assert sorted(read_points(text)) == sorted(given_points)
    assert write_points(read_points(text)) == text


@given(st.lists(points, min_size=1, max_size=40))
def test_the_data_set_holds_just_these_points(given_points: list[OwnPoint]) -> None:
    options = {"shape": "own", "points": write_points(given_points), "classes": 8}
    data = load(DataChoice(name="points", options=options, split=(1.0, 0.0, 0.0)))
    held = zip(data.whole("point").tolist(), data.whole("label").tolist(), strict=True)
    assert sorted((round(x, 3), round(y, 3), label) for (x, y), label in held) == sorted(given_points)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("violet 1,1", "“violet” is no class; wanted is one of blue, orange"),
        ("blue 1", "“1” is no point; wanted are two numbers with a comma, such as 0.5,-0.25"),
        ("blue 1,2,3", "“1,2,3” is no point"),
        ("blue 1,nan", "the point 1,nan is too far away"),
        ("blue 101,0", "numbers from −100 to 100 are allowed"),
        ("blue" + " 0,0" * (MOST + 1), "there are 2,001 points; 2,000 are allowed"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_points(text)


def test_too_many_are_not_written() -> None:
    with pytest.raises(ValueError, match="take some away first"):
        write_points([OwnPoint(0, 0, 0)] * (MOST + 1))


def test_without_a_point_or_with_one_of_no_class_the_data_say_why() -> None:
    for text, words in (("", "no point is set yet"), ("blue 0,0; green 1,1", "only the classes blue, orange")):
        with pytest.raises(ValueError, match=words):
            load(DataChoice(name="points", options={"shape": "own", "points": text}))
