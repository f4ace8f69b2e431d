"""What the keyboard is at besides cards: a wire, a point of a wire, a frame, a note; and its words for a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QKeyEvent, QPainter, QPen

from visualnet.analysis.geometry.sheet_geometry import GRID, snap
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands import placing
from visualnet.app.canvas.commands.annotate import toggle_waypoint
from visualnet.app.canvas.commands.arrange import card_areas
from visualnet.core import edits
from visualnet.core.edits import annotate, frame_contents
from visualnet.core.graph import Port
from visualnet.core.text.format import format_quantity
from visualnet.core.validation import LEAST_AREA
from visualnet.layers.shorthand import TypedParameters

RING = 8.0
NO_WIRE = "go to a wire first (W)"
Way = tuple[int, int]
"""Of an arrow key: a step across and a step down."""


def selected_wire(view: CanvasBase) -> Port | None:
    """The one wire that is selected, if nothing else is."""
    marks = view.canvas.marks
    alone = len(marks.wires) == 1 and not marks.selected and not marks.annotations
    return next(iter(marks.wires)) if alone else None


def selected_annotation(view: CanvasBase) -> str:
    """The one frame or note that is selected, if nothing else is."""
    marks = view.canvas.marks
    return (
        next(iter(marks.annotations)) if len(marks.annotations) == 1 and not marks.selected and not marks.wires else ""
    )


def next_wire(view: CanvasBase, step: int = 1) -> None:
    """Go to a wire of the selected card, those that leave it first; then to the next of that card's wires."""
    here, wires, cards = selected_wire(view), view.canvas.wires, view.canvas.cards
    if here is not None:
        home = view.canvas.marks.home if view.canvas.marks.home in cards else wires[here].source.node
    else:
        home = next((i for i in reversed(view.studio.selection) if i in cards), "")

    def rank(target: Port) -> tuple[bool, float, float]:
        middle = _middle(view, target)
        return bool(home) and wires[target].source.node != home, middle.y(), middle.x()

    around = sorted((t for t in wires if not home or home in (t.node, wires[t].source.node)), key=rank)
    if not around:
        view.studio.message.emit("hint", "this card has no wires" if home else "there are no wires yet")
        return
    at = (around.index(here) + step) % len(around) if here in around else 0
    _go_to_wire(view, around[at], home)


def _go_to_wire(view: CanvasBase, target: Port, home: str = "", bend: int = -1) -> None:
    marks = view.canvas.marks
    view.studio.select(())
    marks.annotations = set()
    view.select_wires([target])
    marks.home, marks.bend = home, bend
    announce(view)


def next_bend(view: CanvasBase) -> None:
    """Go to the next point over which the selected wire is led."""
    here, marks = selected_wire(view), view.canvas.marks
    points = view.canvas.wires[here].bends if here is not None else []
    if here is not None and points:
        _go_to_wire(view, here, marks.home, (marks.bend + 1) % len(points))
    else:
        view.studio.message.emit("hint", "P puts a point on this wire" if here is not None else NO_WIRE)


def add_bend(view: CanvasBase) -> None:
    """Put a point in the middle of the selected wire, to lead it over."""
    here = selected_wire(view)
    if here is None:
        view.studio.message.emit("hint", NO_WIRE)
        return
    middle = _middle(view, here)
    at = QPointF(snap(middle.x()), snap(middle.y()))
    if toggle_waypoint(view, here, -1, at):
        points = view.canvas.wires[here].bends
        _go_to_wire(view, here, view.canvas.marks.home, points.index(at) if at in points else 0)


def next_annotation(view: CanvasBase) -> None:
    """Go to the next frame or note, as one reads."""
    items = sorted(view.canvas.annotations.values(), key=lambda r: (r.area.top(), r.area.left(), r.id))
    if not items:
        view.studio.message.emit("hint", "no frame or note yet: F makes a frame, N a note")
        return
    ids, here = [r.id for r in items], selected_annotation(view)
    item = items[(ids.index(here) + 1) % len(ids) if here in ids else 0]
    view.studio.select(())
    view.select_wires(())
    view.select_annotations([item.id])
    view.show_area(item.area)


def press(view: CanvasBase, way: Way | None, event: QKeyEvent) -> bool:
    """Answer a key for the wire or annotation that the keyboard is at; False if it means nothing there. ``way``: of an arrow."""
    key, held = event.key(), event.modifiers()
    control = bool(held & Qt.KeyboardModifier.ControlModifier)
    shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
    plain = not held & ~Qt.KeyboardModifier.KeypadModifier
    enter = plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if (here := selected_wire(view)) is not None:
        if way is not None:
            _move_bend(view, here, way) if control else _walk_wire(view, here, way)
        elif plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and view.canvas.marks.bend >= 0:
            _remove_bend(view, here)
        elif enter:
            insert(view, here)
        else:
            return False
        return True
    if annotation := selected_annotation(view):
        if way is not None and (control or shift):
            _move_annotation(view, annotation, way, shift)
            return True
        if enter or (plain and key == Qt.Key.Key_F2):
            view.annotation_edit_asked.emit(annotation)
            return True
    return False


def _walk_wire(view: CanvasBase, here: Port, way: Way) -> None:
    """With the flow to the next point or the card at the end; across it to the wire beside."""
    marks, item = view.canvas.marks, view.canvas.wires[here]
    across, ahead = way if view.canvas.graph.direction == "down" else way[::-1]
    if not ahead:
        next_wire(view, across)
        return
    at = marks.bend + ahead if marks.bend >= 0 else (len(item.bends) if ahead > 0 else -1)
    if 0 <= at < len(item.bends):
        _go_to_wire(view, here, marks.home, at)
    else:
        node = here.node if ahead > 0 else item.source.node
        view.select_wires(())
        view.studio.select([node])
        view.show_card(node)


