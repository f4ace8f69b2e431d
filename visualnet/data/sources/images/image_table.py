"""Images beside a table that says of each what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from visualnet.core.project import FieldFacts
from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.common.classes import PARTS, find_class_faults, name_class, number_classes
from visualnet.data.sources.common.files import FolderScan, list_findings, walk
from visualnet.data.sources.common.first_entries import first_entries
from visualnet.data.sources.images.image_source import ArrangedImages, ImageSource
from visualnet.data.sources.images.survey import ImageSurvey
from visualnet.data.sources.source import Finding, Guess, source
from visualnet.data.table_files.cells import CellFormat, read_cell
from visualnet.data.table_files.rows import TextRows
from visualnet.data.table_files.text_format import FormatChoices, sniff
from visualnet.layers.declaration.params import choice, text

SUFFIXES = (".csv", ".tsv")
LABEL_NAMES = ("label", "labels", "class", "classes", "category", "target", "diagnosis", "species", "breed", "y")
PART_NAMES = ("part", "split", "set", "subset", "fold")
MOST_ROWS = 2_000_000
LOOKED_AT = 500
"""So many rows tell which column names the images."""
FEW_NUMBERS = 20
"""More different numbers than these are amounts, not classes."""


class _Table(NamedTuple):
    """A table as it was read: cells by column, the line of each row, and what is wrong with it."""

    name: str
    cells: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    how: CellFormat
    digest: str
    findings: list[Finding]


@source("image_table", "Images with a table of labels", inputs="image", picks="folder")
class ImageTable(ImageSource):
    """A folder of images, and a CSV or TSV file in it with a row for each: the name of the file and its label."""

    table: str = text("", "The file with the labels. Empty: the first one.", check=lambda words: words, longest=400)
    file_column: str = text(
        "", "The column with the names of the images. Empty: it is found.", check=lambda words: words, longest=200
    )
    label_column: str = text(
        "", "The column that is to be predicted. Empty: it is guessed.", check=lambda words: words, longest=200
    )
    target: str = choice(
        "auto",
        "What the label is.",
        {
            "auto": "classes, or numbers where there are many different ones",
            "classes": "each different word or number is a class",
            "numbers": "a number to be predicted (regression)",
        },
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if not path.is_dir():
            return None
        seen = first_entries(path)
        tables = [name for name in seen.files if name.lower().endswith(SUFFIXES)]
        if not tables or not seen.holds_images:
            return None
        return Guess(0.94, {}, f"images with labels in “{visible(tables[0])}”")

    def arrange(self, walked: FolderScan) -> ArrangedImages:
        table = self._read_table()
        by_key = _index_images(walked)
        file_column = self._find_file_column(table, by_key)
        findings = list(table.findings)
        row_of: dict[int, int] = {}
        missing: list[Finding] = []
        for row, cell in enumerate(table.cells[file_column]):
            at = _find_image(cell, by_key)
            if at is None:
                words = f"left out: the image “{visible(cell)}” is not there"
                missing.append(Finding("warning", words, table.name, table.lines[row]))
            elif at in row_of:
                words = f"left out: “{visible(cell)}” has a row already"
                missing.append(Finding("warning", words, table.name, table.lines[row]))
            else:
                row_of[at] = row
        findings += _shorten(missing)
        if not row_of:
            raise ValueError(f"none of the images that “{table.name}” names is below “{self.path.name}”")
        lone = [
            (visible(walked.files.relative(at)), "left out: no row names it")
            for at in range(len(walked.files))
            if at not in row_of
        ]
        findings += list_findings("warning", lone)
        return self._label(walked, table, file_column, row_of, findings)

    def _label(
        self, walked: FolderScan, table: _Table, file_column: str, row_of: dict[int, int], findings: list[Finding]
    ) -> ArrangedImages:
        label_column = self._find_label_column(table, file_column)
        if label_column:
            cells = table.cells[label_column]
            empty = [at for at, row in row_of.items() if read_cell(cells[row], table.how).kind == "missing"]
            findings += _shorten(
                [Finding("warning", "left out: it has no label", table.name, table.lines[row_of[at]]) for at in empty]
            )
            row_of = {at: row for at, row in row_of.items() if at not in set(empty)}
        kept = np.array(sorted(row_of), np.int64)
        rows = [row_of[int(at)] for at in kept]
        columns, classes = self._make_target(table, label_column, rows)
        if "label" in columns:
            findings += find_class_faults(columns["label"], classes)
        for name, values in table.cells.items():
            words = [name_class(values[row]) if values[row].strip() else "" for row in rows]
            if name.lower() in PART_NAMES and {word.lower() for word in words} <= PARTS.keys():
                columns["part"] = np.array([PARTS[word.lower()] for word in words])
            elif name not in (file_column, label_column, *columns) and name not in ("image", "label", "y"):
                columns[name] = np.array(words)
        return ArrangedImages(walked.take(kept), columns, classes, tuple(findings), digest=table.digest)

    def _make_target(
        self, table: _Table, column: str, rows: list[int]
    ) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
        """The classes, or the numbers, of these rows."""
        if not column:
            return {}, ()
        words = [table.cells[column][row].strip() for row in rows]
        read = [read_cell(word, table.how) for word in words]
        numbers = [cell.number for cell in read if cell.kind == "number"]
        many = len(set(numbers)) > FEW_NUMBERS or any(number != int(number) for number in numbers)
        if self.target == "numbers" or (self.target == "auto" and len(numbers) == len(read) and many):
            if len(numbers) < len(read):
                bad = next(at for at, cell in enumerate(read) if cell.kind != "number")
                raise ValueError(
                    f"“{table.name}”, line {table.lines[rows[bad]]:,}: “{visible(words[bad])}” is no number; the target is to be numbers"
                )
            return {"y": np.array(numbers, np.float32)}, ()
        label, classes = number_classes(words)
        return {"label": label}, classes

    def _read_table(self) -> _Table:
        found = walk(self.path, suffixes=SUFFIXES)
        names = sorted(found.files, key=lambda name: (name.count("/"), name))
        chosen = self.table.strip() or (names[0] if names else "")
        if chosen not in names:
            listed = f"; there are {', '.join(map(visible, names[:5]))}" if names else ""
            wanted = f"there is no table “{visible(chosen)}”" if chosen else "there is no table (.csv or .tsv)"
            raise ValueError(f"{wanted} in “{self.path.name}”{listed}: put one beside the images, with a row for each")
        at = list(found.files).index(chosen)
        path = Path(found.files.absolute(at))
        try:
            sniffed = sniff(path, FormatChoices())
            rows = TextRows(path, sniffed.format)
            cells: dict[str, list[str]] = {name: [] for name in rows.names}
            lines: list[int] = []
            for block in rows.blocks(lambda share: None):
                lines += block.lines
                for name, values in zip(rows.names, block.columns, strict=True):
                    cells[name] += map(str, values)
                if len(lines) > MOST_ROWS:
                    raise ValueError(f"“{chosen}” has more than {MOST_ROWS:,} rows")
        except OSError as error:
            raise ValueError(f"“{visible(chosen)}” cannot be read: {error}") from None
        findings = [Finding("hint", remark, visible(chosen)) for remark in sniffed.remarks]
        if rows.ragged.count:
            words = f"{rows.ragged.count:,} rows with another number of cells left out ({rows.ragged})"
            findings.append(
                Finding("warning", words, visible(chosen), rows.ragged.first[0] if rows.ragged.first else 0)
            )
        digest = found.take(np.array([at], np.int64)).fingerprint()
        return _Table(visible(chosen), cells, lines, sniffed.format.cells, digest, findings)

    def _find_file_column(self, table: _Table, by_key: Mapping[str, int]) -> str:
        if self.file_column:
            return _check_column(table, self.file_column)
        hits = {
            name: sum(_find_image(cell, by_key) is not None for cell in cells[:LOOKED_AT])
            for name, cells in table.cells.items()
        }
        best = max(hits, key=lambda name: hits[name])
        if not hits[best]:
            raise ValueError(
                f"no column of “{table.name}” names the images below “{self.path.name}” (it has {', '.join(list(hits)[:8])})"
            )
        return best

    def _find_label_column(self, table: _Table, file_column: str) -> str:
        if self.label_column:
            return _check_column(table, self.label_column)
        others = [name for name in table.cells if name != file_column]
        named = [name for name in others if name.lower() in LABEL_NAMES]
        # A column whose cells are all different tells no classes, but may be numbers.
        plain = [name for name in others if name.lower() not in PART_NAMES]
        return next(iter(named or plain), "")

    def describe_fields(self, arranged: ArrangedImages, survey: ImageSurvey) -> dict[str, FieldFacts]:
        found = super().describe_fields(arranged, survey)
        return found | {"y": FieldFacts(shape=(1,))} if "y" in arranged.columns else found


def _check_column(table: _Table, name: str) -> str:
    if name not in table.cells:
        raise ValueError(f"“{table.name}” has no column “{visible(name)}” (it has {', '.join(list(table.cells)[:8])})")
    return name


def _index_images(walked: FolderScan) -> dict[str, int]:
    """Images by path, by name, and by name without suffix; what two share names neither."""
    found: dict[str, int] = {}
    shared: set[str] = set()
    for at, path in enumerate(walked.files):
        pure = PurePosixPath(path)
        for key in {path, pure.name, pure.stem, str(pure.with_suffix(""))}:
            if found.setdefault(key, at) != at and key != path:
                shared.add(key)
    return {key: at for key, at in found.items() if key not in shared}


def _find_image(cell: str, by_key: Mapping[str, int]) -> int | None:
    words = cell.strip().replace("\\", "/").removeprefix("./")
    for key in (words, PurePosixPath(words).name) if words else ():
        if key in by_key:
            return by_key[key]
    return None


def _shorten(findings: list[Finding], most: int = 100) -> list[Finding]:
    more = len(findings) - most
    if more <= 0:
        return findings
    return [*findings[:most], Finding("warning", f"and {more:,} more rows like these", findings[0].file)]
