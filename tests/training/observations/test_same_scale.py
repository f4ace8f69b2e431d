"""Frames of one picture have one scale, unless a scale of its own is asked for each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from visualnet.figures.charts.marks import Chart
from visualnet.training.observations.observation import Result, find_observations

RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(3, 4, 4)).astype(np.float32)
UNIT = {"chosen": np.zeros(2, np.int64), "place_axes": np.array(0), "channel": np.array(0), "around": MAPS[0]}
PART_WORDS = {"kinds": ("image",), "titles": ("x",), "names_0": ()}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "values": ({"values": MAPS}, {}),
    "class_difference": ({"first": MAPS, "second": np.zeros_like(MAPS)}, {"classes": ("a", "b")}),
    "unit_regions": ({"regions": MAPS}, {}),
    "state_over_time": ({"values": MAPS[0]}, {}),
    "deconvnet": ({"map_0": MAPS[0], "sample_0": MAPS[0]}, PART_WORDS),
    "guided_backpropagation": ({"map_0": MAPS[0], "sample_0": MAPS[0]}, PART_WORDS),
}


def result_of(name: str, factor: float) -> Result:
    arrays, words = CASES[name]
    scaled = {key: array * np.float32(factor) for key, array in arrays.items()}
    if name == "unit_regions":
        scaled |= {"low": np.zeros(2), "high": np.ones(2)}
    return Result(scaled | (UNIT if words is PART_WORDS else {}), words)


def ends_of(chart: Chart) -> tuple[float, float]:
    if hasattr(chart, "panels"):
        return chart.panels[0].low, chart.panels[0].high
    if hasattr(chart, "charts"):
        return ends_of(chart.charts[1])
    assert hasattr(chart, "low") and hasattr(chart, "high")
    return chart.low, chart.high


@pytest.mark.parametrize("name", CASES)
def test_a_weak_frame_has_the_scale_of_the_strong_one_before(name: str) -> None:
    kind = find_observations()[name]
    strong, weak = result_of(name, 10.0), result_of(name, 1.0)
    alone = ends_of(kind().draw(strong, [(0, strong)]))
    assert ends_of(kind().draw(weak, [(0, strong), (5, weak)])) == pytest.approx(alone)
    own = ends_of(kind({"scale": "picture"}).draw(weak, [(0, strong), (5, weak)]))
    assert own == pytest.approx(tuple(end / 10 for end in alone))
    assert "scale" in kind.drawn_by, "no look is lost by it"
