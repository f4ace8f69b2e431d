"""The curves of several runs as files of a folder, one (or one folder) for each run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from visualnet.training.curve_export.tables import write_csv, write_parquet
from visualnet.training.curve_export.tensorboard import write_tensorboard
from visualnet.training.runs.run_model import RunModel, read_run

WAYS: Mapping[str, tuple[str, str, Callable[[Path, RunModel], None]]] = {
    "csv": ("CSV", ".csv", write_csv),
    "parquet": ("Parquet", ".parquet", write_parquet),
    "tensorboard": ("TensorBoard", "", write_tensorboard),
}
"""For each way what it is called, how its files end (nothing: a folder for each run), and who writes them."""


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


def export_runs(
    runs: Mapping[Path, str], target: Path, way: str, check: Callable[[float], None] = lambda share: None
) -> list[Path]:
    """Write the curves of some runs (``runs``: name of the file by folder of the run) into the folder ``target``; what was written.

    ``check`` is called with the share that is done, and may raise to cut it off: what is written stays.

    Raises:
        ValueError: the library of that way is not installed, or a file is there already; nothing is written over.
        FileError, OSError: a file cannot be written.
    """
    _, end, write = WAYS[way]
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
