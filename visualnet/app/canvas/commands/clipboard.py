"""Cut, copy, paste and duplicate, as text on the system's clipboard: it can be mailed, and pasted into another window."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from visualnet.analysis.geometry.sheet_geometry import snap
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands.select import add_and_select
from visualnet.app.state.dropped_files import nodes_in
from visualnet.app.state.studio import Studio
from visualnet.core import edits
from visualnet.core.text.format import format_quantity

STEP = (32.0, 32.0)


def copy(studio: Studio) -> bool:
    """Put the selected nodes on the clipboard; True if there were any."""
    if studio.selection:
        QGuiApplication.clipboard().setText(edits.copy(studio.project, studio.sheet, studio.selection))
    return bool(studio.selection)


def cut(studio: Studio) -> bool:
    """Copy the selected nodes and take them out."""
    chosen, sheet = studio.selection, studio.sheet
    label = f"Cut {format_quantity(len(chosen), 'node')}"
    return copy(studio) and studio.do(label, lambda p: edits.remove(p, sheet, chosen))


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
    return add_and_select(studio, "Paste", lambda p: edits.paste(p, studio.sheet, text, at))


def paste_at_pointer(view: CanvasBase) -> None:
    """Add what the clipboard holds at the pointer."""
    at = view.pointer()
    paste(view.studio, (snap(at.x()), snap(at.y())))


def duplicate(studio: Studio, by: tuple[float, float] = STEP) -> bool:
    """Add a copy of the selected nodes, so far from them, and select it."""
    chosen, sheet = studio.selection, studio.sheet
    label = f"Duplicate {format_quantity(len(chosen), 'node')}"
    return bool(chosen) and add_and_select(studio, label, lambda p: edits.duplicate(p, sheet, chosen, by))
