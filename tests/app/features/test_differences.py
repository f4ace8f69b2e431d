"""A network held against another: the list, the marks on the canvas, and the way from one to the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.conftest import hands, window  # noqa: F401
from tests.flows.hands import Hands
from visualnet.app.features.differences.comparison import comparison_of
from visualnet.core import edits
from visualnet.core.storage import project_file


@pytest.fixture
def compared(hands: Hands, tmp_path: Path) -> Hands:  # noqa: F811
    """LeNet saved, then changed: one layer otherwise, one gone, one more."""
    win = hands.window
    win.project_files.open_template("lenet5-28")
    path = tmp_path / "mine.vnet"
    project_file.save(path, win.studio.project)
    graph = win.studio.graph
    c1, s4 = graph.named("c1").id, graph.named("s4").id

    def edit(project):  # type: ignore[no-untyped-def]
        project = edits.set_params(project, "", [c1], {"out_channels": 12})
        project = edits.remove(project, "", [s4])
        return edits.duplicate(project, "", [c1], (0, 150))[0]

    win.studio.do("edit", edit)
    hands.rest(0.05)
    QTest.keyClick(win, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    hands.until(lambda: win.spaces.docks["differences"].isVisible(), what="the dock")
    win.panel("differences").against_file(path, "mine.vnet")
    return hands


def rows(hands: Hands) -> dict[str, str]:  # noqa: F811
    tree = hands.window.panel("differences").tree
    items = [tree.topLevelItem(i) for i in range(tree.topLevelItemCount())]
    return {item.text(1): item.text(0) for item in items}


@pytest.mark.wide
def test_the_list_tells_what_was_added_removed_and_changed(compared: Hands) -> None:
    panel = compared.window.panel("differences")
    told = rows(compared)
    assert told["c1"] == "~" and told["s4"] == "−" and told["c2"] == "+" and told["c3"] == "·"
    assert "Since mine.vnet: 1 added, 1 removed, 1 changed" in panel.summary.full_text
    panel.copy.click()
    assert "~ c1 (conv2d)  out_channels: 6 → 12" in QApplication.clipboard().text()


@pytest.mark.wide
def test_the_canvas_marks_them_and_a_lost_card_stands_as_a_ghost(compared: Hands) -> None:
    layer, studio = compared.window.overlay("differences").layer, compared.studio
    assert layer.isVisible()
    status = {studio.graph.nodes[i].name: d.status for i, d in layer.marked.items()}
    assert status["c1"] == "changed" and status["c2"] == "added" and status["tanh1"] == "follows"
    ((ghost, found),) = layer.gone.values()
    assert found.node.name == "s4"
    assert not any(ghost.rect.intersects(card.rect) for card in layer.canvas.cards.values())
    image = compared.view.grab().toImage()
    at = compared.view.mapFromScene(QPointF(ghost.rect.left() - 2, ghost.rect.center().y()))
    near = [image.pixelColor(at.x() + dx, at.y() + dy) for dx in (-2, -1, 0, 1, 2) for dy in range(-8, 9)]
    assert any(c.red() > 150 and c.red() > c.green() + 40 for c in near), "its red dashed edge is drawn"


def test_it_follows_the_edits_and_ends_when_all_is_as_it_was(compared: Hands) -> None:
    win = compared.window
    win.studio.document.undo()
    compared.until(
        lambda: comparison_of(win.studio).found is not None and not comparison_of(win.studio).found,
        what="no difference",
    )
    panel = win.panel("differences")
    assert panel.pages.currentWidget() is panel.same
    assert not win.overlay("differences").layer.isVisible()
    win.studio.document.redo()
    compared.until(lambda: bool(comparison_of(win.studio).found))
    panel.end.click()
    assert comparison_of(win.studio).found is None and not win.overlay("differences").layer.isVisible()
    assert panel.pages.currentWidget() is panel.empty


@pytest.mark.wide
def test_a_line_leads_to_its_card(compared: Hands) -> None:
    tree, studio = compared.window.panel("differences").tree, compared.studio
    item = next(tree.topLevelItem(i) for i in range(tree.topLevelItemCount()) if tree.topLevelItem(i).text(1) == "c2")
    tree.scrollToItem(item)
    QTest.mouseClick(
        tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, tree.visualItemRect(item).center()
    )
    assert [studio.graph.nodes[i].name for i in studio.selection] == ["c2"]


@pytest.mark.wide
def test_what_cannot_be_read_is_said_and_changes_nothing(compared: Hands, tmp_path: Path) -> None:
    bad = tmp_path / "bad.vnet"
    bad.write_text("{", encoding="utf-8")
    said: list[str] = []
    compared.studio.message.connect(lambda severity, words: said.append(f"{severity}: {words}"))
    compared.window.panel("differences").against_file(bad, "bad")
    assert said and said[0].startswith("error") and "bad.vnet" in said[0]
    assert rows(compared)["c1"] == "~"


@pytest.mark.wide
def test_another_open_project_is_compared_with_as_it_is_now(compared: Hands) -> None:
    win, panel = compared.window, compared.window.panel("differences")
    win.studio.do("Call it", lambda p: edits.rename(p, "", p.graph.named("c1").id, "first"))
    win.project_files.open_template("lenet5-28")
    panel.menu.aboutToShow.emit()
    offered = [a for a in panel.menu.actions() if a.text().endswith("the open tab")]
    assert len(offered) == 1, "not the one in front"
    offered[0].trigger()
    found = comparison_of(win.studio).found
    assert found is not None
    assert {d.status for d in found.nodes if d.node.name == "s4"} == {"added"}, (
        "unsaved work is what it is compared with"
    )


@pytest.mark.wide
def test_the_history_compares_with_a_step_on_the_canvas(compared: Hands) -> None:
    win = compared.window
    win.spaces.docks["differences"].hide()
    comparison_of(win.studio).clear()
    win.spaces.reveal("history")
    history = win.panel("history")
    compared.rest(0.05)
    menu = history.menu_for(0)
    next(a for a in menu.actions() if a.text() == "Compare with this step").trigger()
    menu.deleteLater()
    compared.rest(0.05)
    assert win.spaces.docks["differences"].isVisible() and win.overlay("differences").layer.isVisible()
    assert rows(compared)["c1"] == "~"
