"""A person's hands: real mouse and key events on a real window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from tests.waiting import PATIENCE_S, settle, until
from visualnet.app.features.palette.panel import MIME
from visualnet.app.shell.window import Window
from visualnet.core.graph import Node, Port

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Hands:
    """Works a window as a person would; looks only at what a person could see, except for finding where things are."""

    def __init__(self, window: Window) -> None:
        self.window, self.view, self.studio = window, window.canvas.view, window.studio

    # --- waiting -------------------------------------------------------------------------------------------------------------------

    def until(self, true: Callable[[], Any], seconds: float = PATIENCE_S, what: str = "") -> None:
        """Let the window live until something is so."""
        until(true, what, seconds)

    def rest(self, seconds: float = 0.05) -> None:
        """Let the window live for a moment, and come to rest."""
        settle(seconds)

    # --- canvas --------------------------------------------------------------------------------------------------------------------

    def node(self, name: str) -> Node:
        """The node of the open sheet with this name."""
        return self.studio.graph.named(name)

    def at(self, x: float, y: float) -> QPoint:
        """A point of the scene, in the viewport."""
        return self.view.mapFromScene(QPointF(x, y))

    def port(self, name: str, port: str, out: bool) -> QPoint:
        """Where a port is, in the viewport."""
        card = self.view.canvas.cards[self.node(name).id]
        return self.view.mapFromScene(card.anchor(port, out))

    def middle(self, name: str) -> QPoint:
        """The middle of a card's upper part."""
        card = self.view.canvas.cards[self.node(name).id]
        return self.at(card.x + card.width / 2, card.y + 16)

    def click(self, name: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Click a card."""
        QTest.mouseClick(self.view.viewport(), LEFT, modifiers, self.middle(name))
        self.rest(0.01)

    def drag(self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press, move in steps, release."""
        port = self.view.viewport()
        QTest.mousePress(port, LEFT, modifiers, start)
        for step in range(1, 7):
            QTest.mouseMove(port, start + (end - start) * (step / 6))
            QApplication.processEvents()
        QTest.mouseRelease(port, LEFT, modifiers, end)
        self.rest(0.01)

    def wire(self, source: str, target: str, out: str = "", into: str = "") -> None:
        """Draw a wire from a port to a port; the first ones if they are not named."""
        facts = self.studio.facts
        assert facts is not None
        out = out or next(iter(facts[self.node(source).id].outputs))
        into = into or next(iter(facts[self.node(target).id].inputs))
        self.drag(self.port(source, out, True), self.port(target, into, False))
        wanted = Port(self.node(target).id, into)
        assert self.studio.graph.wires.get(wanted) == Port(self.node(source).id, out), (
            f"{source}.{out} → {target}.{into}"
        )

    def drop_layer(self, kind: str, x: float, y: float) -> str:
        """Drag a layer from the palette onto a point of the scene; gives the new node's name."""
        before = set(self.studio.graph.nodes)
        mime = QMimeData()
        mime.setData(MIME, QByteArray(kind.encode()))
        view, action = self.view, Qt.DropAction.CopyAction
        place = self.at(x, y)
        for event in (
            QDragEnterEvent(place, action, mime, LEFT, NONE),
            QDragMoveEvent(place, action, mime, LEFT, NONE),
            QDropEvent(QPointF(place), action, mime, LEFT, NONE),
        ):
            QApplication.sendEvent(view.viewport(), event)
        self.rest(0.01)
        (new,) = set(self.studio.graph.nodes) - before
        return self.studio.graph.nodes[new].name

    # --- panels --------------------------------------------------------------------------------------------------------------------

    def type_into(self, field: QLineEdit, text: str) -> None:
        """Replace a field's text by typing, and press Enter."""
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.rest(0.01)

    def set_param(self, node: str, param: str, text: str) -> None:
        """Select a node and type a parameter into the inspector."""
        self.click(node)
        page = self.inspector.node_page
        row = page.form.rows[param]
        page.form.point_at(param)
        self.type_into(row.findChild(QLineEdit), text)

    def rename(self, node: str, name: str) -> None:
        """Select a node and type its name into the inspector."""
        self.click(node)
        self.type_into(self.inspector.node_page.name, name)

    @property
    def inspector(self) -> Any:
        """The inspector, brought to the front where another panel lies over it."""
        if not self.window.panel("inspector").isVisible():
            self.window.spaces.reveal("inspector")
        return self.window.panel("inspector")

    def press(self, parent: QWidget, words: str) -> None:
        """Click the visible button with these words on it."""
        self.rest()
        buttons = [b for b in parent.findChildren(QPushButton) if b.isVisible() and words in b.text()]
        assert buttons, (
            f"no button says “{words}”; there are {[b.text() for b in parent.findChildren(QPushButton) if b.isVisible()]}"
        )
        QTest.mouseClick(buttons[0], LEFT)
        self.rest(0.01)

    def keys(self, sequence: str) -> None:
        """Press a shortcut in the window."""
        QTest.keySequence(self.window, sequence)
        self.rest(0.01)
