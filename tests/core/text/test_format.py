"""Figures in words: as they should read, and whatever the number, never of the next unit, never out of order."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from visualnet.core.text.format import (
    capitalize_first,
    format_bytes,
    format_count,
    format_duration,
    format_number,
    format_ordinal,
    format_percent,
    format_quantity,
    format_spread,
    shorten_count,
)


def measured(seconds: float) -> str:
    return format_duration(seconds, 3)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        (format_bytes, 0, "0 B"),
        (format_bytes, 1, "1 B"),
        (format_bytes, 1000, "1,000 B"),
        (format_bytes, 1023, "1,023 B"),
        (format_bytes, 1024, "1 KiB"),
        (format_bytes, 1_000_000, "977 KiB"),
        (format_bytes, 1000 * 1024, "0.977 MiB"),
        (format_bytes, 2**20 - 1, "1 MiB"),
        (format_bytes, 1_532_000, "1.46 MiB"),
        (format_bytes, 5_000_000_000, "4.66 GiB"),
        (format_bytes, 5000 * 2**60, "5,000 EiB"),
        (format_bytes, -3 * 2**20, "−3 MiB"),
        (format_count, 1234, "1,234"),
        (format_count, 9_999_999, "9,999,999"),
        (format_count, 62_378_344, "62.4 M"),
        (format_count, -1234, "−1,234"),
        (shorten_count, 999, "999"),
        (shorten_count, 61_706, "61.7 k"),
        (shorten_count, 999_499, "999 k"),
        (shorten_count, 999_999, "1 M"),
        (shorten_count, 4_231_976, "4.23 M"),
        (shorten_count, 138_357_544, "138 M"),
        (shorten_count, 174_604_259_328, "175 G"),
        (format_duration, 0, "0 s"),
        (format_duration, 0.4, "under 1 s"),
        (format_duration, 7.4, "7 s"),
        (format_duration, 59.96, "1 min"),
        (format_duration, 72, "1 min 12 s"),
        (format_duration, 3599.6, "1 h"),
        (format_duration, 7500, "2 h 05 min"),
        (format_duration, 24 * 3600 - 1, "1 d"),
        (format_duration, 100_000, "1 d 4 h"),
        (format_duration, -3, "−3 s"),
        (format_duration, -0.4, "under 1 s"),
        (format_bytes, -0.4, "0 B"),
        (measured, 0, "0 s"),
        (measured, 1e-12, "under 1 ns"),
        (measured, 4e-8, "40 ns"),
        (measured, 3.2e-6, "3.2 µs"),
        (measured, 0.0044444, "4.44 ms"),
        (measured, 0.99996, "1 s"),
        (measured, 59.94, "59.9 s"),
        (measured, 59.96, "1 min"),
        (measured, 72, "1 min 12 s"),
        (format_percent, 0.9734, "97.3 %"),
        (format_percent, 1, "100.0 %"),
        (format_percent, -0.25, "−25.0 %"),
        (format_percent, -0.0001, "0.0 %"),
    ],
)
def test_figures_in_words(text: Callable[[float], str], number: float, expected: str) -> None:
    assert text(number) == expected


def test_shares_with_a_sign_and_whole() -> None:
    assert format_percent(0.123, 0, signed=True) == "+12 %"
    assert format_percent(-0.123, 0, signed=True) == "−12 %"
    assert format_percent(0.001, 0, signed=True) == "0 %"


@pytest.mark.parametrize("text", [format_bytes, format_count, shorten_count, format_duration, measured, format_percent])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_unknown(text: Callable[[float], str], number: float) -> None:
    assert text(number) == "unknown"


def test_plurals() -> None:
    assert format_quantity(0, "node") == "0 nodes"
    assert format_quantity(1, "node") == "1 node"
    assert format_quantity(1234, "class", "classes") == "1,234 classes"
    assert format_quantity(-2, "node") == "−2 nodes"


def test_sentences_begin_with_a_capital_and_keep_the_others() -> None:
    assert capitalize_first("ReLU of conv1: NaN") == "ReLU of conv1: NaN"
    assert capitalize_first("the loss is NaN") == "The loss is NaN"
    assert capitalize_first("élan") == "Élan"
    assert capitalize_first("step_size is 50, which is too long") == "step_size is 50, which is too long"
    assert capitalize_first("") == ""


UNITS = {
    "B": 1.0,
    **{unit: 1024.0 ** (i + 1) for i, unit in enumerate(("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))},
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    **{"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "%": 0.01, "": 1.0},
}


def read(text: str) -> float:
    """The number that a person reads in the words."""
    if text.startswith("under"):
        return 0.0
    negative, total = text.startswith("−"), 0.0
    parts = re.findall(r"([\d.,]+)(?: ([^\d\s]+))?", text.lstrip("−"))
    assert parts, text
    for figure, unit in parts:
        total += float(figure.replace(",", "")) * UNITS[unit]
    return -total if negative else total


TEXTS = (format_bytes, format_count, shorten_count, format_duration, measured, format_percent)
NUMBERS = st.one_of(
    st.floats(-1e24, 1e24, allow_nan=False),
    st.floats(-1e5, 1e5),
    st.integers(-(10**9), 10**20).map(float),
    # Close to where a unit ends.
    st.tuples(st.sampled_from([60, 3600, 86400, 1000, 1024, 1e6, 2**20, 1e7, 1e9, 2**30]), st.floats(0.994, 1.006)).map(
        lambda pair: pair[0] * pair[1]
    ),
)


@pytest.mark.parametrize("text", TEXTS)
@given(first=NUMBERS, second=NUMBERS)
@example(first=59.94, second=59.96)
@example(first=999_499.0, second=999_500.0)
def test_more_never_reads_as_less(text: Callable[[float], str], first: float, second: float) -> None:
    low, high = sorted((first, second))
    seen, limit = read(text(low)), read(text(high))
    assert seen <= limit + 1e-9 * abs(limit)


@pytest.mark.parametrize("text", TEXTS)
@given(number=NUMBERS)
def test_no_figure_belongs_to_the_next_unit(text: Callable[[float], str], number: float) -> None:
    most = {"s": 60, "min": 60, "h": 24, "ns": 1000, "µs": 1000, "ms": 1000, "B": 1024} | dict.fromkeys(
        ("KiB", "MiB", "GiB", "TiB", "PiB", "k", "M", "G", "T", "P"), 1000
    )
    words = text(number)
    assert not re.search(r"\de", words), words  # no 1e+03
    for figure, unit in re.findall(r"([\d.,]+) ([^\d\s]+)", words):
        assert float(figure.replace(",", "")) < most.get(unit, math.inf), words


@pytest.mark.parametrize("text", [format_bytes, format_count, shorten_count, measured])
@given(number=st.floats(1e-8, 1e20))
def test_what_is_read_is_near_what_is_meant(text: Callable[[float], str], number: float) -> None:
    near = 0.51 if text is not measured else 0.0
    assert abs(read(text(number)) - number) <= max(near, 0.0051 * number, 1801 if number >= 86_370 else 0.0)


def test_numbers_in_few_characters() -> None:
    assert [format_number(v) for v in (0.0613, 1250, -2, 3.2e-5, 0, float("nan"))] == [
        "0.0613",
        "1,250",
        "−2",
        "3.20e−5",
        "0",
        "not a number",
    ]


def test_a_number_that_rounds_up_to_four_figures_is_written_out() -> None:
    """Python itself would write 1e+03."""
    assert [format_number(v) for v in (999.4, 999.5, 999.9, -999.6)] == ["999", "1,000", "1,000", "−1,000"]
    assert [format_number(v, 2) for v in (99.4, 99.5, 100, 250)] == ["99", "100", "100", "250"]
    assert format_number(-0.0) == "0", "and nothing is not negative"


@pytest.mark.parametrize(
    ("mean", "spread", "text"),
    [
        (0.9321, 0.0141, "0.932 ± 0.014"),
        (0.1096, 0.0048, "0.1096 ± 0.0048"),
        (1.0, 0.0, "1.00 ± 0.00"),
        (-1234.4, 56.0, "−1,234 ± 56"),
        (math.nan, 1.0, "unknown"),
    ],
)
def test_a_spread_is_told_as_exactly_as_it_allows(mean: float, spread: float, text: str) -> None:
    assert format_spread(mean, spread) == text


def test_ordinals() -> None:
    found = [format_ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 24, 101, 111, 1002)]
    assert found == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "22nd",
        "24th",
        "101st",
        "111th",
        "1,002nd",
    ]
