"""Something is made in the window: with fresh weights, while a training goes on, and with what the run has kept; and it is saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMenu, QWidget

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.features.generate.panel import GeneratePanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.training.generating.results import GeneratedImages, GeneratedPoints


def press(button: QAbstractButton) -> None:
    """Click a button with the mouse."""
    assert button.isVisible() and button.isEnabled()
    QTest.mouseClick(button, LEFT, NONE, button.rect().center())


def open_panel(window: Window, hands: Hands, template: str) -> GeneratePanel:
    import torch  # noqa: F401  # what the window does in the background

    window.project_files.open_template(template)
    hands.rest()
    panel: GeneratePanel = window.show_panel("generate")
    hands.rest(0.05)
    return panel


def type_into(field: QWidget, text: str) -> None:
    """Put another number into a row of a form, with keys."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def images(panel: GeneratePanel) -> np.ndarray:
    assert isinstance(panel.made, GeneratedImages)
    return panel.made.images


@pytest.mark.wide
def test_samples_are_made_while_it_trains_and_with_what_the_run_has_kept(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel(window, hands, "vae")
    assert panel.method.currentText() == "Decoder from the prior"
    assert [panel.weights.itemText(at) for at in range(panel.weights.count())] == ["Fresh weights"]
    assert "press Train first" in panel.empty.sentence.text()
    assert not panel.save.isEnabled()
    press(panel.go)
    hands.until(lambda: panel.made is not None and not panel.maker.running, what="samples of fresh weights")
    assert images(panel).shape == (36, 28, 28, 1)
    assert "not trained yet" in panel.what.text()
    fresh = images(panel)

    assert panel.form is not None
    type_into(panel.form.rows["count"].focusProxy(), "9")
    press(panel.again)
    hands.until(lambda: len(images(panel)) == 9, what="nine of the next seed")
    assert panel.settings["prior"]["seed"] == 1
    assert not np.allclose(images(panel), fresh[:9])

    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=500, device="cpu"))
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.state == "running", what="a run")
    window.show_panel("generate")
    hands.until(lambda: panel.weights.itemText(0) == "As it is now", what="the weights that are trained")
    press(panel.go)
    hands.until(
        lambda: panel.generated is not None and panel.generated.step > 0, what="samples of the weights as they are"
    )
    assert window.runner.busy
    assert panel.generated is not None and panel.generated.trained
    assert f"After step {panel.generated.step:,}" in panel.what.text()
    window.runner.stop()
    hands.until(lambda: not window.runner.busy, what="its end")

    hands.until(lambda: panel.weights.itemText(0) == "Last weights", what="the weights that were kept")
    step = panel.generated.step
    press(panel.go)
    hands.until(lambda: panel.generated is not None and panel.generated.step > step, what="samples of the last weights")

    # It is kept as what it is, by the menu.
    target = tmp_path / "made.npy"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), "NPY (*.npy)"))
    press(panel.save)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if "NPY" in action.text()).trigger()
    menu.close()
    assert np.array_equal(np.load(target), images(panel))

    # A network that was edited since does not take those weights: words, and what was made stays.
    before = panel.made
    hands.studio.do("Code", lambda p: edits.set_constants(p, {**p.constants, "code": 4}))
    hands.rest()
    press(panel.go)
    hands.until(lambda: bool(panel.maker.fault), what="the refusal")
    assert "another network" in panel.note.text() or "the network has" in panel.note.text()
    assert panel.made is before


def test_a_network_that_can_make_nothing_says_what_it_would_need(window: Window, hands: Hands) -> None:
    panel = open_panel(window, hands, "lenet5")
    assert not panel.controls.isVisible()
    assert "It would need a code that is drawn" in panel.empty.sentence.text()
    window.project_files.open_template("autoencoder")
    hands.until(lambda: panel.controls.isVisible(), what="what an autoencoder can make")
    assert panel.method.currentText() == "Decoder from codes like those of the data"


@pytest.mark.wide
def test_the_count_that_suits_what_is_made_stands_in_the_panel(window: Window, hands: Hands) -> None:
    panel = open_panel(window, hands, "gan-points")
    assert panel.form is not None
    assert panel.form.rows["count"].field.text() == "400"  # type: ignore[attr-defined]
    press(panel.go)
    hands.until(lambda: panel.made is not None and not panel.maker.running, what="points of fresh weights")
    assert isinstance(panel.made, GeneratedPoints)
    assert panel.made.points.shape[-2] == 400
    type_into(panel.form.rows["count"].focusProxy(), "9")
    assert panel.form.rows["count"].field.text() == "9"  # type: ignore[attr-defined]
