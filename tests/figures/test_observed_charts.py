"""Charts of what is observed: where things stand, what the pointer is told, and what the table holds."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.charts.colours import contrast, read, resolve
from visualnet.figures.charts.marks import Area, Chart, Dots, Label, Pixels, Stroke
from visualnet.figures.charts.observed.connections import ConnectionsChart, DenseLayer
from visualnet.figures.charts.observed.heat import HeatChart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.charts.observed.sentence import SentenceChart
from visualnet.figures.charts.observed.small_multiples import Pane, PaneLine, SmallMultiplesChart
from visualnet.figures.charts.observed.spread.bands import QuantileBandChart
from visualnet.figures.charts.observed.spread.ridge import RidgeChart
from visualnet.figures.charts.svg import svg_of

STEPS = (0, 10, 40)
CURVE = np.linspace(0.1, 0.9, 3)
EVERY: tuple[Chart, ...] = (
    HeatChart(np.arange(6.0).reshape(2, 3), (0.0, 3.0), (0.0, 2.0), "input", "output", "weight"),
    RidgeChart(STEPS, np.linspace(-1, 1, 5), np.arange(12.0).reshape(3, 4), "weight"),
    QuantileBandChart(STEPS, (0.0, 0.25, 0.5, 0.75, 1.0), np.arange(15.0).reshape(3, 5), "weight"),
    ConnectionsChart((DenseLayer("hidden", np.array([[1.0, -0.5]]), np.array([0.2])),), output_names=("cat",)),
    SmallMultiplesChart(
        (Pane("one", (PaneLine("a", CURVE, 0, True), PaneLine("b", CURVE, 9))),),
        np.array(STEPS, float),
        "step",
        "p",
        (0, 1),
    ),
    PictureRows((PictureRow("input", np.zeros((3, 4, 4, 1))),), ("1", "2", "3"), (0.0, 1.0), "shade"),
    SentenceChart("Nothing is known of a step yet: train, and it is drawn."),
)


@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: chart.kind)
@pytest.mark.parametrize("size", [(900.0, 600.0), (260.0, 180.0)])
def test_all_marks_stand_within_the_chart(chart: Chart, size: tuple[float, float]) -> None:
    drawing = chart.lay_out(*size)
    assert drawing.marks
    for mark in drawing.marks:
        if isinstance(mark, Stroke | Area | Dots):
            assert all(-1 <= x <= size[0] + 1 and -1 <= y <= size[1] + 1 for x, y in mark.points), mark
        elif isinstance(mark, Pixels):
            assert 0 <= mark.x <= mark.x + mark.width <= size[0] + 1
            assert 0 <= mark.y <= mark.y + mark.height <= size[1] + 1
            assert mark.values.dtype == np.uint8
    assert svg_of(chart).count("<title>") == 1
    head, *rows = chart.rows()
    assert rows
    assert {len(row) for row in rows} == {len(head)}


def test_a_moment_of_a_heat_map_reaches_to_the_next_one() -> None:
    values = np.array([[1.0, 2.0, 3.0]])
    chart = HeatChart(values, (0.0, 40.0), (0.0, 1.0), "step", "filter", "distance", ends=(0.0, 3.0), columns=STEPS)
    drawing = chart.lay_out(700, 300)
    (field, _) = [mark for mark in drawing.marks if isinstance(mark, Pixels)]
    row = field.values[0]
    shares = [float((row == level).mean()) for level in np.unique(row)]
    assert shares[0] == pytest.approx(0.25, abs=0.01)
    assert shares[1] == pytest.approx(0.75, abs=0.01)
    middle = field.y + field.height / 2
    for share, words in ((0.1, "step 0 · distance 1"), (0.3, "step 10 · distance 2"), (0.999, "step 10 · distance 2")):
        region = drawing.region_at(field.x + share * field.width, middle)
        assert region is not None
        assert region.words == f"filter 0, {words}"
    region = drawing.region_at(field.x + 0.3 * field.width, middle)
    assert region is not None
    assert region.x == pytest.approx(field.x + field.width * 0.25)
    assert drawing.region_at(field.x - 2, middle) is None


def test_the_first_row_of_a_matrix_stands_below_and_every_cell_answers() -> None:
    values = np.arange(200.0 * 2).reshape(200, 2)
    drawing = HeatChart(values, (0.0, 2.0), (0.0, 200.0), "input", "output", "weight").lay_out(500, 500)
    field = next(mark for mark in drawing.marks if isinstance(mark, Pixels))
    assert field.values[-1, 0] < field.values[0, 0]
    below = drawing.region_at(field.x + 1, field.y + field.height - 0.5)
    above = drawing.region_at(field.x + field.width - 1, field.y + 0.5)
    assert below is not None
    assert above is not None
    assert below.words == "output 0, input 0 · weight 0"
    assert above.words == "output 199, input 1 · weight 399"


def test_the_last_histogram_stands_in_front_and_is_named() -> None:
    chart = EVERY[1]
    drawing = chart.lay_out(600, 400)
    areas = [mark for mark in drawing.marks if isinstance(mark, Area)]
    assert max(y for _, y in areas[-1].points) > max(y for _, y in areas[0].points)
    assert any(isinstance(mark, Label) and mark.text == "step 40" for mark in drawing.marks)
    assert drawing.regions[-1].words == "step 40: most between 0.5 and 1"


def test_many_histograms_are_thinned_and_the_table_holds_all() -> None:
    counts = np.ones((300, 4))
    chart = RidgeChart(tuple(range(300)), np.linspace(0, 1, 5), counts, "weight")
    assert len(chart.lay_out(600, 400).regions) == 16
    assert len(list(chart.rows())) == 1 + 300 * 4


def test_bands_say_what_lies_between() -> None:
    drawing = EVERY[2].lay_out(600, 400)
    region = drawing.region_at(60, 150)
    assert region is not None
    assert region.words == "step 0: median 2, 50 % between 1 and 3, all between 0 and 4"
    assert sum(isinstance(mark, Area) and len(mark.points) == 6 for mark in drawing.marks) == 2


def test_connections_tell_weights_biases_and_names() -> None:
    drawing = EVERY[3].lay_out(500, 300)
    lines = [mark for mark in drawing.marks if isinstance(mark, Stroke)]
    assert [(mark.colour, mark.width) for mark in lines] == [("signed:-1", 2.0), ("signed:1", 4.0)]
    (x0, y0), (x1, y1) = lines[0].points
    region = drawing.region_at(x0 + 0.3 * (x1 - x0), y0 + 0.3 * (y1 - y0) + 2)
    assert region is not None
    assert region.words == "inputs 1 → “cat”: weight −0.5"
    unit = drawing.region_at(x1 + 5, y1)
    assert unit is not None
    assert unit.words == "“cat”: bias 0.2, strongest from inputs 0 (1), inputs 1 (−0.5)"
    assert drawing.region_at(x0 + 0.3 * (x1 - x0), y0 + 60) is None


def test_of_very_many_connections_the_widest_are_drawn_and_that_is_told() -> None:
    weights = np.random.default_rng(0).normal(size=(60, 60))
    drawing = ConnectionsChart((DenseLayer("hidden", weights),)).lay_out(500, 400)
    lines = [mark for mark in drawing.marks if isinstance(mark, Stroke)]
    assert len(lines) == 300
    least = np.sort(np.abs(weights).reshape(-1))[-300] / np.abs(weights).max()
    assert lines[0].width == pytest.approx(4 * least)
    assert any(isinstance(mark, Label) and mark.text == "the 300 widest of 3,600 lines" for mark in drawing.marks)


def test_panes_and_pictures_without_room_are_told() -> None:
    pane = Pane("one", (PaneLine("a", CURVE, 0),))
    many = SmallMultiplesChart((pane,) * 30, np.array(STEPS, float), "step", "p", (0.0, 1.0)).lay_out(420, 250)
    assert any(isinstance(mark, Label) and mark.text.endswith("more have no room") for mark in many.marks)
    rows = PictureRows((PictureRow("input", np.zeros((80, 4, 4, 3))),), (), (0.0, 1.0)).lay_out(420, 250)
    told = next(mark.text for mark in rows.marks if isinstance(mark, Label) and "no room" in mark.text)
    shown = sum(isinstance(mark, Pixels) for mark in rows.marks)
    assert told == f"{80 - shown} more have no room"


def test_a_ninth_line_is_dashed_where_its_colour_comes_again() -> None:
    strokes = [mark for mark in EVERY[4].lay_out(500, 300).marks if isinstance(mark, Stroke)]
    lines = {mark.colour: mark for mark in strokes if mark.colour.startswith("curve")}
    assert lines["curve:9"].dashed
    assert not lines["curve:0"].dashed
    assert lines["curve:0"].width > lines["curve:9"].width


def test_colours_of_signs_are_seen_on_light_and_on_dark_ground() -> None:
    for ground in ("#ffffff", "#1e2128"):
        palette = {"surface": ground, "text": "#000000", "line": "#888888", "accent": "#0000ff"}
        for role in ("signed:1", "signed:-1"):
            assert contrast(read(resolve(role, palette, ())), read(ground)) >= 3.0
        assert resolve("signed:0", palette, ()) == ground
    assert resolve("signed:-2", palette, ()) == resolve("signed:-1", palette, ())
