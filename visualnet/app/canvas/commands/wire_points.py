"""The points that a wire is led over: where a new one goes, and putting one there or taking it away."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF

from visualnet.core.edits import annotate
from visualnet.core.graph import Port
from visualnet.core.project import Project


def place_among(points: list[QPointF], at: QPointF) -> int:
    """Between which two of a wire's points (its ends among them) a new one goes."""

    def off(a: QPointF, b: QPointF) -> float:
        return QLineF(a, at).length() + QLineF(at, b).length() - QLineF(a, b).length()

    return min(range(len(points) - 1), key=lambda i: off(points[i], points[i + 1]))


def toggle(project: Project, sheet: str, wire: Port, points: list[QPointF], bend: int, at: QPointF) -> Project:
    """Take a point away, or put one where the wire was double-clicked. ``points`` are those of the wire, its ends among them."""
    inner = [(p.x(), p.y()) for p in points[1:-1]]
    if bend >= 0:
        del inner[bend]
    else:
        inner.insert(place_among(points, at), (at.x(), at.y()))
    return annotate.bend(project, sheet, {wire: inner})
