"""What sources that read tables from text have in common: the options that say how the text is written."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from visualnet.core.text.format import format_quantity
from visualnet.data.sources.source import Check, FileSource, Finding
from visualnet.data.table_files import text_format
from visualnet.data.table_files.cells import CellFormat
from visualnet.data.table_files.roles import read_names
from visualnet.data.table_files.text_format import DELIMITERS, ENCODINGS, DetectedFormat, FormatChoices
from visualnet.layers.declaration.params import choice, text

if TYPE_CHECKING:
    from visualnet.data.table_files.column_scan import TableScan
    from visualnet.data.table_files.rows import TableRows

LONGEST_LIST = 100_000
"""Characters that a list of names of columns may have."""
MOST_NUMBERS = 500_000_000
TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")
SUFFIXES = "csv tsv tab txt dat parquet pq"


class OpenedTable:
    """A table whose format is known and whose columns were looked at."""

    def __init__(
        self, rows: TableRows, how: CellFormat, scan: TableScan, findings: list[Finding], figures: list[tuple[str, str]]
    ) -> None:
        self.rows, self.how, self.scan, self.findings, self.figures = rows, how, scan, findings, figures


class TableFile(FileSource):
    """Base of the sources that read a table: CSV, TSV or Parquet."""

    picks: ClassVar[str] = "file"

    delimiter: str = choice(
        "auto",
        "What parts the cells of a row.",
        {"auto": "what parts them best", **{word: repr(mark) for word, mark in DELIMITERS.items()}},
    )
    encoding: str = choice(
        "auto", "How letters stand in the file.", {"auto": "as its bytes look", **ENCODINGS}, more=True
    )
    header: str = choice(
        "auto",
        "Whether the first row names the columns.",
        {"auto": "if it looks so", "yes": "it names them", "no": "it is a row as the others"},
    )
    numbers: str = choice(
        "auto",
        "Which mark stands before the decimals.",
        {"auto": "the one that reads more cells", "point": "1234.5", "comma": "1234,5"},
        more=True,
    )
    date_order: str = choice(
        "auto",
        "How 05/11/2024 is read.",
        {"auto": "as other dates of the table tell", "day": "the day first", "month": "the month first"},
        more=True,
    )
    missing_words: str = text(
        "", "Further words that say that a value is missing, with commas between them.", read_names, more=True
    )
    ragged: str = choice(
        "leave_out",
        "What becomes of rows with more or fewer cells than there are columns.",
        {"leave_out": "they are left out, and listed", "refuse": "the table is refused"},
        more=True,
    )

    @property
    def wanted(self) -> FormatChoices:
        """What is said of the format."""
        return FormatChoices(
            "" if self.encoding == "auto" else self.encoding,
            DELIMITERS.get(self.delimiter, ""),
            {"yes": True, "no": False}.get(self.header),
            {"point": ".", "comma": ","}.get(self.numbers, ""),
            {"day": True, "month": False}.get(self.date_order),
            read_names(self.missing_words),
        )

    def open_rows(self, encoding: str = "") -> tuple[TableRows, CellFormat, DetectedFormat | None]:
        """The rows, how their cells are read, and what was guessed of a text.

        Raises:
            ValueError: the file is empty, no text, or of a kind that cannot be read here.
        """
        from visualnet.data.table_files.parquet_rows import ParquetRows, is_parquet
        from visualnet.data.table_files.rows import TextRows

        self.check_place()
        try:
            if is_parquet(self.path):
                return ParquetRows(self.path), CellFormat(), None
            found = text_format.sniff(self.path, self.wanted, encoding)
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        return TextRows(self.path, found.format), found.format.cells, found

    def scan_table(self, targets: list[str] | None, check: Check) -> OpenedTable:
        """Look at all rows. The values of these targets (None: of the likely one) are counted however many differ.

        Raises:
            ValueError: it cannot be read; the words say why and what to do.
        """
        from visualnet.data.table_files.column_scan import scan
        from visualnet.data.table_files.rows import WrongEncoding
        from visualnet.data.table_files.text_format import guess_single_byte

        rows, how, sniffed = self.open_rows()
        findings: list[Finding] = []

        def scanned() -> TableScan:
            names = list(rows.names)
            wide = (
                {names.index(name) for name in self.likely_targets(names) if name in names}
                if targets is None
                else set()
            )
            return scan(rows, how, wide | {names.index(name) for name in targets or () if name in names}, check)

        try:
            try:
                found = scanned()
            except WrongEncoding as error:
                if self.encoding != "auto":
                    raise
                other = guess_single_byte(self._bytes())
                findings.append(self.finding("warning", f"{error}; read as {ENCODINGS[other]}"))
                rows, how, sniffed = self.open_rows(other)
                found = scanned()
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        if sniffed is not None:
            findings += [
                self.finding("warning" if "delimiter" in words or "called “" in words else "hint", words)
                for words in sniffed.remarks
            ]
        self._remark_rows(rows, found, findings)
        return OpenedTable(rows, how, found, findings, self._figures(rows, sniffed, found))

    def likely_targets(self, names: list[str]) -> tuple[str, ...]:
        """Columns of these whose different values are wanted all."""
        return ()

    def finding(self, severity: str, words: str, line: int = 0) -> Finding:
        """Something to say of the file."""
        return Finding(severity, words, self.path.name, line)

    def _remark_rows(self, rows: TableRows, found: TableScan, findings: list[Finding]) -> None:
        ragged = rows.ragged
        if ragged.count:
            width = format_quantity(len(rows.names), "cell")
            words = f"{format_quantity(ragged.count, 'row')} without {width}: {ragged}"
            if self.ragged == "refuse" or not found.rows:
                also = "" if found.rows else "; is the delimiter the right one?"
                if rows.unclosed:
                    also = f"; a quotation mark is not closed, perhaps in line {rows.unclosed:,}"
                raise ValueError(f"“{self.path.name}”: {words}{also}")
            findings.append(self.finding("warning", f"{words}; left out", ragged.first[0]))
        if not found.rows:
            raise ValueError(f"“{self.path.name}” has a header and no rows")
        if rows.unclosed:
            words = f"a quotation mark is not closed, perhaps in the row that begins at line {rows.unclosed:,} and takes several lines"
            findings.append(self.finding("warning", words, rows.unclosed))
        if rows.blank:
            findings.append(self.finding("hint", f"{format_quantity(rows.blank, 'blank line')} passed over"))
        if found.rows * len(rows.names) > MOST_NUMBERS:
            raise ValueError(
                f"“{self.path.name}” has {found.rows * len(rows.names):,} cells; {MOST_NUMBERS:,} are read"
            )

    def _figures(self, rows: TableRows, sniffed: DetectedFormat | None, found: TableScan) -> list[tuple[str, str]]:
        figures = [("Rows", f"{found.rows:,}"), ("Columns", f"{len(rows.names):,}")]
        if sniffed is None:
            return [*figures, ("Format", "Parquet")]
        how = sniffed.format
        mark = next((word for word, mark in DELIMITERS.items() if mark == how.delimiter), how.delimiter)
        return [
            *figures,
            ("Encoding", ENCODINGS.get(how.encoding.removesuffix("-sig"), how.encoding)),
            ("Delimiter", mark),
            ("Header", "the first row" if how.header else "none"),
            ("Decimals", "1234.5" if how.cells.decimal == "." else "1234,5"),
        ]

    def _bytes(self) -> bytes:
        """Each different byte of the file, once."""
        from visualnet.core.storage.regular_files import open_regular

        found: set[int] = set()
        with open_regular(self.path) as file:
            while data := file.read(1 << 20):
                found.update(data)
        return bytes(sorted(found))


def sniff_quickly(path: Path) -> DetectedFormat | None:
    """What the beginning of a file tells, or None if it is no table in text."""
    if path.suffix.lower() not in TEXT_SUFFIXES or not path.is_file():
        return None
    try:
        state = path.stat()
        return _sniff_once(path, state.st_mtime_ns, state.st_size)
    except (ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _sniff_once(path: Path, changed: int, size: int) -> DetectedFormat:
    """Several sources ask the same of a file, one after another."""
    return text_format.sniff(path, FormatChoices())
