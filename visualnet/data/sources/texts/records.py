"""Texts that are fetched from where they stand in a file."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import Batch, BrokenSample, Samples
from visualnet.data.sources.common.labels import Codes
from visualnet.data.sources.source import Finding
from visualnet.data.sources.texts.decode import TextContent
from visualnet.data.tokens import to_codes

Array = NDArray[Any]

LONGEST = 4 << 20
"""A text of more characters is left out, and said so."""
MOST_VALUES = 100_000
"""A column with more different values is not offered to divide by."""
CHECK_EVERY = 2_000


class RecordReader(Protocol):
    """How the bytes of one record become its text."""

    def read(self, record: bytes) -> str:
        """The text of the record.

        Raises:
            ValueError: there is none in it.
        """


class TextScan:
    """What going through a file gives: where each text stands, its label, and the values of other columns."""

    def __init__(self) -> None:
        self.offsets, self.lengths, self.lines, self.characters = (array("q") for _ in range(4))
        self.labels: Codes | None = None
        self.others: dict[str, Codes] = {}
        self.findings: tuple[Finding, ...] = ()
        self.dialect: dict[str, Any] = {}
        self.is_cut = False
        """Whether texts are pieces of one: several may begin in a line."""
        self.letters = 0
        """How many different characters there are; 0 where they were not counted."""
        self.fingerprint = ""

    @property
    def size(self) -> int:
        """How many texts there are."""
        return len(self.offsets)

    def add(self, offset: int, length: int, line: int, characters: int) -> None:
        """Note where the next text stands."""
        self.offsets.append(offset)
        self.lengths.append(length)
        self.lines.append(line)
        self.characters.append(characters)

    def columns(self) -> dict[str, Array]:
        """The values of the columns that the texts can be divided by."""
        return {name: codes.values() for name, codes in self.others.items() if len(codes.numbers) <= MOST_VALUES}


class TextSamples(Samples):
    """Base of texts: fields ``text`` (code points) and, where there are labels, ``label``."""

    def __init__(
        self, size: int, fingerprint: str, classes: tuple[str, ...], label: Array | None, columns: Mapping[str, Array]
    ) -> None:
        self.size, self.fingerprint, self.classes = size, fingerprint, classes
        self._label, self._columns = label, dict(columns)

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        batch: Batch = {}
        for name in fields:
            if name == "text":
                batch[name] = [to_codes(text) for text in self.read(index)]
            elif name == "label" and self._label is not None:
                batch[name] = self._label[index]
            else:
                raise KeyError(name)
        return batch

    def column(self, name: str) -> Array | None:
        return self._label if name == "label" else self._columns.get(name)

    def words(self, sample: int) -> str:
        """The text of a sample.

        Raises:
            BrokenSample: it cannot be read.
        """
        return self.read(np.array([sample]))[0]

    def read(self, index: Array) -> list[str]:
        """The texts of these samples.

        Raises:
            BrokenSample: one cannot be read.
        """
        raise NotImplementedError


class RecordSamples(TextSamples):
    """Texts in one file, each read from its place there when it is asked for."""

    def __init__(
        self, content: TextContent, scan: TextScan, classes: tuple[str, ...], label: Array | None, reader: RecordReader
    ) -> None:
        super().__init__(scan.size, scan.fingerprint, classes, label, scan.columns())
        self._content, self._reader = content, reader
        self._offsets, self._lengths = np.array(scan.offsets), np.array(scan.lengths)
        self._lines = np.array(scan.lines)
        self._is_cut = scan.is_cut

    def read(self, index: Array) -> list[str]:
        found = []
        try:
            file = self._content.open()
        except OSError as error:
            raise BrokenSample(int(index[0]), f"“{self._content.path.name}” cannot be read: {error}") from None
        with file:
            for sample in index.tolist():
                try:
                    found.append(self._reader.read(_read_part(file, self._offsets[sample], self._lengths[sample])))
                except (OSError, ValueError) as error:
                    raise BrokenSample(sample, f"{self.describe(sample)} cannot be read: {error}") from None
        return found

    def describe(self, sample: int) -> str:
        piece = f", piece {sample + 1:,}" if self._is_cut else ""
        return f"{visible(self._content.path.name)}, line {self._lines[sample]:,}{piece}"


def _read_part(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(int(offset))
    found = file.read(int(length))
    if len(found) < length:
        raise ValueError("the file has become shorter")
    return found


class LineReader:
    """The lines of a text file one by one; where the last one stands is known, and all that was read goes into a fingerprint."""

    def __init__(self, content: TextContent, check: Callable[[float], None]) -> None:
        self.content, self.number, self.marked = content, 0, 0
        self.begin = self.end = content.start
        self._digest = hashlib.sha256()
        self._check, self._size = check, max(1, content.size)

    @property
    def fingerprint(self) -> str:
        """Of all lines so far."""
        return self._digest.hexdigest()

    def mark(self) -> None:
        """Remember where the next line will end, in ``marked``."""
        self.marked = 0

    def go_back(self, offset: int, number: int) -> None:
        """Stand behind the line of this number, which ends at the offset; `lines`, called anew, goes on from there."""
        self.end, self.number = offset, number

    def lines(self) -> Iterator[bytes]:
        """The lines with their breaks, from where the reader stands.

        Raises:
            ValueError: a line is longer than any text may be.
        """
        with self.content.open() as file:
            self._check(min(1.0, self.end / self._size))
            file.seek(self.end)
            while raw := file.readline(4 * LONGEST):
                if len(raw) == 4 * LONGEST and not raw.endswith(b"\n"):
                    raise ValueError(
                        f"“{self.content.path.name}”, line {self.number + 1:,} is longer than any text may be "
                        f"({LONGEST:,} characters)"
                    )
                self.begin, self.end = self.end, self.end + len(raw)
                self.number += 1
                self.marked = self.marked or self.end
                self._digest.update(raw)
                if self.number % CHECK_EVERY == 0:
                    self._check(min(1.0, self.end / self._size))
                yield raw


def decode_record(record: bytes, encoding: str) -> str:
    """The text of these bytes, its lines ending in one character. What Windows-1252 leaves open is �.

    Raises:
        ValueError: they are not in this encoding.
    """
    try:
        text = record.decode(encoding, "replace" if encoding == "cp1252" else "strict")
    except UnicodeDecodeError:
        raise ValueError(f"it is not in {encoding}") from None
    return text.replace("\r\n", "\n")


def find_encoding(content: TextContent, chosen: str) -> tuple[Finding, ...]:
    """What a person should know of an encoding that was found out: Windows-1252 is taken where a byte is no UTF-8, and may be wrong."""
    if chosen != "auto" or content.original != "cp1252":
        return ()
    reader = LineReader(content, lambda share: None)
    for raw in reader.lines():
        try:
            raw.decode()
        except UnicodeDecodeError:
            break
    words = "the text is not in UTF-8: it is read as Windows-1252; choose another encoding where letters look wrong"
    return (Finding("hint", words, content.path.name, reader.number),)
