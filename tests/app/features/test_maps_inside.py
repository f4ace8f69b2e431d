"""Pictures of *See inside*: tiles that can be enlarged, and settings that change the picture while what was seen stays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, template
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.features.see_inside.tiles_observation import TilesObservation
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.figures.charts.observed.heat import HeatChart
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.charts.observed.spread.ridge import RidgeChart


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    import torch  # noqa: F401  # what the window does in the background

    made = Rig(template("lenet5", epochs=1, batch_size=256))
    made.runner.prepare()
    yield made
    made.runner.close()


def show(rig: Rig, qtbot: QtBot, name: str, node: str) -> ObservationView:
    rig.studio.select([rig.studio.graph.named(node).id])
    view = ObservationView(rig.studio, name, {}, 1)
    qtbot.addWidget(view)
    view.resize(520, 420)
    view.show()
    return view


def test_before_anything_was_seen_there_are_words_and_nothing_to_press(rig: Rig, qtbot: QtBot) -> None:
    """From the first moment on; and what was told of an earlier picture goes with it."""
    rig.studio.select([rig.studio.graph.named("conv2").id])
    view = ObservationView(rig.studio, "values", {}, 1)
    qtbot.addWidget(view)
    assert view.empty.sentence.text()
    assert not any(getattr(view, name).isVisibleTo(view) for name in ("bar", "stop", "go", "time", "when", "again"))
    view.note.setText("of the picture before")
    view.note.show()
    view._show_words("Looking …")
    assert not view.note.isVisibleTo(view)


def test_feature_maps_are_tiles_that_are_enlarged_sorted_and_told_in_numbers(rig: Rig, qtbot: QtBot) -> None:
    view = show(rig, qtbot, "feature_maps", "conv2")
    widget = view.widget
    assert isinstance(widget, TilesObservation)
    rig.until(qtbot, lambda: view.stack.currentWidget() is widget and widget.tiles.isVisible())
    request = view.request
    assert request is not None
    ((_, result),) = view.shown_history()
    view._set_option("order", "activity")
    assert view.request == request, "the order is only that of the picture"
    view.draw()
    canvas, pane = widget.tiles._canvas, widget.tiles._canvas.viewport()
    order = np.argsort(-result.arrays["activity"], kind="stable")
    first = int(order[0])
    spot = canvas.tile_rect(0).center() + QPoint(1, 1)
    qtbot.mouseMove(pane, spot)
    assert widget.tiles.facts().startswith(f"channel {first} at (")
    small = canvas.tile_rect(0).width()
    qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=spot)
    assert canvas.tile_rect(0).width() > 2 * small
    view._set_option("samples", 3)
    assert view.request != request
    rig.until(qtbot, lambda: widget.chart.isVisible() and isinstance(widget.chart.chart, PictureRows))


def test_what_was_seen_stays_when_another_picture_of_it_is_chosen(rig: Rig, qtbot: QtBot) -> None:
    view = show(rig, qtbot, "weight_spread", "conv2")
    rig.until(qtbot, lambda: len(view.shown_history()) == 1)
    chart, request = view.widget, view.request
    assert isinstance(chart, ChartView)
    assert request is not None
    ((_, seen),) = view.shown_history()
    for step in (5, 9):
        rig.runner.probes.observed.take(step, {request: seen})
    view.draw()
    assert isinstance(chart.chart, RidgeChart)
    view._set_option("picture", "heat map")
    view.draw()
    assert isinstance(chart.chart, HeatChart)
    assert chart.chart.columns == (0, 5, 9)
