"""Read the columns of a table that a network is shown or asked for into arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.samples import ArraySamples
from visualnet.data.table_files.cells import EPOCH, CellFormat, CellMemory, read_plain_numbers, spell_word
from visualnet.data.table_files.roles import ColumnPlan, spell_number
from visualnet.data.table_files.rows import Lines, RowBlock, TableRows

Array = NDArray[Any]
Cells = Sequence[str] | Array


class DateParts(NamedTuple):
    """What a date gives beside its days since 2000."""

    month: bool = False
    weekday: bool = False
    hour: bool = False

    def values(self, days: Array) -> list[Array]:
        """Days since 2000, then those parts that are wanted: month 1 to 12, weekday 0 (Monday) to 6, hour 0 to 23."""
        found = [days]
        known = np.where(np.isnan(days), 0.0, days)
        moments = np.datetime64(EPOCH, "s") + np.round(known * 86400).astype("timedelta64[s]")
        whole = moments.astype("datetime64[D]")
        parts = {
            "month": moments.astype("datetime64[M]").astype(np.int64) % 12 + 1,
            "weekday": (whole.astype(np.int64) + 3) % 7,  # 1970 began on a Thursday
            "hour": (moments - whole).astype("timedelta64[h]").astype(np.int64),
        }
        found += [np.where(np.isnan(days), np.nan, values) for part, values in parts.items() if getattr(self, part)]
        return found


class ColumnLayout(NamedTuple):
    """Which columns become what: places of inputs and targets in the table, with their plans."""

    plans: tuple[ColumnPlan, ...]
    parts: DateParts = DateParts()
    whole_rows: bool = False
    """Whether rows that lack an input are left out."""

    @property
    def inputs(self) -> list[int]:
        return [at for at, plan in enumerate(self.plans) if plan.role == "input"]

    @property
    def targets(self) -> list[int]:
        return [at for at, plan in enumerate(self.plans) if plan.role == "target"]

    def plans_of_features(self) -> list[ColumnPlan]:
        """For each number in ``features`` the plan of the column from which it comes."""
        found: list[ColumnPlan] = []
        for plan in (self.plans[at] for at in self.inputs):
            found += [plan] * (1 + sum(self.parts) if plan.kind == "date" else 1)
        return found


class KeptRows(NamedTuple):
    """Some rows of a block that are kept: their lines, their inputs and their targets (NaN nowhere)."""

    lines: Array
    features: Array
    targets: Array


class ColumnReader:
    """Reads the cells of one column into numbers: what a number or a date says, or the place of a category; NaN where it is missing."""

    def __init__(self, plan: ColumnPlan, how: CellFormat) -> None:
        self._kind, self._decimal = plan.kind, how.decimal
        self._cells = CellMemory(how)
        self._places = {value: place for place, value in enumerate(plan.values)}

    def read(self, cells: Cells) -> Array:
        """One float64 for each cell."""
        if not isinstance(cells, Sequence):
            if self._kind != "category":
                return np.where(np.isfinite(cells), cells, np.nan)
            cells = [spell_number(number) if np.isfinite(number) else "" for number in cells]
        if self._kind == "number" and (numbers := read_plain_numbers(cells, self._decimal)) is not None:
            return numbers
        number_of = self._place if self._kind == "category" else self._number
        known = {text: number_of(text) for text in set(cells)}
        return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))

    def _number(self, text: str) -> float:
        cell = self._cells[text]
        return cell.number if cell.kind == self._kind else math.nan

    def _place(self, text: str) -> float:
        cell = self._cells[text]
        place = None if cell.kind == "missing" else self._places.get(spell_word(text))
        if place is None:
            place = self._places.get(spell_number(cell.number)) if cell.kind == "number" else None
        return math.nan if place is None else place


def keep_rows(
    rows: TableRows,
    how: CellFormat,
    layout: ColumnLayout,
    check: Callable[[float], None],
    lacking: Lines,
    incomplete: Lines,
) -> Iterator[KeptRows]:
    """The rows that have all targets, in blocks. Lines of rows that lack one go to ``lacking``; of those that lack an input, and are left
    out for that, to ``incomplete``."""
    inputs, targets = layout.inputs, layout.targets
    readers = {at: ColumnReader(layout.plans[at], how) for at in (*inputs, *targets)}

    def read(block: RowBlock, at: int) -> list[Array]:
        plan, numbers = layout.plans[at], readers[at].read(block.columns[at])
        return layout.parts.values(numbers) if plan.kind == "date" and plan.role == "input" else [numbers]

    for block in rows.blocks(check):
        lines = np.asarray(block.lines, np.int64)
        wanted = [column for at in targets for column in read(block, at)]
        shown = [column for at in inputs for column in read(block, at)]
        found = np.stack(wanted, 1) if wanted else np.zeros((len(lines), 0))
        features = np.stack(shown, 1).astype(np.float32) if shown else np.zeros((len(lines), 0), np.float32)
        features[np.isinf(features)] = np.nan  # larger than a float32 can be
        lacks = np.isnan(found).any(1)
        gaps = ~lacks & np.isnan(features).any(1) if layout.whole_rows else np.zeros(len(lines), bool)
        for places_of, log in ((lacks, lacking), (gaps, incomplete)):
            for at in np.flatnonzero(places_of):
                log.add(int(lines[at]))
        kept = ~(lacks | gaps)
        yield KeptRows(lines[kept], features[kept], found[kept]) if not kept.all() else KeptRows(lines, features, found)


class TableSamples(ArraySamples):
    """The rows of a table as samples: ``features``, and ``label`` or ``y``. Its other columns are read when they are asked for."""

    def __init__(self, rows: TableRows, how: CellFormat, layout: ColumnLayout, size: int, name: str) -> None:
        """Read the table.

        Raises:
            ValueError: it cannot be read, or is not the one that was looked through.
            OSError: the file cannot be read.
        """
        self._rows, self._how, self._layout, self._name = rows, how, layout, name
        self._columns: dict[str, Array] = {}
        width = len(layout.plans_of_features())
        features = np.empty((size, width), np.float32)
        targets = np.empty((size, len(layout.targets)))
        self.lines = np.empty(size, np.int64)
        at = 0
        for kept in keep_rows(rows, how, layout, lambda share: None, Lines(), Lines()):
            end = at + len(kept.lines)
            if end > size:
                raise ValueError(_changed(name))
            features[at:end], targets[at:end], self.lines[at:end] = kept.features, kept.targets, kept.lines
            at = end
        complete = [not plan.missing for plan in layout.plans_of_features()]
        if at != size or np.isnan(features[:, complete]).any():
            raise ValueError(_changed(name))
        arrays: dict[str, Array] = {"features": features}
        if layout.targets:
            is_label = layout.plans[layout.targets[0]].kind == "category"
            arrays |= {"label": targets[:, 0].astype(np.int64)} if is_label else {"y": targets.astype(np.float32)}
        super().__init__(arrays)
        self._take_in_file()

    def _take_in_file(self) -> None:
        """Let the file's bytes count too: what is in other columns can be divided by."""
        self.fingerprint = self._rows.fingerprint
        self._digest.update(self.fingerprint.encode())

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_digest", "_columns")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__init__(state["arrays"])
        self.__dict__.update(state, _columns={})
        self._take_in_file()

    def column(self, name: str) -> Array | None:
        # “label” is what the classes are called everywhere; a column of that name that is no target would be taken for them.
        if name in self.arrays or name == "label":
            return super().column(name)
        plans = {plan.name: at for at, plan in enumerate(self._layout.plans)}
        if name not in plans:
            return None
        if name not in self._columns:
            self._columns = {name: self._read_column(plans[name])}  # one is kept: words take much memory
        return self._columns[name]

    def _read_column(self, at: int) -> Array:
        """The column as numbers (days since 2000 for dates), or as words."""
        kind = self._layout.plans[at].kind
        dates = at in self._rows.dates
        parts: list[Array] = []
        reader = ColumnReader(self._layout.plans[at], self._how)
        for block in self._rows.blocks(lambda share: None):
            kept = np.isin(np.asarray(block.lines, np.int64), self.lines, assume_unique=True)
            cells = block.columns[at]
            if kind in ("number", "date") or (dates and not isinstance(cells, Sequence)):
                values = reader.read(cells)
            else:
                texts = cells if isinstance(cells, Sequence) else [spell_number(number) for number in cells]
                values = np.array([text.strip() for text in texts])
            parts.append(values[kept])
        return np.concatenate(parts)

    def describe(self, sample: int) -> str:
        return f"{self._name}, line {int(self.lines[sample]):,}"


def _changed(name: str) -> str:
    return f"“{name}” is not the table any more that was looked through: look it through again on the data page"
