"""CSV and TSV with a column of texts: the dialect is guessed, and every row found without being held."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from visualnet.core.text.format import format_quantity
from visualnet.data.sources.common.labels import Codes, SkippedLines
from visualnet.data.sources.texts.columns import NO_LABEL, choose_column, guess_label, guess_text
from visualnet.data.sources.texts.decode import TextContent
from visualnet.data.sources.texts.records import LONGEST, LineReader, TextScan

CHARACTERS = {"comma": ",", "tab": "\t", "semicolon": ";", "bar": "|"}
GUESS_LINES = 200
"""So many lines are looked at for the dialect and the columns."""
MOST_LOST = 20
"""So often a row that swallows others is given up alone; each time what follows is read again."""
MOST_COLUMNS = 50
"""So many columns are offered to divide by."""


class Dialect(NamedTuple):
    """How rows are written. ``quotes`` is False where a quotation mark is a character like others."""

    delimiter: str
    quotes: bool = True

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The rows of these lines; raises csv.Error where one cannot be read, and goes on behind it."""
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
        if self.quotes:
            return csv.reader(lines, delimiter=self.delimiter, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)


class CsvReader(NamedTuple):
    """Reads the text of a row."""

    dialect: Dialect
    encoding: str
    column: int

    def read(self, record: bytes) -> str:
        try:
            text = record.decode(self.encoding, "replace" if self.encoding == "cp1252" else "strict")
            return next(self.dialect.rows(io.StringIO(text, newline="")))[self.column].replace("\r\n", "\n")
        except (csv.Error, IndexError, StopIteration, UnicodeDecodeError) as error:
            raise ValueError(f"the row is not what it was: {error}") from None


class TextColumnChoices(NamedTuple):
    """What a person chose; ``auto`` and empty are found out."""

    delimiter: str = "auto"
    header: str = "auto"
    text: str = ""
    label: str = ""


def guess_dialect(lines: Sequence[str], delimiter: str = "auto") -> tuple[Dialect, list[list[str]]]:
    """The dialect in which most of these lines have the same number of columns, and their rows in it."""
    found = []
    for name, character in CHARACTERS.items():
        if delimiter not in ("auto", name):
            continue
        dialect = Dialect(character)
        rows, broken = read_rows(dialect, lines)
        if broken and name == "tab":  # such tables know no quotation marks as a rule: a text may begin with one
            dialect = dialect._replace(quotes=False)
            rows, broken = read_rows(dialect, lines)
        widths = Counter(map(len, rows))
        width, number = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
        found.append((width > 1, number / max(1, len(rows) + broken), dialect, rows))
    best = max(found, key=lambda entry: entry[:2])
    if not best[0]:
        best = found[0]  # a single column: nothing is divided, but texts may stand in quotation marks
    return best[2], best[3]


