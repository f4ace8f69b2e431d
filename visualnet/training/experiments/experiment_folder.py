"""Experiments on disk: a folder with a line of what was asked, and below it an ordinary run's folder for each run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import experiments_dir
from visualnet.core.storage.regular_files import read_regular
from visualnet.core.storage.safe_json import RefusedJson, scan
from visualnet.training.experiments.declare import Experiment, check_seeds
from visualnet.training.experiments.trials import ExperimentTrial, name_of
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_model import RunModel, read_project, read_run

MANIFEST, PROJECT = "experiment.json", "project.vnet"
MOST_BYTES = 1 << 16
MOST_FOLDERS = 500
"""So many of the newest folders are looked at for an earlier one."""


class KeptExperiment(NamedTuple):
    """An experiment's folder: which experiment, with which seeds; of a person's own, what was varied."""

    folder: Path
    name: str
    seeds: tuple[int, ...]
    own: Any = None


def new_folder(experiment: Experiment) -> Path:
    """A folder of its own among the user's experiments; it is not made yet."""
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{experiment.name}"[:80]
    names = (stem if i == 1 else f"{stem}-{i}" for i in range(1, 1000))
    return next(path for name in names if not (path := experiments_dir() / name).exists())


def begin(folder: Path, experiment: Experiment, seeds: tuple[int, ...], own: Any = None) -> None:
    """Say in the folder what is trained there; where another experiment is there already, refuse.

    Raises:
        ValueError: the folder holds another experiment, or something else.
        OSError, FileError: it cannot be written.
    """
    check_seeds(seeds)
    if (folder / MANIFEST).exists():
        there = read(folder)
        if there.name != experiment.name or there.own != own:
            raise ValueError(f"{folder} holds the experiment “{there.name}”: name another folder")
    elif folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} holds something else: name an empty folder, or one that there is not yet")
    folder.mkdir(parents=True, exist_ok=True)
    told = {"format": 1, "experiment": experiment.name, "seeds": list(seeds), "own": own}
    project_file.write(folder / MANIFEST, json.dumps(told, indent=1).encode())


def read(folder: Path) -> KeptExperiment:
    """What a folder says of its experiment.

    Raises:
        ValueError: it cannot be read; the words say why.
    """
    path = folder / MANIFEST
    try:
        data = read_regular(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(data) > MOST_BYTES:
        raise ValueError(f"{path} is no line about an experiment: it is too large")
    try:
        told = scan(data)
    except RefusedJson as error:
        raise ValueError(f"{path} cannot be read: {error.reason}") from None
    name, seeds = (told.get("experiment"), told.get("seeds")) if isinstance(told, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(seeds, list) or any(type(seed) is not int for seed in seeds):
        raise ValueError(f"{path} does not name an experiment and its seeds")
    try:
        check_seeds(tuple(seeds))
    except ValueError as error:
        raise ValueError(f"{path} cannot be used: {error}") from None
    return KeptExperiment(folder, name, tuple(seeds), told.get("own"))


def find_newest(name: str) -> KeptExperiment | None:
    """The newest folder of an experiment that comes with the program; None if it was never begun."""
    try:
        folders = sorted(
            (p for p in experiments_dir().iterdir() if p.name.endswith(name) or f"-{name}-" in p.name), reverse=True
        )
    except OSError:
        return None
    for folder in folders[:MOST_FOLDERS]:
        try:
            kept = read(folder)
        except ValueError:
            continue
        if kept.name == name:
            return kept
    return None


def read_trial(folder: Path, experiment: Experiment, trial: ExperimentTrial) -> RunModel | None:
    """What a run of the experiment has told; None if it was not begun."""
    place = folder / name_of(experiment, trial)
    run = read_run(place)
    return run if run.state != "waiting" else None


def is_same(folder: Path, project: Project) -> bool:
    """Whether a run's folder was begun with this network, data and recipe."""
    there = read_project(folder)
    return (
        there is not None
        and mark_of(there) == mark_of(project)
        and there.recipe == project.recipe
        and there.data == project.data
    )


def keep_project(folder: Path, project: Project) -> None:
    """Keep the project that a person's own experiment varies, beside its runs.

    Raises:
        OSError, FileError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    project_file.save(folder / PROJECT, project)


__all__ = [
    "FileError",
    "KeptExperiment",
    "begin",
    "find_newest",
    "is_same",
    "keep_project",
    "new_folder",
    "read",
    "read_trial",
]
