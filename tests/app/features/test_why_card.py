"""“Why 28?” typeset: for every layer the figures come out as the number asked for, and there is always something to read."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.contract.draw import cases
from visualnet.analysis import explain
from visualnet.analysis.facts import NodeFacts
from visualnet.analysis.inference.infer_node import Faults, layer_facts
from visualnet.app.diagrams.formula import READABLE, colours, typeset
from visualnet.app.features.inspector.explanation_card import ExplanationCard
from visualnet.app.features.inspector.panel import InspectorPanel
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK, LIGHT, contrast
from visualnet.core.document import Document
from visualnet.core.expressions import MAX_LENGTH, parse
from visualnet.core.graph import Node
from visualnet.core.storage.project_file import load
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import ShapeError
from visualnet.layers.declaration.notation import Derivation, plain
from visualnet.resources import resource


def told(facts: NodeFacts) -> list[explain.NumberExplanation]:
    found = [*explain.shapes(facts), explain.parameters(facts), explain.macs(facts)]
    return [why for why in found if why is not None]


def computed(derivation: Derivation) -> int | None:
    """The line of figures, read back and computed; None where it is longer than the small language takes."""
    text = plain(derivation.tree, figures=True)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    for shown, written in (
        ("⌊", "floor("),
        ("⌋", ")"),
        ("⌈", "ceil("),
        ("⌉", ")"),
        ("·", "*"),
        ("−", "-"),
        ("^", "**"),
    ):
        text = text.replace(shown, written)
    text = text.replace(" mod ", " % ")
    return int(parse(text).compute({})) if len(text) <= MAX_LENGTH else None


def lenet(name: str) -> NodeFacts:
    studio = Studio(Document(load(resource("templates", "lenet5.vnet"))), DARK)
    return studio.analysis.main[studio.graph.named(name).id]


@pytest.mark.few(15)
@pytest.mark.parametrize("tag", LAYERS)
@settings(max_examples=4)
@given(data=st.data())
def test_every_layer_is_explained(tag: str, qapp: QApplication, data: st.DataObject) -> None:
    layer, specs = data.draw(cases(tag))
    node = Node(id="n1", kind=tag, name="node")
    try:
        facts = layer_facts(node, layer, tuple(specs), (True,) * len(specs), Faults(node, ""))
    except ShapeError:
        return
    for why in told(facts):
        assert why.lines
        if why.derivation is None:
            continue
        asked = int(why.derivation.result.replace(",", ""))
        assert computed(why.derivation) in (asked, None), why
        assert why.derivation.latex.count("{") == why.derivation.latex.count("}")
        sheet = typeset(why.derivation, 13, 240)
        if sheet is not None:
            assert sheet.width <= 240
            assert all(b.y - b.box.up >= a.y - a.box.up for a, b in pairwise(sheet.lines))


def test_parameters_are_kernels_times_channels_plus_biases() -> None:
    why = explain.parameters(lenet("conv2"))
    assert why is not None and why.derivation is not None
    assert plain(why.derivation.tree) == "k^2·M·C + M"
    assert plain(why.derivation.tree, figures=True) == "5^2·16·6 + 16"
    assert why.derivation.latex == (
        "\\begin{aligned}\n\\mathrm{parameters} &= k^{2} \\cdot M \\cdot C + M \\\\\n"
        "&= 5^{2} \\cdot 16 \\cdot 6 + 16 = 2{,}416\n\\end{aligned}"
    )


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_coloured_signs_can_be_read(theme: object) -> None:
    (why,) = explain.shapes(lenet("conv1"))
    assert why.derivation is not None
    found = colours(why.derivation, theme)  # type: ignore[arg-type]
    assert len(set(found.values())) == len(found) == 5
    assert all(contrast(c, theme.raised) >= READABLE for c in found.values())  # type: ignore[attr-defined]


def test_a_change_of_theme_typesets_once(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, though the old style sheet is taken off before the new one is put on, and in the new colours."""
    apply_theme(qapp, DARK)
    card = ExplanationCard()
    qtbot.addWidget(card)
    card.show_why(told(lenet("conv1"))[0])
    card.show()
    fitted: list[bool] = []
    fit = card.fit
    monkeypatch.setattr(card, "fit", lambda: (fitted.append(bool(qapp.styleSheet())), fit()))
    apply_theme(qapp, LIGHT)
    assert fitted == [True]


def test_it_is_copied_and_enlarged_by_key(qtbot: QtBot) -> None:
    card = ExplanationCard()
    qtbot.addWidget(card)
    (why,) = explain.shapes(lenet("conv1"))
    card.resize(300, 200)
    with qtbot.waitExposed(card):
        card.show()
    card.show_why(why)
    assert card.typeset.isVisible() and not card.lines.isVisible()
    card.typeset.setFocus()
    QTest.keyClick(card.typeset, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "= ⌊(28 + 2·2 − 1·(5 − 1) − 1) / 1⌋ + 1 = 28" in QApplication.clipboard().text()
    menu = card.typeset.menu()
    next(a for a in menu.actions() if "LaTeX" in a.text()).trigger()
    assert "\\left\\lfloor \\frac{28 + 2 \\cdot 2" in QApplication.clipboard().text()
    menu.close()
    with qtbot.waitSignal(card.enlarged):
        QTest.keyClick(card.typeset, Qt.Key.Key_Return)


def test_where_there_is_no_room_the_text_says_it(qtbot: QtBot) -> None:
    card = ExplanationCard()
    qtbot.addWidget(card)
    (why,) = explain.shapes(lenet("conv1"))
    card.resize(150, 200)
    with qtbot.waitExposed(card):
        card.show()
    card.show_why(why)
    assert card.lines.isVisible() and not card.typeset.isVisible()
    card.resize(320, 200)
    qtbot.waitUntil(lambda: card.typeset.isVisible())
    assert not card.lines.isVisible()


def test_the_large_view_grows_and_takes_the_drawing_along(qtbot: QtBot) -> None:
    studio = Studio(Document(load(resource("templates", "lenet5.vnet"))), DARK)
    panel = InspectorPanel(studio)
    qtbot.addWidget(panel)
    panel.resize(1400, 800)
    with qtbot.waitExposed(panel):
        panel.show()
    studio.select([studio.graph.named("conv1").id])
    panel.node_page.enlarge()
    view = next(d for d in panel.window().findChildren(QDialog))
    assert [card.why.question for card in view.cards] == [
        "Why 28×28?",
        "Why 156 parameters?",
        "Why 117,600 multiplications?",
    ]
    assert view.drawing.drawing == panel.node_page.drawings.layer.drawing
    small = view.cards[0].typeset.sheet.px
    assert small >= 20
    QTest.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.cards[0].typeset.sheet.px > small
    view.reject()
