"""How long a frame of the canvas takes, software-rendered at 1600×1000. ``python -m tests.benchmarks.bench_canvas`` prints it."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication

from visualnet.analysis import infer
from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.view import CanvasView
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Project

Result = tuple[str, float, str, str]
ZOOMS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.44, 0.5, 0.75, 1.0, 2.0)
KINDS = (("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}), ("batch_norm2d", {}), ("relu", {}))


def grid(count: int) -> Project:
    """A residual net of so many cards in a square: chains with a second wire from each third card on."""
    nodes = {"n1": Node(id="n1", kind="input", name="image", params={"size": (8, 32, 32)})}
    wires: dict[Port, Port] = {}
    places = {"n1": (0.0, 0.0)}
    columns = round(count**0.5 * 0.8)
    for at in range(1, count):
        node_id, before = f"n{at + 1}", f"n{at}"
        kind, params = ("add", {}) if at > 8 and at % 4 == 0 else KINDS[at % 3]
        nodes[node_id] = Node(id=node_id, kind=kind, name=f"{kind}{at}", params=params)
        places[node_id] = (at % columns * 248.0, at // columns * 144.0)
        out = "x" if at == 1 else port_of(nodes[before].kind, False)
        wires[Port(node_id, port_of(kind, True))] = Port(before, out)
        if kind == "add":
            earlier = f"n{at - 3}"
            wires[Port(node_id, port_of(kind, True, 1))] = Port(earlier, port_of(nodes[earlier].kind, False))
    return Project(graph=Graph(nodes, wires, places))


def port_of(kind: str, inward: bool, at: int = 0) -> str:
    from visualnet.layers import LAYERS

    layer = LAYERS[kind]()
    return list(layer.inputs() if inward else layer.outputs())[at]


def opened(project: Project) -> CanvasView:
    """A canvas of 1600×1000 that shows the project."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, DARK)
    view = CanvasView(Studio(Document(project), DARK))
    view.choose_motion("off")
    view.resize(1600, 1000)
    view.show()
    app.processEvents()
    return view


def frames(view: CanvasView, step: Callable[[int], None], count: int = 60) -> list[float]:
    """Milliseconds of this thread's time for each of some whole repaints: other programs on the machine do not count."""
    spent = []
    gc.collect()
    for at in range(count):
        start = time.thread_time()
        step(at)
        view.viewport().repaint()
        spent.append((time.thread_time() - start) * 1e3)
    return spent


def high(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def settled(view: CanvasView, zoom: float) -> None:
    """Look at the middle and wait, as a hand does between two gestures, until every card is sharp."""
    centre = view.canvas.contents().center()
    view.look(Pose(centre.x(), centre.y(), zoom))
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def panning(view: CanvasView, zoom: float) -> list[float]:
    settled(view, zoom)
    return frames(view, lambda at: view.pan(QPoint(-17 if at % 12 < 6 else 17, 9 if at % 12 < 6 else -9)))


def zooming(view: CanvasView) -> list[float]:
    settled(view, 0.05)
    middle = QPointF(800, 500)
    return frames(view, lambda at: view.zoom_by(1.09 if at < 40 else 1 / 1.09, middle), 80)


def dragging(view: CanvasView) -> list[float]:
    cards = view.canvas.cards
    settled(view, 0.5)
    chosen = view.canvas.ids_in(view.mapToScene(view.viewport().rect()).boundingRect())[:100]
    view.studio.select(chosen)
    start = {i: (cards[i].x, cards[i].y) for i in chosen}
    return frames(view, lambda at: view.canvas.shift({i: (x + 8 * at, y + 8 * at) for i, (x, y) in start.items()}))


def editing(view: CanvasView) -> tuple[list[float], list[float]]:
    """One parameter in the middle of the graph, with inference; and that inference alone."""
    studio, whole, alone = view.studio, [], []
    conv = [n.id for n in studio.graph if n.kind == "conv2d"]
    node = conv[len(conv) // 2]
    for at in range(12):
        before, analysis = studio.project, studio.analysis
        start = time.thread_time()
        studio.do("Edit", lambda p, at=at: edits.set_params(p, "", [node], {"bias": at % 2 == 1}))  # type: ignore[misc]
        view.viewport().repaint()
        whole.append((time.thread_time() - start) * 1e3)
        assert studio.project is not before
        start = time.thread_time()
        infer(studio.project, analysis)
        alone.append((time.thread_time() - start) * 1e3)
    return whole, alone


def run() -> list[Result]:
    """Name, value, unit and what was measured."""
    found: list[Result] = []
    for count, limit in ((1000, 8), (5000, 16)):
        view = opened(grid(count))
        for zoom in ZOOMS:
            found.append(
                (f"pan {count} cards at {zoom:g}", high(panning(view, zoom)), "ms", f"p95 of a frame, ≤ {limit}")
            )
        found.append(
            (f"zoom {count} cards 0.05 to 1.6 and back", high(zooming(view)), "ms", f"p95 of a frame, ≤ {limit}")
        )
        if count == 1000:
            found.append(("drag 100 of 1000 cards", high(dragging(view)), "ms", "p95 of a frame, ≤ 8"))
            view.studio.select(())
            whole, alone = editing(view)
            found.append(
                ("one edit in 1000 cards", statistics.median(whole), "ms", "edit, inference, canvas, frame; ≤ 16")
            )
            found.append(("inference within it", statistics.median(alone), "ms", "of the same edit"))
            sizes = {i: (c.width, c.height) for i, c in view.canvas.cards.items()}
            start = time.thread_time()
            tidy(view.studio.graph, sizes)
            found.append(("tidy 1000 cards", (time.thread_time() - start) * 1e3, "ms", "≤ 500"))
        view.close()
        view.deleteLater()
    return found


if __name__ == "__main__":
    for name, value, unit, note in run():
        print(f"{name:40s} {value:8.2f} {unit}  {note}")
