"""The curves of several runs: as files of a folder, one (or one folder) for each run, or as one table with a column ``run``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from visualnet.training.curve_export.mlflow_store import NO_MLFLOW, add_runs, is_installed
from visualnet.training.curve_export.tables import write_csv, write_csv_of_runs, write_parquet, write_parquet_of_runs
from visualnet.training.curve_export.tensorboard import write_tensorboard
from visualnet.training.runs.run_model import RunModel, read_run

Check = Callable[[float], None]


class CurveFormat(NamedTuple):
    """A form for curves: what it is called, how its files end (nothing: a folder for each run), who writes those of one run, and who those
    of several into one file (None: nobody). ``adds``: there is only the one file, which runs are added to; ``lacks`` says what has to be
    installed first, or nothing."""

    title: str
    end: str
    write: Callable[[Path, RunModel], None]
    write_together: Callable[[Path, Iterable[tuple[str, RunModel]]], None] | None = None
    adds: bool = False
    lacks: Callable[[], str] = str


CURVE_FORMATS: Mapping[str, CurveFormat] = {
    "csv": CurveFormat("CSV", ".csv", write_csv, write_csv_of_runs),
    "parquet": CurveFormat("Parquet", ".parquet", write_parquet, write_parquet_of_runs),
    "tensorboard": CurveFormat("TensorBoard", "", write_tensorboard),
    "mlflow": CurveFormat(
        "MLflow",
        ".db",
        lambda file, model: add_runs(file, [("", model)]),
        add_runs,
        adds=True,
        lacks=lambda: "" if is_installed() else NO_MLFLOW,
    ),
}


def own_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """What each run is called in a table, by id: its title, and the id behind it where two have the same."""
    counts = Counter(titles.values())
    found: dict[str, str] = {}
    taken = set(counts)
    for run, title in titles.items():
        name = title if counts[title] == 1 else f"{title} ({run})"
        while counts[title] > 1 and name in taken:
            name += "_"
        taken.add(name)
        found[run] = name
    return found


def file_names(titles: Mapping[str, str]) -> dict[str, str]:
    """A name of a file for each run, by id: its title as far as file systems take it, and the id where two would be the same."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for run, title in titles.items():
        plain = " ".join(re.sub(r"[^\w.-]+", " ", title).split()).strip(" .")[:80] or run
        name = plain
        while name.casefold() in taken:
            name = f"{plain} {run}" if name == plain else f"{name}_"
        taken.add(name.casefold())
        found[run] = name
    return found


def export_runs(runs: Mapping[Path, str], target: Path, way: str, check: Check = lambda share: None) -> list[Path]:
    """Write the curves of some runs (``runs``: name of the file by folder of the run) into the folder ``target``; what was written.

    ``check`` is called with the share that is done, and may raise to cut it off: what is written stays.

    Raises:
        ValueError: the library of that way is not installed, or a file is there already; nothing is written over.
        FileError, OSError: a file cannot be written.
    """
    end, write = CURVE_FORMATS[way].end, CURVE_FORMATS[way].write
    places = {folder: target / f"{name}{end}" for folder, name in runs.items()}
    if there := [place for place in places.values() if place.exists()]:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise ValueError(f"{there[0].name}{more} is in {target} already: choose another folder")
    target.mkdir(parents=True, exist_ok=True)
    done: list[Path] = []
    for at, (folder, place) in enumerate(places.items()):
        check(at / len(places))
        write(place, read_run(folder))
        done.append(place)
    return done


def export_together(runs: Mapping[Path, str], file: Path, way: str, check: Check = lambda share: None) -> Path:
    """Write the curves of some runs (``runs``: what each is called, by its folder) into one file. What stood there is replaced, but for a
    form that adds to it.

    ``check`` is called with the share that is done, and may raise to cut it off: the file is as it was then; what was added stays.

    Raises:
        ValueError: the library of that way is not installed.
        FileError: it cannot be written; what stood there is as it was.
    """
    write = CURVE_FORMATS[way].write_together
    assert write is not None

    def read() -> Iterator[tuple[str, RunModel]]:
        for at, (folder, name) in enumerate(runs.items()):
            check(at / len(runs))
            yield name, read_run(folder)

    write(file, read())
    return file
