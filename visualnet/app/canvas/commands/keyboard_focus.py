"""What the keyboard is at besides cards: a wire, a point of a wire, a frame, a note; and its words for a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QKeyEvent, QPainter, QPen

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.commands import placing
from visualnet.app.canvas.commands.annotate import frame_contents
from visualnet.app.canvas.commands.wire_points import toggle
from visualnet.app.theme.tokens import GRID
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.graph import Port
from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity
from visualnet.core.validation import LEAST_AREA
from visualnet.layers.shorthand import Given

RING = 8.0
Way = tuple[int, int]


def wire(view: CanvasBase) -> Port | None:
    """The one wire that is selected, if nothing else is."""
    marks = view.canvas.marks
    alone = len(marks.wires) == 1 and not marks.selected and not marks.remarks
    return next(iter(marks.wires)) if alone else None


def remark(view: CanvasBase) -> str:
    """The one frame or note that is selected, if nothing else is."""
    marks = view.canvas.marks
    return next(iter(marks.remarks)) if len(marks.remarks) == 1 and not marks.selected and not marks.wires else ""


# --- going there ------------------------------------------------------------------------------------------------------


def next_wire(view: CanvasBase, step: int = 1) -> None:
    """Go to a wire of the selected card, those that leave it first; then to the next of that card's wires."""
    here, wires = wire(view), view.canvas.wires
    cards = [i for i in view.studio.selection if i in view.canvas.cards]
    if here is not None:
        home = view.canvas.marks.home if view.canvas.marks.home in view.canvas.cards else wires[here].source.node
    elif cards:
        home = cards[-1]
    else:
        home = ""
    around = [t for t in wires if not home or home in (t.node, wires[t].source.node)]
    around.sort(key=lambda t: (bool(home) and wires[t].source.node != home, _middle(view, t).y(), _middle(view, t).x()))
    if not around:
        view.studio.message.emit("hint", "this card has no wires" if home else "there are no wires yet")
        return
    at = (around.index(here) + step) % len(around) if here in around else 0
    _to_wire(view, around[at], home)


def _to_wire(view: CanvasBase, target: Port, home: str = "", bend: int = -1) -> None:
    marks = view.canvas.marks
    view.studio.select(())
    marks.remarks = set()
    marks.home, marks.bend = home, bend
    view.select_wires([target])
    marks.bend = bend
    told(view)


def next_bend(view: CanvasBase) -> None:
    """Go to the next point over which the selected wire is led."""
    here = wire(view)
    points = view.canvas.wires[here].bends if here is not None else []
    if here is None or not points:
        words = "P puts a point on this wire" if here is not None else "go to a wire first (W)"
        view.studio.message.emit("hint", words)
        return
    _to_wire(view, here, view.canvas.marks.home, (view.canvas.marks.bend + 1) % len(points))


def add_bend(view: CanvasBase) -> None:
    """Put a point in the middle of the selected wire, to lead it over."""
    here = wire(view)
    if here is None:
        view.studio.message.emit("hint", "go to a wire first (W)")
        return
    at, sheet, way = _middle(view, here), view.studio.sheet, view.wire_points(here)
    at = QPointF(round(at.x() / GRID) * GRID, round(at.y() / GRID) * GRID)
    if view.studio.do("Bend wire", lambda p: toggle(p, sheet, here, way, -1, at)):
        points = view.canvas.wires[here].bends
        _to_wire(view, here, view.canvas.marks.home, points.index(at) if at in points else 0)


def next_remark(view: CanvasBase) -> None:
    """Go to the next frame or note, as one reads."""
    items = sorted(view.canvas.remarks.values(), key=lambda r: (r.area.top(), r.area.left(), r.id))
    if not items:
        view.studio.message.emit("hint", "no frame or note yet: F makes a frame, N a note")
        return
    ids, here = [r.id for r in items], remark(view)
    found = items[(ids.index(here) + 1) % len(ids) if here in ids else 0]
    view.studio.select(())
    view.select_wires(())
    view.select_remarks([found.id])
    view.show_area(found.area)


# --- keys -------------------------------------------------------------------------------------------------------------


def press(view: CanvasBase, way: Way | None, event: QKeyEvent) -> bool:
    """Answer a key for the wire or remark that the keyboard is at; False if it means nothing there. ``way``: of an arrow."""
    held_keys = event.modifiers()
    moves = bool(held_keys & Qt.KeyboardModifier.ControlModifier)
    stretches = bool(held_keys & Qt.KeyboardModifier.ShiftModifier)
    plain = not held_keys & ~Qt.KeyboardModifier.KeypadModifier
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if (here := wire(view)) is not None:
        if way is not None:
            _move_bend(view, here, way) if moves else _along(view, here, way)
            return True
        if plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and view.canvas.marks.bend >= 0:
            _drop_bend(view, here)
            return True
        if plain and enter:
            insert(view, here)
            return True
    elif (found := remark(view)) and way is not None and (moves or stretches):
        _move_remark(view, found, way, stretches)
        return True
    elif found and plain and (enter or event.key() == Qt.Key.Key_F2):
        view.annotation_edit_asked.emit(found)
        return True
    return False


def _along(view: CanvasBase, here: Port, way: Way) -> None:
    """With the flow to the next point or the card at the end; across it to the wire beside."""
    marks, item = view.canvas.marks, view.canvas.wires[here]
    down = view.canvas.graph.direction == "down"
    ahead = way[1] if down else way[0]
    if not ahead:
        next_wire(view, way[0] if down else way[1])
        return
    at = marks.bend + ahead if marks.bend >= 0 else (len(item.bends) if ahead > 0 else -1)
    if 0 <= at < len(item.bends):
        _to_wire(view, here, marks.home, at)
    else:
        node = here.node if ahead > 0 else item.source.node
        view.select_wires(())
        view.studio.select([node])
        view.show_card(node)


