"""Our canvas and NodeGraphQt's, the same graph, the same gestures, side by side in one run.

NodeGraphQt is no dependency of the program: ``pip install -e .[beside] -c packaging/constraints.txt`` fetches it for this table.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

from tests.benchmarks.bench_canvas import Result, frames, grid, opened
from visualnet.app.canvas.camera.camera import Pose
from visualnet.core.project import Project

COUNTS = (200, 1000, 5000)
DRAGGED = 100
LEFT = Qt.MouseButton.LeftButton


def mouse(view: QGraphicsView, kind: QEvent.Type, at: QPoint, held: Qt.MouseButton) -> None:
    """One event, as the system would send it."""
    pressed = LEFT if kind != QEvent.Type.MouseMove else Qt.MouseButton.NoButton
    where = view.viewport().mapToGlobal(at)
    event = QMouseEvent(kind, QPointF(at), QPointF(where), pressed, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), event)


def dragging(view: QGraphicsView, start: QPoint, count: int) -> float:
    """Milliseconds of a frame while the selection is dragged by the mouse from there."""
    mouse(view, QEvent.Type.MouseButtonPress, start, LEFT)
    mouse(view, QEvent.Type.MouseMove, start + QPoint(12, 12), LEFT)
    view.viewport().repaint()

    def step(at: int) -> None:
        mouse(view, QEvent.Type.MouseMove, start + QPoint(12 + 4 * at, 12 + 3 * at), LEFT)

    spent = frames(view, step, count)  # type: ignore[arg-type]
    mouse(view, QEvent.Type.MouseButtonRelease, start + QPoint(12 + 4 * count, 12 + 3 * count), Qt.MouseButton.NoButton)
    return statistics.median(spent)


def ours(project: Project) -> dict[str, float]:
    """Build, pan, zoom and drag, in milliseconds."""
    start = time.thread_time()
    view = opened(project)
    found = {"build": (time.thread_time() - start) * 1e3}
    centre = view.canvas.contents().center()
    view.look(Pose(centre.x(), centre.y(), 0.5))
    view.viewport().repaint()
    found["pan"] = median(view, lambda at: view.pan(QPoint(-17 if at % 12 < 6 else 17, 9 if at % 12 < 6 else -9)))
    middle = QPointF(800, 500)
    found["zoom"] = median(view, lambda at: view.zoom_by(1.05 if at < 12 else 1 / 1.05, middle))
    view.look(Pose(centre.x(), centre.y(), 0.4))
    chosen = view.canvas.ids_in(view.mapToScene(view.viewport().rect()).boundingRect())[:DRAGGED]
    view.studio.select(chosen)
    view.viewport().repaint()
    card = view.canvas.cards[chosen[-1]]
    at = view.mapFromScene(QPointF(card.x + card.width / 2, card.y + 12))
    before = {i: (view.canvas.cards[i].x, view.canvas.cards[i].y) for i in chosen}
    found["drag"] = dragging(view, at, 16)
    moved = sum((view.canvas.cards[i].x, view.canvas.cards[i].y) != before[i] for i in chosen)
    assert moved == len(chosen), f"only {moved} of {len(chosen)} cards were dragged"
    view.close()
    view.deleteLater()
    return found


def theirs(project: Project) -> dict[str, float]:
    """The same for NodeGraphQt: as many nodes, at the same places, with the same wires."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from NodeGraphQt import BaseNode, NodeGraph  # type: ignore[import-not-found,import-untyped,unused-ignore]

    class Plain(BaseNode):  # type: ignore[misc,unused-ignore]
        """A node with as many ports as our cards have."""

        __identifier__ = "beside"
        NODE_NAME = "node"

        def __init__(self) -> None:
            super().__init__()
            for name in ("a", "b"):
                self.add_input(name)
            self.add_output("y")

    start = time.thread_time()
    graph: Any = NodeGraph()
    graph.register_node(Plain)
    nodes: dict[str, Any] = {}
    for node in project.graph:
        place = list(project.graph.places[node.id])
        nodes[node.id] = graph.create_node("beside.Plain", node.name, pos=place, selected=False, push_undo=False)
    taken: dict[str, int] = {}
    for target, source in project.graph.wires.items():
        port = taken.setdefault(target.node, 0)
        taken[target.node] += 1
        nodes[source.node].output(0).connect_to(nodes[target.node].input(port), push_undo=False)
    view: Any = graph.viewer()
    view.resize(1600, 1000)
    view.show()
    QApplication.processEvents()
    view.viewport().repaint()
    found = {"build": (time.thread_time() - start) * 1e3}

    def look(zoom: float) -> None:
        """The same part of the plane as ours shows."""
        size = view.viewport().size()
        middle = view.scene().itemsBoundingRect().center()
        shown = view._scene_range
        shown.setWidth(size.width() / zoom)
        shown.setHeight(size.height() / zoom)
        shown.moveCenter(middle)
        view._update_scene()
        view.viewport().repaint()

    look(0.5)
    found["pan"] = median(view, lambda at: view._set_viewer_pan(34 if at % 12 < 6 else -34, -18 if at % 12 < 6 else 18))
    found["zoom"] = median(view, lambda at: view.scale(*((1.05, 1.05) if at < 12 else (1 / 1.05, 1 / 1.05))))
    look(0.4)
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    chosen = [n for n in nodes.values() if seen.contains(n.view.sceneBoundingRect())][:DRAGGED]
    for node in chosen:
        node.set_selected(True)
    view.viewport().repaint()
    bounds = chosen[-1].view.sceneBoundingRect()
    before = [(n.view.x(), n.view.y()) for n in chosen]
    found["drag"] = dragging(view, view.mapFromScene(QPointF(bounds.center().x(), bounds.top() + 10)), 8)
    moved = sum((n.view.x(), n.view.y()) != was for n, was in zip(chosen, before, strict=True))
    assert moved == len(chosen), f"only {moved} of {len(chosen)} nodes were dragged"
    view.close()
    return found


def median(view: Any, step: Callable[[int], None]) -> float:
    """The middle frame of sixty."""
    return statistics.median(frames(view, step))


def run() -> list[Result]:
    """Name, value, unit and what was measured."""
    found: list[Result] = []
    for count in COUNTS:
        project = grid(count)
        mine = ours(project)
        try:
            other = theirs(project)
        except ImportError:
            return [("NodeGraphQt", 0.0, "", "not installed: pip install -e .[beside] -c packaging/constraints.txt")]
        for what, value in mine.items():
            note = f"{value:.1f} ms here, {other[what]:.1f} ms in NodeGraphQt"
            unit = "× faster" if other[what] >= value else "× (slower)"
            found.append((f"{what}, {count} nodes", other[what] / value, unit, f"{note}; median frame"))
    return found


if __name__ == "__main__":
    for name, value, unit, note in run():
        print(f"{name:24s} {value:8.2f} {unit}  {note}")
