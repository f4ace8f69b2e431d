"""Numbers, expressions, names and searches in words, as a page to be read: `python -m tests.core.text.spellings`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.generators.pages import join_sections
from visualnet.core import names
from visualnet.core.expressions import parse, read_number, read_whole, show
from visualnet.core.text import format as words
from visualnet.core.text.fuzzy_match import fuzzy
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.core.text.values import name_before, read_value, step_value, write_value

PAGE = Path(__file__).with_name("spellings.txt")
NUMBERS = (
    *(
        0,
        1,
        2,
        7,
        42,
        59,
        60,
        61,
        99.4,
        99.5,
        119,
        999,
        999.4,
        999.5,
        1000,
        1001,
        1023,
        1024,
        1025,
        3599,
        3600,
        3661,
        7199,
    ),
    *(9_999_999, 10_000_000, 12_345_678, 86_399, 86_400, 90_061, 1_000_000, 1_048_575, 1_048_576, 999_499, 999_500),
    *(
        1e9,
        1.5e12,
        1e18,
        1e21,
        2e24,
        0.5,
        0.0499,
        0.05,
        0.001,
        0.00099,
        1e-6,
        2.34e-9,
        4e-10,
        -0.0,
        -1,
        -0.25,
        -1500,
        -1e-12,
    ),
    *(math.inf, -math.inf, math.nan),
)
FORMATS: dict[str, Callable[[Any], str]] = {
    "bytes": words.format_bytes,
    "count": words.format_count,
    "short": words.shorten_count,
    "duration": words.format_duration,
    "duration to 2": lambda n: words.format_duration(n, 2),
    "percent": words.format_percent,
    "percent signed": lambda n: words.format_percent(n, 0, True),
    "number": words.format_number,
    "number to 2": lambda n: words.format_number(n, 2),
}
EXPRESSIONS = (
    "1 + 2*3", "(1 + 2)*3", "2**3**2", "-2**2", "(-2)**2", "7//2", "-7//2", "7 % 3", "-7 % 3", "7/2", "6/2", "1/3", "n", "n + m",
    "n - (m - 1)", "n - m - 1", "n/(m*2)", "n/m*2", "floor(n/m)", "ceil(n/m)", "round(5/2)", "round(7/2)", "sqrt(16)", "sqrt(2)",
    "sqrt(-1)", "min(n, m)", "max(n, m, 9)", "min(n)", "floor(1, 2)", "n'", "2n", "n m", "", "  ", "1 +", "+ 1", "--1", "(1", "1)", "1,",
    "f(1)", "n.m", "1.5", "1.50*2", "0.1 + 0.2", "1/0", "1//0", "1 % 0", "2**64", "2**200", "2**-1", "2**0.5", "10**30", "((((n))))",
    "n**m", "x", "n if m else 1", "0x10", "1_000", "é", "n*-m", "-n*m", "-(n + m)", "n//m*m + n%m", "min(n, m)**2", "3 // 2 / 2", "1" * 41,
)  # fmt: skip
SCOPE = {"n": 14, "m": 4}
WISHES = (
    "conv",
    "Conv 2d",
    "2d",
    "class",
    "über",
    "a" * 80,
    "",
    "  ",
    "a-b",
    "a__b",
    "x²",
    "None",
    "self",
    "a\u200bb",
    "conv1",
    "conv9",
    "conv007",
)
SEARCHES = (
    ("con", "Conv2d"), ("c2", "Conv2d"), ("2d", "Conv2d"), ("cd", "Conv2d"), ("dc", "Conv2d"),
    ("max pool", "MaxPool2d"), ("mp", "MaxPool2d"),
    ("pool", "Adaptive average pool"), ("aap", "Adaptive average pool"), ("ge", "Adaptive average pool"), ("", "any"),
    ("x", ""), ("ſ", "Strasse"),
    ("ss", "Straße"), ("nt", "run tests"), ("rt", "run tests"), ("runtests", "run tests"), ("est", "test_one"),
    ("one", "test_one"), ("t1", "test1"),
)  # fmt: skip
VALUES = (
    "1", "-2", "1.5", "1e3", "true", "True", "no", "none", "1, 2", "1×2", "3 x 4", "(1, 2)", "[1,2]", "n*2", "“a”",
    "'a'", "", " ", "1,", "a b",
    "nan", "inf", "1e999", "0x1",
)  # fmt: skip
HIDDEN = (
    "plain",
    "a\nb",
    "a\tb",
    "a\u200bb",
    "\u202eabc",
    "a\x00b",
    "\ud800",
    "ä",
    "a\u0301",
    "\U000e0041",
    "\ufeffa",
    "e\u2028f",
)


def page() -> str:
    """All of it."""
    return join_sections(SECTIONS)


def _numbers() -> Iterator[str]:
    for number in NUMBERS:
        yield f"{number!r}: " + " | ".join(f"{form(number)}" for form in FORMATS.values())


def _expressions() -> Iterator[str]:
    for text in EXPRESSIONS:
        yield f"“{text}”: {_tried(lambda t=text: show(parse(t)))} | {_tried(lambda t=text: show(parse(t), SCOPE))}"
        yield f"  whole {_tried(lambda t=text: read_whole(t, SCOPE))} | real {_tried(lambda t=text: read_number(t, SCOPE))}"
        yield f"  names {_tried(lambda t=text: sorted(parse(t).names()))} | cut {_tried(lambda t=text: parse(t).cut(SCOPE))}"


def _names() -> Iterator[str]:
    for wish in WISHES:
        yield f"{wish!r}: {names.fault_in_name(wish)!r} | {names.to_name(wish)} | {names.free(wish, {'conv', 'conv1', 'conv2', 'None_'})}"


def _searches() -> Iterator[str]:
    for query, text in SEARCHES:
        match = fuzzy(query, text)
        yield f"“{query}” in “{text}”: {f'{match.score:.2f} {match.places}' if match else 'no'}"


def _values() -> Iterator[str]:
    for text in VALUES:
        one, several = (_tried(lambda t=text, s=s: read_value(t, s)) for s in (False, True))
        yield f"“{text}”: {one!r} | {several!r} | before {name_before(text, len(text))!r}"
    for value in (0, 1, 9, 10, 99, 0.5, 0.001, 0.09, 1.0, 12.5, -3, "n", (1, 2), True, None, -0.02):
        steps = [_tried(lambda v=value, n=n: step_value(v, n)) for n in (-10, -1, 1, 10)]
        yield f"{value!r}: {_tried(lambda v=value: write_value(v))!r} steps {steps}"


def _hidden() -> Iterator[str]:
    for text in HIDDEN:
        yield f"{text!a}: {clean(text)!a} | {clean(text, lines=True)!a} | {visible(text)!a} | {visible(text, lines=True)!a}"


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "numbers": _numbers,
    "expressions": _expressions,
    "names": _names,
    "searches": _searches,
    "values": _values,
    "hidden characters": _hidden,
}


def _tried(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except ValueError as error:
        return f"✗ {error}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
