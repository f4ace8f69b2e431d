"""A canvas with LeNet's beginning on it, and hands to work it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.canvas.actions import CANVAS_ACTIONS
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.view import CanvasView
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def lenet() -> Project:
    """image → conv1 → relu1 → flatten → logits, and a softmax and an add that nothing is wired to."""
    project = Project()
    for at, (kind, name, params) in enumerate(
        (
            ("input", "image", {}),
            ("conv2d", "conv1", {"out_channels": 6, "kernel_size": 5, "padding": 2}),
            ("relu", "relu1", {}),
            ("flatten", "flatten", {}),
            ("linear", "logits", {"out_features": 10}),
        )
    ):
        project = edits.add_node(project, MAIN, kind, at=(at * 256, 0), name=name, params=params)
    project = edits.add_node(project, MAIN, "softmax", at=(512, 240), name="soft")
    project = edits.add_node(project, MAIN, "add", at=(1024, 240), name="sum")
    for a, b in (("image", "conv1"), ("conv1", "relu1"), ("relu1", "flatten"), ("flatten", "logits")):
        source, target = project.graph.named(a), project.graph.named(b)
        project = edits.connect(
            project, MAIN, Port(source.id, _port(source.kind, 1)), Port(target.id, _port(target.kind, 0))
        )
    return project


def _port(kind: str, side: int) -> str:
    from visualnet.layers import LAYERS

    layer = LAYERS[kind]()
    return next(iter((layer.inputs(), layer.outputs())[side]))


ACTIONS = {spec.id: spec for spec in CANVAS_ACTIONS}


class Hands:
    """Real mouse and key events, in the scene's coordinates."""

    def __init__(self, view: CanvasView) -> None:
        self.view, self.studio, self.scene = view, view.studio, view.canvas

    def do(self, action_id: str) -> None:
        """What an action does to this canvas."""
        run = ACTIONS[action_id].run
        assert run is not None
        run(self.view)

    def id(self, name: str) -> str:
        return self.studio.graph.named(name).id

    def card(self, name: str) -> QPointF:
        return self.scene.cards[self.id(name)].rect.center()

    def port(self, name: str, port: str = "", out: bool = False) -> QPointF:
        item = self.scene.cards[self.id(name)]
        return item.anchor(port or (item.outputs if out else item.inputs)[0], out)

    def end(self, name: str, port: str = "") -> Port:
        return Port(self.id(name), port or self.scene.cards[self.id(name)].inputs[0])

    def px(self, at: QPointF) -> QPoint:
        return self.view.mapFromScene(at)

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mousePress(self.view.viewport(), button, keys, self.px(at))

    def move(self, at: QPointF, buttons: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        here = QPointF(self.px(at))
        glob = QPointF(self.view.viewport().mapToGlobal(here.toPoint()))
        event = QMouseEvent(QEvent.Type.MouseMove, here, glob, Qt.MouseButton.NoButton, buttons, keys)
        QApplication.sendEvent(self.view.viewport(), event)

    def release(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mouseRelease(self.view.viewport(), button, keys, self.px(at))

    def drag(self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.press(start, keys=keys)
        self.move(start + (end - start) / 2, keys=keys)
        self.move(end, keys=keys)
        self.release(end, keys=keys)

    def click(self, at: QPointF, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, keys, self.px(at))

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.view, key, keys)


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Callable[[Project], Hands]]:
    apply_theme(QApplication.instance(), DARK)  # type: ignore[arg-type]
    made: list[Studio] = []

    def build(project: Project) -> Hands:
        studio = Studio(Document(project), DARK)
        made.append(studio)
        view = CanvasView(studio)
        qtbot.addWidget(view)
        view.choose_motion("off")
        view.resize(1400, 700)
        with qtbot.waitExposed(view):
            view.show()
        view.look(Pose(640, 160, 1.0))
        view.setFocus()
        QCursor.setPos(view.mapToGlobal(view.rect().center()))  # not where a test before left it
        return Hands(view)

    yield build
    made.clear()


@pytest.fixture
def hands(make: Callable[[Project], Hands]) -> Hands:
    return make(lenet())
