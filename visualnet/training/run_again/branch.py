"""New runs from kept ones: the same once more, or from a checkpoint on."""

from __future__ import annotations

import shutil
from pathlib import Path

from msgspec.structs import replace

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events
from visualnet.training.run_records.begin import begin_run
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import Origin
from visualnet.training.runs.run_model import LOG, MAX_LINE, read_project

WEIGHTS = {
    "best": "best.safetensors",
    "last": "last/weights.safetensors",
    "before-last": "before-last/weights.safetensors",
}
"""The checkpoints that a run keeps, and the file of weights of each."""
WITH_OPTIMIZER = ("last", "before-last")


def list_checkpoints(folder: Path) -> tuple[str, ...]:
    """The checkpoints of a run that are there: ``best``, ``last``, ``before-last``."""
    return tuple(name for name, file in WEIGHTS.items() if (folder / file).is_file())


def project_of_run(folder: Path) -> Project:
    """The project as the run began with it.

    Raises:
        ValueError: it cannot be read.
    """
    project = read_project(folder)
    if project is None:
        raise ValueError(f"the project of the run in {folder} cannot be read")
    return project


def run_again(folder: Path, into: Path | None = None) -> Path:
    """A folder for the same run once more: the same project, seeds and place; to be trained by a Session.

    Raises:
        ValueError: the project cannot be read.
        OSError, FileError: it cannot be written.
    """
    known = read_record(folder)
    origin = Origin(kind="again", run=folder.name)
    return begin_run(project_of_run(folder), into, place=_place(known.place), origin=origin)


def branch(
    folder: Path, checkpoint: str, project: Project | None = None, into: Path | None = None, optimizer: bool = False
) -> Path:
    """A folder for a new run that begins with the weights of a run's checkpoint.

    Without ``optimizer`` the new run begins at step 0 with these weights and a fresh optimizer (`recipe.start_from`). With it the folder
    holds the run up to the checkpoint (its curves, weights, the optimizer's and the generators' state), to be gone on with as a resumed
    run; ``project`` (that of the run if left out) says how.

    Raises:
        ValueError: there is no such checkpoint, or it cannot be read.
        OSError, FileError: it cannot be written.
    """
    if checkpoint not in list_checkpoints(folder):
        there = ", ".join(list_checkpoints(folder)) or "none"
        raise ValueError(f"the run {folder.name} has no checkpoint “{checkpoint}” (it has: {there})")
    if optimizer and checkpoint not in WITH_OPTIMIZER:
        raise ValueError(f"of “{checkpoint}” only the weights are kept: branch from “last” for the optimizer's state")
    known, project = read_record(folder), project or project_of_run(folder)
    if checkpoint in WITH_OPTIMIZER:
        from visualnet.training.checkpoints import read_state

        state = read_state(folder / checkpoint)
        step, epoch = state.step, state.epoch
    else:
        step, epoch = 0, known.best_epoch
    origin = Origin(kind="branch", run=folder.name, checkpoint=checkpoint, step=step, epoch=epoch, optimizer=optimizer)
    place = _place(known.place)
    if not optimizer:
        project = begin_with(project, folder, checkpoint)
        return begin_run(replace(project, runs=()), into, place=place, origin=origin)
    from visualnet.training.runs.preparation_file import PREPARATION

    made = begin_run(replace(project, runs=()), into, place=place, origin=origin)
    try:
        shutil.copytree(folder / checkpoint, made / "last", symlinks=True)
        for name in (WEIGHTS["best"], PREPARATION):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, made / name)
        _copy_log(folder, made, step)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise FileError(str(made), f"the checkpoint cannot be copied ({error.strerror or error})") from None
    return made


def begin_with(project: Project, folder: Path, checkpoint: str) -> Project:
    """The project, to be trained with the weights of a run's checkpoint and a fresh optimizer.

    Raises:
        OSError, FileError: the weights cannot be read, or not be copied to the person's own.
    """
    from visualnet.training.transfer.start import refer_to
    from visualnet.training.transfer.weight_files import keep_copy

    weights = folder / WEIGHTS[checkpoint]
    named = f"weights/{keep_copy(weights)}" if checkpoint == "before-last" else refer_to(folder / checkpoint)
    return replace(project, recipe=replace(project.recipe, start_from=named))


def _copy_log(folder: Path, made: Path, step: int) -> None:
    """The log up to the checkpoint's step: what it tells of later steps, and of an end, is not of this run."""
    with open_regular(made / LOG, "xb") as file, open_regular(folder / LOG) as kept:
        while line := kept.readline(MAX_LINE):
            try:
                event = events.decode(line)
            except (ValueError, OverflowError):
                continue  # torn by a crash
            if getattr(event, "step", 0) > step:
                break
            if not isinstance(event, events.Finished | events.Failed | events.Paused | events.Resumed):
                file.write(events.encode(event) + b"\n")


def _place(text: str) -> Path | None:
    return Path(text) if text else None
