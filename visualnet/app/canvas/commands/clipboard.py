"""Cut, copy, paste and duplicate, as text on the system's clipboard: it can be mailed, and pasted into another window."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.state.dropped_files import nodes_in
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity

STEP = (32.0, 32.0)


def copy(studio: Studio) -> bool:
    """Put the selected nodes on the clipboard; True if there were any."""
    if not studio.selection:
        return False
    QGuiApplication.clipboard().setText(edits.copy(studio.project, studio.sheet, studio.selection))
    return True


def cut(studio: Studio) -> bool:
    """Copy the selected nodes and take them out."""
    chosen, sheet = studio.selection, studio.sheet
    return copy(studio) and studio.do(
        f"Cut {format_quantity(len(chosen), 'node')}", lambda p: edits.remove(p, sheet, chosen)
    )


def paste(studio: Studio, at: tuple[float, float] | None = None) -> bool:
    """Add what the clipboard holds, at a point of the scene, and select it."""
    try:
        text = nodes_in(QGuiApplication.clipboard().mimeData())
    except ValueError as error:
        studio.message.emit("warning", str(error))
        return False
    if not text:
        studio.message.emit("hint", "the clipboard is empty: copy some nodes first")
        return False
    return adding(studio, "Paste", lambda p: edits.paste(p, studio.sheet, text, at))


def duplicate(studio: Studio) -> bool:
    """Add a copy of the selected nodes beside them and select it."""
    chosen = studio.selection
    if not chosen:
        return False
    return adding(
        studio,
        f"Duplicate {format_quantity(len(chosen), 'node')}",
        lambda p: edits.duplicate(p, studio.sheet, chosen, STEP),
    )


def adding(studio: Studio, label: str, edit: object) -> bool:
    added: list[str] = []

    def run(project: Project) -> Project:
        after, ids = edit(project)  # type: ignore[operator]
        added[:] = ids
        return after

    done = studio.do(label, run)
    if done:
        studio.select(added)
    return done


def paste_at_pointer(view: CanvasBase) -> None:
    """Add what the clipboard holds at the pointer."""
    at = view.pointer()
    paste(view.studio, (round(at.x() / GRID) * GRID, round(at.y() / GRID) * GRID))
