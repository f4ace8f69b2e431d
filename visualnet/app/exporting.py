"""Writing the network elsewhere: Python code and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from visualnet.app.window import Window


def export_code(window: Window) -> None:
    """Ask for a name and write model.py."""

    def write(path: Path) -> None:
        from visualnet.compiling.source import model_source

        path.write_text(model_source(window.studio.project), "utf-8")

    _export(window, "Export PyTorch code", "model.py", "Python (*.py)", write)


def export_picture(window: Window) -> None:
    """Ask for a name and write the open sheet as a picture."""
    studio = window.studio

    def write(path: Path) -> None:
        from visualnet.app.picture import save_picture

        save_picture(studio.project, path, "dark" if studio.theme.dark else "light", studio.sheet)

    kinds = "Vector picture (*.svg);;Picture (*.png);;Page (*.pdf)"
    _export(window, "Export picture", "network.svg", kinds, write)


def _export(window: Window, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
    folder = Path(window.settings.typed("folder", "") or Path.home())
    chosen, kind = QFileDialog.getSaveFileName(window, title, str(folder / name), kinds)
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        path = path.with_suffix("." + kind.rpartition("*.")[2].rstrip(")"))
    try:
        write(path)
    except (OSError, ValueError) as error:
        window.filing.notice.emit("error", f"{path.name} could not be written: {error}", [])
        return
    window.settings["folder"] = str(path.parent)
    window.studio.message.emit("ok", f"Wrote {path}")
