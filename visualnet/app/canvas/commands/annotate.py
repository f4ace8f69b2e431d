"""Frames, notes, bends and bookmarks as commands of the canvas."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from visualnet.analysis.geometry.sheet_geometry import snap
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.camera.camera import Pose
from visualnet.core.edits import annotate
from visualnet.core.graph import COLOURS, Port
from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first
from visualnet.core.validation import Area

HEAD, ROOM = 44.0, 24.0
EMPTY_FRAME, NOTE = (480.0, 240.0), (288.0, 136.0)


def frame(view: CanvasBase) -> None:
    """Put a frame round the selected cards, or an empty one in the middle, and ask for its title."""
    area = view.canvas.contents(view.studio.selection)
    if area.isEmpty():
        (width, height), at = EMPTY_FRAME, view.pose()
        _add(view, "frame", (snap(at.x - width / 2), snap(at.y - height / 2), width, height))
    else:
        left, top = snap(area.left() - ROOM), snap(area.top() - HEAD)
        _add(view, "frame", (left, top, snap(area.right() + ROOM) - left, snap(area.bottom() + ROOM) - top))


def note(view: CanvasBase) -> None:
    """Put a note at the pointer and write it."""
    at = view.pointer()
    _add(view, "note", (snap(at.x()), snap(at.y()), *NOTE))


def _add(view: CanvasBase, kind: str, area: Area) -> None:
    added, sheet = "", view.studio.sheet

    def edit(project: Project) -> Project:
        nonlocal added
        project, added = annotate.add_annotation(project, sheet, kind, area)
        return project

    if view.studio.do(f"Add {kind}", edit):
        view.select_annotations([added])
        view.annotation_edit_asked.emit(added)


def write(view: CanvasBase) -> None:
    """Edit the words of the selected frame or note."""
    if view.canvas.marks.annotations:
        view.annotation_edit_asked.emit(next(iter(view.canvas.marks.annotations)))
    else:
        view.studio.message.emit("hint", "select a frame or a note first")


def fill_colours(view: CanvasBase, menu: QMenu) -> None:
    """The colours that the selected frames and notes can have."""
    for colour in COLOURS:
        action = menu.addAction(capitalize_first(colour or "plain"), partial(tint, view, colour))
        action.setEnabled(bool(view.canvas.marks.annotations))


def tint(view: CanvasBase, colour: str) -> None:
    """Give the selected frames and notes a colour."""
    ids, sheet = tuple(view.canvas.marks.annotations), view.studio.sheet
    view.studio.do("Colour", lambda p: annotate.set_annotations(p, sheet, ids, colour=colour))


def straighten(view: CanvasBase) -> None:
    """Take all points off the selected wires, or off those of the selected cards."""
    canvas, sheet = view.canvas, view.studio.sheet
    targets = canvas.marks.wires or {t for i in view.studio.selection for t in canvas.by_node.get(i, ())}
    if not view.studio.do("Straighten wires", lambda p: annotate.set_waypoints(p, sheet, dict.fromkeys(targets, ()))):
        view.studio.message.emit("hint", "select a wire that was bent, or its cards")


def toggle_waypoint(view: CanvasBase, wire: Port, number: int, at: QPointF) -> bool:
    """Take a point off a wire, or put one there (``number`` -1)."""
    sheet, points, place = view.studio.sheet, [p.toTuple() for p in view.wire_points(wire)], at.toTuple()
    return view.studio.do("Bend wire", lambda p: annotate.toggle_waypoint(p, sheet, wire, points, number, place))


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
    go_to_bookmark(view, marks[at % len(marks)])


def go_to_bookmark(view: CanvasBase, name: str) -> None:
    """Look from where a bookmark looks."""
    view.bookmark = name
    view.glide(Pose(*view.studio.graph.bookmarks[name]))


def forget_bookmark(view: CanvasBase, name: str) -> None:
    """Keep a bookmark no more."""
    sheet = view.studio.sheet
    view.studio.do(f"Forget bookmark {name}", lambda p: annotate.set_bookmark(p, sheet, name, None))


def fill_bookmarks(view: CanvasBase, menu: QMenu) -> None:
    """The bookmarks of the sheet, to go to and to forget."""
    names = list(view.studio.graph.bookmarks)
    if not names:
        menu.addAction("No bookmark yet").setEnabled(False)
        return
    for name in names:
        menu.addAction(f"Bookmark {name}", partial(go_to_bookmark, view, name))
    menu.addSeparator()
    for name in names:
        menu.addAction(f"Forget {name}", partial(forget_bookmark, view, name))
