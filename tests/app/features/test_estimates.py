"""The dialogs that find something out before a training: measured beside the window, used as one edit, stopped and refused in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, small
from tests.training.nets import lenet
from visualnet.app.features.estimates.batch_dialog import BatchDialog
from visualnet.app.features.estimates.rate_dialog import RateDialog
from visualnet.app.features.recipe.panel import RecipePanel
from visualnet.core import edits
from visualnet.core.project import Project

Open = Callable[..., RateDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Iterator[Open]:
    """Makes a dialog on a project, with a runner, and closes both."""
    made: list[tuple[RateDialog, Rig]] = []

    def make(project: Project, before: Callable[[Rig], object] = lambda rig: None) -> RateDialog:
        rig = Rig(project)
        before(rig)
        dialog = RateDialog(rig.studio)
        dialog.show()
        made.append((dialog, rig))
        return dialog

    yield make
    for dialog, rig in made:
        dialog.close()
        dialog.deleteLater()
        rig.runner.close()


def test_a_rate_is_proposed_another_chosen_used_and_undone(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(small(batch_size=16))
    studio = dialog.studio
    before = studio.project.recipe.lr
    assert dialog.running and dialog.again.text() == "Stop" and not dialog.use.isEnabled() and dialog.plot.is_empty()
    qtbot.waitUntil(lambda: not dialog.running)
    assert dialog.again.text() == "Test again" and dialog.use.isEnabled() and not dialog.bar.isVisible()
    proposed = dialog.plot.rate
    assert proposed is not None and f"falls fastest at {proposed:g}" in dialog.outcome.text()
    assert studio.project.recipe.lr == before, "nothing is taken before it is agreed to"
    assert len(list(dialog.plot.rows())) > 50
    QTest.mouseClick(dialog.plot, Qt.MouseButton.LeftButton, pos=QPoint(dialog.plot.width() // 2, 100))
    chosen = dialog.plot.rate
    assert chosen is not None and chosen != proposed
    dialog.use.click()
    assert studio.project.recipe.lr == chosen
    studio.document.undo()
    assert studio.project.recipe.lr == before


def test_it_can_be_stopped_and_tested_over_another_range(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(lenet())
    dialog.form.changed.emit("steps", 1000)
    dialog.again.click()
    qtbot.waitUntil(lambda: not dialog.running)
    assert dialog.plot.is_empty() and not dialog.use.isEnabled() and dialog.again.text() == "Test again"
    for name, value in (("lowest", 1e-3), ("highest", 1e-2), ("steps", 20)):
        dialog.form.changed.emit(name, value)
    dialog.again.click()
    qtbot.waitUntil(lambda: not dialog.running)
    curve = dialog.plot.curve
    assert curve is not None and len(curve.rates) == 20 and curve.rates[0] == 1e-3
    dialog.form.changed.emit("highest", 1e-4)
    dialog.again.click()
    qtbot.waitUntil(lambda: not dialog.running)
    assert "choose a lowest" in dialog.fault.text() and dialog.fault.isVisible() and dialog.plot.is_empty()


def test_where_it_cannot_be_tested_that_is_said(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(small(batch_size=500))
    qtbot.waitUntil(lambda: not dialog.running)
    assert "all 96 training samples are in one batch" in dialog.fault.text()
    faulty = open_dialog(edits.remove(lenet(), "", ["n103"]))
    assert not faulty.running and "no loss" in faulty.fault.text()

    def train(rig: Rig) -> None:
        assert rig.runner.start()

    beside = open_dialog(small(epochs=10_000, batch_size=4), train)
    assert not beside.running and "A training goes on" in beside.fault.text()


def test_the_recipe_offers_it_beside_the_learning_rate(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(small())
    panel = RecipePanel(rig.studio)
    qtbot.addWidget(panel)
    panel.show()
    asked: list[str] = []

    class Asked:
        def run_action(self, action_id: str) -> None:
            asked.append(action_id)

    monkeypatch.setattr(rig.studio, "shell", Asked())
    finder, row = panel.finders["lr"], panel.rows["lr"]
    assert finder.isEnabled() and "Find a learning rate" in finder.toolTip()
    at, beside = row.mapTo(panel, QPoint(0, 0)), finder.mapTo(panel, QPoint(0, 0))
    assert beside.x() + finder.width() <= at.x() and abs(beside.y() - at.y()) < row.height()
    finder.click()
    assert asked == ["train.find_rate"]
    monkeypatch.undo()
    rig.studio.do("All away", lambda p: edits.remove(p, "", list(p.graph.nodes)))
    assert not panel.finders["lr"].isEnabled()
    rig.runner.close()


def test_the_largest_batch_is_shown_another_chosen_used_and_undone(qtbot: QtBot) -> None:
    rig = Rig(small(batch_size=12))
    dialog = BatchDialog(rig.studio)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.running and not dialog.use.isEnabled()
    qtbot.waitUntil(lambda: not dialog.running)
    assert [dialog.table.item(row, 0).text() for row in range(dialog.table.rowCount())] == ["12", "24", "48", "96"]
    assert "The largest that fits: 96. These are all 96 training samples" in dialog.outcome.text()
    assert dialog.use.isEnabled() and rig.studio.project.recipe.batch_size == 12
    dialog.table.selectRow(1)
    dialog.use.click()
    assert rig.studio.project.recipe.batch_size == 24
    rig.studio.document.undo()
    assert rig.studio.project.recipe.batch_size == 12
    rig.runner.close()
