"""One long text, cut into pieces of so many characters that follow each other and do not overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from visualnet.core.text.format import format_quantity
from visualnet.data.sources.source import Finding
from visualnet.data.sources.texts.decode import TextContent
from visualnet.data.sources.texts.records import LineReader, TextScan, decode_record


class PieceReader(NamedTuple):
    """Reads the characters of a piece."""

    encoding: str

    def read(self, record: bytes) -> str:
        return decode_record(record, self.encoding)


def scan_pieces(content: TextContent, characters: int, check: Callable[[float], None]) -> tuple[TextScan, PieceReader]:
    """Find where every piece begins. What is left at the end is left out, and said so.

    Raises:
        ValueError: the text is shorter than one piece, or not in its encoding.
    """
    scan, lines = TextScan(), LineReader(content, check)
    scan.is_cut = True
    name, encoding = content.path.name, content.encoding
    begin, begin_line, held = content.start, 1, 0
    letters: set[str] = set()
    for raw in lines.lines():
        try:
            text = raw.decode(encoding, "replace" if encoding == "cp1252" else "strict")
        except UnicodeDecodeError:
            raise ValueError(f"“{name}”, line {lines.number:,} is not in {encoding}: choose another encoding") from None
        letters.update(text)
        at, offset = 0, lines.begin
        while len(text) - at >= characters - held:
            part = text[at : at + characters - held]
            at += len(part)
            offset += len(part.encode(encoding)) if encoding == "utf-8" else len(part)
            scan.add(begin, offset - begin, begin_line, characters)
            begin, begin_line, held = offset, lines.number + (at == len(text)), 0
        held += len(text) - at
    if not scan.size:
        raise ValueError(
            f"“{name}” has {format_quantity(held, 'character')}: too few for one piece of {characters:,}"
            if held
            else f"“{name}” is empty: there is no text in it"
        )
    if held:
        words = f"the last {format_quantity(held, 'character')} make no whole piece, and are left out"
        scan.findings = (Finding("hint", words, name, begin_line),)
    scan.letters = len(letters)
    scan.fingerprint, scan.dialect = lines.fingerprint, {"encoding": content.original}
    return scan, PieceReader(encoding)
