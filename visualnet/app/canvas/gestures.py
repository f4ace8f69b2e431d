"""From mouse, wheel, touch and keys to gestures: which tool a press takes up, and that Esc always lets go."""

from __future__ import annotations

import html
import math

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QSinglePointEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from visualnet.analysis.card_content import describe_node
from visualnet.app.canvas.autoscroll import Autoscroll
from visualnet.app.canvas.base import CanvasBase, Tool
from visualnet.app.canvas.commands import annotate, keyboard, keyboard_focus
from visualnet.app.canvas.scene.node_painter import shows_rows
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.canvas.scene.sheet_index import SheetHit
from visualnet.app.canvas.tools.bend_wire import BendTool
from visualnet.app.canvas.tools.collapse import CollapseTool
from visualnet.app.canvas.tools.connect_by_keys import ConnectTool
from visualnet.app.canvas.tools.draw_wire import WireTool
from visualnet.app.canvas.tools.drop_layer import DropTool, dragged_kind
from visualnet.app.canvas.tools.join_nodes import JoinTool
from visualnet.app.canvas.tools.move_annotation import MoveAnnotationTool
from visualnet.app.canvas.tools.move_nodes import MoveTool
from visualnet.app.canvas.tools.pan import PanTool
from visualnet.app.canvas.tools.select_box import BoxTool
from visualnet.app.canvas.tools.select_lasso import LassoTool
from visualnet.app.state.deferred_refresh import INPUT_CLASSES, refresh_between_events
from visualnet.app.state.studio import Studio
from visualnet.core.graph import Port

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NOTCH = 120.0


