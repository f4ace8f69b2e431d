"""Two networks that learn against each other, made and trained with mouse and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from tests.flows.hands import Hands
from tests.training.gan import D, G, gan
from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.core import edits
from visualnet.core.edits.learners import remove_learner
from visualnet.core.project import LAST_EPOCH, MAIN
from visualnet.core.storage import project_file
from visualnet.training.recipe.settings import options_of_run


@pytest.fixture
def plain(hands: Hands, tmp_path: Path) -> Hands:
    """A window with the drawing of a GAN in which nobody has named a learner yet."""
    project = remove_learner(gan(epochs=3, seed=1), G, of_run=options_of_run())
    project = edits.move(project, MAIN, tidy(project.graph, dict.fromkeys(project.graph.nodes, (176.0, 72.0))))
    file = tmp_path / "gan.vnet"
    project_file.save(file, project)
    hands.window.project_files.open(file)
    hands.rest(0.2)
    hands.view.fit_at_once()
    hands.rest()
    return hands


def type_into(field: QLineEdit, text: str) -> None:
    """Replace a field's text and press Enter, without waiting for what is done later (the journal of a file is)."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def choose(hands: Hands, box: QComboBox, text: str) -> None:
    """Pick an entry of a box with the keyboard."""
    assert box.findText(text) >= 0, [box.itemText(i) for i in range(box.count())]
    box.setFocus()
    for _ in range(box.count()):
        if (away := box.findText(text) - box.currentIndex()) == 0:
            break
        QTest.keyClick(box, Qt.Key.Key_Down if away > 0 else Qt.Key.Key_Up)
        QApplication.processEvents()
    assert box.currentText() == text


@pytest.mark.wide
def test_a_gan_is_set_up_and_trained(plain: Hands) -> None:
    hands, window = plain, plain.window
    project = lambda: hands.studio.project  # noqa: E731
    page: Any = window.panel("recipe")
    inspector: Any = window.panel("inspector").node_page
    hands.click("make")
    assert not page.learners.isVisibleTo(page)
    assert not inspector.learner.isVisibleTo(inspector)

    window.actions_.trigger("view.workspace_train")
    page.learners.add_learner()
    QApplication.processEvents()
    assert [one.name for one in project().recipe.learners] == ["first", "second"]
    assert project().recipe.best_by == LAST_EPOCH, "the sum of what both lower is lowered by none of them"
    assert page.rows["best_by"].findChild(QComboBox).currentText() == LAST_EPOCH
    type_into(page.rows["patience"].findChild(QLineEdit), "2")
    assert "would never end early" in page.forms["Guards"].words["patience"].text()
    QTest.keySequence(window, "Ctrl+Z")
    hands.until(lambda: page.forms["Guards"].words["patience"].text() == "", what="the words of patience to go")
    assert all(hands.node(f"loss_{end}").training == {"learner": "first"} for end in ("real", "fake", "fool"))
    for at, name in enumerate((D, G)):
        page.learners.list.setCurrentRow(at)
        page.learners.rename.click()
        editor = next(e for e in page.learners.list.findChildren(QLineEdit) if e.isVisible())
        editor.selectAll()
        QTest.keyClicks(editor, name)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        QApplication.processEvents()
    assert [one.name for one in project().recipe.learners] == [D, G]
    assert hands.node("loss_fool").training == {"learner": D}
    assert [p.words for p in hands.studio.analysis.errors()] == [
        f"the learner “{G}” lowers no loss: choose one for it at a loss node, or remove the learner"
    ]

    window.actions_.trigger("view.workspace_build")
    QApplication.processEvents()
    hands.click("loss_fool")
    assert inspector.learner.isVisibleTo(inspector)
    choose(hands, inspector.learner.choice, G)
    hands.click("make")
    choose(hands, inspector.learner.choice, G)
    assert hands.node("make").training == {"learner": G}
    for name in ("d1", "d2"):
        hands.click(name)
        choose(hands, inspector.learner.choice, D)
    assert not [p for p in hands.studio.analysis.problems if p.code.startswith("learner")]
    hands.click("d1")
    choose(hands, inspector.learner.choice, "not said")
    assert "no learner trains “d1”" in str([p.words for p in hands.studio.analysis.problems])
    QTest.keySequence(window, "Ctrl+Z")
    QApplication.processEvents()
    assert hands.node("d1").training == {"learner": D}

    shown = window.overlay("learner_map")
    window.actions_.trigger("view.learners")
    QApplication.processEvents()
    assert shown.shown_at[hands.node("d1_fool").id] == (D,), "its weights are those of d1"
    assert shown.shown_at[hands.node("make").id] == (G,)
    assert shown.shown_at[hands.node("loss_fool").id] == (G,)
    assert hands.node("fixed").id not in shown.shown_at
    assert shown.legend.accessibleName() == f"Learners: D {D}, G {G}"

    # The groups below are about the chosen learner; what is about the run is one for all.
    window.actions_.trigger("view.workspace_train")
    page.learners.list.setCurrentRow(1)
    type_into(page.rows["lr"].findChild(QLineEdit), "0.01")
    type_into(page.rows["epochs"].findChild(QLineEdit), "4")
    page.learners.list.setCurrentRow(0)
    assert page.rows["lr"].findChild(QLineEdit).text() == "0.001"
    type_into(page.learners.steps.rows["steps"].findChild(QLineEdit), "2")
    assert [(one.lr, one.steps) for one in project().recipe.learners] == [(0.001, 2), (0.01, 1)]
    assert project().recipe.epochs == 4

    window.actions_.trigger("train.start")
    hands.until(lambda: hands.studio.runner.model is not None and hands.studio.runner.model.over)
    model = hands.studio.runner.model
    assert model.state == "done", model.failed
    hands.until(lambda: not hands.studio.runner.busy)
    assert f"{D} loss" in model.steps
    assert len(model.epochs) == 4

    page.learners.list.setCurrentRow(1)
    page.learners.remove.click()
    QApplication.processEvents()
    assert project().recipe.learners == ()
    assert not page.learners.isVisibleTo(page)
    assert hands.node("make").training == {}
