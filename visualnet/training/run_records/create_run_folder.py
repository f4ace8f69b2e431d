"""A folder for a new run, with its project and what is known of the run before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from visualnet.core.project import Project
from visualnet.training.run_records.record import Origin, prepare_record
from visualnet.training.runs.run_model import create_run


def begin_run(
    project: Project,
    folder: Path | None = None,
    *,
    place: Path | None = None,
    origin: Origin | None = None,
    varied: Mapping[str, Any] | None = None,
) -> Path:
    """A folder for a new run (`create_run`) that remembers where the project's file lies (``place``, a folder), what it comes from, and
    which values a search set, by address.

    Raises:
        FileError, OSError: it cannot be written.
    """
    folder = create_run(project, folder)
    if place is not None or origin is not None or varied:
        prepare_record(folder, place=place, origin=origin, varied=varied)
    return folder
