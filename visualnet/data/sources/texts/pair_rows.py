"""Pairs of texts from a table: which two columns they stand in, their words, and those words as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.samples import Batch, Samples
from visualnet.data.sources.common.labels import SkippedLines
from visualnet.data.sources.source import Finding
from visualnet.data.sources.texts.columns import choose_column
from visualnet.data.sources.texts.decode import read_content
from visualnet.data.sources.texts.records import LineReader, find_encoding
from visualnet.data.sources.texts.tables import first_lines, guess_dialect, has_header, name_columns, walk_rows
from visualnet.data.tokens import NOT_ASKED, split_words

Array = NDArray[Any]
Words = Sequence[str]

PAD, BEGIN, END, UNKNOWN = range(4)
MARKS = ("", "[begin]", "[end]", "[unknown]")
"""What the first numbers stand for: nothing, where a translation begins and ends, and a word that is not kept."""
MOST_PAIRS = 200_000
"""So many are held in memory at most."""


class PairColumnChoices(NamedTuple):
    """What a person chose: columns (empty: guessed), how the table is written, and how many words a text may have."""

    source: str
    translation: str
    delimiter: str
    header: str
    encoding: str
    length: int


class Pairs(NamedTuple):
    """The pairs of a table in words, the line of each, and what a person should know."""

    source: list[Words]
    translation: list[Words]
    lines: list[int]
    columns: tuple[str, str]
    findings: tuple[Finding, ...]
    fingerprint: str
    encoding: str


def has_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: each a single word. A pair of sentences has a mark or a blank in it."""
    return has_header(rows) and all(cell.strip().isidentifier() for cell in rows[0])


def guess_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    """The first two columns in which most cells hold several words, if there are two."""
    whole = [row for row in rows if len(row) == len(names)]
    wordy = [
        name
        for at, name in enumerate(names)
        if whole and sum(sum(word.isalpha() for word in split_words(row[at])) > 1 for row in whole) > len(whole) / 2
    ]
    return (wordy[0], wordy[1]) if len(wordy) > 1 else None


def read_pairs(path: Path, chosen: PairColumnChoices, check: Callable[[float], None]) -> Pairs:
    """Every pair of a table, in the order of its rows.

    Raises:
        ValueError: there are no two columns with texts, or not those that were named, or no pair is left.
        OSError: it cannot be read.
    """
    content = read_content(path, chosen.encoding)
    dialect, rows = guess_dialect(first_lines(content), chosen.delimiter)
    if not rows:
        raise ValueError(f"“{path.name}” has no rows: there is nothing in it")
    is_header = has_names(rows) if chosen.header == "auto" else chosen.header == "yes"
    names = name_columns(rows[0], is_header)
    columns = _choose(names, rows[is_header:], chosen, path)
    left, right = (names.index(name) for name in columns)
    lines, left_out = LineReader(content, check), SkippedLines(path.name)
    found = Pairs([], [], [], columns, (), "", content.original)
    for at, (_, number, row) in enumerate(walk_rows(lines, dialect, left_out)):
        if at < is_header:
            continue
        given = [split_words(row[column]) for column in (left, right)] if max(left, right) < len(row) else []
        if reason := _refuse(given, chosen.length, len(found.lines)):
            left_out.add(number, reason)
            continue
        found.source.append(given[0])
        found.translation.append(given[1])
        found.lines.append(number)
    findings = (*find_encoding(content, chosen.encoding), *left_out.findings())
    if not found.lines:
        why = f": {left_out.findings()[0].words}" if left_out.count else ""
        raise ValueError(f"“{path.name}” holds no pair of sentences that can be used{why}")
    return found._replace(findings=findings, fingerprint=lines.fingerprint)


def _choose(
    names: Sequence[str], rows: Sequence[Sequence[str]], chosen: PairColumnChoices, path: Path
) -> tuple[str, str]:
    guessed = guess_columns(names, rows)
    if guessed is None and not (chosen.source and chosen.translation):
        known = ", ".join(names[:12])
        raise ValueError(
            f"“{path.name}” has no two columns with sentences (it has {known}): name both, what is read and its translation"
        )
    source = choose_column(chosen.source, names, "texts that are read") if chosen.source else ""
    translation = choose_column(chosen.translation, names, "translations") if chosen.translation else ""
    first, second = guessed or ("", "")
    source = source or (first if first != translation else second)
    translation = translation or (second if second != source else first)
    if source == translation:
        raise ValueError(f"“{source}” cannot be its own translation: name another column")
    return source, translation


def _refuse(given: Sequence[Words], length: int, kept: int) -> str:
    """Why a row is left out; empty where it is not."""
    if not given:
        return "a column is missing"
    if not all(given):
        return "a text is empty"
    if len(given[0]) > length or len(given[1]) + 1 > length:
        return f"a text has more than {length - 1:,} words: raise “length”, or shorten it"
    return f"more than {MOST_PAIRS:,} pairs are not held in memory" if kept >= MOST_PAIRS else ""


def list_words(pairs: Pairs, most: int) -> tuple[str, ...]:
    """What the numbers stand for: the marks, then the most frequent words of both languages, as many as there is room for.

    Words that are as frequent as each other stand in the order of the alphabet, so that the same table gives the same numbers.
    """
    counted = Counter(word for text in (*pairs.source, *pairs.translation) for word in text)
    ordered = sorted(counted, key=lambda word: (-counted[word], word))
    return (*MARKS, *ordered[: most - len(MARKS)])


class PairSamples(Samples):
    """Pairs in memory, as numbers. A sample is a row of the table."""

    def __init__(self, arrays: Mapping[str, Array], file: str, lines: Sequence[int], fingerprint: str) -> None:
        self.size, self.fingerprint = len(lines), fingerprint
        self._arrays, self._file, self._lines = dict(arrays), file, lines

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        return {name: self._arrays[name][index] for name in fields}

    def column(self, name: str) -> Array | None:
        return None

    def describe(self, sample: int) -> str:
        return f"{self._file}, line {self._lines[sample]:,}"


def encode_pairs(pairs: Pairs, words: Words, length: int) -> dict[str, Array]:
    """``source``, ``written`` and ``translation`` (pair, place) as numbers.

    ``translation`` ends with `END` and asks nothing behind it; ``written`` is the same one place later, behind `BEGIN`: teacher forcing.
    """
    number = {word: at for at, word in enumerate(words)}
    shape = len(pairs.lines), length
    source, written = np.full(shape, PAD, np.int64), np.full(shape, PAD, np.int64)
    translation = np.full(shape, NOT_ASKED, np.int64)
    for row, (read, told) in enumerate(zip(pairs.source, pairs.translation, strict=True)):
        answer = [number.get(word, UNKNOWN) for word in told]
        source[row, : len(read)] = [number.get(word, UNKNOWN) for word in read]
        written[row, : len(answer) + 1] = [BEGIN, *answer]
        translation[row, : len(answer) + 1] = [*answer, END]
    return {"source": source, "written": written, "translation": translation}
