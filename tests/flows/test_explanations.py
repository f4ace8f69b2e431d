"""Why a network answers as it does: a place of a map is clicked, and every picture of that layer turns to it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, NONE, Hands
from tests.flows.test_see_inside import is_drawn, open_panel, press
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.features.see_inside.tiles_observation import TilesObservation
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.shell.window import Window


def click_place(view: ObservationView, row: int, column: int) -> None:
    """Click the place of the map with the mouse."""
    chart = view.widget
    assert isinstance(chart, ChartView)
    assert chart.drawing is not None
    region = next(
        s for s in chart.drawing.regions if dict(s.options).get("row") == row and dict(s.options)["column"] == column
    )
    scale = chart.width() / chart.drawing.width
    at = QPoint(round((region.x + region.width / 2) * scale), round((region.y + region.height / 2) * scale))
    QTest.mouseClick(chart, LEFT, NONE, at)


@pytest.mark.wide
def test_a_place_that_is_clicked_is_that_of_every_picture_of_the_layer(window: Window, lenet: Hands) -> None:
    panel = open_panel(window, lenet)
    field, projected, shares = (panel.add(name) for name in ("receptive_field", "deconvnet", "integrated_gradients"))
    lenet.click("conv1")
    lenet.until(lambda: is_drawn(field) and is_drawn(projected), what="both pictures")
    lenet.until(lambda: "row 14, column 14 is chosen" in field.widget.accessibleDescription(), what="the middle")
    click_place(field, 3, 20)
    lenet.until(lambda: "row 3, column 20 is chosen" in field.widget.accessibleDescription(), what="the place")
    assert "Place (3, 20) sees 5×5 cells" in field.note.text()
    lenet.until(lambda: "row 3, column 20 is chosen" in projected.widget.accessibleDescription(), what="the other one")
    assert (projected.options["row"], projected.options["column"]) == (3, 20)
    lenet.until(lambda: "at (3, 20) has the value" in projected.note.text(), what="its unit")
    click_place(projected, 5, 5)
    lenet.until(lambda: "row 5, column 5 is chosen" in field.widget.accessibleDescription(), what="the way back")
    assert "channel" in projected.options  # the map that was clicked in stays
    press(shares.go)
    lenet.until(lambda: is_drawn(shares), what="what takes long")
    lenet.until(lambda: "the shares add up to" in shares.note.text(), what="completeness")
    assert "row" not in shares.options


@pytest.mark.wide
def test_a_pixel_of_a_feature_map_turns_the_pictures_of_its_layer_to_it(window: Window, lenet: Hands) -> None:
    panel = open_panel(window, lenet)
    maps, field = panel.add("feature_maps"), panel.add("receptive_field")
    lenet.click("conv1")
    lenet.until(lambda: is_drawn(maps) and is_drawn(field), what="both pictures")
    assert isinstance(maps.widget, TilesObservation)
    canvas = maps.widget.tiles._canvas
    lenet.until(lambda: len(maps.widget._names) == 6, what="six channels")
    tile = canvas.tile_rect(4)
    at = QPoint(tile.left() + int(tile.width() * 20.5 / 28), tile.top() + int(tile.height() * 3.5 / 28))
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, at)
    assert field.options == {"channel": 4, "row": 3, "column": 20}
    lenet.until(lambda: "row 3, column 20 is chosen" in field.widget.accessibleDescription(), what="the place")
    assert "channel" not in maps.options  # the maps stay as they are
