"""The history: every step in a row, the current one marked, a click or Enter goes there; many steps stay quick."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.counting import count_calls
from visualnet.app.features.differences.comparison import comparison_of
from visualnet.app.features.history.panel import HistoryPanel, icon_of
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import MAX_STEPS, Document
from visualnet.core.edits import add_node, move
from visualnet.core.project import MAIN, Project


@pytest.fixture
def panel(qapp: QApplication) -> Iterator[HistoryPanel]:
    studio = Studio(Document(Project()), DARK)
    made = HistoryPanel(studio)
    made.resize(300, 400)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def add(panel: HistoryPanel, *kinds: str) -> None:
    for kind in kinds:
        panel.studio.do(f"Add {kind}", lambda p, k=kind: add_node(p, MAIN, k))


def rows(panel: HistoryPanel) -> list[tuple[str, str]]:
    found = [panel.model.row(at) for at in range(panel.model.rowCount())]
    return [(row.words, row.state) for row in found]


def place(panel: HistoryPanel, at: int) -> QPoint:
    return panel.list.visualRect(panel.model.index(at)).center()


def test_nothing_was_done_yet(panel: HistoryPanel) -> None:
    assert panel.stack.currentWidget() is panel.empty
    add(panel, "relu")
    assert panel.stack.currentWidget() is panel.list
    assert rows(panel) == [("The beginning", "done"), ("Add relu", "current")]


def test_a_click_goes_back_and_forth_over_many_steps_at_once(panel: HistoryPanel) -> None:
    add(panel, "relu", "tanh", "conv2d")
    states = [step.after for step in panel.studio.document.steps]
    heard: list[object] = []
    panel.studio.project_changed.connect(lambda before, after: heard.append(after))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place(panel, 1))
    assert panel.studio.project is states[0] and len(heard) == 1
    assert [state for _, state in rows(panel)] == ["done", "current", "undone", "undone"]
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place(panel, 3))
    assert panel.studio.project is states[2]
    assert panel.studio.document.undo() and panel.studio.project is states[1]
    assert rows(panel)[2] == ("Add tanh", "current")
    add(panel, "sigmoid")
    assert [words for words, _ in rows(panel)][1:] == ["Add relu", "Add tanh", "Add sigmoid"]


def test_by_the_keyboard(panel: HistoryPanel) -> None:
    add(panel, "relu", "tanh")
    start = panel.studio.document.steps[0].before
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    assert panel.studio.document.position == 2, "looking moves nothing"
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert panel.studio.project is start
    QTest.keyClick(panel.list, Qt.Key.Key_End)
    QTest.keyClick(panel.list, Qt.Key.Key_Space)
    assert panel.studio.document.position == 2


def test_a_step_is_gone_to_or_compared_with_by_its_menu(panel: HistoryPanel) -> None:
    add(panel, "relu", "tanh", "conv2d")
    comparison = comparison_of(panel.studio)
    menu = panel.menu_for(3)
    assert [(a.text(), a.isEnabled()) for a in menu.actions()] == [
        ("Go there", False),
        ("Compare with this step", False),
    ]
    menu.deleteLater()
    menu = panel.menu_for(1)
    menu.actions()[1].trigger()
    menu.deleteLater()
    found, base = comparison.found, comparison.base
    assert found is not None and base is not None
    assert sorted((d.status, d.node.kind) for d in found.nodes) == [("added", "conv2d"), ("added", "tanh")]
    assert base.title.startswith("“Add relu”, ")
    assert panel.studio.document.position == 3, "comparing moves nothing"
    comparison.clear()
    menu = panel.menu_for(0)
    menu.actions()[0].trigger()
    menu.deleteLater()
    assert panel.studio.document.position == 0


def test_the_saved_state_is_marked(panel: HistoryPanel, tmp_path: Path) -> None:
    add(panel, "relu", "tanh")
    panel.studio.document.save(tmp_path / "net.vnet")
    add(panel, "conv2d")
    assert [panel.model.row(at).saved for at in range(4)] == [False, False, True, False]
    assert "as it was saved" in panel.model.row(2).tip
    assert rows(panel)[0][0] == "Opened net.vnet"
    panel.go(2)
    assert not panel.studio.document.modified


def test_another_document_has_its_own_steps(panel: HistoryPanel) -> None:
    add(panel, "relu", "tanh")
    first = panel.studio.document
    panel.studio.open(Document(Project()))
    do_waiting_refreshes()
    assert panel.stack.currentWidget() is panel.empty
    add(panel, "conv2d")
    panel.studio.open(first)
    do_waiting_refreshes()
    assert [words for words, _ in rows(panel)][1:] == ["Add relu", "Add tanh"]


def test_a_panel_that_nobody_sees_keeps_no_closed_project(panel: HistoryPanel) -> None:
    add(panel, "relu")
    closed = ref(panel.studio.document)
    panel.hide()
    panel.studio.open(Document(Project()))
    do_waiting_refreshes()
    gc.collect()
    assert closed() is None
    add(panel, "dropout")
    panel.show()
    assert [words for words, _ in rows(panel)] == ["The beginning", "Add dropout"]


def test_a_drag_is_one_row_whose_time_is_its_last(panel: HistoryPanel) -> None:
    add(panel, "relu")
    for x in range(20):
        panel.studio.do("Move", lambda p, x=x: move(p, MAIN, {"n1": (x, 1)}), merge="drag")
    assert [words for words, _ in rows(panel)][1:] == ["Add relu", "Move"]


@pytest.mark.wide
def test_many_steps_stay_quick_and_the_forgotten_ones_are_told(panel: HistoryPanel) -> None:
    add(panel, "relu")
    for x in range(MAX_STEPS + 4):
        panel.studio.document.do("Move", lambda p, x=x: move(p, MAIN, {"n1": (x, 1)}))
    assert rows(panel)[0][0] == "5 earlier steps, not kept"
    assert panel.model.rowCount() == MAX_STEPS + 1
    for at in (1, MAX_STEPS, 500, 20, 900):
        _, calls = count_calls(lambda at=at: panel.go(at))  # type: ignore[misc]
        assert calls < 12_000
        assert panel.list.viewport().rect().contains(place(panel, at))


def test_every_step_has_an_icon_that_exists() -> None:
    for label in ("Add Conv2d", "Delete 3 nodes", "Paste", "Rename the run", "Set stride", "Something new"):
        assert icon_of(label) in icons.names()
