"""Take cards, wires and annotations off the sheet, with or without closing the gaps."""

from __future__ import annotations

from visualnet.app.canvas.base import CanvasBase
from visualnet.core.edits import bypass
from visualnet.core.text.format import format_quantity


def delete(view: CanvasBase) -> None:
    """Take out the selected cards, wires, frames and notes, as one step."""
    ids, sheet, marks = view.studio.selection, view.studio.sheet, view.canvas.marks
    wires, annotations = tuple(marks.wires), tuple(marks.annotations)
    if ids or wires or annotations:
        what = format_quantity(len(ids), "node") if ids else "wire" if wires else "annotation"
        view.studio.do(f"Delete {what}", lambda p: bypass.remove_selection(p, sheet, ids, wires, annotations))


def dissolve(view: CanvasBase) -> None:
    """Remove the selected cards and close the gaps."""
    ids, sheet = view.studio.selection, view.studio.sheet
    if ids:
        view.studio.do(f"Dissolve {format_quantity(len(ids), 'node')}", lambda p: bypass.bypass_nodes(p, sheet, ids))
