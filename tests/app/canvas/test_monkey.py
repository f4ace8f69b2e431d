"""A seeded monkey at the canvas: random gestures, undo, redo, save and load; what is drawn is what the document says, always."""

from __future__ import annotations

import random
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import Amount
from visualnet.app.canvas import actions
from visualnet.core.document import Document
from visualnet.core.storage import project_file

KEYS = [Qt.KeyboardModifier.NoModifier] * 3 + [
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
]
PLAIN = {
    "edit.cut", "edit.copy", "edit.paste", "edit.duplicate", "edit.delete", "edit.select_all", "edit.rename", "view.fit",
    "view.zoom_selection", "view.zoom_in", "view.zoom_out", "view.zoom_reset", "graph.quick_add", "graph.tidy",
}  # fmt: skip
"""What other gestures of the monkey do."""
TYPED = ["conv 5x5 16 s2", "relu", "linear 10", "max_pool2d 2", "add", "xyz", "dropout .3", "flatten"]
PRESSED = [
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape, Qt.Key.Key_Return),
    *(Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_F2, Qt.Key.Key_Home, Qt.Key.Key_D),
]
MOST_CARDS = 60


class Monkey:
    """Random hands with a seed: the same seed does the same."""

    def __init__(self, hands: Any, seed: int) -> None:
        self.hands, self.view, self.dice = hands, hands.view, random.Random(seed)
        self.commands = [spec.id for spec in actions.CANVAS_ACTIONS if spec.run is not None and spec.id not in PLAIN]
        self.did: list[str] = []

    def spot(self) -> QPointF:
        """Somewhere: on a card, at a port, on a wire, on an annotation, or nowhere in particular."""
        scene, dice = self.hands.scene, self.dice
        cards, wires = list(scene.cards.values()), list(scene.wires.values())
        what = dice.random()
        if cards and what < 0.35:
            return dice.choice(cards).rect.center()
        if cards and what < 0.6:
            card = dice.choice(cards)
            ports = [(p, True) for p in card.outputs] + [(p, False) for p in card.inputs]
            return card.anchor(*dice.choice(ports)) if ports else card.rect.center()
        if wires and what < 0.75:
            return dice.choice(wires).path.pointAtPercent(dice.random())
        if scene.annotations and what < 0.85:
            area = dice.choice(list(scene.annotations.values())).area
            return area.bottomRight() - QPointF(3, 3) if dice.random() < 0.4 else area.topLeft() + QPointF(20, 10)
        return QPointF(dice.uniform(-200, 1500), dice.uniform(-200, 600))

    def act(self) -> None:
        """One gesture."""
        moves = (
            self.drag,
            self.drag,
            self.drag,
            self.click,
            self.key,
            self.command,
            self.history,
            self.popup,
        )
        if len(self.hands.scene.cards) > MOST_CARDS:
            self.view.select_all()
            self.hands.studio.select(self.hands.studio.selection[20:])
            self.view.delete()
        self.dice.choice(moves)()
        if self.dice.random() < 0.02:
            self.reload()

    def drag(self) -> None:
        hands, keys = self.hands, self.dice.choice(KEYS)
        start, end = self.spot(), self.spot()
        hands.press(start, keys=keys)
        for step in (0.3, 0.7, 1.0):
            hands.move(start + (end - start) * step, keys=keys)
        if self.dice.random() < 0.15:
            hands.key(Qt.Key.Key_Escape)
        hands.release(end, keys=keys)
        self.did.append(f"drag {start} {end} {keys}")

    def click(self) -> None:
        at = self.spot()
        if self.dice.random() < 0.3:
            QTest.mouseDClick(self.view.viewport(), Qt.MouseButton.LeftButton, KEYS[0], self.hands.px(at))
        else:
            self.hands.click(at, self.dice.choice(KEYS))
        self.did.append(f"click {at}")

    def key(self) -> None:
        key = self.dice.choice(PRESSED)
        target = QApplication.focusWidget() or self.view
        QTest.keyClick(target if self.view.isAncestorOf(target) else self.view, key, self.dice.choice(KEYS[:4]))
        self.did.append(f"key {key}")

    def command(self) -> None:
        name = self.dice.choice(sorted(self.commands))
        self.hands.do(name)
        self.did.append(name)

    def history(self) -> None:
        document = self.hands.studio.document
        for _ in range(self.dice.randint(1, 4)):
            document.undo() if self.dice.random() < 0.6 else document.redo()
        self.did.append("history")

    def popup(self) -> None:
        for field, shown in (
            (self.view.quick_add_popup.field, self.view.quick_add_popup),
            (self.view.annotation_editor, self.view.annotation_editor),
        ):
            if shown.isVisible():
                QTest.keyClicks(field, self.dice.choice(TYPED))
                QTest.keyClick(field, Qt.Key.Key_Return if self.dice.random() < 0.8 else Qt.Key.Key_Escape)
        self.did.append("popup")

    def reload(self) -> None:
        project = project_file.loads(project_file.dumps(self.hands.studio.project))
        assert project == self.hands.studio.project
        self.hands.studio.open(Document(project))
        self.did.append("reload")

    def check(self) -> None:
        """What is drawn is what the document says, and the document survives its file."""
        graph, scene = self.hands.studio.graph, self.hands.scene
        assert set(scene.cards) == set(graph.nodes)
        assert {t: w.source for t, w in scene.wires.items()} == dict(graph.wires)
        assert set(scene.annotations) == set(graph.annotations)
        assert self.view.tool is None or type(self.view.tool).__name__ == "ConnectTool"
        if self.view.tool is None:
            assert {i: (c.x, c.y) for i, c in scene.cards.items()} == {
                i: graph.places.get(i, (0, 0)) for i in graph.nodes
            }
        bends = {t: tuple((p.x(), p.y()) for p in w.bends) for t, w in scene.wires.items() if w.bends}
        assert bends == dict(graph.bends)
        assert set(self.hands.studio.selection) <= set(graph.nodes)


@pytest.mark.few(1)
@pytest.mark.more
@pytest.mark.parametrize("seed", range(3))
def test_a_monkey_at_the_canvas(hands: Any, seed: int, amount: Amount) -> None:
    monkey = Monkey(hands, seed)
    for _ in range(amount(200, wide=500, thorough=20_000 // 3)):
        try:
            monkey.act()
            monkey.check()
        except BaseException:
            print("\n".join(monkey.did[-12:]))
            raise
    monkey.reload()
