"""A curve of the learning rate drawn by hand on the page Recipe: with mouse, keys and the line of its points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.flows.hands import Hands
from tests.flows.test_learners import type_into
from tests.training.by_hand import tiny
from visualnet.core.storage import project_file
from visualnet.training.recipe.settings import find_problems

LEFT = Qt.MouseButton.LeftButton


@pytest.mark.wide
def test_the_curve_is_drawn_with_mouse_and_keys_and_the_run_follows_it(hands: Hands, tmp_path: Path) -> None:
    file = tmp_path / "tiny.vnet"
    project_file.save(file, tiny(optimizer="SGD", lr=0.1, epochs=4))
    hands.window.project_files.open(file)
    hands.rest(0.1)
    page: Any = hands.window.panel("recipe")
    hands.window.show_panel("recipe")
    hands.rest()
    points = lambda: hands.studio.project.recipe.options.get("points")  # noqa: E731

    page.rows["schedule"].combo.setFocus()
    for _ in range(30):
        if (box := page.rows["schedule"].combo).currentText() == "drawn":
            break
        key = Qt.Key.Key_Down if box.findText("drawn") > box.currentIndex() else Qt.Key.Key_Up
        chosen = box.currentIndex()
        QTest.keyClick(hands.window.focusWidget(), key)
        hands.until(lambda: page.rows["schedule"].combo.currentIndex() != chosen, what="the next schedule")  # noqa: B023
        assert page.rows["schedule"].isAncestorOf(hands.window.focusWidget()), "the keyboard goes on choosing"
    assert page.rows["schedule"].combo.currentText() == "drawn"
    assert points() == "0:1, 2:0.5, 4:0.1"
    curve = page.curve
    page.ensureWidgetVisible(curve)
    hands.rest()
    assert curve.isVisible() and len(curve.points) == 3

    def pixel(point: tuple[float, float]) -> QPoint:
        return curve.place(point).toPoint()

    start, end = pixel((2.0, 0.5)), pixel((1.0, 0.8))
    QTest.mousePress(curve, LEFT, pos=start)
    QTest.mouseMove(curve, (start + end) / 2)
    QTest.mouseMove(curve, end)
    assert curve.points[1] != (2.0, 0.5)
    QTest.mouseRelease(curve, LEFT, pos=end)
    (epoch, share) = curve.points[1]
    assert abs(epoch - 1) < 0.15 and abs(share - 0.8) < 0.05
    QTest.mouseDClick(curve, LEFT, pos=pixel((3.0, 0.6)))
    QApplication.processEvents()
    assert len(curve.points) == 4 and curve.chosen == 2
    QTest.keyClick(curve, Qt.Key.Key_Up)
    assert curve.points[2][1] > 0.6 - 0.05
    raised = curve.points[2]
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert len(curve.points) == 3 and raised not in curve.points

    hands.studio.document.undo()
    assert raised in curve.points
    for _ in range(3):
        hands.studio.document.undo()
    assert points() == "0:1, 2:0.5, 4:0.1" and curve.points[1] == (2.0, 0.5)

    held = pixel((4.0, 0.1))
    QTest.mousePress(curve, LEFT, pos=held)
    QTest.mouseMove(curve, held - QPoint(0, 20))
    assert curve.points[-1] != (4.0, 0.1)
    QTest.keyClick(curve, Qt.Key.Key_Escape)
    QTest.mouseRelease(curve, LEFT, pos=held)
    assert curve.points[-1] == (4.0, 0.1)

    line = page.rows["points"].findChild(QLineEdit)
    type_into(line, "0:1, 1:0.5, 4:0.5")
    assert curve.points == [(0.0, 1.0), (1.0, 0.5), (4.0, 0.5)]
    type_into(page.rows["epochs"].findChild(QLineEdit), "3")
    assert "reach to epoch 4" in find_problems(hands.studio.project.recipe)["points"]
    assert len(curve.points) == 3, "it can be drawn back"
    QTest.mousePress(curve, LEFT, pos=pixel((4.0, 0.5)))
    QTest.mouseMove(curve, pixel((2.9, 0.5)))
    QTest.mouseMove(curve, pixel((2.8, 0.5)))
    QTest.mouseRelease(curve, LEFT, pos=pixel((2.8, 0.5)))
    assert curve.points[-1][0] <= 3
    type_into(line, "0:1, 1:0.5, 3:0.5")

    hands.window.actions_.trigger("train.start")
    hands.until(lambda: hands.studio.runner.model is not None and hands.studio.runner.model.over)
    model = hands.studio.runner.model
    assert model is not None and model.state == "done", model
    hands.until(lambda: not hands.studio.runner.busy)
    rates = model.lr.values.tolist()
    assert rates[0] == 0.1 and abs(rates[5] - 0.05) < 1e-9 and abs(rates[-1] - 0.05) < 1e-9
