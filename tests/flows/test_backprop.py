"""A student steps through XOR by hand, with real keys: forward, backward, and one step of the optimizer."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch  # noqa: F401 - what the program loads after its first paint
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.flows.hands import Hands
from tests.training.nets import chain
from visualnet.app.features.backprop.canvas_marks import NOTHING
from visualnet.app.features.backprop.panel import NO_LOSS
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.training.stepping.schedule import BACKWARD, FORWARD, UPDATE


def xor(**recipe: Any) -> Project:
    """Two inputs, two hidden units, one answer."""
    rows: list[tuple[str, dict[str, Any]]] = [
        ("linear", {"out_features": 2}),
        ("tanh", {}),
        ("linear", {"out_features": 1}),
    ]
    source = ("input", {"field": "point", "size": (2,)})
    target = ("target", {"field": "y", "size": (1,), "dtype": "float"})
    data = DataChoice(name="points", options={"shape": "xor"})
    return chain(rows, data, Recipe(optimizer="SGD", lr=0.5, momentum=0.9, **recipe), source, target, "bce_with_logits")


@pytest.fixture
def panel(window: Window, hands: Hands) -> Any:
    """The panel on XOR, with both passes computed."""
    window.project_files.adopt(Document(xor()))
    panel = window.studio.shell.show_panel("backprop")
    hands.until(lambda: panel.passes is not None, what="both passes")
    return panel


def press(panel: Any, key: Qt.Key) -> None:
    """A key in the list."""
    QTest.keyClick(panel.list, key)


def shown(panel: Any) -> list[str]:
    """The formulas that are written out."""
    return list(panel.page.stack.words)


def test_xor_is_followed_by_hand(window: Window, hands: Hands, panel: Any) -> None:
    passes, overlay = panel.passes, window.overlay("backprop")
    assert [m.phase for m in panel.order] == [FORWARD] * 4 + [BACKWARD] * 4 + [UPDATE] * 4
    x, hidden = passes.values[0].value[0], passes.operations[0]
    weight, bias = (passes.weights[hidden.weights[name]].value for name in ("weight", "bias"))
    z = weight @ x + bias
    press(panel, Qt.Key.Key_Home)
    assert np.allclose(passes.values[hidden.outputs["y"]].value[0], z, atol=1e-6)
    (line,) = shown(panel)
    figures = [float(n) for n in re.findall(r"[-−]?\d+\.?\d*(?:e-?\d+)?", line.split(" = ")[2].replace("−", "-"))]
    assert np.allclose(figures, [weight[0, 0], x[0], weight[0, 1], x[1], bias[0]], atol=1e-3)
    assert overlay.marks.active == hidden.path and overlay.active_node() == "n2"
    assert set(overlay.marks.values) == {(("n1",), "x"), (("n2",), "y"), (("n101",), "y")}

    for _ in range(7):
        press(panel, Qt.Key.Key_Right)
    assert panel.page.title.text().startswith("Backward: linear_0")
    # By hand: L = softplus(s) − y·s, so ∂L/∂s = σ(s) − y; and back through the output layer and tanh.
    h = np.tanh(z)
    out = passes.operations[2]
    v, c = (passes.weights[out.weights[name]].value for name in ("weight", "bias"))
    s, y = (v @ h + c)[0], passes.values[passes.operations[3].inputs["target"]].value[0, 0]
    delta = (1 / (1 + np.exp(-s)) - y) * v[0] * (1 - h**2)
    assert np.allclose(hidden.given["y"][0], delta, atol=1e-6)
    assert np.allclose(hidden.passed["weight"], np.outer(delta, x), atol=1e-6)
    table = next(g for g in panel.page.groups if g.name == "weight" and not g.isHidden()).tables[1]
    table.setFocus()
    cell = table.visualRect(table.model().index(1, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    (line,) = shown(panel)
    assert line.startswith("∂L/∂weight₂₂ = δ₂·∂y₂/∂weight₂₂ = ")
    left, right = (float(part.strip("()")) for part in line.split(" = ")[2].replace("−", "-").split("·"))
    assert (left, right) == (pytest.approx(delta[1], abs=1e-3), pytest.approx(x[1], abs=1e-3))
    assert overlay.marks.gradients[("n2",), "y"].startswith("∂L\n")

    press(panel, Qt.Key.Key_End)
    assert panel.order[panel.at].phase == UPDATE and "momentum" in " ".join(panel.passes.updates[0].optimizer.params)
    assert any(text.startswith("w′ = w − η·b′ = ") for text in shown(panel))
    press(panel, Qt.Key.Key_Home)
    assert panel.at == 0
    window.studio.shell.set_panel_shown("backprop", False)
    assert overlay.marks == NOTHING, "what nobody looks at is not marked"


@pytest.mark.wide
def test_steps_are_taken_on_a_copy_and_the_batch_is_chosen(window: Window, hands: Hands, panel: Any) -> None:
    before = window.studio.project
    first = panel.passes
    hands.press(panel, "Take the step")
    hands.until(lambda: panel.passes.step == 2, what="the second step")
    for one, two in zip(first.updates, panel.passes.updates, strict=True):
        assert np.array_equal(one.new, two.old)
    assert window.studio.project is before
    panel.samples.setValue(4)
    hands.until(lambda: panel.passes.samples == 4, what="a batch of four")
    assert panel.passes.step == 2
    panel.list.setFocus()
    press(panel, Qt.Key.Key_Space)
    assert panel.playing
    press(panel, Qt.Key.Key_Space)
    assert not panel.playing
    hands.press(panel, "Begin anew")
    hands.until(lambda: panel.passes.step == 1 and panel.passes.samples == 4, what="the first weights")
    hands.studio.do("Widen", lambda p: edits.set_params(p, MAIN, ["n2"], {"out_features": 3}))
    hands.until(lambda: panel.passes.operations[0].passed["weight"].shape == (3, 2), what="the edited network")
    hands.studio.do("Delete the loss", lambda p: edits.remove(p, MAIN, ["n103"]))
    hands.until(lambda: panel.passes is None, what="no loss")
    assert panel.findChild(QLabel) is not None and panel.empty.sentence.text() == NO_LOSS


@pytest.mark.wide
def test_blocks_are_stepped_into_and_large_networks_name_a_smaller_one(window: Window, hands: Hands) -> None:
    window.begin("transformer-small")
    panel, overlay = window.studio.shell.show_panel("backprop"), window.overlay("backprop")
    hands.until(lambda: panel.passes is not None, what="both passes")
    inside = next(at for at, moment in enumerate(panel.order) if len(panel.passes.operations[moment.number].path) > 1)
    panel.go_to(inside)
    operation = panel.passes.operations[panel.order[inside].number]
    assert window.studio.path == operation.path[:-1] and window.studio.sheet == "encoder"
    assert overlay.active_node() == operation.path[-1]
    labels = [place for place in overlay.marks.values if place[0][:-1] == overlay.here()]
    assert labels, "numbers stand at the wires of the block's sheet"
    second = next(at for at, moment in enumerate(panel.order) if "#1" in panel.passes.operations[moment.number].path[0])
    panel.go_to(second)
    assert overlay.here() == (panel.passes.operations[panel.order[second].number].path[0],), "the second repetition"
    panel.go_to(-1)
    assert panel.passes.updates[0].optimizer.name == "Adam"
    assert any(text.startswith("m′ = β_1·m") for text in shown(panel))
    panel.go_to(0)
    assert window.studio.path == ()
    window.begin("resnet-152")
    hands.until(lambda: "XOR by hand" in panel.empty.sentence.text(), what="words that name a small network")


@pytest.mark.wide
def test_nothing_of_a_document_is_kept_when_another_one_is_opened(window: Window, hands: Hands) -> None:
    window.project_files.open_template("xor")
    panel = window.show_panel("backprop")
    hands.until(lambda: panel.passes is not None and panel.page.analysis is not None, what="the passes")
    window.set_panel_shown("backprop", False)
    window.project_files.open_template("lenet5")
    assert panel.passes is panel._network is panel.page.passes is panel.page.analysis is None
    assert panel._key == ()
