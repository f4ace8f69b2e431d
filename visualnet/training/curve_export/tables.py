"""Curves as a table in a file: CSV for everything, Parquet for what reads columns. Of one run, or of several with a column ``run``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import file_of
from visualnet.training.curve_export.rows import COLUMNS, curve_rows
from visualnet.training.runs.run_model import RunModel

NO_PARQUET = "writing Parquet needs pyarrow: install it with  pip install 'visualnet[parquet]'"
RUN = "run"
Rows = Iterable[tuple[Any, ...]]


def write_csv(path: Path, model: RunModel) -> None:
    """Write the curves as a CSV with a header. Numbers have all their digits; a value that was not finite is an empty cell.

    Raises:
        FileError: it cannot be written; what stood there is as it was.
    """
    _write_csv(path, COLUMNS, [curve_rows(model)])


def write_csv_of_runs(path: Path, runs: Iterable[tuple[str, RunModel]]) -> None:
    """The same for several runs in one table, with the column ``run`` before the others: what each is called. One run is held at a time.

    Raises:
        FileError: it cannot be written; what stood there is as it was.
    """
    _write_csv(path, (RUN, *COLUMNS), (_named(name, model) for name, model in runs))


def write_parquet(path: Path, model: RunModel) -> None:
    """Write the curves as Parquet: ``part`` and ``name`` (strings), ``step`` (int64), ``epoch`` and ``value`` (float64, null where it was
    not finite).

    Raises:
        ValueError: pyarrow is not installed.
        FileError: it cannot be written; what stood there is as it was.
    """
    _write_parquet(path, COLUMNS, [curve_rows(model)])


def write_parquet_of_runs(path: Path, runs: Iterable[tuple[str, RunModel]]) -> None:
    """The same for several runs in one table, with the column ``run`` (string) before the others: what each is called. One run is held at a
    time, and is a row group of the file.

    Raises:
        ValueError: pyarrow is not installed.
        FileError: it cannot be written; what stood there is as it was.
    """
    _write_parquet(path, (RUN, *COLUMNS), (_named(name, model) for name, model in runs))


def _named(name: str, model: RunModel) -> Rows:
    return ((name, *row) for row in curve_rows(model))


def _write_csv(path: Path, columns: tuple[str, ...], runs: Iterable[Rows]) -> None:
    def fill(handle: int) -> None:
        with io.TextIOWrapper(file_of(handle), encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(columns)
            for rows in runs:
                table.writerows([_without_formula(value) for value in row] for row in rows)

    project_file.write_by(path, fill)


def _without_formula(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _write_parquet(path: Path, columns: tuple[str, ...], runs: Iterable[Rows]) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ValueError(NO_PARQUET) from None
    numbers = {"step": pyarrow.int64(), "epoch": pyarrow.float64(), "value": pyarrow.float64()}
    schema = pyarrow.schema([(name, numbers.get(name, pyarrow.string())) for name in columns])

    def fill(handle: int) -> None:
        with file_of(handle) as file, parquet.ParquetWriter(file, schema) as table:
            for rows in runs:
                values = list(zip(*rows, strict=True)) or [()] * len(columns)
                arrays = [pyarrow.array(column, kind) for column, kind in zip(values, schema.types, strict=True)]
                table.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))

    project_file.write_by(path, fill)
