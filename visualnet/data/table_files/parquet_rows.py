"""The rows of a Parquet file, read with pyarrow where that is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.hidden_characters import clean
from visualnet.data.table_files.cells import EPOCH
from visualnet.data.table_files.rows import CELLS_OF_A_BLOCK, MOST_ROWS_OF_A_BLOCK, Lines, RowBlock

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"PAR1"
WITHOUT_PYARROW = (
    "Parquet files are read with the package “pyarrow”, which is not installed: install it, or save the table as CSV"
)


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet files do."""
    with open_regular(path) as file:
        return bytes(file.read(4)) == MAGIC


class ParquetRows:
    """The rows of a Parquet file. Columns that hold lists or records become text."""

    def __init__(self, path: Path) -> None:
        """Read the names and types of the columns.

        Raises:
            ValueError: pyarrow is not there, or the file is damaged.
        """
        self.path = path
        self.ragged, self.blank, self.unclosed, self.fingerprint = Lines(), 0, 0, ""
        with open_regular(path) as file:
            schema = _open(path, file).schema_arrow
        names = [clean(name).strip() or f"column {at}" for at, name in enumerate(schema.names, 1)]
        self.names = tuple(name if name not in names[:at] else f"{name} ({at + 1})" for at, name in enumerate(names))
        self._kinds = [_kind(field.type) for field in schema]
        self.dates = frozenset(at for at, kind in enumerate(self._kinds) if kind == "date")
        if not self.names:
            raise ValueError(f"“{path.name}” has no columns")

    def blocks(self, check: Callable[[float], None]) -> Iterator[RowBlock]:
        """All rows, in their order.

        Raises:
            ValueError: the file is damaged.
            OSError: it cannot be read.
        """
        digest = hashlib.sha256()
        with open_regular(self.path) as file:
            while data := file.read(1 << 20):
                digest.update(data)
            file.seek(0)
            arrow = _open(self.path, file)
            total = max(arrow.metadata.num_rows, 1)
            most = max(16, min(MOST_ROWS_OF_A_BLOCK, CELLS_OF_A_BLOCK // len(self.names)))
            at = 0
            batches = arrow.iter_batches(batch_size=most)
            while (batch := _next(batches, self.path)) is not None:
                check(at / total)
                columns = [_values(column, kind) for column, kind in zip(batch.columns, self._kinds, strict=True)]
                yield RowBlock(range(at + 1, at + 1 + batch.num_rows), columns)
                at += batch.num_rows
            self.fingerprint = digest.hexdigest()


def _open(path: Path, file: Any) -> Any:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise ValueError(f"“{path.name}”: {WITHOUT_PYARROW}") from None
    try:
        return ParquetFile(file)
    except (ArrowException, OSError) as error:
        raise ValueError(f"“{path.name}” is no whole Parquet file: {error}") from None


def _next(batches: Iterator[Any], path: Path) -> Any:
    from pyarrow import ArrowException

    try:
        return next(batches, None)
    except (ArrowException, OSError) as error:
        raise ValueError(f"“{path.name}” is damaged: {error}") from None


def _kind(kind: Any) -> str:
    from pyarrow import types

    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_date(kind) or types.is_timestamp(kind):
        return "date"
    return "word"


def _values(column: Any, kind: str) -> list[str] | NDArray[Any]:
    import numpy as np
    import pyarrow as pa

    if kind == "word":
        return ["" if value is None else str(value) for value in column.to_pylist()]
    if kind == "number":
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    moments = column.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False).astype("datetime64[us]")
    days = (moments - np.datetime64(EPOCH)) / np.timedelta64(1, "D")
    return np.asarray(days, np.float64)
