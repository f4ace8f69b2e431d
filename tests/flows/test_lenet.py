"""The whole path: build LeNet by mouse, train it on real digits, watch it, save it, open it again."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.storage.project_file import load

STEP_X, STEP_Y = 240.0, 130.0
LAYERS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("input", "image", {}),
    ("conv2d", "conv1", {"out_channels": "6", "kernel_size": "5", "padding": "2"}),
    ("relu", "relu1", {}),
    ("max_pool2d", "pool1", {}),
    ("conv2d", "conv2", {"out_channels": "16", "kernel_size": "5×5"}),
    ("relu", "relu2", {}),
    ("max_pool2d", "pool2", {}),
    ("flatten", "flat", {}),
    ("linear", "fc1", {"out_features": "120"}),
    ("relu", "relu3", {}),
    ("linear", "fc2", {"out_features": "84"}),
    ("relu", "relu4", {}),
    ("linear", "logits", {"out_features": "10"}),
)
ENDS = (("target", "label"), ("cross_entropy", "loss"), ("accuracy", "accuracy"), ("output", "digit"))
SIZES = {
    "conv1": "6×28×28",
    "pool1": "6×14×14",
    "conv2": "16×10×10",
    "pool2": "16×5×5",
    "flat": "400",
    "fc2": "84",
    "logits": "10",
}


def build(hands: Hands) -> None:
    """Drag the layers in, name them, set them, wire them."""
    hands.view.zoom_by(0.6)
    for number, (kind, name, params) in enumerate(LAYERS):
        x, y = (number % 5) * STEP_X - 500, (number // 5) * STEP_Y - 200
        made = hands.drop_layer(kind, x, y)
        if made != name:
            hands.rename(made, name)
        for param, text in params.items():
            hands.set_param(name, param, text)
    for number, (kind, name) in enumerate(ENDS):
        made = hands.drop_layer(kind, number * STEP_X - 500, 3 * STEP_Y - 160)
        if made != name:
            hands.rename(made, name)
    names = [name for _, name, _ in LAYERS]
    for source, target in itertools.pairwise(names):
        hands.wire(source, target)
    for sink in ("loss", "accuracy"):
        hands.wire("logits", sink, into="logits")
        hands.wire("label", sink, into="target")
    hands.wire("logits", "digit")


def size(hands: Hands, name: str) -> str:
    """The size that leaves a node, as the canvas knows it."""
    facts = hands.studio.facts
    assert facts is not None
    return next(iter(facts[hands.node(name).id].leaving.values())).text


def test_lenet_is_built_trained_watched_saved_and_reopened(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.press(window.pages["start_page"], "Empty network")
    assert window.stack.currentWidget() is window.canvas
    build(hands)
    assert {name: size(hands, name) for name in SIZES} == SIZES
    assert hands.studio.analysis.main.parameters == 61_706
    assert hands.studio.problems() == ()

    # Why 28? The inspector fills the formula in.
    hands.click("conv1")
    page = window.panel("inspector").node_page
    words = [" ".join(card.lines.formulas) for card in page.cards]
    assert any("⌊(28 + 2·2 − 1·(5 − 1) − 1) / 1⌋ + 1 = 28" in w for w in words), words

    # Train, and see the feature maps of the selected layer change while it learns.
    window.studio.do("Short training", lambda p: edits.set_recipe(p, epochs=3, lr=0.002))
    window.show_space("inspect")
    seen: list[Any] = []
    maps = window.panel("maps").view
    original = maps.set_maps
    monkeypatch.setattr(maps, "set_maps", lambda array, **k: (seen.append(np.array(array)), original(array, **k)))
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.state == "running", what="the training to start")
    hands.until(lambda: window.runner.state == "idle", 600, "the training to end")
    model = window.runner.model
    assert model is not None
    assert model.state == "done"
    assert len(seen) > 2
    assert seen[0].shape == (6, 28, 28)
    assert any(not np.array_equal(one, seen[-1]) for one in seen), (
        "they change, however seldom a busy machine shows them"
    )
    assert len(hands.studio.project.runs) == 1

    # Save, open again: everything is there.
    path = tmp_path / "my-lenet.vnet"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    hands.keys("Ctrl+S")
    assert path.exists()
    before = hands.studio.project
    window.actions_.trigger("file.close")
    hands.rest()
    assert window.covered
    assert window.project_files.open(path)
    after = hands.studio.project
    assert after.graph == before.graph
    assert after.recipe == before.recipe
    assert after.runs == before.runs
    assert load(path) == after
    hands.until(lambda: window.runner.model is not None, what="the curves of the last run")
