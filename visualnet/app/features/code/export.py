"""Write the network, or its training, to a file that the person names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.save_dialog import ask_target, may_replace
from visualnet.core.storage import project_file
from visualnet.pytorch import NoTorch, need_torch
from visualnet.training.script.script_files import ScriptFiles

PYTHON = "Python (*.py)"


def export_code(studio: Studio) -> None:
    """Ask for a name and write model.py."""
    path = _ask(studio, "Export PyTorch code", "model.py")
    if path is None:
        return
    try:
        from visualnet.compiling.source_code.source import model_source

        project_file.write(path, model_source(studio.project).encode())
    except (OSError, ValueError) as error:
        _refuse(studio, f"{path.name} could not be written: {error}")
        return
    _tell(studio, [path])


def export_training(studio: Studio) -> None:
    """Ask for a name and write train.py, and beside it the data that it reads: in a thread, because packing them takes a while."""
    path = _ask(studio, "Export training script", "train.py")
    if path is None:
        return
    project, data_file = studio.project, path.parent / ScriptFiles.beside(path).data
    if data_file.exists() and not may_replace(studio.shell.dialog_parent(), data_file):
        return

    def run(_job: Job) -> list[Path]:
        from visualnet.data.loading import load
        from visualnet.training.script.training_script import write_training

        return write_training(project, load(project.data), path)

    parent: QObject = studio.shell.dialog_parent()
    words = f"{path.name} could not be written"
    BackgroundTask(
        run,
        lambda files: _tell(studio, files),
        failed=lambda told: _refuse(studio, told.rstrip(".")),
        name="export training",
        words=words,
        parent=parent,
    )
    studio.message.emit("hint", f"Writing {path.name} and its data …")


def _ask(studio: Studio, title: str, name: str) -> Path | None:
    """Where to write; None if that is not wanted, or torch is not there, which is said."""
    assert studio.settings is not None
    try:
        need_torch()
    except NoTorch as error:
        _refuse(studio, str(error))
        return None
    return ask_target(studio.shell.dialog_parent(), title, str(studio.settings.folder / name), PYTHON)


def _refuse(studio: Studio, words: str) -> None:
    studio.shell.notify("error", f"{words}.", [])


def _tell(studio: Studio, files: list[Path]) -> None:
    assert studio.settings is not None
    studio.settings.remember_folder(files[0].parent)
    studio.message.emit("ok", f"Wrote {files[0]}" + "".join(f" and {path.name}" for path in files[1:]))
