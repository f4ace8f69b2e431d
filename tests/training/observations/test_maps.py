"""Feature maps, differences of classes and regions of units are what torch computes directly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.training.nets import lenet, line, points
from tests.training.observations.watched import Watched, watch
from visualnet.analysis import infer
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.charts.observed.small_multiples import SmallMultiplesChart
from visualnet.figures.charts.tiles import TilesChart
from visualnet.training.observations.maps import stacks
from visualnet.training.observations.observation import OBSERVATIONS, CannotObserve, find_observations

CONV = (("n2",), "features")


def images_of(found: Watched, places: list[int]) -> torch.Tensor:
    """Samples as the network is given them, normalised by hand."""
    data = found.data
    return torch.from_numpy((data.whole("image")[places] - data.mean["image"]) / data.std["image"])


def first_convolution(found: Watched) -> nn.Conv2d:
    return next(m for m in found.model.net.modules() if isinstance(m, nn.Conv2d))


def test_feature_maps_of_several_samples_are_what_the_convolution_gives_in_the_order_of_activity() -> None:
    found = watch(lenet(), sample=3)
    made, result = found.look("feature_maps", CONV, {"samples": 3, "order": "activity"})
    places = result.arrays["places"].tolist()
    assert places[0] == found.data.validation[3]
    assert len(set(places)) == 3
    with torch.no_grad():
        maps = first_convolution(found)(images_of(found, places)).numpy()
    assert np.allclose(result.arrays["maps"], maps, atol=1e-5)
    activity = np.abs(maps).mean((0, 2, 3))
    assert np.allclose(result.arrays["activity"], activity, atol=1e-6)
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, PictureRows)
    order = np.argsort(-activity, kind="stable")
    assert chart.columns == tuple(map(str, order))
    assert np.array_equal(chart.lines[1].images[..., 0], result.arrays["maps"][1, order])
    one, alone = found.look("feature_maps", CONV, {"channel": 4})
    chart = one.draw(alone, [(0, alone)])
    assert isinstance(chart, TilesChart)
    assert np.array_equal(chart.maps, alone.arrays["maps"][0, 4:5])


def test_maps_are_held_against_an_earlier_step_and_frames_can_share_their_scale() -> None:
    found = watch(lenet())
    history = []
    for step in range(4):
        made, result = found.look("feature_maps", CONV, {"compare": "before", "back": 2})
        history.append((step, result))
        with torch.no_grad():
            first_convolution(found).weight.mul_(0.5)
    maps = [one.arrays["maps"][0] for _, one in history]
    chart = made.draw(result, history)
    assert isinstance(chart, TilesChart)
    assert np.allclose(chart.maps, maps[3] - maps[1])
    assert chart.unit == "since 1"
    first = OBSERVATIONS["feature_maps"]({"compare": "first"}).draw(result, history)
    assert isinstance(first, TilesChart)
    assert np.allclose(first.maps, maps[3] - maps[0])
    alone = OBSERVATIONS["feature_maps"]({"scale": "picture"}).draw(result, history)
    together = OBSERVATIONS["feature_maps"]().draw(result, history)
    assert isinstance(alone, TilesChart)
    assert isinstance(together, TilesChart)
    assert alone.high == pytest.approx(np.abs(maps[3]).max())
    assert together.high == pytest.approx(np.abs(maps[0]).max())
    assert together.low == -together.high


def test_activations_of_every_rank_become_maps() -> None:
    assert stacks.as_stack(torch.arange(2.0)).shape == (2, 1, 1, 1)
    assert stacks.as_stack(torch.zeros(2, 5)).shape == (2, 1, 1, 5)
    assert stacks.as_stack(torch.zeros(2, 7, 5)).shape == (2, 1, 7, 5)
    assert stacks.as_stack(torch.zeros(2, 3, 4, 6, 5)).shape == (2, 3, 24, 5)
    assert stacks.thin_stack(torch.zeros(1, 300, 130, 64)).shape == (1, 256, 44, 64)


def test_the_difference_of_two_classes_is_that_of_their_mean_maps() -> None:
    found = watch(lenet())
    made, result = found.look("class_difference", CONV, {"first": "3", "second": "8", "samples": 5})
    labels, searched = found.data.whole("label"), found.context.places(384)
    means = []
    for label in (3, 8):
        places = [int(place) for place in searched if labels[place] == label][:5]
        with torch.no_grad():
            means.append(first_convolution(found)(images_of(found, places)).mean(0).numpy())
    assert np.allclose(result.arrays["first"], means[0], atol=1e-5)
    assert np.allclose(result.arrays["second"], means[1], atol=1e-5)
    assert result.note == "5 samples of “3” and 5 of “8”."
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, TilesChart)
    order = np.argsort(-np.abs(means[0] - means[1]).mean((1, 2)), kind="stable")
    assert chart.titles == tuple(map(str, order))
    assert np.allclose(chart.maps, (means[0] - means[1])[order], atol=1e-5)
    with pytest.raises(CannotObserve, match="no class “no such”"):
        found.look("class_difference", CONV, {"first": "no such"})


def test_each_unit_has_its_region_of_the_plane_or_its_curve() -> None:
    found = watch(points())
    made, result = found.look("unit_regions", (("n3",), "y"))
    regions, low, high = result.arrays["regions"], result.arrays["low"], result.arrays["high"]
    assert regions.shape == (16, 40, 40)
    xs, ys = (np.linspace(low[i], high[i], 40) for i in (0, 1))
    place = (np.array([[xs[30], ys[2]]], np.float32) - found.data.mean["point"]) / found.data.std["point"]
    layers = [m for m in found.model.net.modules() if isinstance(m, nn.Linear)]
    with torch.no_grad():
        units = torch.tanh(layers[0](torch.from_numpy(place.astype(np.float32))))[0].numpy()
    assert np.allclose(regions[:, 40 - 1 - 2, 30], units, atol=1e-4), "the lowest row of the plane stands below"
    assert isinstance(made.draw(result, [(0, result)]), TilesChart)
    curve = watch(line())
    made, result = curve.look("unit_regions", (("n3",), "y"))
    assert result.arrays["regions"].shape == (32, 200)
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, SmallMultiplesChart)
    assert chart.x[0] == pytest.approx(result.arrays["low"][0])
    assert np.array_equal(chart.panes[5].lines[0].y, result.arrays["regions"][5])


def test_networks_without_what_is_needed_have_no_subjects() -> None:
    kinds = find_observations()
    images, curve = infer(lenet()), infer(line())
    assert not kinds["unit_regions"].subjects(images)
    assert not kinds["class_difference"].subjects(curve)
    assert (("n2",), "features") in kinds["class_difference"].subjects(images)
