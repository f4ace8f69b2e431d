"""Curves as a table in a file: CSV for everything, Parquet for what reads columns."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from visualnet.core.storage import project_file
from visualnet.training.curve_export.rows import COLUMNS, curve_rows
from visualnet.training.runs.run_model import RunModel

NO_PARQUET = "writing Parquet needs pyarrow: install it with  pip install 'visualnet[parquet]'"


def write_csv(path: Path, model: RunModel) -> None:
    """Write the curves as a CSV with a header. Numbers have all their digits; a value that was not finite is an empty cell.

    Raises:
        FileError: it cannot be written; what stood there is as it was.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in curve_rows(model):
        name = f"'{row.name}" if row.name[:1] in ("=", "+", "-", "@") else row.name  # no formula for a spreadsheet
        table.writerow((row.part, name, row.step, repr(row.epoch), "" if row.value is None else repr(row.value)))
    project_file.write(path, text.getvalue().encode())


def write_parquet(path: Path, model: RunModel) -> None:
    """Write the curves as Parquet: ``part`` and ``name`` (strings), ``step`` (int64), ``epoch`` and ``value`` (float64, null where it was
    not finite).

    Raises:
        ValueError: pyarrow is not installed.
        FileError: it cannot be written; what stood there is as it was.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ValueError(NO_PARQUET) from None
    kinds = (pyarrow.string(), pyarrow.string(), pyarrow.int64(), pyarrow.float64(), pyarrow.float64())
    columns = list(zip(*curve_rows(model), strict=True)) or [()] * len(COLUMNS)
    arrays = [pyarrow.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_arrays(arrays, names=list(COLUMNS)), out)
    project_file.write(path, out.getvalue())