def _move_bend(view: CanvasBase, here: Port, way: Way) -> None:
    marks, sheet = view.canvas.marks, view.studio.sheet
    points = [(p.x(), p.y()) for p in view.canvas.wires[here].bends]
    if not 0 <= marks.bend < len(points):
        view.studio.message.emit("hint", "P puts a point on the wire; . goes to it; then it can be moved")
        return
    x, y = points[marks.bend]
    points[marks.bend] = (x + way[0] * GRID, y + way[1] * GRID)
    merge = f"bend {here} {marks.bend}"
    view.studio.do("Bend wire", lambda p: annotate.bend(p, sheet, {here: points}), merge=merge)
    told(view)


def _drop_bend(view: CanvasBase, here: Port) -> None:
    marks, sheet = view.canvas.marks, view.studio.sheet
    points = [(p.x(), p.y()) for i, p in enumerate(view.canvas.wires[here].bends) if i != marks.bend]
    view.studio.do("Bend wire", lambda p: annotate.bend(p, sheet, {here: points}))
    _to_wire(view, here, marks.home, min(marks.bend, len(points) - 1))


def _move_remark(view: CanvasBase, found: str, way: Way, stretches: bool) -> None:
    """Move it with all that stands in it, or its lower right corner."""
    sheet, dx, dy = view.studio.sheet, way[0] * GRID, way[1] * GRID
    areas, cards = frame_contents(view.canvas, found)
    if stretches:
        x, y, width, height = view.canvas.remarks[found].remark.area
        size = max(LEAST_AREA[0], width + dx), max(LEAST_AREA[1], height + dy)
        boxes, places = {found: (x, y, *size)}, {}
    else:
        boxes = {i: (a.left() + dx, a.top() + dy, a.width(), a.height()) for i, a in areas.items()}
        places = {i: (x + dx, y + dy) for i, (x, y) in cards.items()}

    def edit(project: Project) -> Project:
        project = annotate.place_remarks(project, sheet, boxes)
        return edits.move(project, sheet, places) if places else project

    verb = "Stretch" if stretches else "Move"
    view.studio.do(f"{verb} {view.canvas.remarks[found].remark.kind}", edit, merge=f"{verb} {found}")
    view.select_remarks([found])


def insert(view: CanvasBase, here: Port) -> None:
    """Ask for a layer to put into a wire."""
    at = _middle(view, here)

    def put(kind: str, given: Given) -> None:
        placing.add(view, kind, (at.x() - 84, at.y() - 40), insert=here, given=given)

    view.search_asked.emit(view.mapFromScene(at), put, "Put into the wire…")


# --- telling ----------------------------------------------------------------------------------------------------------


def _middle(view: CanvasBase, target: Port) -> QPointF:
    return view.canvas.wires[target].path.pointAtPercent(0.5)


def point(view: CanvasBase) -> QPointF | None:
    """Where on the sheet the keyboard is."""
    canvas = view.canvas
    cards = [i for i in view.studio.selection if i in canvas.cards]
    if cards:
        return canvas.cards[cards[-1]].rect.center()
    if (here := wire(view)) is not None:
        bends = canvas.wires[here].bends
        return bends[canvas.marks.bend] if 0 <= canvas.marks.bend < len(bends) else _middle(view, here)
    if found := remark(view):
        return canvas.remarks[found].grip.topLeft() + QPointF(16, 12)
    return None


def words(view: CanvasBase) -> str:
    """What the keyboard is at, in words."""
    canvas = view.canvas
    cards = [canvas.cards[i] for i in view.studio.selection if i in canvas.cards]
    if len(cards) == 1:
        content = cards[0].content
        state = {"mute": "muted", "off": "off"}.get(content.mode, "")
        return ", ".join(
            filter(
                None,
                (
                    content.name,
                    content.line,
                    content.shape,
                    content.parameters,
                    state,
                    "folded" * content.folded,
                    content.badge,
                ),
            )
        )
    if (here := wire(view)) is not None:
        item = canvas.wires[here]
        ends = [f"{canvas.cards[p.node].content.name} {p.port}" for p in (item.source, here)]
        spot = f"point {canvas.marks.bend + 1} of {len(item.bends)} on the " if canvas.marks.bend >= 0 else ""
        said = (f"{spot}wire from {ends[0]} to {ends[1]}", item.label, "does not fit" * item.failing)
        return ", ".join(filter(None, said))
    if found := remark(view):
        item_ = canvas.remarks[found].remark
        return f"{item_.kind}: {item_.text or 'without words'}"
    return f"{len(cards)} of {format_quantity(len(canvas.cards), 'node')} selected"


def told(view: CanvasBase) -> None:
    """Let a screen reader say where the keyboard is."""
    said = words(view)
    if said == view.accessibleDescription():
        return
    view.setAccessibleDescription(said)
    if QAccessible.isActive() and view.hasFocus():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(view, said))


def paint(view: CanvasBase, painter: QPainter) -> None:
    """A ring round the point of a wire that the keyboard is at."""
    here = wire(view)
    if here is None or here not in view.canvas.wires:
        return
    bends = view.canvas.wires[here].bends
    if 0 <= view.canvas.marks.bend < len(bends):
        painter.setPen(QPen(QColor(view.canvas.theme.accent), 2.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(bends[view.canvas.marks.bend], RING, RING)
