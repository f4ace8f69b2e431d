"""What the cells of a table mean: numbers in either notation, dates, and words that say that a value is missing."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.text.hidden_characters import visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING = frozenset(
    ("", "NA", "N/A", "n/a", "na", "#N/A", "NaN", "nan", "NAN", "-nan", "NULL", "null", "Null", "None", "?", "-", "--")
)
"""Cells that hold nothing."""

EPOCH = datetime(2000, 1, 1)
"""Dates are counted in days from here. It is the same for all data: a date of the file itself would carry from one part to another."""

REMEMBERED = 20_000
LONGEST_WORD = 80
_PLAIN_TEXT = {d: rf"[+-]?(?:\d+(?:\{d}\d*)?|\{d}\d+)(?:[eE][+-]?\d+)?" for d in ".,"}
_GROUPED_TEXT = {
    d: rf"[+-]?[1-9]\d{{0,2}}(?P<mark{at}>[{other}'’ \u00a0\u202f])\d{{3}}(?:(?P=mark{at})\d{{3}})*(?:\{d}\d*)?"
    for at, (d, other) in enumerate(((".", ","), (",", ".")))
}
_PLAIN = {d: re.compile(text) for d, text in _PLAIN_TEXT.items()}
_GROUPED = {d: re.compile(text) for d, text in _GROUPED_TEXT.items()}
_ANY = {d: f"(?:{_PLAIN_TEXT[d]}|{_GROUPED_TEXT[d]})" for d in ".,"}
_NUMBER_LINES = {d: re.compile(f"^{text}$", re.M) for d, text in _ANY.items()}
_LINES_OF_BOTH = re.compile(f"^(?={_ANY['.']}$){_ANY[',']}$", re.M)
_SEPARATORS = re.compile(r"[,.'’ \u00a0\u202f]")
_BEGINS = frozenset("0123456789+-.,∞")
_INFINITE = frozenset(("inf", "infinity", "∞"))
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ].*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ](.*))?")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[T ](.*))?")
_DAYS = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2\d{4}(?:[T ].*)?$", re.M)


class CellFormat(NamedTuple):
    """How cells are read: the decimal mark, whether the day of a date comes before its month, and further words for “missing”."""

    decimal: str = "."
    day_first: bool = True
    missing: frozenset[str] = MISSING


class TableCell(NamedTuple):
    """What one cell means: ``kind`` is ``missing``, ``number``, ``infinite``, ``date`` (in days) or ``word``."""

    kind: str
    number: float = math.nan
    grouped: bool = False


_MISSING_CELL, _INFINITE_CELL, _WORD_CELL = TableCell("missing"), TableCell("infinite"), TableCell("word")


def read_cell(text: str, how: CellFormat) -> TableCell:
    """What this cell means."""
    text = text.strip()
    if text in how.missing:
        return _MISSING_CELL
    if text[0] not in _BEGINS:
        return _INFINITE_CELL if text.lower() in _INFINITE else _WORD_CELL
    if _PLAIN[how.decimal].fullmatch(text):
        number = float(text.replace(",", ".") if how.decimal == "," else text)
        return TableCell("number", number) if math.isfinite(number) else _INFINITE_CELL
    date = read_date(text, how.day_first)
    if date is not None:
        return TableCell("date", date)
    if _GROUPED[how.decimal].fullmatch(text):
        whole, mark, rest = text.partition(how.decimal)
        return TableCell("number", float(_SEPARATORS.sub("", whole) + mark.replace(",", ".") + rest), grouped=True)
    return _INFINITE_CELL if text.lstrip("+-").lower() in _INFINITE else _WORD_CELL


class CellMemory(dict[str, TableCell]):
    """Cells by their text: what stands in a column again and again is read once."""

    def __init__(self, how: CellFormat) -> None:
        super().__init__()
        self._how = how

    def __missing__(self, text: str) -> TableCell:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[text] = read_cell(text, self._how)
        return found


def read_plain_numbers(cells: Sequence[str], decimal: str) -> NDArray[Any] | None:
    """The numbers, if every cell is a finite one without thousands separators; else None. It is quick."""
    import numpy as np

    joined = "\n".join(cells)
    # Python also reads “1_000”, “nan” and “infinity” as numbers.
    if "_" in joined or "n" in joined or "N" in joined:
        return None
    if decimal == ",":
        if "." in joined:
            return None
        cells = joined.replace(",", ".").split("\n")
    try:
        numbers = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def describe_date(days: float) -> str:
    """The date that is so many days from the start of 2000: ``2024-05-31``, with its time where it has one: ``2024-05-31 14:30``."""
    try:
        moment = EPOCH + timedelta(seconds=round(days * 86400))
    except (OverflowError, ValueError):
        return "no date"
    return f"{moment:%Y-%m-%d}" if moment.time() == EPOCH.time() else f"{moment:%Y-%m-%d %H:%M}"


def read_date(text: str, day_first: bool) -> float | None:
    """A date, with or without a time of day, in days from the start of 2000; None for what is no date."""
    if not text[:1].isdigit() or len(text) > 40:
        return None
    try:
        if found := _ISO.fullmatch(text):
            year, month, day = found.groups()
            moment = datetime.fromisoformat(text) if day and len(text) >= 10 else _day(year, month, day or "1")
        elif found := _YEAR_FIRST.fullmatch(text):
            year, month, day, time = found.groups()
            moment = _at(_day(year, month, day), time)
        elif found := _YEAR_LAST.fullmatch(text):
            first, _, second, year, time = found.groups()
            moment = _at(_day(year, *((second, first) if day_first else (first, second))), time)
        else:
            return None
    except ValueError:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return (moment - EPOCH).total_seconds() / 86400


def spell_word(text: str) -> str:
    """A word as the name of a category, as a project's file can hold it: on one line, hidden characters spelled out, and not long. What is
    cut short ends with a digest of the whole, so that different words stay different."""
    found = visible(" ".join(text.split()))
    if len(found) <= LONGEST_WORD:
        return found
    return f"{found[: LONGEST_WORD - 9]}…{hashlib.sha256(found.encode()).hexdigest()[:8]}"


def is_word(text: str) -> bool:
    """Whether a cell without further words for “missing” is a word, told by how it begins alone: False may still be one."""
    text = text.strip()
    return bool(text) and text[0] not in _BEGINS and text not in MISSING and text.lower() not in _INFINITE


def _join(cells: Sequence[str]) -> str:
    """The cells as lines, without blanks at their ends."""
    joined = "\n".join(map(str.strip, cells))
    if joined.count("\n") >= len(cells):  # some hold line breaks
        joined = "\n".join(cell.strip().replace("\n", " ") for cell in cells)
    return joined


def guess_day_first(cells: Sequence[str]) -> bool | None:
    """Whether dates such as 05/11/2024 name the day first; None where these cells leave it open."""
    parts = [(int(first), int(second)) for first, _, second in _DAYS.findall(_join(cells))]
    if not parts:
        return True
    if any(first > 12 for first, _ in parts):
        return True
    return False if any(second > 12 for _, second in parts) else None


def guess_decimal(cells: Sequence[str], delimiter: str) -> str:
    """The decimal mark of these cells: the one that reads more of them where the other does not."""
    marked = _join([cell for cell in cells if "," in cell or "." in cell])
    # One search through all cells is many times quicker than one for each: a table may have ten thousand columns.
    both = sum(1 for _ in _LINES_OF_BOTH.finditer(marked))
    only = {mark: sum(1 for _ in _NUMBER_LINES[mark].finditer(marked)) - both for mark in ".,"}
    if only["."] == only[","]:
        # “1,234” alone can be read both ways. Where commas part the cells, or would have been free to, they group thousands.
        return (
            ","
            if delimiter == ";" and any("," in cell and _PLAIN[","].fullmatch(cell.strip()) for cell in cells)
            else "."
        )
    return max(only, key=lambda mark: only[mark])


def _day(year: str, month: str, day: str) -> datetime:
    return datetime(int(year), int(month), int(day))


def _at(day: datetime, time: str | None) -> datetime:
    return datetime.fromisoformat(f"{day:%Y-%m-%d}T{time.strip().zfill(5)}") if time else day
