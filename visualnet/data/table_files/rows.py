"""The rows of a table in blocks, column by column, so that a file of any length takes little memory."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.hidden_characters import visible
from visualnet.data.table_files.text_format import ENCODINGS, TextFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LINES_OF_A_ROW = 10_000
CELLS_OF_A_BLOCK = 200_000
MOST_ROWS_OF_A_BLOCK = 8_192
LONGEST_CELL = 131_072
SHOWN_LINES = 10
"""So many lines are named where many are meant."""


class RowBlock(NamedTuple):
    """Some rows: the line at which each begins, and for each column its cells as text, or as numbers (NaN where missing)."""

    lines: Sequence[int]
    columns: Sequence[Sequence[str] | NDArray[Any]]


class Lines:
    """Lines of a file that something is said of: how many there are, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[int] = []

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.first) < SHOWN_LINES:
            self.first.append(line)

    def __str__(self) -> str:
        shown = [f"{line:,}" for line in self.first]
        if not shown:
            return "many lines"
        if self.count > len(shown):
            return f"lines {', '.join(shown)}, …"
        return f"line {shown[0]}" if len(shown) == 1 else f"lines {', '.join(shown[:-1])} and {shown[-1]}"


class TableRows(Protocol):
    """A table that is read in blocks."""

    @property
    def names(self) -> Sequence[str]:
        """Of the columns."""
        ...

    @property
    def dates(self) -> frozenset[int]:
        """Columns whose numbers are days."""
        ...

    ragged: Lines
    """Rows that have more or fewer cells than there are columns: they are left out."""
    blank: int
    """Lines without anything."""
    unclosed: int
    """The line of a row that takes many, where the quotation marks of the file do not come in pairs; 0 where they do."""
    fingerprint: str
    """A sha256 of the file's bytes, once all blocks were read."""

    def blocks(self, check: Callable[[float], None]) -> Iterator[RowBlock]:
        """All rows, in their order."""
        ...


class WrongEncoding(ValueError):
    """The file holds bytes that its encoding does not have."""


class TextRows:
    """The rows of a CSV file."""

    dates: frozenset[int] = frozenset()

    def __init__(self, path: Path, how: TextFormat) -> None:
        self.path, self.how, self.names = path, how, how.names
        self.ragged, self.blank, self.unclosed, self.fingerprint = Lines(), 0, 0, ""

    def blocks(self, check: Callable[[float], None]) -> Iterator[RowBlock]:
        """All rows, in their order.

        Raises:
            WrongEncoding: a byte is not of the encoding.
            ValueError: the text cannot be divided into cells.
            OSError: the file cannot be read.
        """
        self.ragged, self.blank, self._tallest, digest = Lines(), 0, (1, 0), hashlib.sha256()
        most = max(16, min(MOST_ROWS_OF_A_BLOCK, CELLS_OF_A_BLOCK // len(self.names)))
        with open_regular(self.path, buffering=0) as file:
            watched = _Watched(file, digest, max(self.path.stat().st_size, 1))
            text = io.TextIOWrapper(io.BufferedReader(watched, 1 << 18), self.how.encoding, newline="")
            reader = csv.reader(text, delimiter=self.how.delimiter, skipinitialspace=self.how.delimiter == " ")
            line, is_header = 1, self.how.header
            while True:
                rows: list[list[str]] = []
                try:
                    for row in itertools.islice(reader, most):
                        rows.append(row)
                except UnicodeDecodeError:
                    name = ENCODINGS.get(self.how.encoding, self.how.encoding)
                    raise WrongEncoding(
                        f"“{self.path.name}” is not {name} from line {reader.line_num + 1:,} on or soon after: "
                        "choose another encoding, or let it be guessed"
                    ) from None
                except csv.Error as error:
                    line += sum(map(_height, rows))
                    raise ValueError(
                        f"“{self.path.name}”, line {line:,}: {visible(error)}; is a quotation mark not closed there?"
                    ) from None
                check(watched.share)
                if not rows:
                    break
                below = reader.line_num + 1
                if is_header or below - line != len(rows) or set(map(len, rows)) != {len(self.names)}:
                    block, is_header = self._sift(rows, line, is_header)
                else:
                    block = RowBlock(range(line, below), list(zip(*rows, strict=True)))
                if block.lines:
                    yield block
                line = below
            watched.drain()
            self.fingerprint = digest.hexdigest()
            self.unclosed = self._tallest[1] if watched.quotes % 2 else 0

    def _sift(self, rows: list[list[str]], line: int, is_header: bool) -> tuple[RowBlock, bool]:
        """The rows that have as many cells as there are columns, from the first line on; the others are counted. Whether the header is
        still to come is told too."""
        kept: list[list[str]] = []
        lines: list[int] = []
        width = len(self.names)
        for row in rows:
            height = _height(row)
            if height > 1:
                self._tallest = max(self._tallest, (height, line))
                # The csv module has a limit too, but one for the whole program, and other readers raise it.
                if height > MOST_LINES_OF_A_ROW or max(map(len, row)) > LONGEST_CELL:
                    raise ValueError(
                        f"“{self.path.name}”, line {line:,}: a row takes {height:,} lines; is a quotation mark not closed there?"
                    )
            if not row or (len(row) == 1 and width > 1 and not row[0].strip()):
                self.blank += 1
            elif is_header:
                is_header = False
            elif len(row) == width or (len(row) == width + 1 and not row[-1] and self.how.delimiter == " "):
                kept.append(row[:width])
                lines.append(line)
            else:
                self.ragged.add(line)
            line += height
        return RowBlock(lines, list(zip(*kept, strict=True))), is_header


def _height(row: list[str]) -> int:
    """How many lines a row takes: its cells may hold line breaks."""
    return 1 + sum(c.count("\n") + c.count("\r") - c.count("\r\n") for c in row)


class _Watched(io.RawIOBase):
    """A file whose bytes are counted and taken into a digest as they are read."""

    def __init__(self, file: IO[bytes], digest: hashlib._Hash, size: int) -> None:
        super().__init__()
        self._file, self._digest, self._size, self._read = file, digest, size, 0
        self.quotes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._digest.update(data)
        self._read += len(data)
        self.quotes += data.count(b'"')
        return len(data)

    @property
    def share(self) -> float:
        return min(self._read / self._size, 1.0)

    def drain(self) -> None:
        """Read what is left, for the digest."""
        while data := self._file.read(1 << 18):
            self._digest.update(data)