class Gestures(CanvasBase):
    """The half of the canvas that listens."""

    def __init__(self, studio: Studio, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(studio, scene, parent)
        self._spent = False
        """Whether Space, while held, has been used to pan: then letting it go opens nothing."""
        self._hit = SheetHit()
        self.autoscroll = Autoscroll(self)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _at(self, event: QSinglePointEvent | QDropEvent) -> QPointF:
        return self.scene_point(event.position())

    def cancel(self) -> None:
        self.autoscroll.stop()
        super().cancel()

    def _tool_for(self, at: QPointF, event: QMouseEvent) -> Tool | None:
        if event.button() == MIDDLE or (event.button() == LEFT and self.space_held):
            self._spent = True
            return PanTool(self)
        if event.button() != LEFT:
            return None
        hit = self.canvas.hit(at, self._reach())
        if hit.port and not event.modifiers() & CTRL:
            port = Port(hit.node, hit.port)
            if hit.out:
                return WireTool(self, source=port)
            source = self.canvas.graph.wires.get(port)
            return WireTool(self, source=source, picked=port) if source is not None else WireTool(self, target=port)
        if hit.node:
            if not event.modifiers() and self._on_control(hit.node, at):
                return CollapseTool(self, hit.node)
            joins = event.modifiers() & (CTRL | SHIFT) == CTRL | SHIFT
            return JoinTool(self, hit.node) if joins else MoveTool(self, hit.node)
        if hit.wire is not None:
            return BendTool(self, hit.wire, hit.bend)
        if hit.annotation:
            return MoveAnnotationTool(self, hit.annotation, hit.corner)
        return LassoTool(self) if event.modifiers() & ALT else BoxTool(self)

    def _on_control(self, node: str, at: QPointF) -> bool:
        """Whether a point is on the sign that collapses a card."""
        return shows_rows(self.zoom) and self.canvas.cards[node].control.contains(at)

    def _reach(self) -> float:
        """How near a port must be, in the scene: from afar a port is too small to be meant."""
        return 13.0 if self.zoom >= 0.45 else 0.0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.tool is not None:
            return
        at = self._at(event)
        tool = self._tool_for(at, event)
        if tool is not None:
            self.begin(tool, at, event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event)
        if self.tool is not None:
            self.tool.move(at, event)
            if self.tool.scrolls and self.tool.dragging:
                self.autoscroll.follow(event)
            self.viewport().update()
        else:
            self._hover(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        tool = self.tool
        if tool is not None and event.button() in (LEFT, MIDDLE):
            self.tool = None
            self.autoscroll.stop()
            tool.release(self._at(event), event)
            self.update_cursor()
            self.viewport().update()
            self._hover(self._at(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != LEFT:
            return
        if self.just_collapsed.isActive():
            return  # The second of two quick clicks on the sign: the card has got another shape under the pointer.
        at = self._at(event)
        hit = self.canvas.hit(at, self._reach())
        if hit.wire is not None:
            annotate.toggle_waypoint(self, hit.wire, hit.bend, at)
        elif hit.annotation:
            self.annotation_edit_asked.emit(hit.annotation)
        elif not hit.node:
            self.wire_dropped.emit(None, None, at)
        elif not hit.port:
            self.studio.select([hit.node])
            block = self.canvas.graph.nodes[hit.node].block
            keyboard.enter(self) if block is not None else self.rename_asked.emit()

    def _hover(self, at: QPointF) -> None:
        hit = self.canvas.hit(at, self._reach())
        if hit == self._hit:
            return
        marks = self.canvas.marks
        self._hit = hit
        marks.hover_card = hit.node
        marks.hover_port = (hit.node, hit.port, hit.out) if hit.port else None
        marks.hover_wire = hit.wire
        self.viewport().setCursor(Qt.CursorShape.CrossCursor) if hit.port else self.update_cursor()
        self.canvas.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self.tool is None:
            self._hover(QPointF(1e9, 1e9))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.cancel()
        at = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and (here := keyboard_focus.point(self)) is not None:
            at = self.mapFromScene(here)
        self.menu_asked.emit(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the pointer; a trackpad pans, and zooms with Ctrl."""
        pixels, turn = event.pixelDelta(), event.angleDelta()
        held = event.modifiers()
        by_touch = not pixels.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        amount = turn.y() or turn.x()
        if held & CTRL or not (by_touch or held & SHIFT):
            self.zoom_by(math.pow(1.2, amount / NOTCH), event.position())
        else:
            self.pan(pixels if by_touch else QPoint(amount, 0))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1.0 + event.value(), event.position())
            return True
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            self._tooltip(event)
            return True
        if event.__class__ in INPUT_CLASSES:
            with refresh_between_events():
                return super().viewportEvent(event)
        return super().viewportEvent(event)

    def _tooltip(self, event: QHelpEvent) -> None:
        at = self.mapToScene(event.pos())
        hit = self.canvas.hit(at, self._reach())
        if self.tool is not None or not (hit.node or hit.wire):
            QToolTip.hideText()
            return
        if hit.wire is not None:
            wire = self.canvas.wires[hit.wire]
            source, target = (f"{self.canvas.cards[p.node].node.name}.{p.port}" for p in (wire.source, wire.target))
            text = f"{source} → {target}\n{wire.label or 'shape not known yet'}"
        else:
            item = self.canvas.cards[hit.node]
            text = describe_node(item.node, item.facts, item.problems, self.studio.facts)
            if self._on_control(hit.node, at):
                text = "Open (H)" if item.content.collapsed else "Collapse (H)"
        QToolTip.showText(event.globalPos(), plain(text), self.viewport())

    def event(self, event: QEvent) -> bool:
        # Space and Tab are this view's own even where the window has an action for them: held, Space pans.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        if event.__class__ in INPUT_CLASSES:
            with refresh_between_events():
                return super().event(event)
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        keys = {Qt.Key.Key_Space, Qt.Key.Key_Tab} | ({Qt.Key.Key_Escape} if self.tool is not None else set())
        return isinstance(self.tool, ConnectTool) or (not event.modifiers() and event.key() in keys)

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Tab adds a layer, Shift+Tab leaves.
        return False if forward or isinstance(self.tool, ConnectTool) else super().focusNextPrevChild(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if isinstance(self.tool, ConnectTool) and self.tool.key(event):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.cancel() if self.tool is not None else self.studio.select(())
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self.space_held, self._spent = True, False
                self.update_cursor()
        elif self.tool is None and keyboard.press(self, event):
            pass
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self.space_held:
            self.space_held = False
            self.update_cursor()
            if not self._spent and self.tool is None:
                self.quick_add_asked.emit()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.space_held = False
        super().focusOutEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        kind = dragged_kind(event.mimeData(), self.studio.project.blocks)
        if kind is None:
            event.ignore()
            return
        self.cancel()
        self.tool = DropTool(self, kind)
        self.tool.hover(self._at(event))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if isinstance(self.tool, DropTool):
            self.tool.hover(self._at(event))
            self.viewport().update()
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.cancel()

    def dropEvent(self, event: QDropEvent) -> None:
        tool = self.tool
        if not isinstance(tool, DropTool):
            event.ignore()
            return
        tool.hover(self._at(event))
        self.tool = None
        tool.drop()
        event.acceptProposedAction()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.viewport().update()


def plain(text: str) -> str:
    """Text as a tooltip shows it unread: a tooltip guesses rich text, so its signs are written out."""
    return f"<qt>{html.escape(text, quote=False)}</qt>".replace("\n", "<br>")
