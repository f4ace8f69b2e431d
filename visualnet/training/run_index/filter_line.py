"""The language in which runs are filtered: ``resnet lr<0.01 state:done,stopped -tag:old "two words"``.

Terms are joined by *and*. A word is looked for in names, projects, notes, tags and settings. ``field:text`` says what a field holds (of a
number that it is this one), alternatives are divided by commas; ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=`` compare. A minus takes a term
the other way round. Times are written as ``started>2026-11-20``, durations ``duration<1.5h``, sizes ``size>20MB``.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import NamedTuple

MAX_LENGTH = 2_000
MAX_TERMS = 50
COMPARES = ("<=", ">=", "!=", "<", ">", "=", ":")
UNITS = {
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "%": 0.01,
}
EXAMPLE = "lr<0.01 state:done tag:baseline"
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?)([a-zA-Z%]*)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLAIN = re.compile(r'[^\s":<>=!,\\]+')


class Term(NamedTuple):
    """One condition. ``field`` is empty for a word that is looked for anywhere; ``values`` are alternatives, as they were written."""

    field: str
    compare: str
    values: tuple[str, ...]
    negated: bool = False


class FilterError(ValueError):
    """A filter that cannot be read; ``at`` is the character where."""

    def __init__(self, words: str, at: int) -> None:
        super().__init__(f"{words} (at character {at + 1}). A filter reads like {EXAMPLE}")
        self.at = at


def parse_filter(line: str) -> tuple[Term, ...]:
    """The terms of a filter line.

    Raises:
        FilterError: it cannot be read; the words say where and what is wanted.
    """
    if len(line) > MAX_LENGTH:
        raise FilterError(f"the filter has {len(line):,} characters; {MAX_LENGTH:,} are allowed", MAX_LENGTH)
    terms: list[Term] = []
    at = 0
    while (at := _skip_blank(line, at)) < len(line):
        term, at = _read_term(line, at)
        terms.append(term)
        if len(terms) > MAX_TERMS:
            raise FilterError(f"the filter has more than {MAX_TERMS} conditions", at)
    return tuple(terms)


def spell_filter(terms: tuple[Term, ...]) -> str:
    """The line that reads as these terms."""
    return " ".join(map(_spell_term, terms))


def as_number(text: str) -> float | None:
    """What a value stands for where a number is meant: with a unit in its base unit, a date in seconds since 1970; None if it is none."""
    match = _NUMBER.fullmatch(text.strip())
    if match is not None:
        unit = 1.0 if not match[2] else UNITS.get(match[2].lower())
        number = float(match[1]) * unit if unit is not None else math.nan
        return number if math.isfinite(number) else None
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _skip_blank(line: str, at: int) -> int:
    while at < len(line) and line[at].isspace():
        at += 1
    return at


def _read_term(line: str, at: int) -> tuple[Term, int]:
    begin, negated = at, line[at] == "-" and at + 1 < len(line) and not line[at + 1].isspace()
    at += negated
    first, at = _read_value(line, at)
    compare = next((one for one in COMPARES if line.startswith(one, at)), "")
    if not compare:
        if at < len(line) and not line[at].isspace():
            raise FilterError(f"“{line[at]}” can stand here only between quotes", at)
        return Term("", ":", (first,), negated), at
    if not first:
        raise FilterError("the name of a setting or a figure is missing", begin)
    at += len(compare)
    values = []
    while True:
        if at >= len(line) or line[at].isspace():
            raise FilterError(f"a value is missing after “{first}{compare}”", at)
        value, at = _read_value(line, at, dates=True)
        values.append(value)
        if at >= len(line) or line[at] != ",":
            break
        at += 1
    if at < len(line) and not line[at].isspace():
        raise FilterError(f"“{line[at]}” can stand here only between quotes", at)
    if compare in ("<", "<=", ">", ">="):
        for value in values:
            if as_number(value) is None:
                raise FilterError(f"“{value}” is no number, date or size that “{first}” could be compared with", at)
    return Term(first, compare, tuple(values), negated), at


def _read_value(line: str, at: int, dates: bool = False) -> tuple[str, int]:
    """A word or a quoted text; in a value a colon may stand too (12:30)."""
    if at < len(line) and line[at] == '"':
        match = _QUOTED.match(line, at)
        if match is None:
            raise FilterError("a quote is opened and not closed", at)
        return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL), match.end()
    match = (re.compile(r'[^\s"<>=!,\\]+') if dates else _PLAIN).match(line, at)
    if match is None:
        raise FilterError(f"“{line[at : at + 1]}” cannot begin a condition", at)
    return match[0], match.end()


def _spell_term(term: Term) -> str:
    minus = "-" if term.negated else ""
    if not term.field:
        return minus + _spell_value(term.values[0])
    return f"{minus}{_spell_value(term.field)}{term.compare}{','.join(_spell_value(v, True) for v in term.values)}"


def _spell_value(text: str, dates: bool = False) -> str:
    plain = re.compile(r'[^\s"<>=!,\\]+') if dates else _PLAIN
    if plain.fullmatch(text) and not (text.startswith("-") and not dates):
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
