"""A seeded monkey works the window: whatever it does, the drawing stays whole and nothing is raised or muttered."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QMessageBox

from tests.flows.hands import LEFT, Hands
from visualnet.analysis import infer
from visualnet.app.window import Window
from visualnet.core.files import dumps, loads
from visualnet.data import catalogue
from visualnet.layers import LAYERS

GESTURES = 1500
KEYS = (
    "Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+D", "Ctrl+X", "Del", "Ctrl+L", "Home", "Ctrl++",
    "Ctrl+-", "Ctrl+0", "Ctrl+8", "F8", "Shift+F8", "Ctrl+G", "Ctrl+Shift+G", "Ctrl+Return", "Left", "Right", "Up", "Down",
    "Shift+Right", "Esc", "Ctrl+1", "Ctrl+3",
)  # fmt: skip
THEMES = ("view.theme_dark", "view.theme_light", "view.theme_contrast")
MOST_NODES = 60


class Monkey:
    """Picks gestures by their weight, each with real events."""

    def __init__(self, hands: Hands, seed: int) -> None:
        self.hands, self.window, self.view, self.chance = hands, hands.window, hands.view, random.Random(seed)
        self.kinds = [k.tag for k in LAYERS.values() if not k.hidden]
        self.gestures: dict[Callable[[], None], int] = {
            self.click: 20, self.drag: 14, self.wire: 18, self.key: 30, self.place: 8, self.drop: 6, self.number: 10,
            self.tab: 3, self.theme: 1, self.double_click: 2,
        }  # fmt: skip

    def act(self) -> str:
        gesture = self.chance.choices(list(self.gestures), list(self.gestures.values()))[0]
        gesture()
        # A menu or a quick add left open would take every later key.
        for popup in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if popup is not None:
                popup.close()
        QApplication.processEvents()
        return gesture.__name__

    def somewhere(self) -> QPoint:
        size = self.view.viewport().size()
        return QPoint(self.chance.randrange(size.width()), self.chance.randrange(size.height()))

    def near_a_card(self) -> QPoint:
        cards = list(self.view.canvas.cards.values())
        if not cards or self.chance.random() < 0.2:
            return self.somewhere()
        card = self.chance.choice(cards)
        return self.hands.at(card.x + self.chance.uniform(0, card.width), card.y + self.chance.uniform(0, card.height))

    def modifiers(self) -> Qt.KeyboardModifier:
        keys = Qt.KeyboardModifier
        return self.chance.choice([keys.NoModifier] * 4 + [keys.ShiftModifier, keys.ControlModifier, keys.AltModifier])

    def click(self) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, self.modifiers(), self.near_a_card())

    def double_click(self) -> None:
        QTest.mouseDClick(self.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, self.near_a_card())

    def drag(self) -> None:
        port, start, end, keys = self.view.viewport(), self.near_a_card(), self.somewhere(), self.modifiers()
        QTest.mousePress(port, LEFT, keys, start)
        for step in (0.3, 0.7, 1.0):
            QTest.mouseMove(port, start + (end - start) * step)
            QApplication.processEvents()
        if self.chance.random() < 0.15:
            QTest.keyClick(self.view, Qt.Key.Key_Escape)
        QTest.mouseRelease(port, LEFT, keys, end)

    def wire(self) -> None:
        cards = [c for c in self.view.canvas.cards.values()]
        outs, ins = [c for c in cards if c.outputs], [c for c in cards if c.inputs]
        if not outs or not ins:
            return
        source, target = self.chance.choice(outs), self.chance.choice(ins)
        start = self.view.mapFromScene(source.anchor(self.chance.choice(list(source.outputs)), True))
        end = self.view.mapFromScene(target.anchor(self.chance.choice(list(target.inputs)), False))
        port = self.view.viewport()
        QTest.mousePress(port, LEFT, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(port, (start + end) / 2)
        QTest.mouseMove(port, end)
        QTest.mouseRelease(port, LEFT, Qt.KeyboardModifier.NoModifier, end)

    def key(self) -> None:
        keys = self.chance.choice(KEYS)
        if len(self.hands.studio.graph.nodes) > MOST_NODES and keys in ("Ctrl+V", "Ctrl+D", "Ctrl+G"):
            keys = "Ctrl+Z"
        self.view.setFocus()
        QTest.keySequence(self.view, keys)

    def place(self) -> None:
        if len(self.hands.studio.graph.nodes) < MOST_NODES:
            self.hands.studio.place_requested.emit(self.chance.choice(self.kinds))

    def drop(self) -> None:
        if len(self.hands.studio.graph.nodes) < MOST_NODES:
            at = self.view.mapToScene(self.somewhere())
            self.hands.drop_layer(self.chance.choice(self.kinds), at.x(), at.y())

    def number(self) -> None:
        """Select a node and spin or type one of its numbers."""
        nodes = list(self.hands.studio.graph.nodes)
        if not nodes:
            return
        self.hands.studio.select([self.chance.choice(nodes)])
        form = self.window.panel("inspector").node_page.form
        fields = [row.field for row in form.rows.values() if hasattr(row, "field")] if form is not None else []
        if not fields:
            return
        field = self.chance.choice(fields)
        field.setFocus()
        if self.chance.random() < 0.5:
            QTest.keyClick(field, self.chance.choice([Qt.Key.Key_Up, Qt.Key.Key_Down]))
        else:
            field.selectAll()
            QTest.keyClicks(field, self.chance.choice(["1", "3", "7", "-2", "2*3", "nonsense", "1e9", "5×3", "0"]))
            QTest.keyClick(field, self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape]))

    def tab(self) -> None:
        tabs = self.window.canvas.tabs
        if tabs.count() > 1 and self.chance.random() < 0.3:
            tabs.tabCloseRequested.emit(tabs.count() - 1)
        elif tabs.count():
            tabs.setCurrentIndex(self.chance.randrange(tabs.count()))

    def theme(self) -> None:
        self.window.actions_.trigger(self.chance.choice(THEMES))


@pytest.mark.parametrize(("template", "seed"), [("lenet5", 1), ("resnet-small", 2), ("vit-small", 3), ("lenet5", 4)])
def test_whatever_a_monkey_does_the_drawing_stays_whole(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch, template: str, seed: int
) -> None:
    monkeypatch.setattr(QMenu, "exec", lambda *a, **k: None)
    monkeypatch.setattr(QMessageBox, "exec", lambda *a, **k: QMessageBox.StandardButton.Cancel)
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("", False))
    hands.window.start_page.template_chosen.emit(template)
    hands.rest(0.05)
    monkey, done = Monkey(hands, seed), list[str]()
    for number in range(GESTURES // 4):
        done.append(monkey.act())
        if number % 50 == 49:
            whole(window, done)
    whole(window, done)
    while hands.studio.document.undo_label:
        hands.studio.document.undo()
    assert not hands.studio.document.modified, "undo leads back to where it began"


def whole(window: Window, done: list[str]) -> None:
    """The drawing is what a file of it says; what is shown is what is drawn; what is known is what is true."""
    studio = window.studio
    project = studio.project
    assert loads(dumps(project), "monkey.vnet") == project, done[-50:]
    assert set(window.canvas.view.canvas.cards) == set(studio.graph.nodes), done[-50:]
    fresh = infer(project, None, catalogue.fields_or_none(project.data))
    assert set(fresh.problems) == set(studio.analysis.problems), done[-50:]
    assert fresh.main.parameters == studio.analysis.main.parameters
    assert not window.runner.busy
    assert "Something went wrong" not in window.banner.text
