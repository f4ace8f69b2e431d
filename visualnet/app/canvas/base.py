"""What tools, commands, overlays and editors may ask of the canvas, and what every gesture has.

``CanvasBase`` knows the sheet, the selection and the gesture that runs. It opens nothing itself: where a command wants a search, a name
field or a note's editor, it emits a signal that ``CanvasView`` answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QInputEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from visualnet.app.canvas.camera.camera import Camera
from visualnet.app.canvas.camera.frame_cache import FrameCache
from visualnet.app.canvas.camera.node_animation import NodeAnimation
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.graph import Port

DRAG_PX = 4.0
"""A press that moves less than this, in px of the screen, is a click."""


class Tool:
    """A gesture between a press and a release. Points are in the scene."""

    cursor: Qt.CursorShape | None = None
    scrolls = True
    """Whether the view scrolls when the pointer reaches its edge."""

    def __init__(self, view: CanvasBase) -> None:
        self.view = view
        self.scene = view.canvas
        self.studio = view.studio
        self.start = QPointF()
        self.dragging = False

    def press(self, at: QPointF, event: QInputEvent) -> None:
        """The gesture begins."""
        self.start = at

    def far(self, at: QPointF) -> bool:
        """Whether the pointer has left the place of the press; from then on it is a drag."""
        if not self.dragging:
            way = (at - self.start) * self.view.zoom
            self.dragging = abs(way.x()) + abs(way.y()) > DRAG_PX
        return self.dragging

    def move(self, at: QPointF, event: QInputEvent) -> None:
        """The pointer moved."""

    def release(self, at: QPointF, event: QInputEvent) -> None:
        """The gesture is done: now, and only now, the document may change."""

    def cancel(self) -> None:
        """Leave everything as it was before the press."""

    def paint(self, painter: QPainter) -> None:
        """Draw what the gesture shows, over the scene, in its coordinates."""


def adds(event: QInputEvent) -> bool:
    """Whether the gesture adds to the selection."""
    wanted = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return bool(event.modifiers() & wanted)


class CanvasBase(Camera):
    """The open sheet of a Studio, as those see it who change it or draw over it."""

    wire_dropped = Signal(object, object, QPointF)
    """A wire was let go over empty canvas: its source or None, its target or None, and where."""
    wire_drawn = Signal(object, QPointF)
    """A wire was drawn to this port, at this point of the scene; it may not fit."""
    search_asked = Signal(QPoint, object, str)
    """Search for a layer at a point of the viewport; what takes its kind and parameters; the hint in the field."""
    quick_add_asked = Signal()
    rename_asked = Signal()
    annotation_edit_asked = Signal(str)
    """Edit the text of the frame or note with this id."""
    menu_asked = Signal(QPoint)
    """The context menu for a point of the viewport."""
    highlight_changed = Signal()
    """Other wires or annotations are selected."""

    def __init__(self, studio: Studio, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.studio = studio
        self.frame_cache = FrameCache(self)
        self.tool: Tool | None = None
        self.space_held = False
        """Whether Space is held: a drag then pans."""
        self.bookmark = ""
        """The bookmark that was visited last."""
        self.just_collapsed = QTimer(self, singleShot=True, interval=QApplication.doubleClickInterval())
        self.animation = NodeAnimation(self)
        self.own_places: WeakKeyDictionary[Document, Mapping[str, tuple[float, float]]] = WeakKeyDictionary()
        """Where the program itself has put the cards of templates, so that it may put them elsewhere in a view of another size."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.frame_cache.paint():
            super().paintEvent(event)

    def begin(self, tool: Tool, at: QPointF, event: QInputEvent) -> None:
        """Take up a gesture."""
        self.hold(tool)
        tool.press(at, event)

    def hold(self, tool: Tool) -> None:
        """Let a gesture have the canvas that began without a press."""
        self.cancel()
        self.finish_motion()
        self.tool = tool
        self.update_cursor()

    def cancel(self) -> None:
        """Let go of the gesture that runs, as if it had never begun."""
        tool, self.tool = self.tool, None
        if tool is not None:
            tool.cancel()
            self.update_cursor()
            self.viewport().update()

    def finish_motion(self) -> None:
        """Be at once where every motion leads."""
        self.animation.finish()
        self.skip()

    def update_cursor(self) -> None:
        """Show the pointer of the gesture that runs."""
        if self.tool is not None and self.tool.cursor is not None:
            self.viewport().setCursor(self.tool.cursor)
        elif self.space_held:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()

    def show_card(self, node_id: str) -> None:
        """Bring a card into view, moving no more than needed."""
        self.show_area(self.canvas.cards[node_id].rect)

    def show_area(self, area: QRectF) -> None:
        """Bring a part of the sheet into view, moving no more than needed; not while the view is on its way to the whole sheet."""
        if self.gliding and self.shows_whole:
            return
        area, seen, pose = area.adjusted(-40, -40, 40, 40), self.seen, self.pose()
        if not seen.contains(area):
            dx = max(0.0, area.right() - seen.right()) - max(0.0, seen.left() - area.left())
            dy = max(0.0, area.bottom() - seen.bottom()) - max(0.0, seen.top() - area.top())
            self.glide(pose._replace(x=pose.x + dx, y=pose.y + dy))

    def pointer(self) -> QPointF:
        """The pointer in the scene, or the middle of the view when it is elsewhere."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        rect = self.viewport().rect()
        return self.mapToScene(at if rect.contains(at) else rect.center())

    def wire_points(self, target: Port) -> list[QPointF]:
        """The way of a wire: its ends, and the points that it is led over between them."""
        wire = self.canvas.wires[target]
        return [wire.path.pointAtPercent(0.0), *wire.bends, wire.path.currentPosition()]

    def select_wires(self, targets: Iterable[Port]) -> None:
        """Select these wires, by where they end, and no others."""
        chosen = set(targets)
        if chosen != self.canvas.marks.wires:
            self.canvas.marks.wires, self.canvas.marks.bend = chosen, -1
            self.canvas.update()
            self.highlight_changed.emit()

    def select_annotations(self, ids: Iterable[str]) -> None:
        """Select these frames and notes and no others."""
        self.canvas.marks.annotations = {i for i in ids if i in self.canvas.annotations}
        self.canvas.update()
        self.highlight_changed.emit()
