"""How a table stands in a text file: its encoding, what parts the cells, whether the first line names the columns."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.hidden_characters import clean
from visualnet.data.table_files.cells import MISSING, CellFormat, guess_day_first, guess_decimal, is_word, read_cell

SAMPLE = 1 << 18
"""So many bytes at the beginning of a file are looked at to guess its format."""
MOST_ROWS = 500
LONGEST_NAME = 200
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without a mark, low byte first",
    "utf-16-be": "UTF-16 without a mark, high byte first",
    "cp1252": "Windows-1252, Western European",
    "latin-1": "ISO 8859-1, Latin 1",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class TextFormat(NamedTuple):
    """What is needed to read a table from its text."""

    encoding: str
    delimiter: str
    header: bool
    names: tuple[str, ...]
    cells: CellFormat


class DetectedFormat(NamedTuple):
    """A format that was guessed, with what a person should know of it; ``rows`` are the first ones."""

    format: TextFormat
    rows: list[list[str]]
    remarks: tuple[str, ...]


class FormatChoices(NamedTuple):
    """What a person said of the format; empty where it is to be guessed."""

    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    decimal: str = ""
    day_first: bool | None = None
    missing: tuple[str, ...] = ()


def sniff(path: Path, wanted: FormatChoices, encoding: str = "") -> DetectedFormat:
    """The format of a table, guessed from its beginning where nothing is said.

    Raises:
        ValueError: the file is empty, or no text.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        head = file.read(SAMPLE)
        whole = not file.read(1)
    if not head.strip(b"\0 \t\r\n"):
        raise ValueError(f"“{path.name}” is empty: there is no table in it")
    encoding = wanted.encoding or encoding or guess_encoding(head)
    lines = _lines(head, encoding, whole, path.name)
    delimiter = wanted.delimiter or guess_delimiter(lines)
    rows = [row for row in parse(lines, delimiter) if any(cell.strip() for cell in row)][:MOST_ROWS]
    if not rows:
        raise ValueError(f"“{path.name}” is empty: there is no table in it")
    missing = MISSING | frozenset(wanted.missing)
    header = _is_header(rows, CellFormat(missing=missing)) if wanted.header is None else wanted.header
    body = [cell for row in rows[header:] for cell in row]
    decimal = wanted.decimal or guess_decimal(body, delimiter)
    day_first = guess_day_first(body) if wanted.day_first is None else wanted.day_first
    remarks = []
    if day_first is None:
        remarks.append("dates can be read with the day or with the month first: the day is taken; an option turns them")
    names, said = _names(rows, header)
    remarks += said
    if len(names) == 1 and wanted.delimiter:
        better = guess_delimiter(lines)
        if better != delimiter and (many := _width(parse(lines, better))) > 1:
            word = next(word for word, mark in DELIMITERS.items() if mark == better)
            remarks.append(f"every row has one cell with this delimiter; with “{word}” there are {many}")
    how = CellFormat(decimal, day_first is not False, missing)
    return DetectedFormat(TextFormat(encoding, delimiter, header, names, how), rows, tuple(remarks))


