"""Rows of a table as a person writes them, with words for categories and dates, read as the file of the data was read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.hidden_characters import visible
from visualnet.data.table_files.cells import CellFormat, read_cell
from visualnet.data.table_files.roles import ColumnPlan, check_names
from visualnet.data.table_files.table_samples import ColumnReader, DateParts
from visualnet.layers.declaration.layer import Column

Array = NDArray[Any]
Row = Mapping[str, Any] | Sequence[Any]


class RowReader(NamedTuple):
    """Reads rows of a table with these columns."""

    plans: tuple[ColumnPlan, ...]
    how: CellFormat = CellFormat()
    parts: DateParts = DateParts()

    @property
    def inputs(self) -> list[ColumnPlan]:
        """The columns that a network is shown."""
        return [plan for plan in self.plans if plan.role == "input"]

    def read(self, given: Row | Sequence[Row] | Path) -> Array:
        """One row, several, or those of a file as inputs (row, column): float32, with NaN where a cell is empty.

        A row is cells by the names of their columns (those that are no inputs may be left out), or the cells of the inputs in their order,
        or those of all columns.

        Raises:
            ValueError: a column is unknown or lacking, or a cell holds what the column does not; the words name row and column.
        """
        rows = self._list_rows(given)
        if not rows:
            raise ValueError("there is no row")
        cells = [self._pick(row, number) for number, row in enumerate(rows, 1)]
        found: list[Array] = []
        for plan, column in zip(self.inputs, zip(*cells, strict=True), strict=True):
            numbers = ColumnReader(plan, self.how).read(column)
            for at in np.flatnonzero(np.isnan(numbers)):
                if read_cell(column[at], self.how).kind != "missing":
                    raise ValueError(f"row {at + 1}: {_refuse(plan, column[at])}")
            found += self.parts.values(numbers) if plan.kind == "date" else [numbers]
        return np.stack(found, 1).astype(np.float32)

    def _list_rows(self, given: Any) -> Sequence[Row]:
        if isinstance(given, Path):
            return read_row_file(given, [plan.name for plan in self.inputs])
        is_one = isinstance(given, Mapping) or not any(isinstance(each, Mapping | list | tuple) for each in given)
        return [given] if is_one else given

    def _pick(self, row: Row, number: int) -> list[str]:
        """The cells of the inputs, as text."""
        if isinstance(row, Mapping):
            try:
                check_names([str(name) for name in row], [plan.name for plan in self.plans])
            except ValueError as error:
                raise ValueError(f"row {number}: {error}") from None
            lacking = [plan.name for plan in self.inputs if plan.name not in row]
            if lacking:
                raise ValueError(f"row {number} has no value for “{lacking[0]}”: give one, or leave it empty")
            return [_spell(row[plan.name], self.how) for plan in self.inputs]
        if len(row) == len(self.inputs):
            return [_spell(cell, self.how) for cell in row]
        if len(row) == len(self.plans):
            pairs = zip(row, self.plans, strict=True)
            return [_spell(cell, self.how) for cell, plan in pairs if plan.role == "input"]
        names = [plan.name for plan in self.inputs]
        shown = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        raise ValueError(f"row {number} has {len(row):,} cells; {len(names):,} are wanted ({shown})")


def plan_inputs(columns: Sequence[Column]) -> tuple[ColumnPlan, ...]:
    """The columns of a table that are all inputs."""
    return tuple(
        ColumnPlan(column.name, "category" if column.words else "number", "input", column.words) for column in columns
    )


def read_row_file(path: Path, inputs: Sequence[str]) -> list[Row]:
    """The rows of a table in a file: by the names of the columns where its first line has these, otherwise in their order.

    Raises:
        ValueError: it is no table, or it cannot be read.
    """
    from visualnet.data.table_files.parquet_rows import ParquetRows, is_parquet
    from visualnet.data.table_files.rows import TableRows, TextRows
    from visualnet.data.table_files.text_format import FormatChoices, sniff

    try:
        rows: TableRows
        if is_parquet(path):
            rows = ParquetRows(path)
        else:
            sniffed = sniff(path, FormatChoices())
            if not sniffed.format.header and set(inputs) <= {cell.strip() for cell in sniffed.rows[0]}:
                sniffed = sniff(path, FormatChoices(header=True))
            rows = TextRows(path, sniffed.format)
        found: list[Row] = []
        for block in rows.blocks(lambda share: None):
            found += [list(row) for row in zip(*block.columns, strict=True)]
    except OSError as error:
        raise ValueError(f"“{path.name}” cannot be read: {(error.strerror or str(error)).lower()}") from None
    if rows.ragged.count:
        raise ValueError(f"“{path.name}”, {rows.ragged}: not as many cells as the others have")
    names = tuple(rows.names)
    return [dict(zip(names, row, strict=True)) for row in found] if set(inputs) & set(names) else found


def _spell(cell: Any, how: CellFormat) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool | str):
        return str(cell)
    text = f"{cell:.17g}" if isinstance(cell, float | np.floating) else str(cell)
    return text.replace(".", how.decimal) if isinstance(cell, float | np.floating) else text


def _refuse(plan: ColumnPlan, cell: str) -> str:
    """Why this cell is none of the column."""
    said = f"“{visible(cell)}” in the column “{plan.name}”"
    if plan.kind != "category":
        return f"{said} is no {plan.kind}"
    near = difflib.get_close_matches(cell, plan.values[:2_000], 1)
    some = ", ".join(plan.values[:6]) + (" …" if len(plan.values) > 6 else "")
    return f"{said} is no category of the data; " + (f"did you mean “{near[0]}”?" if near else f"there are {some}")
