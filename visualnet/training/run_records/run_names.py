"""What runs are called: the name in their annotations. A project that lists a run has a copy of it, for where the folder is not."""

from __future__ import annotations

import contextlib
from pathlib import Path

from visualnet.core.errors import FileError
from visualnet.core.project import Project, RunRef
from visualnet.training.run_records.annotations import annotate, read_annotations
from visualnet.training.runs import run_history as history


def take_over_names(project: Project) -> None:
    """Write the names that an earlier version kept in the project alone into the annotations of the runs that are here and have none.

    What cannot be written stays in the project, and is shown from there.
    """
    for run in project.runs:
        name, folder = history.name_of(run), history.folder_of(run)
        if name and folder is not None and not _is_named(folder):
            with contextlib.suppress(FileError, ValueError, OSError):
                annotate(folder, name=name)


def copy_names(project: Project) -> Project:
    """The project with the names that its runs have in their annotations; the same object where it has them already."""
    for run in project.runs:
        folder = history.folder_of(run)
        if folder is not None:
            project = _copy_name(project, run, folder)
    return project


def _copy_name(project: Project, run: RunRef, folder: Path) -> Project:
    said = read_annotations(folder)
    if not (said.named or said.name) or said.name == history.name_of(run):
        return project
    return history.rename(run.id, said.name)(project)


def _is_named(folder: Path) -> bool:
    said = read_annotations(folder)
    return said.named or bool(said.name)
