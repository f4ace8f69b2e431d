"""Trainings that go on in other processes, as a menu; and how one of them comes into the window."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu

from visualnet.app.state.studio import Studio
from visualnet.core.errors import FileError
from visualnet.core.storage.paths import runs_dir
from visualnet.core.text.hidden_characters import visible
from visualnet.core.user.followed_runs import remember_followed
from visualnet.training.process import address
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import PROJECT, read_project

NONE = "None goes on among your runs"
BUSY = "Something trains here already: one run is followed at a time. Wait for it, or stop it."


def fill_follow_menu(studio: Studio, menu: QMenu) -> None:
    """A line for each training that goes on among the person's runs, and one for any other folder."""
    menu.setToolTipsVisible(True)
    runner = studio.runner
    if runner.busy and runner.survives:
        line = menu.addAction("Follow it no further", runner.leave)
        line.setToolTip("What trains now goes on by itself, and the window is free for another training")
        menu.addSeparator()
    found = address.running_runs(runs_dir())
    for folder in found:
        line = menu.addAction(visible(folder.name), partial(follow_folder, studio, folder))
        line.setToolTip(f"Show its curves, look inside and steer it: {visible(str(folder))}")
    if not found:
        menu.addAction(NONE).setEnabled(False)
    menu.addSeparator()
    line = menu.addAction("A run in another folder…", partial(ask_folder, studio))
    line.setToolTip(
        "A training that a shell has started (visualnet train), or one on another machine whose folder is reachable"
    )


def ask_folder(studio: Studio) -> None:
    """Let the person choose the folder of a run."""
    parent = studio.shell.dialog_parent()
    name = QFileDialog.getExistingDirectory(parent, "Follow the training in this folder", str(runs_dir()))
    if name:
        follow_folder(studio, Path(name))


def follow_folder(studio: Studio, folder: Path) -> bool:
    """Follow the run of a folder; words where that cannot be. Its network is opened in a tab of its own where no open one has the run."""
    runner = studio.runner
    if runner.busy or runner.elsewhere is not None:
        studio.message.emit("hint", BUSY)
        return False
    project = read_project(folder) if (folder / PROJECT).is_file() else None
    if project is None:
        studio.message.emit(
            "error", f"There is no run in {visible(str(folder))}: choose the folder that holds its {PROJECT}."
        )
        return False
    at = _ask_tunnel(studio, folder)
    if at is None:
        return False
    run = history.find(studio.project, folder.name)
    if run is None:
        if folder.parent.absolute() != runs_dir().absolute():
            try:
                remember_followed(folder)
            except FileError as error:
                studio.message.emit("error", str(error))
                return False
        if not studio.shell.has_window:
            return False
        studio.shell.open_copy(project)
        begun = datetime.fromtimestamp((folder / PROJECT).stat().st_mtime)
        run = replace(history.new_run(project, folder), started=begun.replace(microsecond=0).isoformat())
        studio.document.replace_quietly(history.put_run(run))
    if not runner.follow(run, folder, at):
        return False
    studio.shell.show_panel("training")
    return True


def _ask_tunnel(studio: Studio, folder: Path) -> str | None:
    """Where a tunnel to the run's machine ends here; empty where none is needed or wanted, None where the person gave up."""
    try:
        found = address.read(folder)
    except address.Unreachable:
        return ""  # it is watched; the run says why
    if found is None or found.here:
        return ""
    parent = studio.shell.dialog_parent()
    words = (
        f"It trains on {visible(found.host)}. To steer it, open a tunnel in a shell, such as\n"
        f"ssh -L 7000:{visible(found.at)} {visible(found.host)}\n"
        "and name its end here (127.0.0.1:7000). Leave it empty to watch only."
    )
    text, accepted = QInputDialog.getText(parent, "A run on another machine", words)
    return text.strip() if accepted else None
