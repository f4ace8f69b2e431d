"""Objects are found in scenes: trained, looked at while it trains, judged, and tried on a picture of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, NONE, Hands
from tests.flows.test_try_it import drop
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.generators.scenes import make_scenes
from visualnet.figures.charts.marks import HitRegion
from visualnet.figures.charts.observed.objects.detection_chart import DetectionChart
from visualnet.resources import resource


def chart_of(view: ObservationView) -> DetectionChart:
    """What it shows now."""
    chart = view.widget.chart
    assert isinstance(chart, DetectionChart)
    return chart


def click_region(view: ObservationView, begins: str) -> None:
    """Click the place whose words begin so, with the mouse."""
    widget = view.widget
    region: HitRegion = next(one for one in widget.drawing.regions if one.words.startswith(begins))
    scale = widget._scale
    QTest.mouseClick(
        widget,
        LEFT,
        NONE,
        QPoint(round((region.x + region.width / 2) * scale), round((region.y + region.height / 2) * scale)),
    )


@pytest.mark.wide
def test_objects_are_found_in_scenes_and_in_a_picture_of_ones_own(window: Window, hands: Hands, tmp_path: Path) -> None:
    import torch  # noqa: F401  # what the window does in the background

    small = edits.set_data(project_file.load(resource("templates", "rcnn.vnet")), options={"n": 20, "regions": 16})
    project_file.save(tmp_path / "small.vnet", edits.set_recipe(small, epochs=2))
    window.project_files.open(tmp_path / "small.vnet")

    # See inside: before any training the scene, its proposals and true boxes are there.
    panel = window.show_panel("see_inside")
    view = panel.add("objects")
    hands.until(lambda: view.stack.currentWidget() is view.widget, what="the scene")
    before = chart_of(view)
    assert before.truth and len(before.proposals) > 5 and not before.shows_proposals
    assert "not trained yet" in view.note.text()

    # The switch and the slider in the picture are settings of it; nothing is computed anew for them.
    click_region(view, "Show what selective search proposed")
    hands.until(lambda: chart_of(view).shows_proposals, what="the proposals")
    click_region(view, "Show boxes with a score of 5 %")
    hands.until(lambda: chart_of(view).percent == 5, what="the score of the slider")
    assert view.options == {"proposals": True, "score": 5}
    assert len(chart_of(view).shown) >= len(before.shown)

    # After the training the same scene is looked at with what was learned.
    window.train()
    runner = window.runner
    hands.until(lambda: runner.model is not None and len(runner.model.epochs) == 2, what="two epochs")
    hands.until(lambda: runner.state == "idle", what="the end of the training")
    window.show_panel("see_inside")
    hands.until(lambda: view.note.text() == "", what="the trained network")

    # Evaluate: the held-out scenes come first, by their mean average precision.
    judging = window.show_panel("evaluation")
    judging.evaluate()
    hands.until(lambda: judging.evaluation is not None, what="the evaluation")
    metric, _ = judging.evaluation.headline()
    assert metric.name == "map_50" and judging.evaluation.predictions[0].size == 4

    # Try it: a picture of one's own, of another size, is searched and all panels look at it.
    path = tmp_path / "mine.png"
    picture = (make_scenes(1, 80, 1.0, 77)["image"][0].transpose(1, 2, 0) * 255).astype(np.uint8)
    Image.fromarray(picture).save(path)
    own = window.show_panel("try_it")
    hands.until(lambda: own.editors, what="the editors")
    drop(own.editors["image"], path)
    hands.until(lambda: window.runner.probes.own is not None, what="the picture")
    hands.until(
        lambda: (
            own.objects.view.stack.currentWidget() is own.objects.view.widget
            and chart_of(own.objects.view).pixels.shape == (80, 80, 3)
        ),
        what="what is found in it",
    )
    assert not chart_of(own.objects.view).truth, "nobody knows what is truly there"
    assert np.array_equal(chart_of(own.objects.view).pixels, picture)

    # What is no picture is said, and what was looked at stays.
    (tmp_path / "broken.png").write_bytes(b"no picture")
    drop(own.editors["image"], tmp_path / "broken.png")
    hands.until(lambda: "cannot be opened" in own.words.text(), what="the words")
    assert window.runner.probes.own is not None
