"""Frames, notes, bends and bookmarks as commands of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QMenu

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.commands import wire_points
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.theme.tokens import GRID
from visualnet.core.edits import annotate
from visualnet.core.graph import COLOURS
from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first

HEAD, ROOM = 44.0, 24.0
NOTE = (288.0, 136.0)


def frame(view: CanvasBase) -> None:
    """Put a frame round the selected cards, or an empty one in the middle, and ask for its title."""
    area = view.canvas.contents(view.studio.selection)
    if area.isEmpty():
        at = view.pose()
        box = (_grid(at.x - 240), _grid(at.y - 120), 480.0, 240.0)
    else:
        left, top = _grid(area.left() - ROOM), _grid(area.top() - HEAD)
        right, bottom = _grid(area.right() + ROOM), _grid(area.bottom() + ROOM)
        box = (left, top, right - left, bottom - top)
    _add(view, "frame", box)


def note(view: CanvasBase) -> None:
    """Put a note at the pointer and write it."""
    at = view.pointer()
    _add(view, "note", (_grid(at.x()), _grid(at.y()), *NOTE))


def _add(view: CanvasBase, kind: str, area: tuple[float, float, float, float]) -> None:
    made: list[str] = []
    sheet = view.studio.sheet

    def edit(project: Project) -> Project:
        after, remark = annotate.add_remark(project, sheet, kind, area)
        made[:] = [remark]
        return after

    if view.studio.do(f"Add {kind}", edit):
        view.select_remarks(made)
        view.annotation_edit_asked.emit(made[0])


def write(view: CanvasBase) -> None:
    """Edit the words of the selected frame or note."""
    if view.canvas.marks.remarks:
        view.annotation_edit_asked.emit(next(iter(view.canvas.marks.remarks)))
    else:
        view.studio.message.emit("hint", "select a frame or a note first")


def fill_colours(view: CanvasBase, menu: QMenu) -> None:
    """The colours that the selected frames and notes can have."""
    for colour in COLOURS:
        action = menu.addAction(capitalize_first(colour or "plain"))
        action.setEnabled(bool(view.canvas.marks.remarks))
        action.triggered.connect(lambda _=False, c=colour: tint(view, c))


def tint(view: CanvasBase, colour: str) -> None:
    """Give the selected frames and notes a colour."""
    ids, sheet = tuple(view.canvas.marks.remarks), view.studio.sheet
    view.studio.do("Colour", lambda p: annotate.set_remarks(p, sheet, ids, colour=colour))


def straighten(view: CanvasBase) -> None:
    """Take all points off the selected wires, or off those of the selected cards."""
    marks, canvas, sheet = view.canvas.marks, view.canvas, view.studio.sheet
    targets = set(marks.wires) or {t for i in view.studio.selection for t in canvas.by_node.get(i, ())}
    if not view.studio.do("Straighten wires", lambda p: annotate.bend(p, sheet, {t: () for t in targets})):
        view.studio.message.emit("hint", "select a wire that was bent, or its cards")


def bookmark(view: CanvasBase) -> None:
    """Keep this view under the next free number."""
    sheet, pose = view.studio.sheet, view.pose()
    taken = view.studio.graph.bookmarks
    name = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
    if view.studio.do(f"Bookmark {name}", lambda p: annotate.set_bookmark(p, sheet, name, pose)):
        view.studio.message.emit("ok", f"bookmark {name}: Shift+B comes back to it")


def next_bookmark(view: CanvasBase) -> None:
    """Go to the next bookmark after the one that was last gone to."""
    marks = list(view.studio.graph.bookmarks)
    if not marks:
        view.studio.message.emit("hint", "no bookmark yet: Ctrl+B keeps this view")
        return
    at = marks.index(view.bookmark) + 1 if view.bookmark in marks else 0
    visit(view, marks[at % len(marks)])


def visit(view: CanvasBase, name: str) -> None:
    """Look from where a bookmark looks."""
    view.bookmark = name
    view.glide(Pose(*view.studio.graph.bookmarks[name]))


def fill_bookmarks(view: CanvasBase, menu: QMenu) -> None:
    """The bookmarks of the sheet, to go to and to forget."""
    sheet, marks = view.studio.sheet, view.studio.graph.bookmarks
    for name in marks:
        menu.addAction(f"Bookmark {name}").triggered.connect(lambda _=False, n=name: visit(view, n))
    if marks:
        menu.addSeparator()
    for name in marks:
        forget = menu.addAction(f"Forget {name}")
        forget.triggered.connect(
            lambda _=False, n=name: view.studio.do(
                f"Forget bookmark {n}", lambda p: annotate.set_bookmark(p, sheet, n, None)
            )
        )
    if not marks:
        menu.addAction("No bookmark yet").setEnabled(False)


def toggle_point(view: CanvasBase, at: QPointF) -> None:
    """Take a point off a wire or put one there, where it was double-clicked."""
    hit = view.canvas.hit(at)
    if hit.wire is not None:
        wire, way, sheet = hit.wire, view.wire_points(hit.wire), view.studio.sheet
        view.studio.do("Bend wire", lambda p: wire_points.toggle(p, sheet, wire, way, hit.bend, at))


def _grid(value: float) -> float:
    return float(round(value / GRID) * GRID)


def frame_contents(scene: CanvasScene, remark: str) -> tuple[dict[str, QRectF], dict[str, tuple[float, float]]]:
    """What moves with a remark: its own area and those of the remarks in a frame, and where the cards in it stand."""
    frame = QRectF(scene.remarks[remark].area)
    areas = {remark: frame}
    if scene.remarks[remark].remark.kind != "frame":
        return areas, {}
    inside = (scene.cards[i] for i in scene.ids_in(frame) if frame.contains(scene.cards[i].rect))
    for other in scene.remarks.values():
        if other.id != remark and frame.contains(other.area):
            areas[other.id] = QRectF(other.area)
    return areas, {c.id: (c.x, c.y) for c in inside}
