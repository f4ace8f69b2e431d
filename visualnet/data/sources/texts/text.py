"""Texts: a table with a column of texts, JSON lines, a file for each document, or one long text cut into pieces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.core.graph import Value
from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.core.text.format import format_quantity
from visualnet.data.samples import Samples
from visualnet.data.sources.source import Check, FileSource, Guess, SourceScan, source
from visualnet.data.sources.texts.formats import DELIMITERS, ENCODINGS, HEADERS
from visualnet.layers.declaration.params import choice, count, text

if TYPE_CHECKING:
    from visualnet.data.sources.common.folders import SortedFiles
    from visualnet.data.sources.texts.decode import TextContent
    from visualnet.data.sources.texts.records import RecordReader, TextSamples, TextScan

LAYOUTS = {
    "auto": "by the name of the file: .csv and .tsv, .jsonl, a folder, else one long text",
    "table": "a table with a column of texts (CSV, TSV)",
    "json_lines": "JSON lines: an object a line",
    "documents": "a file for each text, in a folder for each class",
    "pieces": "one long text, cut into pieces (for language models)",
}
TABLES, JSON_LINES, DOCUMENTS = (".csv", ".tsv"), (".jsonl", ".ndjson", ".json"), (".txt", ".text", ".md")
FIRST_ENTRIES_BYTES = 1 << 16
"""A guess reads so much of a file."""
LETTERS_OF_A_WORD = 5
USUAL_LETTERS, MOST_LETTERS = 250, 2000
"""So many different characters are reckoned with where they were not counted, and at most."""
FIRST = 2
"""Numbers of a vocabulary that stand for no character: what fills up, and what is unknown."""
SHORTEST, LONGEST_PROPOSED = 16, 512
"""Tokens of a text that are proposed at least and at most."""


def check_name(name: str) -> None:
    """Raise ValueError, with words, unless this can be the name of a column."""
    if "\n" in name:
        raise ValueError("the name of a column has no line break")


@source("text", "Texts", inputs="text", suffixes=".csv .tsv .jsonl .ndjson .txt .text .md")
class TextSource(FileSource):
    """Texts with or without labels: CSV, JSON lines, a file per document, or one long text for a language model."""

    layout: str = choice("auto", "How the texts lie in their files.", LAYOUTS)
    text_column: str = text("", "Column or member with the texts; empty: it is guessed.", check_name)
    label_column: str = text(
        "", "Column or member with the labels; empty: it is guessed; - : there is none.", check_name
    )
    delimiter: str = choice("auto", "What stands between columns of a table.", DELIMITERS)
    header: str = choice("auto", "Whether a table begins with the names of its columns.", HEADERS)
    encoding: str = choice("auto", "How characters are written as bytes.", ENCODINGS)
    piece: int = count(128, "So many characters to a piece of a long text, and one that follows.", low=2, high=100_000)

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        from visualnet.data.sources.texts import guessing  # not at start-up: it reads

        return guessing.guess(path)

    @property
    def chosen_layout(self) -> str:
        """The layout that was chosen, or the one that the file's name tells."""
        if self.layout != "auto":
            return self.layout
        suffix = self.path.suffix.lower()
        if suffix in TABLES:
            return "table"
        if suffix in JSON_LINES:
            return "json_lines"
        return "documents" if self.path.is_dir() else "pieces"

    def look_through(self, check: Check) -> SourceScan:
        self.check_place()
        return self._look_at_folder(check) if self.chosen_layout == "documents" else self._look_at_file(check)

    def open(self) -> Samples:
        self.check_place()
        known = self.known
        try:
            samples = self._open()
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        if samples.size != known.size:
            raise ValueError(
                f"“{self.path.name}” has {samples.size:,} samples now; {known.size:,} were there when it was looked through: "
                "look it through again on the data page"
            )
        if samples.classes != known.classes:
            raise ValueError(
                f"the classes of “{self.path.name}” are others now: look it through again on the data page"
            )
        return samples

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        usual = read_count(facts.extra.get("usual_characters"), 0)
        if facts.classes:
            words = math.ceil(usual / LETTERS_OF_A_WORD) if usual else 64
            length = 1 << max(0, words - 1).bit_length()
            options: dict[str, Value] = {"unit": "word", "length": min(LONGEST_PROPOSED, max(SHORTEST, length))}
        else:
            length = self.piece if self.chosen_layout == "pieces" else min(LONGEST_PROPOSED, max(SHORTEST, usual))
            letters = read_count(facts.extra.get("letters"), USUAL_LETTERS)
            vocabulary = min(MOST_LETTERS, 32 * math.ceil((letters + FIRST) / 32))
            options = {"unit": "character", "vocabulary": vocabulary, "length": length, "next": True}
        return (PreparationStep(kind="tokenise", options=options),)

    # --- a file ---------------------------------------------------------------------------------------------------

    def _look_at_file(self, check: Check) -> SourceScan:
        from visualnet.data.sources.common.classes import find_class_faults
        from visualnet.data.sources.texts.records import find_encoding

        try:
            content, scan, _ = self._scan(check)
            findings = [*find_encoding(content, self.encoding), *scan.findings]
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        if not scan.size:
            why = f": {scan.findings[0].words}" if scan.findings else ""
            raise ValueError(f"“{self.path.name}” holds no text that can be used{why}")
        classes: tuple[str, ...] = ()
        if scan.labels is not None:
            classes, label = scan.labels.classes()
            findings += find_class_faults(label, classes)
        columns = [name for name, values in scan.others.items() if 1 < len(values.numbers) < scan.size]
        dialect = {name: value for name, value in scan.dialect.items() if name != "columns"}
        facts = _make_facts(scan.size, classes, columns, scan.fingerprint, list(scan.characters), dialect, scan.letters)
        figures = [("texts", f"{scan.size:,}"), *_length_figures(list(scan.characters))]
        figures += [
            (f"{name} column" if name != "encoding" else name, str(value))
            for name, value in dialect.items()
            if name in ("text", "label", "encoding") and value
        ]
        return SourceScan(facts, tuple(findings), tuple(figures))

    def _scan(self, check: Check) -> tuple[TextContent, TextScan, RecordReader]:
        from visualnet.data.sources.texts.decode import read_content
        from visualnet.data.sources.texts.json_lines import scan_json_lines
        from visualnet.data.sources.texts.pieces import scan_pieces
        from visualnet.data.sources.texts.tables import TextColumnChoices, scan_table

        layout = self.chosen_layout
        content = read_content(self.path, self.encoding, is_line_break_one=layout == "pieces")
        if layout == "table":
            chosen = TextColumnChoices(self.delimiter, self.header, self.text_column, self.label_column)
            return content, *scan_table(content, chosen, check)
        if layout == "json_lines":
            return content, *scan_json_lines(content, self.text_column, self.label_column, check)
        return content, *scan_pieces(content, self.piece + 1, check)

    def _open(self) -> TextSamples:
        from visualnet.data.sources.texts.documents import DocumentSamples
        from visualnet.data.sources.texts.records import RecordSamples

        if self.chosen_layout == "documents":
            return DocumentSamples(self._sort(lambda share: None), self.encoding)
        content, scan, reader = self._scan(lambda share: None)
        classes, label = scan.labels.classes() if scan.labels is not None else ((), None)
        return RecordSamples(content, scan, classes, label, reader)

    # --- a folder -------------------------------------------------------------------------------------------------

    def _sort(self, check: Check) -> SortedFiles:
        from visualnet.data.sources.common.folders import sort_into_classes

        return sort_into_classes(self.path, DOCUMENTS, ("document", "documents"), check)

    def _look_at_folder(self, check: Check) -> SourceScan:
        from visualnet.data.sources.common.classes import find_class_faults
        from visualnet.data.sources.texts.documents import find_in_documents

        found = self._sort(check)
        lengths, findings, figures = find_in_documents(found, self.encoding, check)
        labels = find_class_faults(found.label, found.classes) if found.label is not None else ()
        size = len(found.files)
        columns = list(found.columns)
        facts = _make_facts(size, found.classes, columns, found.fingerprint, lengths, {})
        shown = [("documents", f"{size:,}"), *_length_figures(lengths), *figures]
        return SourceScan(facts, (*found.findings, *findings, *labels), tuple(shown))


