"""Write the network as a Python module."""

from __future__ import annotations

from pathlib import Path

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.core.storage import project_file
from visualnet.pytorch import NoTorch, need_torch


def export_code(studio: Studio) -> None:
    """Ask for a name and write model.py."""
    assert studio.settings is not None and studio.shell is not None
    try:
        need_torch()
    except NoTorch as error:
        studio.shell.notify("error", f"{error}.", [])
        return
    folder = Path(studio.settings.typed("folder", "") or Path.home())
    path = ask_target(studio.shell.dialog_parent(), "Export PyTorch code", str(folder / "model.py"), "Python (*.py)")
    if path is None:
        return
    try:
        from visualnet.compiling.source_code.source import model_source

        project_file.write(path, model_source(studio.project).encode())
    except (OSError, ValueError) as error:
        studio.shell.notify("error", f"{path.name} could not be written: {error}", [])
        return
    studio.settings["folder"] = str(path.parent)
    studio.message.emit("ok", f"Wrote {path}")
