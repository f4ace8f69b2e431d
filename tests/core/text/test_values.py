"""What a person types as a value, and how a value is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.core.text.values import read_value, whole_between, write_value


@pytest.mark.parametrize(
    ("text", "several", "value"),
    [
        ("5", False, 5),
        (" -3 ", False, -3),
        ("−3", False, -3),
        ("1,024", False, 1024),
        ("0.5", False, 0.5),
        ("1e-3", False, 0.001),
        ("2*channels", False, "2*channels"),
        ("5", True, 5),
        ("5×3", True, (5, 3)),
        ("5x3", True, (5, 3)),
        ("5, 3", True, (5, 3)),
        ("[5, 3]", True, (5, 3)),
        ("same", True, "same"),
        ("k, 2*k", True, ("k", "2*k")),
        ("max", True, "max"),
    ],
)
def test_reading(text: str, several: bool, value: object) -> None:
    read = read_value(text, several)
    assert read == value
    assert type(read) is type(value)


@given(st.lists(st.integers(-999, 999), min_size=2, max_size=4))
def test_what_is_written_is_read_again(numbers: list[int]) -> None:
    read = read_value(write_value(tuple(numbers)), several=True)
    assert read == (numbers[0] if len(set(numbers)) == 1 else tuple(numbers))


def test_whole_numbers_say_their_bounds() -> None:
    check = whole_between(0, 9)
    assert not check(9)
    assert "from 0 to 9" in check(10)
    assert "whole" in check("classes") and "whole" in check(1.5) and "whole" in check(True)
