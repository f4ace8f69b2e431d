"""The list of problems: in an order that holds, no row twice, filtered, in groups, walked by key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.analysis.drawing import project as drawn
from tests.analysis.test_problem_list import broken
from visualnet.analysis.block_ports import ends
from visualnet.analysis.problem_list import counts, text
from visualnet.app.features.problems.panel import ProblemsPanel
from visualnet.app.features.problems.row import ProblemRow
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.edits import grouping
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.resources import resource

FORMULA = "⌊(28 + 2·2 − 1·(5 − 1) − 1) / 2⌋ + 1 = 14"


# --- order, filters, groups, text -------------------------------------------------------------------------------------------------


def studio_of(made: Project, settings: Any = None) -> Studio:
    studio = Studio(Document(made), DARK)
    if settings is not None:
        studio.runner = SimpleNamespace(settings=settings)
    return studio


@pytest.fixture
def panel_of(qtbot: QtBot) -> Callable[..., ProblemsPanel]:
    def make(made: Project, settings: Any = None) -> ProblemsPanel:
        panel = ProblemsPanel(studio_of(made, settings))
        qtbot.addWidget(panel)
        panel.resize(1000, 320)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make


# --- the panel --------------------------------------------------------------------------------------------------------------------


def nodes(panel: ProblemsPanel) -> list[str]:
    return [r.problem.node for r in panel.rows if r.isVisible() and r.problem is not None]


def test_severities_and_text_filter_and_the_counts_say_how_many(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(broken())
    total = len(panel.model.all)
    found = counts(panel.model.all)
    assert found["error"] and found["warning"]
    assert panel.bar.severities["error"].text() == str(found["error"])
    QTest.mouseClick(panel.bar.severities["warning"], Qt.MouseButton.LeftButton)
    assert len(panel.model.shown) == total - found["warning"]
    QTest.keyClicks(panel.bar.search.edit, "zebra")
    assert panel.model.shown == [] and panel.filtered.isVisible()
    panel.show_all()
    assert len(panel.model.shown) == total and not panel.filtered.isVisible()


def test_groups_fold_and_choices_are_remembered(panel_of: Callable[..., ProblemsPanel], tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    panel = panel_of(broken(), Settings(path))
    before = nodes(panel)
    head = next(h for h in panel.heads if h.title == "Warnings")
    head.setFocus()
    QTest.keyClick(head, Qt.Key.Key_Left)
    assert len(nodes(panel)) == len(before) - counts(panel.model.all)["warning"]
    panel.bar.grouping.setCurrentIndex(panel.bar.grouping.findData("node"))
    other = panel_of(broken(), Settings(path))
    assert other.bar.grouping.currentData() == "node"
    assert other.collapsed() == {"Warnings"}


def test_f8_walks_what_is_shown_opens_folded_groups_and_goes_round(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(broken())
    panel.collapse("Warnings")
    met = []
    for _ in panel.model.shown:
        panel.step(1)
        met.append(panel.model.current)
    assert met == [r.problem for r in panel.model.shown]
    assert not panel.collapsed()
    panel.step(1)
    assert panel.model.current == met[0]
    panel.step(-1)
    assert panel.model.current == met[-1]
    assert panel.studio.selection == ((met[-1].node,) if met[-1].node else panel.studio.selection)  # type: ignore[union-attr]


def block_with_a_fault() -> Project:
    made = drawn("i:input f:flatten b:linear o:output i>f f>b b>o")
    made = grouping.group(made, MAIN, ["n2", "n3"], ends(), "inner")[0]
    inner = next(iter(made.blocks))
    target = next(t for t in made.blocks[inner].graph.wires if made.blocks[inner].graph.nodes[t.node].kind == "linear")
    return edits.disconnect(made, inner, Port(*target))


def test_f8_walks_into_blocks(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(block_with_a_fault())
    sheets = set()
    for _ in panel.model.shown:
        panel.step(1)
        sheets.add(panel.studio.sheet)
    assert len(sheets) == 2
    assert panel.bar.scope.isVisible()
    panel.bar.scope.setCurrentIndex(1)
    assert {r.problem.sheet for r in panel.model.shown} <= {panel.studio.sheet}
    panel.studio.open_sheet(MAIN)
    assert {r.problem.sheet for r in panel.model.shown} <= {MAIN}


def test_enter_on_a_row_goes_to_its_node(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(broken())
    row = next(r for r in panel.rows if r.problem is not None and r.problem.node == "n4")
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert panel.studio.selection == ("n4",)
    assert row.property("current") is True


def test_a_renamed_node_is_told_by_its_new_name(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(broken())
    panel.studio.do("rename", lambda p: edits.rename(p, MAIN, "n4", "renamed"))
    assert any("renamed" in r.where.full_text for r in panel.rows)
    assert not any(r.where.full_text == "b" for r in panel.rows)


def test_what_is_shown_is_copied(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(broken())
    panel.copy_text()
    assert QApplication.clipboard().text() == text(panel.model.shown, panel.studio.project)
    assert "error: a: " in QApplication.clipboard().text()


def test_without_problems_one_line_says_so(panel_of: Callable[..., ProblemsPanel]) -> None:
    panel = panel_of(Project())
    assert panel.sentence.isVisible() and panel.sentence.text() == "Nothing is drawn yet."
    assert not panel.bar.isVisible() and not panel.filtered.isVisible()


# --- repairs ----------------------------------------------------------------------------------------------------------------------


def offered(panel: ProblemsPanel) -> list[QPushButton]:
    return [b for row in panel.rows for b in row.findChildren(QPushButton, "repair") if b.isVisible()]


def test_repairs_of_a_problem_that_lasts_follow_the_network(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    panel = panel_of(drawn("i:input a:conv2d i>a"))
    qtbot.waitUntil(lambda: any("“a”" in b.text() for b in offered(panel)))
    before = panel.model.current

    def longer(project: Project) -> Project:
        project = edits.add_node(project, MAIN, "relu", id="n3", name="last")
        return edits.connect(project, MAIN, Port("n2", "features"), Port("n3", "x"))

    panel.studio.do("a layer more", longer)
    assert panel.model.current == before, "the problem is the same as before"
    qtbot.waitUntil(lambda: any("“last”" in b.text() for b in offered(panel)[:1]))


def test_a_low_panel_shows_the_formula_and_all_repairs_without_scrolling(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    project = load(resource("templates", "lenet5.vnet"))
    conv = project.graph.named("conv1").id
    panel = panel_of(edits.set_params(project, MAIN, [conv], {"stride": 3}))
    qtbot.waitUntil(lambda: len(offered(panel)) > 3)
    row = panel.rows[0]
    assert row.formula.y() > row.words.geometry().bottom(), "under the words where there is room"
    panel.resize(1400, 98)
    qtbot.waitUntil(lambda: row.formula.y() < row.words.geometry().bottom() and row.formula.x() > row.words.x())
    qtbot.waitUntil(lambda: panel.scroll_area.verticalScrollBar().maximum() == 0)


def test_the_formula_is_typeset_and_the_words_say_what_h_is(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    project = load(resource("templates", "lenet5.vnet"))
    panel = panel_of(project)
    conv = project.graph.named("conv1").id
    panel.studio.do("Set stride", lambda p: edits.set_params(p, MAIN, [conv], {"stride": 3}))
    qtbot.waitUntil(lambda: len(offered(panel)) > 3)
    row = panel.rows[0]
    assert "its height H comes out as 0" in row.words.text()
    assert row.formula.typeset.isVisible() and not row.formula.lines.isVisible()
    assert ("k", "kernel_size", "k") in row.formula.typeset.derivation.legend
    assert offered(panel)[0].text() == "Set stride of “conv1” → 1", "what was changed last is taken back"
    panel.resize(400, 320)
    qtbot.waitUntil(lambda: row.formula.typeset.isVisible() != row.formula.lines.isVisible())


def test_a_clicked_problem_scrolls_until_its_repairs_are_seen(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    panel = panel_of(drawn("i:input " + " ".join(f"c{number}:conv2d" for number in range(12))))
    row = panel.rows[11]
    panel.scroll_area.ensureWidgetVisible(row)
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(offered(panel)) > 3)
    assert row.isAncestorOf(offered(panel)[0])
    for repair in offered(panel):
        assert repair.visibleRegion().boundingRect() == repair.rect()


def test_the_only_problem_is_open_by_itself(panel_of: Callable[..., ProblemsPanel]) -> None:
    project = edits.set_constants(several_hints(), {**several_hints().constants, "size": 240})
    panel = panel_of(project)
    assert [p.severity for p in panel.studio.problems()] == ["hint"]
    assert panel.rows[0].current and panel.rows[0].formula.isVisible()
    assert not any(row.current for row in panel_of(several_hints()).rows), "of several hints none is more to the point"


def test_the_same_repairs_found_again_leave_the_buttons_alone(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    project = load(resource("templates", "lenet5.vnet"))
    panel = panel_of(edits.set_params(project, MAIN, [project.graph.named("conv1").id], {"stride": 3}))
    qtbot.waitUntil(lambda: len(offered(panel)) > 3)
    before = offered(panel)
    before[1].setFocus()
    panel.rows[0].offer(list(panel.rows[0].offered))
    assert offered(panel) == before and before[1].isVisible() and before[1].hasFocus()
    panel.rows[0].offer(panel.rows[0].offered[1:])
    assert before[0] not in offered(panel)


def several_hints() -> Project:
    """VGG on images whose size is halved with a rest, again and again."""
    project = load(resource("templates", "vgg-a.vnet"))
    return edits.set_constants(project, {**project.constants, "size": 250})


def test_in_a_low_panel_folded_rows_have_all_the_room_for_their_words(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    panel = panel_of(several_hints())
    panel.resize(1400, 98)
    collapsed = panel.rows[1]
    qtbot.waitUntil(lambda: collapsed.low and not collapsed.current)
    qtbot.waitUntil(lambda: collapsed.width() < 1200)  # the filters stand beside the list now
    panel.grab()
    assert collapsed.words.width() > 0.6 * collapsed.width()


def test_beside_the_list_the_choices_are_read_at_every_text_size(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = panel_of(several_hints())
    panel.resize(1400, 98)
    monkeypatch.setattr("visualnet.app.theme.fonts._factor", 1.5)
    font = panel.font()
    font.setPixelSize(20)
    panel.bar.setFont(font)
    for choice in (panel.bar.scope, panel.bar.grouping):
        qtbot.waitUntil(lambda c=choice: c.width() >= c.sizeHint().width())


def test_the_keyboard_stays_in_the_list_when_a_repair_is_taken(qtbot: QtBot) -> None:
    both = QWidget()
    panel = ProblemsPanel(studio_of(broken()))
    undo = QPushButton("Undo")
    row = QHBoxLayout(both)
    row.addWidget(undo)
    row.addWidget(panel)
    qtbot.addWidget(both)
    both.resize(1200, 320)
    with qtbot.waitExposed(both):
        both.show()
    qtbot.waitUntil(lambda: bool(offered(panel)))
    while buttons := offered(panel):  # one error after another, to the last
        before = panel.studio.project
        buttons[0].setFocus()
        QTest.keyClick(buttons[0], Qt.Key.Key_Space)
        assert panel.studio.project is not before
        for _ in range(2):  # now, and when the next repairs are there
            focus = QApplication.focusWidget()
            assert focus is panel or (
                isinstance(focus, ProblemRow) and focus.current is (panel.model.current is not None)
            )
            qtbot.waitUntil(lambda: not panel.timer.isActive())


def test_the_keyboard_stays_in_the_list_where_every_group_is_folded(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    panel = panel_of(broken())
    qtbot.waitUntil(lambda: bool(offered(panel)))
    offered(panel)[0].setFocus()
    for head in tuple(panel.heads):
        panel.collapse(head.title)
    assert not nodes(panel)
    panel.heads[-1].setFocus()
    before = panel.studio.project
    panel.studio.do("Disconnect", lambda p: edits.disconnect(p, MAIN, next(iter(p.graph.wires))))
    assert panel.studio.project is not before
    assert QApplication.focusWidget() in panel.heads
    panel.bar.search.edit.setFocus()
    QTest.keyClick(panel.bar.search.edit, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is panel.heads[0], "the arrow leads from the search into the list"


def test_a_problem_higher_than_the_panel_shows_its_words_first(
    panel_of: Callable[..., ProblemsPanel], qtbot: QtBot
) -> None:
    lenet = load(resource("templates", "lenet5.vnet"))
    panel = panel_of(edits.remove(lenet, MAIN, [lenet.graph.named("flatten").id]))
    panel.resize(1250, 110)
    panel.step(1)
    row = panel._current_row()
    assert row is not None
    qtbot.waitUntil(lambda: row.first_repair is not None)
    viewport = panel.scroll_area.viewport()
    assert row.height() > viewport.height()
    assert row.mapTo(viewport, row.rect().topLeft()).y() == 0
