"""What a path looks like, at a glance: texts with labels, documents in folders, one long text, or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_quantity
from visualnet.data.sources.source import Guess
from visualnet.data.sources.texts.columns import guess_label, guess_text
from visualnet.data.sources.texts.decode import detect_encoding
from visualnet.data.sources.texts.json_lines import parse_object
from visualnet.data.sources.texts.tables import guess_dialect, has_header, name_columns

FIRST_ENTRIES_BYTES = 1 << 16
FIRST_ENTRIES_LINES = 50
FIRST_ENTRIES_ENTRIES = 300
SENTENCE = 25
"""A column whose values have so many characters on average holds texts rather than names."""
TABLES, JSON_LINES, DOCUMENTS = (".csv", ".tsv"), (".jsonl", ".ndjson"), (".txt", ".text", ".md")


def guess(path: Path) -> Guess | None:
    """Whether texts can be read from this file or folder."""
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            return _guess_folder(path)
        if suffix not in (*TABLES, *JSON_LINES, *DOCUMENTS):
            return None
        lines = _first_lines(path)
    except OSError:
        return None
    if not lines:
        return None
    if suffix in JSON_LINES:
        return _guess_json_lines(lines)
    table = _guess_table(lines)
    if suffix in TABLES:
        return table or Guess(0.1, {"layout": "table"}, "a table without a column of texts")
    if table is not None and table.options.get("delimiter") == "tab":
        return table
    return Guess(0.7, {"layout": "pieces"}, "one long text, cut into pieces for a language model")


def _first_lines(path: Path) -> list[str]:
    encoding = detect_encoding(path, FIRST_ENTRIES_BYTES)
    if not encoding:
        return []
    with open_regular(path) as file:
        lines = file.read(FIRST_ENTRIES_BYTES).decode(encoding, "replace").splitlines(keepends=True)
    return [line for line in (lines[:-1] or lines)[:FIRST_ENTRIES_LINES] if line.strip()]


def guess_pair_columns(path: Path) -> tuple[str, str] | None:
    """The columns of a table with sentences and their translations; None where it looks like something else.

    A third column may say where a pair comes from; more are a table of another kind.
    """
    from visualnet.data.sources.texts.pair_rows import guess_columns, has_names

    try:
        lines = _first_lines(path)
    except OSError:
        return None
    dialect, rows = guess_dialect(lines)
    if len(rows) < 2 or (path.suffix.lower() not in TABLES and dialect.delimiter != "\t"):
        return None
    is_header = has_names(rows)
    names = name_columns(rows[0], is_header)
    return guess_columns(names, rows[is_header:]) if 2 <= len(names) <= 3 else None


def _guess_table(lines: Sequence[str]) -> Guess | None:
    dialect, rows = guess_dialect(lines)
    if len(rows) < 2:
        return None
    is_header = has_header(rows)
    names = name_columns(rows[0], is_header)
    values = {name: [row[at] for row in rows[is_header:] if len(row) == len(names)] for at, name in enumerate(names)}
    text = guess_text(values)
    if not text or len(names) < 2:
        return None
    length = sum(map(len, values[text])) / max(1, len(values[text]))
    label = guess_label(values, text)
    options = {"layout": "table", **({"delimiter": "tab"} if dialect.delimiter == "\t" else {})}
    words = f"texts in the column “{text}”" + (f", labels in “{label}”" if label else ", without labels")
    return Guess(0.9 if length >= SENTENCE else 0.3, options, words)


def _guess_json_lines(lines: Sequence[str]) -> Guess | None:
    texts: dict[str, list[str]] = {}
    for line in lines:
        with suppress(ValueError):  # a broken line is left out when they are read, too
            for name, value in parse_object(line).items():
                if isinstance(value, str):
                    texts.setdefault(name, []).append(value)
    text = guess_text(texts)
    return Guess(0.9, {"layout": "json_lines"}, f"JSON lines with texts in “{text}”") if text else None


def _guess_folder(path: Path) -> Guess | None:
    from visualnet.data.sources.common.first_entries import first_entries

    seen = first_entries(path)
    with_documents = [
        name for name, inner in seen.folders.items() if any(inner.count_files(suffix) for suffix in DOCUMENTS)
    ]
    flat = sum(name.lower().endswith(DOCUMENTS) for name in seen.files)
    if with_documents and not seen.holds_images:
        words = f"{format_quantity(len(with_documents), 'folder')} with documents, one for each class"
        return Guess(0.85, {"layout": "documents"}, words)
    if flat > 1 and not seen.holds_images:
        return Guess(0.6, {"layout": "documents"}, "documents without labels")
    return None
