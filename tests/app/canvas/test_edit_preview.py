"""What a repair would make of the network is shown before it is made: on the canvas, beside the button, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import Hands
from visualnet.analysis.facts import Analysis
from visualnet.analysis.problem_list import wire_error
from visualnet.analysis.repair.search import Search
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.repairs import repair_search
from visualnet.app.canvas.repairs.repair_search import RepairSearch
from visualnet.app.features.problems.panel import ProblemsPanel
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project


def chain() -> Project:
    """image → conv → gather ← pool ← image: two sizes that cannot be added."""
    project = Project()
    for at, (kind, name) in enumerate(
        (("input", "image"), ("max_pool2d", "pool"), ("add", "sum"), ("relu", "relu"), ("output", "out"))
    ):
        project = edits.add_node(project, MAIN, kind, at=(at * 256, 0), name=name)
    for source, target in ((("n1", "x"), ("n2", "image")), (("n3", "y"), ("n4", "x")), (("n4", "y"), ("n5", "x"))):
        project = edits.connect(project, MAIN, Port(*source), Port(*target))
    return project


@pytest.fixture
def faulty(make: Callable[[Project], Hands], qtbot: QtBot) -> Iterator[Hands]:
    hands = make(chain())
    pool, image = hands.studio.facts["n2"], hands.studio.facts["n1"]  # type: ignore[index]
    project = edits.connect(hands.studio.project, MAIN, Port("n2", next(iter(pool.outputs))), Port("n3", "x1"))
    project = edits.connect(project, MAIN, Port("n1", next(iter(image.outputs))), Port("n3", "x2"))
    hands.studio.do("wire", lambda _: project)
    yield hands
    hands.view.repairs.close_()


def enter(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QEnterEvent(at, at, QPointF(widget.mapToGlobal(widget.rect().center()))))


def test_arrow_keys_show_each_repair_and_leave_no_trace(faulty: Hands, qtbot: QtBot) -> None:
    studio, view = faulty.studio, faulty.view
    popup = view.repairs
    before, history = studio.project, list(studio.document.history)
    assert popup.open(view.mapFromScene(faulty.port("sum")), Port("n3", "x2"))
    qtbot.waitUntil(lambda: bool(popup.found))
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Up)
    seen = studio.edit_preview
    assert seen is not None
    assert seen.words == popup.found[0].words
    assert seen.then.errors() == []
    assert view.ghosts.isVisible()
    change = view.ghosts.change
    assert change is not None
    assert change.reshaped["n4"][1] != "?"
    assert "no error (now 1)" in popup.hover_preview.picture.words()  # type: ignore[union-attr]
    assert popup.hover_preview.picture.isVisible()  # type: ignore[union-attr]
    view.grab()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    assert studio.edit_preview.words == popup.found[1].words  # type: ignore[union-attr]
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert studio.edit_preview is None
    assert not view.ghosts.isVisible()
    assert not popup.hover_preview.picture.isVisible()  # type: ignore[union-attr]
    assert studio.project is before
    assert list(studio.document.history) == history


def test_enter_takes_the_repair_that_was_gone_to(faulty: Hands, qtbot: QtBot) -> None:
    popup = faulty.view.repairs
    popup.open(faulty.view.mapFromScene(faulty.port("sum")), Port("n3", "x2"))
    qtbot.waitUntil(lambda: len(popup.found) > 1)
    wanted = popup.found[1].edit(faulty.studio.project)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(popup, key)
    assert faulty.studio.project.graph.wires == wanted.graph.wires
    assert {i: n.params for i, n in faulty.studio.graph.nodes.items()} == {
        i: n.params for i, n in wanted.graph.nodes.items()
    }
    assert faulty.studio.edit_preview is None


def test_the_view_moves_only_if_it_must_and_comes_back(faulty: Hands) -> None:
    studio, view = faulty.studio, faulty.view
    here = view.pose()

    def edit(project: Project) -> Project:
        return edits.add_node(project, MAIN, "relu", at=(300, 200), name="near")

    studio.preview("near", edit)
    assert view.pose() == here
    studio.preview()
    studio.preview("far", lambda p: edits.add_node(p, MAIN, "relu", at=(9000, 200), name="far"))
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.contains(view.ghosts.area())
    studio.preview()
    assert view.pose() == pytest.approx(here, abs=1.5)


def test_an_edit_meanwhile_ends_the_look_ahead(faulty: Hands) -> None:
    faulty.studio.preview("x", lambda p: edits.add_node(p, MAIN, "relu", at=(0, 300)))
    assert faulty.view.ghosts.cards
    faulty.studio.do("other", lambda p: edits.rename(p, MAIN, "n4", "other"))
    assert faulty.studio.edit_preview is None
    assert not faulty.view.ghosts.cards


def test_ghosts_are_drawn_where_they_would_stand(faulty: Hands) -> None:
    view = faulty.view
    view.look(Pose(500, 160, 1.0))
    before = view.grab().toImage()
    faulty.studio.preview("x", lambda p: edits.remove(edits.add_node(p, MAIN, "relu", at=(512, 240)), MAIN, ["n1"]))
    after = view.grab().toImage()
    spots = {name: view.mapFromScene(at) for name, at in (("new", QPointF(600, 300)), ("old", QPointF(84, 40)))}
    for spot in spots.values():
        assert before.pixelColor(spot) != after.pixelColor(spot)
    faulty.studio.preview()
    again = view.grab().toImage()
    assert all(again.pixelColor(spot) == before.pixelColor(spot) for spot in spots.values())


def test_resting_on_a_button_of_the_list_and_focusing_it(
    faulty: Hands, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repair_search, "Search", partial(Search, seconds=5))  # a busy machine finds no fewer
    panel = ProblemsPanel(faulty.studio)
    qtbot.addWidget(panel)
    panel.resize(900, 260)
    with qtbot.waitExposed(panel):
        panel.show()
    qtbot.waitUntil(lambda: any(b.isVisible() for b in panel.findChildren(QPushButton, "repair")))
    first, second = [b for b in panel.findChildren(QPushButton, "repair") if b.isVisible()][:2]
    enter(first)
    qtbot.waitUntil(lambda: faulty.studio.edit_preview is not None)
    assert faulty.view.ghosts.isVisible()
    at = first.rect().center()
    QApplication.sendEvent(first, QHelpEvent(QEvent.Type.ToolTip, at, first.mapToGlobal(at)))
    assert not QToolTip.isVisible(), "the picture of what would be is not covered by words"
    QApplication.sendEvent(first, QEvent(QEvent.Type.Leave))
    assert faulty.studio.edit_preview is None
    second.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: faulty.studio.edit_preview is not None)
    panel.setFocus()
    second.clearFocus()
    assert faulty.studio.edit_preview is None


def test_a_search_that_has_ended_keeps_nothing_of_the_project(faulty: Hands, qtbot: QtBot) -> None:
    """A closed project must not stay for a search that nobody waits for."""
    search = RepairSearch(faulty.studio, faulty.view)
    problem = wire_error(faulty.studio.analysis.problems, "", Port("n3", "x2"))
    assert problem is not None
    with qtbot.waitSignal(search.found):
        search.begin(problem)
    assert not search.running and not any(isinstance(kept, Analysis | Search) for kept in vars(search).values())
