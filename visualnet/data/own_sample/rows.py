"""Rows of a table that a person writes, as samples of a raw field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from visualnet.data.declare import DataSet
from visualnet.data.table_files.own_rows import Row, RowReader, plan_inputs


def read_rows(source: DataSet, field: str, given: Row | list[Row] | Path) -> NDArray[Any]:
    """A row or several (cells by the names of their columns, or in their order; words for categories), or the path of a file of such rows.

    Raises:
        ValueError: they are no such rows, or there is no table; the words name row and column.
    """
    columns = source.specs()[field].columns
    if not columns:
        raise ValueError(f"“{field}” of “{source.title}” is no table, whose rows could be read")
    return (source.row_reader() or RowReader(plan_inputs(columns))).read(given)
