"""Random tables, written as CSV in random dialects, come back as they were."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.data.inspect_source import choose
from visualnet.data.registry import make_data_set
from visualnet.data.samples import ArraySamples
from visualnet.data.sources import table
from visualnet.data.sources.registry import guess_sources
from visualnet.data.table_files import cells, text_format
from visualnet.data.table_files.cells import MISSING, CellFormat, read_cell

LETTERS = st.characters(codec="cp1252", categories=("L", "N", "P", "Zs"))
WORDS = st.text(LETTERS | st.sampled_from('\n;,"\t|'), min_size=1, max_size=12)
NUMBERS = st.floats(-1e30, 1e30, allow_nan=False) | st.integers(-10_000, 10_000).map(float) | st.none()
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
QUOTING = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)


def is_word(text: str) -> bool:
    """Whether a cell of this text is a word and is kept as it is."""
    return (
        text == text.strip()
        and text not in MISSING
        and all(read_cell(text, CellFormat(d)).kind == "word" for d in ".,")
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[float | None]], list[list[str]]]:
    """Columns of numbers, some missing, and columns of words."""
    rows = draw(st.integers(2, 30))
    numbers = [draw(st.lists(NUMBERS, min_size=rows, max_size=rows)) for _ in range(draw(st.integers(1, 3)))]
    words = [
        draw(st.lists(WORDS.filter(is_word), min_size=rows, max_size=rows)) for _ in range(draw(st.integers(1, 3)))
    ]
    return numbers, words


@given(
    table=tables(),
    delimiter=st.sampled_from(list(DELIMITERS)),
    quoting=st.sampled_from(QUOTING),
    end=st.sampled_from(("\n", "\r\n")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
    decimal=st.sampled_from(("point", "comma")),
)
def test_a_table_comes_back_as_it_was_written(
    table: tuple[list[list[float | None]], list[list[str]]],
    delimiter: str,
    quoting: int,
    end: str,
    encoding: str,
    decimal: str,
) -> None:
    numbers, words = table
    mark = "." if decimal == "point" else ","
    spelled = [["" if x is None else repr(x).replace(".", mark) for x in column] for column in numbers]
    names = [f"n{at}" for at in range(len(numbers))] + [f"w{at}" for at in range(len(words))]
    text = io.StringIO(newline="")
    writer: Any = csv.writer(text, delimiter=DELIMITERS[delimiter], quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(names)
    writer.writerows(zip(*spelled, *words, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        options = {"delimiter": delimiter, "header": "yes", "numbers": decimal, "target": "none", "input_columns": "n0"}
        filled = [at for at, column in enumerate(numbers) if any(x is not None for x in column)]
        if 0 not in filled:
            return
        choice, found = choose("table", path, {**options, "encoding": "cp1252"} if encoding == "cp1252" else options)
        samples = make_data_set(choice).open()
        assert isinstance(samples, ArraySamples)
        assert found.facts.size == len(words[0])
        assert found.facts.columns == tuple(names)
        lacking = np.array([math.nan if x is None else x for x in numbers[0]], np.float32)
        assert np.array_equal(samples.arrays["features"][:, 0], lacking, equal_nan=True)
        for at in filled:
            column = samples.column(f"n{at}")
            assert column is not None
            assert [None if math.isnan(x) else x for x in column] == numbers[at]
        for at, column_of_words in enumerate(words):
            column = samples.column(f"w{at}")
            assert column is not None
            assert column.tolist() == column_of_words


NATURAL = st.text(st.characters(codec="utf-8", categories=("Lu", "Ll")), min_size=2, max_size=8).filter(is_word)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.floats(0.25, 900).map(lambda x: round(x, 2)), NATURAL, st.sampled_from(("oak", "elm"))),
        min_size=8,
        max_size=40,
    ),
    delimiter=st.sampled_from(list(DELIMITERS.values())),
    end=st.sampled_from(("\n", "\r\n")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le")),
)
def test_the_dialect_of_a_plain_table_is_guessed(
    rows: list[tuple[float, str, str]], delimiter: str, end: str, encoding: str
) -> None:
    mark = "," if delimiter == ";" else "."
    lines = [["size", "place", "tree"], *([repr(x).replace(".", mark), place, tree] for x, place, tree in rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes("".join(delimiter.join(line) + end for line in lines).encode(encoding))
        choice, found = choose("table", path, {"input_columns": "size", "target": "tree"})
        assert found.facts.columns == ("size", "place", "tree")
        samples = make_data_set(choice).open()
        assert isinstance(samples, ArraySamples)
        assert np.array_equal(samples.arrays["features"][:, 0], np.array([x for x, _, _ in rows], np.float32))
        assert [found.facts.classes[at] for at in samples.arrays["label"]] == [tree for _, _, tree in rows]


def test_ten_thousand_columns_are_guessed_without_reading_every_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "genes.csv"
    row = ",".join(f"{at / 7:.4f}" for at in range(9_999))
    path.write_text("\n".join([",".join([*(f"gene{at}" for at in range(9_999)), "kind"]), f"{row},a", f"{row},b"]))
    calls: Counter[str] = Counter()

    def count(name: str, function: Any) -> Any:
        def counted(*args: Any) -> Any:
            calls[name] += 1
            return function(*args)

        return counted

    for module in (cells, text_format, table):
        monkeypatch.setattr(module, "read_cell", count("cells", cells.read_cell))
    monkeypatch.setattr(text_format, "sniff", count("sniffs", text_format.sniff))
    (first, guess), *_ = guess_sources(path)
    assert first.name == "table" and "10,000 columns" in guess.words
    assert calls["cells"] < 10_000 and calls["sniffs"] == 1


DAYS = st.from_regex(r" ?[0-3]?\d([./-])[01]?\d\1(19|20)\d\d(T11:00)?", fullmatch=True)


@given(st.lists(st.text("0123456789.,'’ -+e\n", max_size=9) | DAYS, max_size=6))
def test_all_cells_at_once_tell_the_same_as_each_alone(texts: list[str]) -> None:
    """The decimal mark and the order of dates are found by one search; here every cell is read by itself."""
    only = {mark: 0 for mark in ".,"}
    for text in texts:
        patterns = {mark: (cells._PLAIN[mark], cells._GROUPED[mark]) for mark in ".,"}
        numbers = {mark: any(found.fullmatch(text.strip()) for found in patterns[mark]) for mark in ".,"}
        if "," in text or "." in text:
            only["."] += numbers["."] and not numbers[","]
            only[","] += numbers[","] and not numbers["."]
    if only["."] != only[","]:
        assert cells.guess_decimal(texts, ",") == max(only, key=lambda mark: only[mark])
    found = [cells._YEAR_LAST.fullmatch(text.strip()) for text in texts]
    days = [(int(one[1]), int(one[3])) for one in found if one]
    wanted = True if not days or any(a > 12 for a, _ in days) else False if any(b > 12 for _, b in days) else None
    assert cells.guess_day_first(texts) is wanted
