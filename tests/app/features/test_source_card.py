"""A custom layer's code in the inspector: shown and inert, trusted only by the person's own click, edited without losing a letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.compiling.test_custom_modules import HALF, project
from visualnet.analysis.selected import SelectedNodes
from visualnet.app.features.inspector.node_page import NodePage
from visualnet.app.features.inspector.sections.code_section import TrustDialog
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.user import trusted_code


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NodePage:
    monkeypatch.setenv("VISUALNET_HOME", str(tmp_path))
    monkeypatch.setattr(trusted_code, "_for_now", set())
    studio = Studio(Document(project()), DARK)
    page = NodePage(studio)
    page.setProperty("studio", studio)
    qtbot.addWidget(page)
    studio.analysed.connect(lambda _: page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n2"])))
    page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n2"]))
    page.show()
    return page


def codes(page: NodePage) -> list[str]:
    return [p.code for p in page.studio.analysis.errors() if p.node == "n2"]


def test_a_strangers_code_is_shown_and_inert_until_the_person_clicks(page: NodePage) -> None:
    card = page.source
    assert card.isVisibleTo(page) and card.edit.toPlainText() == HALF
    assert codes(page) == ["untrusted"] and card.words.text().startswith("Inert")
    card.trust_button.click()
    dialog = card.dialog
    assert (
        dialog is not None
        and dialog.text.toPlainText() == HALF
        and "all your rights" in dialog.findChildren(type(card.words))[1].text()
    )
    QTest.keyClick(dialog, Qt.Key.Key_Return)  # what a hasty hand does
    assert codes(page) == ["untrusted"] and not trusted_code.is_trusted(HALF)
    card.trust_button.click()
    assert card.dialog is not None
    QTest.mouseClick(card.dialog.yes, Qt.MouseButton.LeftButton)
    assert codes(page) == [] and trusted_code.is_trusted(HALF) and card.words.text().startswith("You trust")
    card.distrust_button.click()
    assert codes(page) == ["untrusted"]


def test_what_is_typed_is_kept_can_be_undone_and_is_trusted_on_confirmation(page: NodePage) -> None:
    card = page.source
    trusted_code.trust(HALF)
    page.studio.reanalyse()
    card.edit.setFocus()
    card.edit.selectAll()
    QTest.keyClicks(card.edit, "class Broken")
    card.apply()
    assert "no class" in card.fault.text() and page.studio.graph.nodes["n2"].params["source"] == HALF
    page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n3"]))
    page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n2"]))
    assert card.edit.toPlainText() == "class Broken"  # nothing typed is lost
    QTest.keyClicks(card.edit, "")
    card.edit.selectAll()
    card.edit.insertPlainText(HALF + "# mine\n")
    QTest.keyClick(card.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.studio.graph.nodes["n2"].params["source"] == HALF + "# mine\n"
    assert codes(page) == ["untrusted"] and card.dialog is not None
    card.dialog.accept()
    assert codes(page) == []
    page.studio.document.undo()
    assert card.edit.toPlainText() == HALF and codes(page) == []


def test_the_sizes_stand_in_the_form_as_lines(page: NodePage) -> None:
    assert page.form is not None
    assert "source" not in page.form.rows
    line = page.form.rows["sizes"].findChildren(QLineEdit)[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "image: C H W -> half: C K")
    assert "“K”" in page.form.words["sizes"].text()
    line.selectAll()
    QTest.keyClicks(line, "image: C H W -> half: C H W")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert page.studio.analysis.main["n2"].leaving["half"].shape == (3, 9, 8)


def test_what_was_typed_in_one_project_is_not_shown_in_another(page: NodePage) -> None:
    card = page.source
    card.edit.selectAll()
    card.edit.insertPlainText("class Broken")
    card.apply()
    first = page.studio.document
    page.studio.open(Document(project()))
    page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n2"]))
    assert card.edit.toPlainText() == HALF
    card.edit.left.emit()
    assert not page.studio.document.modified and page.studio.graph.nodes["n2"].params["source"] == HALF
    page.studio.open(first)
    page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n2"]))
    assert card.edit.toPlainText() == "class Broken"


def test_looking_at_code_changes_no_letter_of_it_and_hides_nothing(page: NodePage) -> None:
    far = HALF + "pass" + " " * 3000 + "; import os\n"
    strange = far + "# \ufdd0 \u00a0\n"
    page.studio.do("test", lambda p: edits.set_params(p, "", ["n2"], {"source": strange}))
    card = page.source
    page.refresh(SelectedNodes.of(page.studio.graph, page.studio.facts, ["n2"]))
    card.edit.setFocus()
    card.edit.left.emit()
    assert page.studio.graph.nodes["n2"].params["source"] == strange
    assert any("U+FDD0" in p.words for p in page.studio.analysis.errors())
    dialog = TrustDialog("half", far, page)
    dialog.show()
    assert dialog.text.horizontalScrollBar().maximum() == 0
    line = dialog.text.document().findBlockByNumber(far[: far.index("; import")].count("\n"))
    assert line.layout().lineCount() > 1  # what follows the spaces stands on a line that is seen
    assert dialog.text.toPlainText() == far
    dialog.close()
