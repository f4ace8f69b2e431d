"""The machine switches of a recipe, set with mouse and keys, and what a run says of them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel

from tests.flows.hands import Hands
from tests.flows.test_learners import choose
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.layers.recipe.machine import MACHINE
from visualnet.training import devices


@pytest.mark.wide
def test_mixed_precision_is_set_and_told_by_the_run(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_has_fp16", lambda: False)
    monkeypatch.setattr(devices.shutil, "which", lambda name: None)
    window.project_files.open_template("lenet5")
    window.actions_.trigger("view.workspace_train")
    hands.rest()
    studio, runner, page = window.studio, window.runner, window.panel("recipe")
    studio.do("Set epochs", lambda p: edits.set_recipe(p, epochs=50, device="cpu"))
    machine: Any = page.groups["Machine"]
    assert not machine.opened, "nothing is set"
    machine._head.click()
    hands.until(lambda: page.abilities.missing("cpu"), what="what this machine cannot do")
    box: QComboBox = page.rows["precision"].combo
    flag: QCheckBox = page.rows["compile"].check
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    assert not model.item(2).isEnabled()
    told = " ".join(label.text() for label in machine.findChildren(QLabel))
    assert all(kind.gives in told and kind.costs in told for kind in MACHINE.values())
    assert "no arithmetic for it" in box.itemData(2, Qt.ItemDataRole.ToolTipRole)
    assert model.item(1).isEnabled()
    assert not flag.isEnabled() and "no C++ compiler here" in flag.toolTip()
    choose(hands, box, "bf16")
    assert studio.project.recipe.options["precision"] == "bf16"
    window.actions_.trigger("train.start")
    hands.until(lambda: runner.model is not None and runner.model.step >= 2, what="the first steps")
    assert runner.model is not None and runner.model.started is not None
    assert runner.model.started.machine == "bf16 mixed precision"
    hands.until(lambda: window.status.place.text().endswith(", bf16 mixed precision"), what="the status bar")
    window.actions_.trigger("train.stop")
    hands.until(lambda: runner.state == "idle", what="the end")

    # A file that asks for what this machine cannot do opens with the reason beside the field, and can be mended.
    studio.do("Set compile", lambda p: edits.set_recipe(p, options={"compile": True, "precision": "fp16"}))
    QApplication.processEvents()
    assert "no arithmetic for it" in page.forms["Machine"].words["precision"].text()
    assert "no C++ compiler" in page.forms["Machine"].words["compile"].text()
    QTest.mouseClick(flag, Qt.MouseButton.LeftButton, pos=flag.rect().center())
    QApplication.processEvents()
    assert studio.project.recipe.options["compile"] is False
    hands.until(lambda: not flag.isEnabled(), what="the switch that this machine cannot turn on again")
    studio.do("Set precision", lambda p: edits.set_recipe(p, options={}))
    machine.set_opened(False)
    studio.do("Set channels last", lambda p: edits.set_recipe(p, options={"channels_last": True}))
    QApplication.processEvents()
    assert machine.opened, "one is set"
