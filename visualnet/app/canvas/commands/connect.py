"""Draw a wire."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from visualnet.analysis.connect import best_ports
from visualnet.analysis.connect.check import Acceptance
from visualnet.app.canvas.base import CanvasBase
from visualnet.core.graph import Port


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
    if studio.do("Connect", lambda p: best_ports.connect(p, sheet, source, target, instead)):
        view.wire_drawn.emit(target, at)
