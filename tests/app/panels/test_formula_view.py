"""The drawings in the inspector say the figures that the formulas give, and follow the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from visualnet.app.panels.formula_view import FormulaView
from visualnet.app.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import Document
from visualnet.core.files import load
from visualnet.resources import resource


def test_words_and_steps_follow_the_selected_layer(qapp: QApplication) -> None:
    studio = Studio(Document(load(resource("templates", "lenet5.vnet"))), DARK)
    view = FormulaView(studio)
    facts = studio.analysis.main
    view.show_facts(facts[studio.graph.named("conv2").id])
    assert view.layer.words() == "10×10 places. Place 2, 2 reads rows 2 to 6 and columns 2 to 6."
    QTest.keyClick(view.layer, Qt.Key.Key_Right)
    assert "Place 2, 3 reads rows 2 to 6 and columns 3 to 7" in view.layer.words()
    assert "14×14 cells of “image”" in view.field.words()
    view.show_facts(facts[studio.graph.named("fc1").id])
    assert view.layer.words() == "120×400 weights + 120 biases = 48,120."
    assert view.field.words() == "Every number here sees all of “image”."
    view.show_facts(facts[studio.graph.named("image").id])
    assert view.isHidden()
    view.deleteLater()
