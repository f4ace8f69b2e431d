"""Cut series of a table into windows: some steps that a network is shown, and those after them that it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.samples import Batch, Samples
from visualnet.data.table_files.cells import CellFormat
from visualnet.data.table_files.roles import ColumnPlan, spell_number
from visualnet.data.table_files.rows import Lines, TableRows
from visualnet.data.table_files.table_samples import ColumnReader

Array = NDArray[Any]


SHOWN, ASKED = ("shown", "both"), ("asked", "both")
VALUES = ("shown", "asked", "both")
"""Roles of columns of numbers: a network is shown them, is asked for them, or both."""


class SeriesTable(NamedTuple):
    """Rows of all series, those of one series together and in the order of time. ``ends`` are where the series end."""

    values: Array
    """(rows, columns) float32, NaN where one is missing."""
    moments: Array
    lines: Array
    groups: tuple[str, ...]
    ends: Array
    was_sorted: bool
    lacking: Lines
    """Rows without a time, which are left out."""


class WindowSpec(NamedTuple):
    """How windows are cut: so many steps are shown, so many after them asked for, and so many lie between two beginnings."""

    window: int
    horizon: int
    step: int


def read_series(
    rows: TableRows, how: CellFormat, plans: Sequence[ColumnPlan], check: Callable[[float], None]
) -> SeriesTable:
    """Read the columns with one of the roles in ``VALUES``, and those with the roles ``time`` and ``group``, where there are such.

    Raises:
        ValueError: the table cannot be read.
        OSError: the file cannot be read.
    """
    places = [n for n, plan in enumerate(plans) if plan.role in VALUES]
    at = {role: [n for n, plan in enumerate(plans) if plan.role == role] for role in ("time", "group")}
    readers = {n: ColumnReader(plans[n], how) for n in (*places, *at["time"])}
    codes: dict[str, int] = {}
    values, moments, groups, lines = [], [], [], []
    lacking, count = Lines(), 0
    for block in rows.blocks(check):
        here = np.asarray(block.lines, np.int64)
        time = (
            readers[at["time"][0]].read(block.columns[at["time"][0]])
            if at["time"]
            else count + np.arange(len(here), dtype=float)
        )
        count += len(here)
        found = np.stack([readers[n].read(block.columns[n]) for n in places], 1).astype(np.float32)
        group = _read_codes(block.columns[at["group"][0]], codes) if at["group"] else np.zeros(len(here), np.int64)
        for place in np.flatnonzero(np.isnan(time)):
            lacking.add(int(here[place]))
        kept = ~np.isnan(time)
        values.append(found[kept])
        moments.append(time[kept])
        groups.append(group[kept])
        lines.append(here[kept])
    group, time = np.concatenate(groups), np.concatenate(moments)
    order = np.lexsort((np.arange(len(time)), time, group))
    was_sorted = bool(
        (np.diff(time[np.argsort(group, kind="stable")])[np.diff(np.sort(group, kind="stable")) == 0] >= 0).all()
    )
    ends = np.searchsorted(group[order], np.arange(1, len(codes) + 1 if codes else 2), side="left")
    table = np.concatenate(values)[order]
    table[np.isinf(table)] = np.nan
    names = tuple(codes) if codes else ("",)
    return SeriesTable(table, time[order], np.concatenate(lines)[order], names, ends, was_sorted, lacking)


def _read_codes(cells: Any, codes: dict[str, int]) -> Array:
    texts = cells if isinstance(cells, Sequence) else [spell_number(number) for number in cells]
    return np.fromiter((codes.setdefault(text.strip(), len(codes)) for text in texts), np.int64, len(texts))


def carry_forward(table: SeriesTable) -> SeriesTable:
    """The table with each missing value replaced by the last one before it of the same series. Nothing comes from later on."""
    values = table.values.copy()
    begins = np.concatenate(([0], table.ends[:-1]))
    first = np.repeat(begins, np.diff(np.concatenate((begins, table.ends[-1:]))))
    for column in values.T:
        places = np.where(np.isnan(column), -1, np.arange(len(column)))
        last = np.maximum.accumulate(places)
        known = last >= first
        column[known] = column[last[known]]
    return table._replace(values=values)


def list_windows(table: SeriesTable, cut: WindowSpec) -> tuple[Array, Array, list[str]]:
    """Where windows begin whose values are all there; where those begin that lack one; and the series that are too short for any."""
    length = cut.window + cut.horizon
    begins = np.concatenate(([0], table.ends[:-1]))
    parts = [np.arange(begin, end - length + 1, cut.step) for begin, end in zip(begins, table.ends, strict=True)]
    short = [name for name, part in zip(table.groups, parts, strict=True) if not len(part)]
    starts = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    gaps = np.concatenate(([0], np.cumsum(np.isnan(table.values).any(1))))
    lacks = gaps[starts + length] > gaps[starts]
    return starts[~lacks], starts[lacks], short


class WindowSamples(Samples):
    """Windows of series: ``series`` (window, inputs) and ``y`` (horizon × targets, step by step)."""

    def __init__(
        self,
        table: SeriesTable,
        starts: Array,
        cut: WindowSpec,
        inputs: Array,
        targets: Array,
        name: str,
        fingerprint: str,
    ) -> None:
        self._table, self._starts, self._cut = table, starts, cut
        self._inputs, self._targets, self._name = inputs, targets, name
        self.size, self.fingerprint = len(starts), fingerprint

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        starts, cut = self._starts[index], self._cut
        found: Batch = {}
        for name in fields:
            first, count, columns = (
                (0, cut.window, self._inputs) if name == "series" else (cut.window, cut.horizon, self._targets)
            )
            rows = starts[:, None] + np.arange(first, first + count)
            values = self._table.values[rows][:, :, columns]
            found[name] = values if name == "series" else values.reshape(len(starts), cut.horizon * len(self._targets))
        return found

    def column(self, name: str) -> Array | None:
        last = self._starts + self._cut.window + self._cut.horizon - 1
        if name == "time":
            return np.asarray(self._table.moments[self._starts])
        if name == "time until":
            return np.asarray(self._table.moments[last])
        if name == "group" and len(self._table.groups) > 1:
            return np.array(self._table.groups)[np.searchsorted(self._table.ends, self._starts, side="right")]
        return None

    def describe(self, sample: int) -> str:
        start = int(self._starts[sample])
        end = start + self._cut.window + self._cut.horizon - 1
        return f"{self._name}, lines {int(self._table.lines[start]):,} to {int(self._table.lines[end]):,}"

    def begin_digest(self) -> hashlib._Hash:
        digest = super().begin_digest()
        for values in (self._table.values, self._starts, self._inputs, self._targets):
            digest.update(np.ascontiguousarray(values).data)
        digest.update(repr(self._cut).encode())
        return digest
