"""A picture with what was found in it: boxes stand where they are in the picture, and the line below it sets the score."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.charts.marks import Label, Pixels, Rectangle, Stroke
from visualnet.figures.charts.observed.objects.detection_chart import (
    STOPS,
    DetectionChart,
    FoundBox,
    TrueBox,
    as_bytes,
)
from visualnet.figures.charts.svg import svg_of

FOUND = (
    FoundBox((10.0, 5.0, 30.0, 25.0), 3, "three", 0.9, 0.8),
    FoundBox((0.0, 0.0, 12.0, 12.0), 1, "one", 0.4, 0.0),
    FoundBox((40.0, 20.0, 60.0, 40.0), 2, "two", 0.6),
)
PROPOSALS = np.array([[0, 0, 60, 40], [10, 5, 30, 25]], np.float32)


def made(**more: object) -> DetectionChart:
    truth = (TrueBox((10.0, 5.0, 30.0, 25.0), "three"),)
    return DetectionChart(np.zeros((40, 60, 3), np.uint8), FOUND, truth, PROPOSALS, np.array([0.1, 0.9]), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(900.0, 600.0), (300.0, 420.0), (260.0, 220.0)])
@pytest.mark.parametrize("proposals", [False, True])
def test_boxes_stand_where_they_are_in_the_picture(size: tuple[float, float], proposals: bool) -> None:
    drawing = made(shows_proposals=proposals, percent=5).lay_out(*size)
    (picture,) = [mark for mark in drawing.marks if isinstance(mark, Pixels)]
    zoom = picture.width / 60
    assert picture.height == pytest.approx(40 * zoom)
    assert picture.x >= 0 and picture.x + picture.width <= size[0] + 1e-6
    assert picture.y + picture.height <= size[1]
    for box in FOUND:
        wanted = [(picture.x + x * zoom, picture.y + y * zoom) for x, y in (box.corners[:2], box.corners[2:])]
        strokes = [m for m in drawing.marks if isinstance(m, Stroke) and m.colour == f"curve:{box.number}"]
        assert any(np.allclose([s.points[0], s.points[2]], wanted) for s in strokes), box.name
    words = [mark for mark in drawing.marks if isinstance(mark, Label)]
    assert {box.words for box in FOUND} <= {mark.text for mark in words}
    assert all(0 <= m.x <= size[0] and 0 <= m.y <= size[1] for m in words)
    grounds = [mark for mark in drawing.marks if isinstance(mark, Rectangle)]
    assert all(picture.x - 2 <= g.x and g.x + g.width <= picture.x + picture.width + 2 for g in grounds)
    assert "dashed" not in svg_of(made()) and "stroke-dasharray" in svg_of(made()), "true boxes are dashed"


def test_what_is_not_sure_enough_is_left_out_and_the_surest_is_in_front() -> None:
    assert [box.name for box in made(percent=50).shown] == ["two", "three"]
    assert [box.name for box in made(percent=95).shown] == []
    assert "nothing" in made(percent=95).description()


def test_the_slider_and_the_switch_are_places_that_set_the_settings() -> None:
    drawing = made().lay_out(600, 400)
    stops = [region for region in drawing.regions if region.options and region.options[0][0] == "score"]
    assert [region.options[0][1] for region in stops] == list(STOPS)
    assert [region.x for region in stops] == sorted(region.x for region in stops)
    (switch,) = [region for region in drawing.regions if region.options and region.options[0][0] == "proposals"]
    assert switch.options == (("proposals", True),)
    shown = made(shows_proposals=True).lay_out(600, 400)
    assert any(region.options == (("proposals", False),) for region in shown.regions)


def test_the_pointer_is_told_how_right_a_box_is() -> None:
    told = [region.words for region in made(percent=5).lay_out(600, 400).regions]
    assert "three, 90 % sure; shares 80 % (IoU) with the true box" in told
    assert "one, 40 % sure; there is no one here" in told
    assert "two, 60 % sure" in told, "nobody knows what is truly there"
    assert "true: three" in told


def test_the_table_holds_all_boxes_whatever_is_shown() -> None:
    head, *rows = made(percent=95).rows()
    assert len(rows) == len(FOUND) + 1 + len(PROPOSALS)
    assert {len(row) for row in rows} == {len(head)}


def test_a_grey_picture_is_shown_in_shades() -> None:
    pixels = as_bytes(np.array([[[0.0, 1.0], [0.5, np.nan]]], np.float32))
    assert pixels.shape == (2, 2, 3) and pixels.dtype == np.uint8
    assert pixels[..., 0].tolist() == [[0, 255], [128, 0]]
