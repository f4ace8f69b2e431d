"""A normalizing flow in the window: trained a little, its density and samples drawn, the path of the points moved by hand and played."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, NONE, Hands
from tests.flows.test_see_inside import is_drawn, open_panel
from visualnet.app.shell.window import Window


def open_pictures(window: Window, hands: Hands) -> tuple[Any, Any, Any]:
    """The flow, untrained, with its density, samples and path drawn."""
    window.project_files.open_template("realnvp-points")
    hands.rest(0.2)
    panel = open_panel(window, hands)
    density, samples, path = (panel.add(name) for name in ("flow_density", "flow_samples", "flow_path"))
    for view in (density, samples, path):
        hands.until(lambda view=view: is_drawn(view), what="the pictures of the untrained flow")
    assert "Log-likelihood of the dots" in density.note.text()
    assert path.way is not None
    assert path.way.share == 1
    return density, samples, path


def go_along(hands: Hands, path: Any) -> None:
    """Move the slider of the path by hand, and play it."""
    QTest.mouseClick(path.way.slider, LEFT, NONE)
    path.way.slider.setFocus()
    QTest.keyClick(path.way.slider, Qt.Key.Key_Home)
    assert path.options["along"] == 0
    assert title_of(path) == "x₁, point", "the data, before any layer"
    QTest.keyClick(path.way.slider, Qt.Key.Key_PageDown)
    QTest.mouseClick(path.way.play, LEFT, NONE)
    assert path.way.playing
    started = path.way.share
    hands.until(lambda: path.way is not None and path.way.share > started, what="the path to be played")
    QTest.mouseClick(path.way.play, LEFT, NONE)
    assert not path.way.playing
    assert path.options["along"] == path.way.share


@pytest.mark.wide
def test_density_samples_and_path_of_an_untrained_flow_are_drawn(window: Window, hands: Hands) -> None:
    _, _, path = open_pictures(window, hands)
    go_along(hands, path)


@pytest.mark.wide
def test_a_flow_is_trained_and_its_density_samples_and_path_are_drawn(window: Window, hands: Hands) -> None:
    density, _, path = open_pictures(window, hands)
    before = density.note.text()
    window.actions_.trigger("train.start")
    window.show_panel("see_inside")
    hands.until(lambda: epochs_of(hands), what="an epoch")
    hands.until(lambda: density.note.text() != before and "fresh" not in density.note.text(), what="a new density")
    go_along(hands, path)


def epochs_of(hands: Hands) -> int:
    """How many epochs the run in front has behind it."""
    run = hands.studio.runner.run
    return int(run.epochs) if run is not None else 0


def title_of(view: object) -> str:
    """What the axis of the picture says."""
    widget = view.widget  # type: ignore[attr-defined]
    return str(widget.chart.x_title if hasattr(widget, "chart") and widget.chart is not None else "")
