"""Look at whole columns while their blocks go by: what kind each is, its categories, its missing and its odd cells."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.text.hidden_characters import visible
from visualnet.data.table_files.cells import CellFormat, CellMemory, read_plain_numbers
from visualnet.data.table_files.rows import Lines, TableRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CLASSES = 20_000
"""More different values than that are no classes."""
FEWEST_COUNTED = 256
COUNTED_IN_ALL = 2_000_000
"""So many different values are kept for all columns together."""
MOST_CATEGORIES = 1_000
"""A column of words with more different values is text, unless it is the target."""
SHARE = 0.9
"""A column is one of numbers if so many of its filled cells are."""
_ID = re.compile(r"(?i:(?:.*[ _\-.])?(?:ids?|idx|index|nr|no|key|uuid|guid|row ?names?|unnamed.*))|.*[a-z]I[Dd]")


class ScannedColumn(NamedTuple):
    """What was found of a column. ``kind`` is ``number``, ``date``, ``category``, ``text``, ``id``, ``constant`` or ``empty``.

    ``main`` says what most of its cells are, ``number``, ``date`` or ``word``, whatever it is good for. ``low`` and ``high`` are of the
    whole file, for people: nothing is fitted to them. ``counts`` says how often each value stands there, None where there are too many.
    ``odd`` are the cells that are not of the column's kind and count as missing.
    """

    name: str
    kind: str
    main: str
    missing: int
    low: float
    high: float
    whole: bool
    counts: Counter[str] | None
    odd: int
    odd_lines: Lines
    odd_example: str
    infinite: Lines
    missing_lines: Lines
    grouped: int
    increases: bool


class TableScan(NamedTuple):
    """A whole table, looked at."""

    columns: tuple[ScannedColumn, ...]
    rows: int


def scan(rows: TableRows, how: CellFormat, targets: set[int], check: Callable[[float], None]) -> TableScan:
    """Look at all rows. ``targets`` are columns whose values are counted however many differ.

    Raises:
        ValueError: the table cannot be read.
        OSError: the file cannot be read.
    """
    width = len(rows.names)
    share = max(FEWEST_COUNTED, min(MOST_CLASSES, COUNTED_IN_ALL // width))
    columns = [
        _Watched(
            name, how, MOST_CLASSES if at in targets else share, at in rows.dates, at in targets, at == 0 and width > 2
        )
        for at, name in enumerate(rows.names)
    ]
    count = 0
    for block in rows.blocks(check):
        for column, cells in zip(columns, block.columns, strict=True):
            column.add(cells, block.lines)
        count += len(block.lines)
    return TableScan(tuple(column.finish(count) for column in columns), count)


class _Watched:
    """What is known of a column so far."""

    def __init__(self, name: str, how: CellFormat, most: int, is_date: bool, counts_all: bool, may_count: bool) -> None:
        self.name, self.how, self.most, self.is_date = name, how, most, is_date
        self.counts_all, self.may_count = counts_all, may_count
        self._cells = CellMemory(how)
        self.counts: Counter[str] | None = Counter()
        self.kinds: Counter[str] = Counter()
        self.low, self.high, self.whole = math.inf, -math.inf, True
        self.lines = {kind: Lines() for kind in ("missing", "infinite", "word", "date", "number")}
        self.examples: dict[str, str] = {}
        self.grouped = 0
        self.increases, self._last = True, math.nan

    def add(self, cells: Sequence[str] | NDArray[Any], lines: Sequence[int]) -> None:
        if isinstance(cells, Sequence):
            numbers = read_plain_numbers(cells, self.how.decimal)
            if numbers is None:
                self._add_each(cells, lines)
            else:
                self._add_numbers(numbers, "number")
                self._count(cells)
        else:
            self._add_array(cells, lines)

    def _add_numbers(self, numbers: NDArray[Any], kind: str) -> None:
        import numpy as np

        self.kinds[kind] += len(numbers)
        self.low, self.high = min(self.low, float(numbers.min())), max(self.high, float(numbers.max()))
        if self.whole and not (numbers == np.floor(numbers)).all():
            self.whole = False
            if kind == "number" and not self.kinds["word"] and not self.counts_all:
                self.counts = None  # measured values: no classes
        if self.increases:
            steps = np.diff(numbers) if math.isnan(self._last) else np.diff(numbers, prepend=self._last)
            self.increases = bool((steps == 1).all())
            self._last = float(numbers[-1])

    def _add_array(self, values: NDArray[Any], lines: Sequence[int]) -> None:
        import numpy as np

        kind = "date" if self.is_date else "number"
        for word, places in (("missing", np.isnan(values)), ("infinite", np.isinf(values))):
            self.kinds[word] += int(places.sum())
            for at in np.flatnonzero(places):
                self.lines[word].add(lines[int(at)])
        finite = values[np.isfinite(values)]
        if len(finite):
            self._add_numbers(finite, kind)
            if self.counts is not None and kind == "number":
                self._count([f"{number:.17g}" for number in finite])

    def _count(self, cells: Sequence[str]) -> None:
        if self.counts is not None:
            self.counts.update(cells)
            if len(self.counts) > self.most:
                self.counts = None

    def _add_each(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        often = Counter(cells)
        known = {text: self._cells[text] for text in often}
        here: Counter[str] = Counter()
        for text, found in known.items():
            here[found.kind] += often[text]
            if found.kind in ("number", "date"):
                self.low, self.high = min(self.low, found.number), max(self.high, found.number)
                self.whole = self.whole and found.number.is_integer()
                self.grouped += found.grouped * often[text]
        self.kinds += here
        self.increases = False
        self._note_lines(cells, lines, known, here)
        if self.counts is not None:
            for text, number in often.items():
                if known[text].kind != "missing":
                    self.counts[text.strip()] += number
            if len(self.counts) > self.most:
                self.counts = None

    def _note_lines(
        self, cells: Sequence[str], lines: Sequence[int], known: dict[str, Any], here: Counter[str]
    ) -> None:
        """Note where the first cells of each kind stand, for those kinds that may turn out to be odd."""
        rare = {kind for kind in here if kind in self.lines and here[kind] < len(cells)}
        rare |= {"missing", "infinite"} & here.keys()
        for kind in rare:
            kept = self.lines[kind]
            room = kept.count + here[kind]
            if len(kept.first) < 10:
                for text, line in zip(cells, lines, strict=True):
                    if known[text].kind == kind:
                        kept.add(line)
                        self.examples.setdefault(kind, text)
                        if len(kept.first) == 10:
                            break
            kept.count = room

    def finish(self, rows: int) -> ScannedColumn:
        kinds = self.kinds
        filled = rows - kinds["missing"]
        main = self._main(filled)
        odd_kinds = (
            [k for k in ("word", "date", "number") if k != main and kinds[k]] if main in ("number", "date") else []
        )
        odd = max(odd_kinds, key=lambda k: kinds[k], default="word")
        return ScannedColumn(
            self.name,
            self._kind(main, filled, rows),
            main,
            kinds["missing"],
            self.low if main in ("number", "date") else math.nan,
            self.high if main in ("number", "date") else math.nan,
            self.whole,
            self.counts,
            sum(kinds[k] for k in odd_kinds),
            self.lines[odd],
            visible(self.examples.get(odd, "").strip())[:40],
            self.lines["infinite"] if main == "number" else Lines(),
            self.lines["missing"],
            self.grouped,
            self.increases,
        )

    def _main(self, filled: int) -> str:
        numbers = self.kinds["number"] + self.kinds["infinite"]
        if self.kinds["number"] and numbers >= SHARE * filled:
            return "number"
        return "date" if self.kinds["date"] >= SHARE * filled and filled else "word"

    def _kind(self, main: str, filled: int, rows: int) -> str:
        named = bool(_ID.fullmatch(self.name))
        different = len(self.counts) if self.counts is not None else self.most + 1
        if not filled or (main == "word" and not self.kinds["word"] + self.kinds["date"] + self.kinds["number"]):
            return "empty"
        if main == "number":
            counts = self.may_count and self.low in (
                0.0,
                1.0,
            )  # the first of several columns, and counts from 0 or 1 on
            if self.whole and rows > 2 and self.increases and (counts or named):
                return "id"
            if named and self.whole and rows > 2 and (self.counts is None or different == filled):
                return "id"
        if main != "word":
            return "constant" if self.low == self.high and rows > 1 else main
        if different == 1 and rows > 1 and not self.kinds["missing"]:
            return "constant"
        if different == filled and (named or filled >= 20):
            return "id"
        return "category" if self.counts is not None else "text"
