"""A loss that is arithmetic of two others, drawn with the mouse and quick add, and trained."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import Hands
from tests.training.test_loss_arithmetic import arithmetic
from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.core import edits
from visualnet.core.project import MAIN
from visualnet.core.storage import project_file


def add_behind(hands: Hands, words: str) -> str:
    """Space, some letters, Return, with a node selected: the name of the new one."""
    hands.view.setFocus()
    QTest.keyClick(hands.view, Qt.Key.Key_Space)
    popup = hands.view.quick_add_popup
    assert popup.isVisible()
    QTest.keyClicks(popup.field, words)
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    hands.rest()
    return hands.studio.graph.nodes[hands.studio.selection[0]].name


@pytest.mark.wide
def test_two_losses_are_made_one_by_quick_add(hands: Hands, tmp_path: Path) -> None:
    project = arithmetic(epochs=1)
    gone = [project.graph.named(name).id for name in ("root", "part", "sum", "total")]
    project = edits.remove(project, MAIN, gone)
    project = edits.move(project, MAIN, tidy(project.graph, dict.fromkeys(project.graph.nodes, (176.0, 72.0))))
    file = tmp_path / "sum.vnet"
    project_file.save(file, project)
    hands.window.project_files.open(file)
    hands.rest(0.2)
    hands.view.fit_at_once()
    hands.rest()
    hands.click("b")
    scale = add_behind(hands, "scale and shift")
    hands.set_param(scale, "scale", "0.1")
    hands.click("a")
    added = add_behind(hands, "add")
    hands.view.fit_at_once()
    hands.rest()
    hands.wire(scale, added, into="x2")
    hands.click(added)
    total = add_behind(hands, "value as loss")
    main = hands.studio.analysis.main
    assert [facts.node.name for facts in main.sinks("loss")] == [total]
    assert [facts.node.name for facts in main.sinks("metric")] == ["a", "b"]
    assert not [p.words for p in hands.studio.analysis.problems if p.severity == "error"]
    hands.window.actions_.trigger("train.start")
    hands.until(lambda: hands.studio.runner.model is not None and hands.studio.runner.model.over)
    model = hands.studio.runner.model
    assert model.state == "done", model.failed
    hands.until(lambda: not hands.studio.runner.busy)
    a, b, loss = (model.steps[name].values for name in ("a", "b", "loss"))
    assert abs(loss - (a + 0.1 * b)).max() < 1e-5
