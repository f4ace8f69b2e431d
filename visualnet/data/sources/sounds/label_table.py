"""A table beside the sounds: a row for each file, with its label and whatever else it tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from visualnet.core.storage.regular_files import read_regular
from visualnet.core.text.format import format_quantity
from visualnet.data.sources.common.labels import SkippedLines
from visualnet.data.sources.source import Finding
from visualnet.data.sources.texts.columns import LABEL_NAMES, choose_column, guess_label
from visualnet.data.sources.texts.decode import read_content
from visualnet.data.sources.texts.tables import guess_dialect, has_header, name_columns, read_rows

LARGEST = 64 << 20
MOST_ROWS_LOOKED_AT = 1000


class LabelTable(NamedTuple):
    """The values of each column by the row, for the files that the table names. ``rows`` gives the row of each file, or −1."""

    rows: tuple[int, ...]
    values: dict[str, list[str]]
    label: str
    findings: tuple[Finding, ...]


def read_label_table(path: Path, files: Sequence[str], file_column: str, label_column: str) -> LabelTable:
    """Join a table to files. A file is named by its path, or by its name alone, with or without the ending.

    Raises:
        ValueError: the table cannot be read, or none of its columns names the files.
    """
    content = read_content(path, "auto")
    text = (content.bytes if content.bytes is not None else read_regular(path, LARGEST))[content.start :].decode(
        content.encoding, "replace"
    )
    lines = text.splitlines(keepends=True)
    dialect, _ = guess_dialect(lines[:MOST_ROWS_LOOKED_AT])
    rows, broken = read_rows(dialect, lines)
    if not rows:
        raise ValueError(f"“{path.name}” has no rows: there is nothing in it")
    is_header = has_header(rows)
    names = name_columns(rows[0], is_header)
    left_out = SkippedLines(path.name, "row")
    kept = []
    for number, row in enumerate(rows[is_header:], 1 + is_header):
        if len(row) == len(names):
            kept.append(row)
        else:
            left_out.add(number, f"it has {len(row)} values where {len(names)} are wanted")
    values = {name: [row[at].strip() for row in kept] for at, name in enumerate(names)}
    known = _names_of(files)
    naming = choose_column(file_column, names, "files") if file_column else _find_naming(values, known)
    if not naming:
        raise ValueError(
            f"no column of “{path.name}” names the files (it has {', '.join(names[:12])}): name the column"
        )
    others = {name: column[:MOST_ROWS_LOOKED_AT] for name, column in values.items() if name != naming}
    label = choose_column(label_column, names, "labels") if label_column else _find_label(others)
    row_of = [-1] * len(files)
    for at_row, name in enumerate(values[naming]):
        at = known.get(name, known.get(PurePosixPath(name).name, -1))
        if at < 0:
            left_out.add(at_row + 1 + is_header, "there is no file of this name")
        elif label and not values[label][at_row]:
            left_out.add(at_row + 1 + is_header, "its label is missing")
        else:
            row_of[at] = at_row
    findings = left_out.findings()
    if broken:
        words = f"{format_quantity(broken, 'row')} cannot be read: quotation marks stand where none may be"
        findings = (Finding("warning", words, path.name), *findings)
    return LabelTable(tuple(row_of), values, label, findings)


def _names_of(files: Iterable[str]) -> dict[str, int]:
    """The index of each file by the names that a table may give it."""
    found: dict[str, int] = {}
    for at, file in enumerate(files):
        path = PurePosixPath(file)
        for name in (file, path.name, path.stem):
            found.setdefault(name, at)
    return found


def _find_naming(values: dict[str, list[str]], known: dict[str, int]) -> str:
    """The column most of whose values are files."""
    shares = {
        name: sum(value in known or PurePosixPath(value).name in known for value in column) / max(1, len(column))
        for name, column in values.items()
    }
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] > 0.5 else ""


def _find_label(values: dict[str, list[str]]) -> str:
    """A column of words before one of numbers: ``category`` rather than ``target``, where both stand there."""
    named = [name for name in values if name.strip().lower() in LABEL_NAMES]
    words = [name for name in named if any(not value.isdigit() for value in values[name])]
    return (words or named or [guess_label(values, "")])[0]
