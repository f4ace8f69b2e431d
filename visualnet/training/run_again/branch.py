"""New runs from kept ones: the same once more, or from a checkpoint on."""

from __future__ import annotations

import shutil
from pathlib import Path

from msgspec.structs import replace

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage.paths import runs_dir
from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.kept_weights import epoch_file, kept_epochs
from visualnet.training.run_records.record import EPOCH_WEIGHTS, NETWORK, Origin
from visualnet.training.runs.run_changes import count_networks, network_folder, project_of_run
from visualnet.training.runs.run_model import LOG, MAX_LINE, read_run

BEST = "best.safetensors"
WEIGHTS = {
    "best": BEST,
    "last": "last/weights.safetensors",
    "before-last": "before-last/weights.safetensors",
}
"""The checkpoints that every run keeps, and the file of weights of each."""
WITH_OPTIMIZER = ("last", "before-last")


def list_checkpoints(folder: Path) -> tuple[str, ...]:
    """The checkpoints of a run that are there: ``best``, ``last``, ``before-last``; of each earlier network that it trained the best
    weights: ``network-0`` …; and the weights that were kept after epochs of its present network, the last first: ``epoch-8`` …"""
    earlier = sorted((path.name for path in folder.glob("network-*") if NETWORK.fullmatch(path.name)), key=_number_of)
    found = tuple(name for name in (*WEIGHTS, *earlier) if _weights_of(folder, name).is_file())
    epochs = kept_epochs(folder)
    if epochs and count_networks(folder):
        changed = read_run(folder).networks[-1].epoch
        epochs = [epoch for epoch in epochs if epoch > changed]
    return (*found, *(f"epoch-{epoch}" for epoch in reversed(epochs)))


def _number_of(checkpoint: str) -> int:
    return int(checkpoint.rpartition("-")[2])


def _weights_of(folder: Path, checkpoint: str) -> Path:
    if EPOCH_WEIGHTS.fullmatch(checkpoint):
        return folder / epoch_file(_number_of(checkpoint))
    return folder / WEIGHTS.get(checkpoint, f"{checkpoint}/{BEST}")


def project_of_checkpoint(folder: Path, checkpoint: str) -> Project:
    """The project as the run began with it, with the network that a checkpoint is of.

    Raises:
        ValueError: it cannot be read.
    """
    return project_of_run(folder, _network_of(folder, checkpoint))


def _network_of(folder: Path, checkpoint: str) -> int:
    """The number of the change by which the network of a checkpoint took its place."""
    if checkpoint not in WITH_OPTIMIZER:
        return _number_of(checkpoint) if NETWORK.fullmatch(checkpoint) else count_networks(folder)
    from visualnet.training.checkpoints import read_state

    return read_state(folder / checkpoint).network


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
    """A folder for a new run that begins with the weights of a run's checkpoint (`list_checkpoints`).

    Without ``optimizer`` the new run begins at step 0 with these weights and a fresh optimizer (`recipe.start_from`). With it the folder
    holds the run up to the checkpoint (its curves, weights, the optimizer's and the generators' state), to be gone on with as a resumed
    run; ``project`` (that of the run, with the checkpoint's network, if left out) says how.

    Raises:
        ValueError: there is no such checkpoint, or it cannot be read.
        OSError, FileError: it cannot be written.
    """
    if checkpoint not in list_checkpoints(folder):
        there = ", ".join(list_checkpoints(folder)) or "none"
        raise ValueError(f"the run {folder.name} has no checkpoint “{checkpoint}” (it has: {there})")
    if optimizer and checkpoint not in WITH_OPTIMIZER:
        raise ValueError(f"of “{checkpoint}” only the weights are kept: branch from “last” for the optimizer's state")
    known, project = read_record(folder), project or project_of_checkpoint(folder, checkpoint)
    if checkpoint in WITH_OPTIMIZER:
        from visualnet.training.checkpoints import read_state

        state = read_state(folder / checkpoint)
        step, epoch = state.step, state.epoch
    else:
        step, epoch = 0, known.best_epoch if checkpoint == "best" else 0
        if EPOCH_WEIGHTS.fullmatch(checkpoint):
            epoch = _number_of(checkpoint)
    origin = Origin(kind="branch", run=folder.name, checkpoint=checkpoint, step=step, epoch=epoch, optimizer=optimizer)
    place = _place(known.place)
    if not optimizer:
        project = begin_with(project, folder, checkpoint)
        return begin_run(replace(project, runs=()), into, place=place, origin=origin)
    from visualnet.training.runs.preparation_file import PREPARATION

    made = begin_run(replace(project, runs=()), into, place=place, origin=origin)
    try:
        shutil.copytree(folder / checkpoint, made / "last", symlinks=True)
        best = network_folder(folder, state.network) / BEST  # there since another network took its place
        for source in (best if best.is_file() else folder / BEST, folder / PREPARATION):
            if source.is_file():
                shutil.copyfile(source, made / source.name)
        for number in range(state.network + 1 if state.network else 0):
            if (kept := network_folder(folder, number)).is_dir():
                shutil.copytree(kept, made / kept.name, symlinks=True)
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
    from visualnet.training.transfer.initial_weights import refer_to
    from visualnet.training.transfer.weight_files import keep_copy

    if checkpoint in ("best", "last"):
        named = refer_to(folder / checkpoint)
    else:
        named = f"weights/{keep_copy(_weights_of(folder, checkpoint))}"
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


def place_of(origin: Origin | None) -> Path | None:
    """The folder in which the project's file lies of the run that ``origin`` trains once more, if it is known and there."""
    if origin is None or origin.kind != "again":
        return None
    place = _place(read_record(runs_dir() / Path(origin.run).name).place)
    return place if place is not None and place.is_dir() else None


def _place(text: str) -> Path | None:
    return Path(text) if text else None
