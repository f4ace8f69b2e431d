"""A file that holds more than a drawing is opened: a capsule, whose run is then among the person's runs, or weights with their project."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.app.features.capsules.progress_dialog import ProgressDialog
from visualnet.app.services.background_task import Job
from visualnet.app.state.studio import Studio
from visualnet.core.project import Project, RunRef
from visualnet.core.storage import data_places
from visualnet.core.text.hidden_characters import visible
from visualnet.training.capsules.opening import OpenedCapsule, describe_manifest, unpack_among_runs
from visualnet.training.run_records.annotations import read_annotations
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import read_project, read_run


class _Opened(NamedTuple):
    """What the window needs of an unpacked capsule."""

    capsule: OpenedCapsule
    project: Project
    run: RunRef


def open_capsule(studio: Studio, path: Path) -> None:
    """Check and unpack a capsule beside the window; then show its project in a tab of its own, with the run's curves."""
    shell = studio.shell

    def show(found: _Opened) -> None:
        assert studio.settings is not None
        studio.settings.remember_file(path)
        studio.shell.open_copy(found.project)
        studio.runner.attach(found.run.id)
        studio.shell.show_panel("runs")
        parts = describe_manifest(found.capsule.manifest)
        words = f"Run “{history.title(found.run)}” from {visible(path.name)}: all digests are right. {' '.join(parts)}"
        look = partial(studio.shell.run_action, "train.verify_run")
        studio.shell.notify("ok", words, [("What is inside, verify…", look)])

    def fail(words: str) -> None:
        studio.shell.notify("error", words, [])

    ProgressDialog(f"Opening {visible(path.name)}", lambda job: _unpack(path, job), show, fail, shell.dialog_parent())


def _unpack(path: Path, job: Job) -> _Opened:
    capsule = unpack_among_runs(path, job)
    project = read_project(capsule.folder)
    if project is None:
        raise ValueError(f"{path.name}: the project in it cannot be read")
    model = read_run(capsule.folder)
    run = history.update(history.new_run(project, capsule.folder), model, goes_on=False)
    run = replace(run, started=model.ref().started or run.started)
    if name := read_annotations(capsule.folder).name:
        run = replace(run, extra={**run.extra, "name": name})
    if project.data.path and Path(project.data.path).is_relative_to(capsule.folder):
        data_places.remember(project.data.path)  # the person opened the capsule: what came in it may be read
    return _Opened(capsule, replace(project, runs=(run,)), run)


def open_weights(studio: Studio, path: Path) -> None:
    """Show the project that a file of weights carries; say so where it carries none."""
    from visualnet.training.transfer.project_in_weights import read_project_of

    try:
        project = read_project_of(path)
    except ValueError as error:
        studio.shell.notify("error", str(error), [])
        return
    studio.shell.open_copy(project)
    words = f"The network of the weights in {visible(path.name)}. To begin a training from them: Train, Start from…"
    studio.shell.notify("ok", words, [])