def _make_facts(
    size: int,
    classes: Sequence[str],
    columns: Sequence[str],
    fingerprint: str,
    characters: Sequence[int],
    dialect: dict[str, Any],
    letters: int = 0,
) -> DataFacts:
    fields = {"text": FieldFacts(shape=(0,), axes=("T",), dtype="int")}
    if classes:
        fields["label"] = FieldFacts(dtype="int", classes=len(classes))
    extra: dict[str, Any] = {"usual_characters": _usual(characters)}
    if letters:
        extra["letters"] = letters
    if dialect:
        extra["dialect"] = dialect
    return DataFacts(
        size=size,
        fields=fields,
        classes=tuple(classes),
        columns=tuple(columns),
        fingerprint=fingerprint,
        extra=extra,
    )


def read_count(raw: Any, usual: int) -> int:
    """What a project's file says as a number; the usual one for anything else."""
    return raw if type(raw) is int and raw > 0 else usual


def _usual(characters: Sequence[int]) -> int:
    """Nine of ten texts have at most so many characters."""
    return sorted(characters)[math.ceil(0.9 * len(characters)) - 1] if characters else 0


def _length_figures(characters: Sequence[int]) -> list[tuple[str, str]]:
    if not characters:
        return []
    ordered = sorted(characters)
    middle = ordered[len(ordered) // 2]
    return [("length", f"{ordered[0]:,} to {format_quantity(ordered[-1], 'character')}, half at most {middle:,}")]
