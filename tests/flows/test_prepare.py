"""Samples are prepared in the window: sizes flow into the network, training goes on with the steps, the run keeps them."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import visualnet as vn
from tests.flows.hands import Hands
from visualnet.app.features.data_page.preparation_section import fill_menu
from visualnet.app.shell.window import Window
from visualnet.core.storage.paths import runs_dir
from visualnet.training.runs.preparation_file import read_preparation


@pytest.mark.wide
def test_steps_are_added_and_trained_with(window: Window, hands: Hands) -> None:
    window.project_files.new()
    net = vn.Graph("digits")
    logits = net.linear(net.flatten(net.input(1, 12, 10)), 10)
    net.output(logits)
    net.cross_entropy(logits, net.target())
    net.set(data="digits8x8", epochs=1, device="cpu")
    drawn = net.project
    window.studio.do(
        "Draw", lambda p: msgspec.structs.replace(p, graph=drawn.graph, data=drawn.data, recipe=drawn.recipe)
    )
    assert [p.words for p in window.studio.problems() if p.severity == "error"], "the data are 8×8"
    window.actions_.trigger("view.workspace_data")
    hands.press(window.panel("data"), "Prepare")
    section = window.panel("data").sections["prepare"]
    for words in ("Resize", "Rotate at random"):
        fill_menu(section._menu, section)
        parts = [section._menu, *(a.menu() for a in section._menu.actions() if a.menu() is not None)]
        next(action for part in parts for action in part.actions() if action.text() == words).trigger()
    section.list.setCurrentRow(0)
    for name, number in (("height", "12"), ("width", "10")):
        field = section.form.rows[name].field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, number)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert not [p.words for p in window.studio.problems() if p.severity == "error"], "the samples fit the network now"
    hands.until(lambda: not section.preview.busy)
    assert [name for name, _ in section.preview.strip.rows] == ["As they are", "Prepared", "Augmented"]
    hands.until(lambda: window.actions_["train.start"].isEnabled())
    window.actions_.trigger("train.start")
    hands.until(lambda: len(hands.studio.project.runs) == 1 and window.runner.state == "idle", what="the end")
    run = hands.studio.project.runs[0]
    assert run.state == "done"
    kept = read_preparation(runs_dir() / run.folder)
    assert kept is not None and kept.preparation is not None
    assert [step.kind for step in kept.preparation.steps] == ["resize"]
    window.studio.document.undo()
    assert [p.words for p in window.studio.problems() if p.severity == "error"]
