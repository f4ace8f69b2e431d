"""Take cards, wires and annotations off the sheet, with or without closing the gaps."""

from __future__ import annotations

from visualnet.app.canvas.base import CanvasBase
from visualnet.core import edits
from visualnet.core.edits import bypass
from visualnet.core.edits.annotate import remove_remarks
from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity


def delete(view: CanvasBase) -> None:
    """Take out the selected cards and wires, as one step."""
    ids, wires, sheet = view.studio.selection, tuple(view.canvas.marks.wires), view.studio.sheet
    remarks = tuple(view.canvas.marks.remarks)

    def edit(project: Project) -> Project:
        for target in wires:
            project = edits.disconnect(project, sheet, target)
        project = remove_remarks(project, sheet, remarks)
        return edits.remove(project, sheet, ids) if ids else project

    if ids or wires or remarks:
        what = format_quantity(len(ids), "node") if ids else "wire" if wires else "remark"
        view.studio.do(f"Delete {what}", edit)


def dissolve(view: CanvasBase) -> None:
    """Remove the selected cards and close the gaps."""
    ids, sheet = view.studio.selection, view.studio.sheet
    if ids:
        view.studio.do(f"Dissolve {format_quantity(len(ids), 'node')}", lambda p: bypass.bypass_nodes(p, sheet, ids))