def guess_encoding(head: bytes) -> str:
    """The encoding of a text that begins so. What is no UTF-8 is taken for Windows-1252."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd > len(head) // 8:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return guess_single_byte(head)
    return "utf-8"


def guess_single_byte(data: bytes) -> str:
    """Windows-1252, or Latin 1 where that has no such letters."""
    return "latin-1" if any(byte in data for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"


def guess_delimiter(lines: Sequence[str]) -> str:
    """What parts the cells of these lines; a comma where nothing does."""
    scores = {}
    for mark in (",", ";", "\t", "|"):
        rows = [row for row in parse(lines, mark) if row][:MOST_ROWS]
        widths = Counter(map(len, rows))
        width, often = widths.most_common(1)[0] if widths else (1, 0)
        if width < 2:
            continue
        others = set(",;\t|") - {mark}
        cells = [cell for row in rows for cell in row]
        # “5;2” in a cell says that the comma parts numbers of another notation, not cells.
        joined = "\n".join(cells)
        suspects = [c for c in cells if not others.isdisjoint(c)] if any(other in joined for other in others) else []
        mixed = sum(1 for cell in suspects if not any(read_cell(cell, CellFormat(d)).kind == "number" for d in ".,"))
        scores[mark] = (round(often / len(rows) + (len(rows[0]) == width) - 2 * mixed / len(cells), 1), width)
    if scores:
        return max(scores, key=lambda mark: scores[mark])
    spaced = [row for row in parse(lines, " ") if row]
    return " " if len(spaced) > 1 and len({len(row) for row in spaced}) == 1 and len(spaced[0]) > 1 else ","


def parse(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of these lines; what cannot be read ends them."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == " ")
    while True:
        try:
            yield next(reader)
        except (StopIteration, csv.Error):
            return


def _lines(head: bytes, encoding: str, whole: bool, name: str) -> list[str]:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError as error:
        line = head[: error.start].count(b"\n") + 1
        raise ValueError(
            f"“{name}”, line {line:,}, is not {ENCODINGS.get(encoding, encoding)}: choose another encoding, or let it be guessed"
        ) from None
    if sum(text.count(c) for c in "\0\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10") > len(text) // 1000:
        raise ValueError(f"“{name}” is no text: it holds bytes that no table has")
    lines = list(io.StringIO(text, newline=""))
    return lines if whole or len(lines) < 2 else lines[:-1]


def _width(rows: Iterator[list[str]]) -> int:
    widths = Counter(len(row) for row in itertools.islice(rows, MOST_ROWS) if row)
    return widths.most_common(1)[0][0] if widths else 0


def _is_header(rows: list[list[str]], how: CellFormat) -> bool:
    """Whether the first row names the columns: it has words alone, and what is below it is of another kind, or never the same."""
    first, body = rows[0], rows[1:]
    words = [cell for cell in first if is_word(cell) and cell.strip() not in how.missing]
    kinds = {read_cell(cell, how).kind for cell in set(first).difference(words)}
    if kinds & {"number", "date", "infinite"} or not (words or "word" in kinds):
        return False
    if not body:
        return True
    for at, cell in enumerate(first):
        below = {row[at].strip() for row in body if at < len(row)}
        if any(read_cell(value, how).kind in {"number", "date"} for value in itertools.islice(below, 50)):
            return True
        if cell.strip() in below:
            return False
    return len(set(first)) == len(first)


def _names(rows: list[list[str]], header: bool) -> tuple[tuple[str, ...], list[str]]:
    """Names of the columns, each different and without hidden characters, with what was changed."""
    width = Counter(len(row) for row in rows[header:] or rows).most_common(1)[0][0]
    first = [clean(cell).strip()[:LONGEST_NAME] for cell in rows[0]] if header else []
    while len(first) > width and not first[-1]:
        first.pop()
    remarks = []
    if header and len(first) < width:
        remarks.append(
            f"the first line names {len(first):,} columns, but the rows have {width:,}: the others are called by their number"
        )
    first += [""] * (width - len(first))
    if header and (unnamed := [at for at, name in enumerate(first, 1) if not name]) and not remarks:
        remarks.append(f"columns without a name are called by their number: {', '.join(map(str, unnamed[:5]))}")
    names: list[str] = []
    taken: set[str] = set(first)
    used: set[str] = set()
    for at, name in enumerate(first, 1):
        found = name or f"column {at}"
        if found in used or (not name and found in taken):
            found = next(f"{found} ({n})" for n in itertools.count(2) if f"{found} ({n})" not in taken | used)
            if name:
                remarks.append(f"two columns are called “{name}”: the later one is “{found}” here")
        used.add(found)
        names.append(found)
    return tuple(names), remarks[:20]
