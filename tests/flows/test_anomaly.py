"""Samples of a class that was never trained on are told by their error: the threshold is moved, a bar leads to its samples."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import Hands
from tests.flows.test_evaluation import evaluate, press_region, train
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.figures.charts.observed.spread.threshold import ThresholdChart


def shown(panel: Any) -> ThresholdChart:
    chart = panel.charts.chart.chart
    assert isinstance(chart, ThresholdChart)
    return chart


@pytest.mark.wide
def test_the_threshold_between_usual_and_odd_is_moved(window: Window, hands: Hands) -> None:
    window.project_files.open_template("anomaly")
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=1, device="cpu"))
    hands.rest()
    panel = window.studio.shell.show_panel("evaluation")
    train(window, hands)
    evaluate(panel, hands)
    assert panel.figures.title.text() == "AUC of odd samples"
    panel.charts.choose("odd_errors")
    dial = panel.charts.dial
    assert dial.isVisible() and panel.charts.dial_name.text() == "Threshold"
    first = shown(panel)
    assert abs(dial.value() / dial.maximum() - first.place) < 0.01
    dial.setFocus()
    for _ in range(10):
        QTest.keyClick(dial, Qt.Key.Key_PageDown)
    assert dial.value() == 0
    everything = shown(panel)
    assert everything.found == 1.0 and everything.mistaken > first.mistaken
    for _ in range(10):
        QTest.keyClick(dial, Qt.Key.Key_PageUp)
    assert shown(panel).found == 0.0
    assert "precision —" in shown(panel).verdict()
    held = press_region(panel, hands)
    assert panel.charts.samples.isVisible() and panel.charts.samples.sample in held
    panel.charts.choose("odd_roc")
    assert not dial.isVisible()
