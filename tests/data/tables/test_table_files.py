"""Tables in files that change, are long, are no text, or are no files."""

from __future__ import annotations

import builtins
import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.tables.looking import FLOWERS, look, opened, words, write
from visualnet.core.errors import Cancelled
from visualnet.data.inspect_source import choose
from visualnet.data.registry import make_data_set
from visualnet.data.sources.registry import guess_sources


def test_a_table_that_has_changed_is_not_read_as_the_old_one(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", FLOWERS)
    choice, _ = look(path)
    write(path, [line.replace("red", "blu") for line in FLOWERS])
    with pytest.raises(ValueError, match="not the table any more"):
        opened(choice)
    write(path, FLOWERS[:-1])
    with pytest.raises(ValueError, match="not the table any more"):
        opened(choice)
    path.unlink()
    with pytest.raises(ValueError, match="not there any more"):
        opened(choice)


@pytest.mark.wide
def test_looking_through_tells_how_far_it_is_and_can_be_given_up(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ["a,y", *(f"{n},{n % 2}" for n in range(40_000))])
    shares: list[float] = []
    choose("table", path, {}, shares.append)
    assert len(shares) > 3 and shares == sorted(shares) and shares[-1] == 1

    def give_up(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        choose("table", path, {}, give_up)


def test_parquet_gives_what_csv_gives(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.csv"), pytest.importorskip("pyarrow.parquet")

    path = write(tmp_path / "f.csv", FLOWERS)
    pa.parquet.write_table(pa.csv.read_csv(path), tmp_path / "f.parquet")
    ((kind, _), *_) = guess_sources(tmp_path / "f.parquet")
    assert kind.name == "table"
    one, two = look(path)[0], look(tmp_path / "f.parquet")[0]
    assert make_data_set(one).specs() == make_data_set(two).specs()
    for name, values in opened(one).arrays.items():
        assert np.array_equal(values, opened(two).arrays[name])
    table = pa.table({"a": [1, None, 3], "b": [1.5, float("inf"), 2.5], "list": [[1], [2], []], "y": ["u", "v", "u"]})
    pa.parquet.write_table(table, tmp_path / "n.parquet")
    choice, found = look(tmp_path / "n.parquet", input_columns="a,b")
    assert np.isnan(opened(choice).arrays["features"]).tolist() == [[False, False], [True, True], [False, False]]
    assert "1 cell of “b” infinite" in words(found)
    (tmp_path / "n.parquet").write_bytes((tmp_path / "n.parquet").read_bytes()[:-9])
    with pytest.raises(ValueError, match="no whole Parquet file"):
        look(tmp_path / "n.parquet")


def test_parquet_without_pyarrow_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and so on")
    real = builtins.__import__

    def lacking(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(
        ValueError, match=r"“t\.parquet”: Parquet files are read with the package “pyarrow”, which is not installed"
    ):
        look(tmp_path / "t.parquet")


def test_a_folder_or_a_pipe_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert guess_sources(tmp_path / "folder.csv") == []
    with pytest.raises(ValueError, match="it is a folder, not a file"):
        look(tmp_path / "folder.csv")


@pytest.mark.wide
def test_a_long_table_is_streamed(tmp_path: Path) -> None:
    """The cells of a file never stand in memory together as Python's objects."""
    import tracemalloc

    path = tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "y"])
        writer.writerows([n, n / 7, f"word {n % 50}", n % 2] for n in range(30_000))
    tracemalloc.start()
    try:
        choice, _ = look(path)
        samples = opened(choice)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    arrays = sum(values.nbytes for values in samples.arrays.values())
    assert peak < arrays * 4 + 6_000_000  # with all cells as text it would be 14 MB more
