"""Draw a wire."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from visualnet.analysis.connect import best_ports
from visualnet.analysis.connect.check import Acceptance
from visualnet.app.canvas.base import CanvasBase
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import Project


def draw_wire(
    view: CanvasBase,
    source: Port,
    target: Port,
    at: QPointF,
    instead: Port | None = None,
    accept: Acceptance | None = None,
) -> None:
    """Draw a wire (``instead`` of one that was picked up). One that does not fit stays, red, and its repairs are offered."""
    studio, sheet = view.studio, view.studio.sheet
    words = (accept or studio.acceptance()).refused(source, target)
    if words:
        studio.message.emit("warning", words)
        return

    def edit(project: Project) -> Project:
        if instead is not None and instead != target:
            project = edits.disconnect(project, sheet, instead)
        return best_ports.connect(project, sheet, source, target)

    if studio.do("Connect", edit):
        view.wire_drawn.emit(target, at)
