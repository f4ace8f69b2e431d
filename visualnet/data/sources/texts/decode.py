"""The encoding of a text file, and its bytes so that parts of it can be read by their place."""

from __future__ import annotations

import codecs
import io
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_bytes

PLAIN = {"utf-8", "utf-8-sig", "cp1252", "latin-1", "cp1251"}
"""Encodings in which a line break is the byte 10 and nothing else is: parts are read where they stand."""
LARGEST_RECODED = 256 << 20
"""A file in another encoding is held as UTF-8 in memory; so large it may be."""
BLOCK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class TextContent(NamedTuple):
    """The bytes of a text file. ``encoding`` is what they are in; ``bytes`` where they had to be recoded, else they stay in the file.

    ``start`` is where the text begins, behind a byte order mark. ``original`` is the file's own encoding.
    """

    path: Path
    encoding: str
    original: str
    start: int = 0
    bytes: bytes | None = None

    def open(self) -> BinaryIO:
        """The bytes, to be read from any place."""
        if self.bytes is not None:
            return io.BytesIO(self.bytes)
        return cast(BinaryIO, open_regular(self.path))

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.bytes) if self.bytes is not None else os.stat(self.path).st_size


def detect_encoding(path: Path, most: int | None = None) -> str:
    """The encoding of a text file: UTF-8 where its bytes are that, UTF-16 with or without a mark, else
    Windows-1252. Empty for what is no text.

    ``most`` is how many bytes are looked at; all where it is None.

    Raises:
        OSError: it cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen, is_utf8 = 0, True
    with open_regular(path) as file:
        while block := file.read(min(BLOCK, most - seen) if most is not None else BLOCK):
            if not seen:
                for mark, name in _MARKS:
                    if block.startswith(mark):
                        return name
                if found := _look_for_zeros(block):
                    return "" if found == "binary" else found
            seen += len(block)
            if b"\0" in block:
                return ""
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
                break
    return "utf-8" if is_utf8 else "cp1252"


def _look_for_zeros(block: bytes) -> str:
    """UTF-16 without a mark has a zero in every second byte, as long as it is in Latin letters; anything else with zeros is no text."""
    even, odd = block[::2].count(0), block[1::2].count(0)
    if odd > len(block) // 5 and even <= odd // 10:
        return "utf-16-le"
    if even > len(block) // 5 and odd <= even // 10:
        return "utf-16-be"
    return "binary" if even or odd else ""


def read_content(path: Path, encoding: str, *, is_line_break_one: bool = False) -> TextContent:
    """The bytes of a text file in this encoding, or in the one that it seems to be in for ``auto``.

    ``is_line_break_one`` asks that a line ends in one character alone: what is cut by characters must not count two.

    Raises:
        ValueError: it is no text, or too large to be recoded; the words name it.
        OSError: it cannot be read.
    """
    original = detect_encoding(path) if encoding == "auto" else encoding
    if not original:
        raise ValueError(f"“{path.name}” is no text: there are zero bytes in it")
    has_mark = original in ("utf-8", "utf-8-sig") and _begins_with(path, codecs.BOM_UTF8)
    plain = TextContent(path, "utf-8" if original == "utf-8-sig" else original, original, 3 if has_mark else 0)
    if original in PLAIN and not _has_other_breaks(plain, is_line_break_one):
        return plain
    size = os.stat(path).st_size
    if size > LARGEST_RECODED:
        raise ValueError(
            f"“{path.name}” ({format_bytes(size)}) is in {original}, or its lines do not end as usual: "
            f"above {format_bytes(LARGEST_RECODED)} only UTF-8 can be read. Save it as UTF-8."
        )
    with open_regular(path) as file:
        raw = file.read(LARGEST_RECODED)[plain.start :]
    try:
        text = raw.decode(original)
    except (UnicodeDecodeError, UnicodeError) as error:
        at = getattr(error, "start", 0)
        line = raw[:at].count(b"\n") + 1
        raise ValueError(f"“{path.name}” is not in {original}: line {line:,} cannot be read so") from None
    recoded = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "surrogatepass")
    return TextContent(path, "utf-8", original, 0, recoded)


def _begins_with(path: Path, mark: bytes) -> bool:
    with open_regular(path) as file:
        return bool(file.read(len(mark)) == mark)


def _has_other_breaks(content: TextContent, is_line_break_one: bool) -> bool:
    """Whether lines end in a carriage return alone, or, where that is asked, in two characters."""
    with content.open() as file:
        if is_line_break_one:
            return any(b"\r" in block for block in iter(lambda: file.read(BLOCK), b""))
        block = file.read(BLOCK)
        return b"\r" in block and b"\n" not in block