def _move_bend(view: CanvasBase, here: Port, way: Way) -> None:
    number, sheet = view.canvas.marks.bend, view.studio.sheet
    points = [p.toTuple() for p in view.canvas.wires[here].bends]
    if not 0 <= number < len(points):
        view.studio.message.emit("hint", "P puts a point on the wire; . goes to it; then it can be moved")
        return
    x, y = points[number]
    points[number] = (x + way[0] * GRID, y + way[1] * GRID)
    view.studio.do(
        "Bend wire", lambda p: annotate.set_waypoints(p, sheet, {here: points}), merge=f"bend {here} {number}"
    )
    announce(view)


def _remove_bend(view: CanvasBase, here: Port) -> None:
    marks = view.canvas.marks
    home, number, left = marks.home, marks.bend, len(view.canvas.wires[here].bends) - 1
    toggle_waypoint(view, here, number, QPointF())
    _go_to_wire(view, here, home, min(number, left - 1))


def _move_annotation(view: CanvasBase, annotation: str, way: Way, stretches: bool) -> None:
    """Move it with all that stands in it, or its lower right corner."""
    sheet, graph, (dx, dy) = view.studio.sheet, view.canvas.graph, (way[0] * GRID, way[1] * GRID)
    kind, (x, y, width, height) = graph.annotations[annotation].kind, graph.annotations[annotation].area
    if stretches:
        areas = {annotation: (x, y, max(LEAST_AREA[0], width + dx), max(LEAST_AREA[1], height + dy))}
        places: dict[str, tuple[float, float]] = {}
    else:
        areas, cards = frame_contents.moved_with(graph, annotation, card_areas(view.canvas))
        areas = {i: (a[0] + dx, a[1] + dy, a[2], a[3]) for i, a in areas.items()}
        places = {i: (view.canvas.cards[i].x + dx, view.canvas.cards[i].y + dy) for i in cards}
    verb = "Stretch" if stretches else "Move"
    view.studio.do(
        f"{verb} {kind}",
        lambda p: edits.move(annotate.place_annotations(p, sheet, areas), sheet, places),
        merge=f"{verb} {annotation}",
    )
    view.select_annotations([annotation])


def insert(view: CanvasBase, here: Port) -> None:
    """Ask for a layer to put into a wire."""
    at = _middle(view, here)

    def put(kind: str, given: TypedParameters) -> None:
        placing.insert(view, kind, [here], given, (at.x() - 84, at.y() - 40))

    view.search_asked.emit(view.mapFromScene(at), put, "Put into the wire…")


def _middle(view: CanvasBase, target: Port) -> QPointF:
    return view.canvas.wires[target].path.pointAtPercent(0.5)


def _waypoint(view: CanvasBase, wire: Port) -> QPointF | None:
    """The point of the wire that the keyboard is at."""
    bends, number = view.canvas.wires[wire].bends, view.canvas.marks.bend
    return bends[number] if 0 <= number < len(bends) else None


def point(view: CanvasBase) -> QPointF | None:
    """Where on the sheet the keyboard is."""
    canvas = view.canvas
    card = next((i for i in reversed(view.studio.selection) if i in canvas.cards), None)
    if card is not None:
        return canvas.cards[card].rect.center()
    if (wire := selected_wire(view)) is not None:
        waypoint = _waypoint(view, wire)
        return waypoint if waypoint is not None else _middle(view, wire)
    if annotation := selected_annotation(view):
        return canvas.annotations[annotation].grip.topLeft() + QPointF(16, 12)
    return None


def description(view: CanvasBase) -> str:
    """What the keyboard is at, in words."""
    canvas = view.canvas
    faces = [canvas.cards[i].content for i in view.studio.selection if i in canvas.cards]
    if len(faces) == 1:
        face = faces[0]
        state = {"mute": "muted", "off": "off"}.get(face.mode, "")
        told = face.name, face.line, face.shape, face.parameters, state, "collapsed" * face.collapsed, face.badge
        return ", ".join(filter(None, told))
    if (wire := selected_wire(view)) is not None:
        item = canvas.wires[wire]
        start, end = (f"{canvas.cards[p.node].content.name} {p.port}" for p in (item.source, wire))
        spot = f"point {canvas.marks.bend + 1} of {len(item.bends)} on the " if canvas.marks.bend >= 0 else ""
        parts = f"{spot}wire from {start} to {end}", item.label, "does not fit" * item.failing
        return ", ".join(filter(None, parts))
    if annotation := selected_annotation(view):
        note = canvas.annotations[annotation].annotation
        return f"{note.kind}: {note.text or 'without words'}"
    return f"{len(faces)} of {format_quantity(len(canvas.cards), 'node')} selected"


def announce(view: CanvasBase) -> None:
    """Let a screen reader say where the keyboard is."""
    words = description(view)
    if words == view.accessibleDescription():
        return
    view.setAccessibleDescription(words)
    if QAccessible.isActive() and view.hasFocus():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(view, words))


def paint(view: CanvasBase, painter: QPainter) -> None:
    """A ring round the point of a wire that the keyboard is at."""
    wire = selected_wire(view)
    if wire is not None and wire in view.canvas.wires and (at := _waypoint(view, wire)) is not None:
        painter.setPen(QPen(QColor(view.canvas.theme.accent), 2.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, RING, RING)
