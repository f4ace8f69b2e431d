"""Writing the network elsewhere: Python code and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from visualnet.app.widgets.modal import answer_of
from visualnet.app.widgets.save_dialog import ask_target
from visualnet.core.storage import project_file
from visualnet.pytorch import NoTorch, need_torch

if TYPE_CHECKING:
    from visualnet.app.shell.window import Window


def export_code(window: Window) -> None:
    """Ask for a name and write model.py."""

    try:
        need_torch()
    except NoTorch as error:
        window.filing.notice.emit("error", f"{error}.", [])
        return

    def write(path: Path) -> None:
        from visualnet.compiling.source import model_source

        project_file.write(path, model_source(window.studio.project).encode())

    _export(window, "Export PyTorch code", "model.py", "Python (*.py)", write)


def export_picture(window: Window) -> None:
    """Choose what of the open sheet becomes a picture, and how; then write it."""
    from visualnet.app.figures.export_dialog import ExportDialog

    view = window.canvas.view
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    folder = Path(window.settings.typed("folder", "") or Path.home())
    visible = (seen.x(), seen.y(), seen.width(), seen.height())
    dialog = ExportDialog(window.studio, window.settings.section("picture"), visible, folder, window)
    answer_of(dialog)
    if dialog.written is not None:
        window.settings["folder"] = str(dialog.written.parent)


def print_sheet(window: Window) -> None:
    """Print the open sheet, in the style that was last chosen for a picture if that is one for paper."""
    from visualnet.app.figures.picture import Look, drawing_of
    from visualnet.app.figures.print_dialog import ask_and_print
    from visualnet.app.figures.writers import Cancelled

    studio = window.studio
    style = "publication" if window.settings.section("picture").get("style") == "publication" else "print"
    try:
        drawing = drawing_of(studio.project, Look(style, studio.sheet), studio.analysis)
        if ask_and_print(drawing, studio.project.name, window):
            studio.message.emit("ok", "Sent to the printer.")
    except Cancelled:
        studio.message.emit("hint", "Nothing was printed.")
    except ValueError as error:
        window.filing.notice.emit("error", f"It could not be printed: {error}", [])


def _export(window: Window, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
    folder = Path(window.settings.typed("folder", "") or Path.home())
    path = ask_target(window, title, str(folder / name), kinds)
    if path is None:
        return
    try:
        write(path)
    except (OSError, ValueError) as error:
        window.filing.notice.emit("error", f"{path.name} could not be written: {error}", [])
        return
    window.settings["folder"] = str(path.parent)
    window.studio.message.emit("ok", f"Wrote {path}")