def read_rows(dialect: Dialect, lines: Sequence[str]) -> tuple[list[list[str]], int]:
    """The rows of these lines, and how many could not be read."""
    rows: list[list[str]] = []
    broken = 0
    reader = dialect.rows(lines)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return rows, broken
        except csv.Error:
            broken += 1
            continue
        if row:
            rows.append(row)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row looks like names: short words, each once, and none of them a value of its own column."""
    if len(rows) < 2:
        return False
    first = [cell.strip() for cell in rows[0]]
    if not all(first) or len(set(first)) < len(first) or any(len(cell) > 60 or _is_number(cell) for cell in first):
        return False
    return not any(cell in {row[at].strip() for row in rows[1:] if at < len(row)} for at, cell in enumerate(first))


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def scan_table(
    content: TextContent, chosen: TextColumnChoices, check: Callable[[float], None]
) -> tuple[TextScan, CsvReader]:
    """Find every row of a table of texts.

    Raises:
        ValueError: there is no row, no column of texts, or not the column that was named.
    """
    name = content.path.name
    dialect, rows = guess_dialect(first_lines(content), chosen.delimiter)
    if not rows:
        raise ValueError(f"“{name}” has no rows: there is nothing in it")
    is_header = has_header(rows) if chosen.header == "auto" else chosen.header == "yes"
    names = name_columns(rows[0], is_header)
    values = {
        column: [row[at] for row in rows[is_header:] if len(row) == len(names)] for at, column in enumerate(names)
    }
    if is_header and len(rows) < 2:
        raise ValueError(f"“{name}” has a row of names and no other: there are no texts in it")
    text = choose_column(chosen.text, names, "texts") if chosen.text else guess_text(values)
    if not text:
        raise ValueError(f"“{name}” has no column with texts (it has {', '.join(names[:12])}): name the column")
    label = chosen.label or guess_label(values, text)
    label = "" if label == NO_LABEL else choose_column(label, names, "labels") if label else ""
    reader = CsvReader(dialect, content.encoding, names.index(text))
    scan = _find_rows(content, reader, names, label, is_header, check)
    scan.dialect = {
        "delimiter": dialect.delimiter,
        "quotes": dialect.quotes,
        "header": is_header,
        "columns": names,
        "text": text,
        "label": label,
        "encoding": content.original,
    }
    return scan, reader


def _find_rows(
    content: TextContent,
    reader: CsvReader,
    names: Sequence[str],
    label: str,
    is_header: bool,
    check: Callable[[float], None],
) -> TextScan:
    scan, left_out = TextScan(), SkippedLines(content.path.name)
    scan.labels = Codes() if label else None
    others = [(at, name) for at, name in enumerate(names) if name != label and at != reader.column][:MOST_COLUMNS]
    scan.others = {name: Codes() for _, name in others}
    label_at = names.index(label) if label else -1
    lines = LineReader(content, check)
    for begin, number, row in islice(walk_rows(lines, reader.dialect, left_out), int(is_header), None):
        reason = _refuse(row, names, reader.column, label_at)
        if reason:
            left_out.add(number, reason)
            continue
        scan.add(begin, lines.end - begin, number, len(row[reader.column]))
        if scan.labels is not None:
            scan.labels.append(row[label_at].strip())
        for at, name in others:
            scan.others[name].append(row[at])
    scan.findings = left_out.findings()
    scan.fingerprint = lines.fingerprint
    return scan


def walk_rows(lines: LineReader, dialect: Dialect, left_out: SkippedLines) -> Iterator[tuple[int, int, list[str]]]:
    """Each row with the place and the number of its first line. Behind one that cannot be read it goes on."""
    rows, lost = dialect.rows(_decode_lines(lines)), 0
    while True:
        begin, number = lines.end, lines.number + 1
        lines.mark()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            left_out.add(number, _explain(error))
            lost += 1
            if lines.number > number and lost <= MOST_LOST:
                # The mark took all that follows into one text: only its own line is given up.
                lines.go_back(lines.marked, number)
                rows = dialect.rows(_decode_lines(lines))
            continue
        if row:
            yield begin, number, row


def _refuse(row: Sequence[str], names: Sequence[str], text: int, label: int) -> str:
    """Why a row is no sample; empty if it is."""
    if len(row) != len(names):
        return (
            f"it has {format_quantity(len(row), 'column')} where {len(names)} are wanted "
            "(a text that holds the delimiter stands in quotation marks)"
        )
    if not row[text].strip():
        return "its text is empty"
    if len(row[text]) > LONGEST:
        return f"its text is longer than {LONGEST:,} characters"
    return "its label is missing" if label >= 0 and not row[label].strip() else ""


def _explain(error: csv.Error) -> str:
    if "end of data" in str(error) or "larger than" in str(error):
        return "a quotation mark is opened and never closed"
    if "expected after" in str(error):
        return "something stands between a closing quotation mark and the delimiter"
    return f"the row cannot be read: {error}"


def _decode_lines(lines: LineReader) -> Iterator[str]:
    encoding = lines.content.encoding
    errors = "replace" if encoding == "cp1252" else "strict"
    for raw in lines.lines():
        try:
            yield raw.decode(encoding, errors)
        except UnicodeDecodeError:
            raise ValueError(
                f"“{lines.content.path.name}”, line {lines.number:,} is not in {encoding}: choose another encoding"
            ) from None


def first_lines(content: TextContent) -> list[str]:
    """The lines that are looked at for the dialect and the columns."""
    lines = LineReader(content, lambda share: None)
    found = []
    for raw in lines.lines():
        found.append(raw.decode(content.encoding, "replace"))
        if lines.number == GUESS_LINES:
            break
    return found


def name_columns(first: Sequence[str], is_header: bool) -> list[str]:
    """The names of the columns: those of the first row, each once, or numbered."""
    if not is_header:
        return [f"column_{at}" for at in range(1, len(first) + 1)]
    found: list[str] = []
    for at, name in enumerate((cell.strip() for cell in first), 1):
        wanted = name or f"column_{at}"
        found.append(wanted if wanted not in found else f"{wanted}_{at}")
    return found
