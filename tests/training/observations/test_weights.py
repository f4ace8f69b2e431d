"""Filters, their travel, matrices and connections are the weights themselves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.training.nets import lenet, mlp, points
from tests.training.observations.watched import watch
from visualnet.analysis import infer
from visualnet.figures.charts.marks import Stroke
from visualnet.figures.charts.observed.connections import ConnectionsChart
from visualnet.figures.charts.observed.heat import HeatChart
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.charts.tiles import TilesChart
from visualnet.training.observations.observation import NETWORK, OBSERVATIONS, find_observations
from visualnet.training.observations.weights.chains import dense_chains
from visualnet.training.observations.weights.filters import distance_moved, filter_bank, flat_kernels

FIRST, SECOND = (("n2",), "weight"), (("n5",), "weight")


@pytest.mark.parametrize("groups", [1, 2])
def test_a_transposed_convolution_has_its_filters_by_output_too(groups: int) -> None:
    torch.manual_seed(0)
    layer = nn.ConvTranspose2d(4, 6, 3, groups=groups, bias=False)
    bank = filter_bank(layer.weight, True, groups).detach()
    assert bank.shape == (6, 4 // groups, 3, 3)
    for channel in range(4):
        impulse = torch.zeros(1, 4, 1, 1)
        impulse[0, channel] = 1.0
        answer = layer(impulse)[0].detach()  # an impulse is answered by the kernels that it is multiplied with
        group, within = divmod(channel, 4 // groups)
        outputs = slice(group * 6 // groups, (group + 1) * 6 // groups)
        assert torch.equal(bank[outputs, within], answer[outputs])
    plain = nn.Conv2d(4, 6, 3, groups=groups)
    assert filter_bank(plain.weight, False, groups) is plain.weight


def test_kernels_of_lines_and_volumes_are_pictures_too() -> None:
    assert flat_kernels(torch.zeros(4, 3, 5)).shape == (4, 3, 1, 5)
    volume = torch.arange(24.0).reshape(1, 1, 2, 3, 4)
    assert torch.equal(flat_kernels(volume)[0, 0], torch.cat([volume[0, 0, 0], volume[0, 0, 1]], 1))


def test_filters_are_the_weights_and_how_they_moved_is_their_difference() -> None:
    found = watch(lenet())
    conv = next(m for m in found.model.net.modules() if isinstance(m, nn.Conv2d))
    made, before = found.look("filters", FIRST)
    assert np.array_equal(before.arrays["filters"], conv.weight.detach().numpy())
    chart = made.draw(before, [(0, before)])
    assert isinstance(chart, TilesChart)
    assert np.array_equal(chart.maps, conv.weight.detach().numpy()[:, 0])
    start = conv.weight.detach().clone()
    torch.manual_seed(1)
    with torch.no_grad():
        conv.weight.add_(torch.randn_like(conv.weight) * torch.arange(6.0)[:, None, None, None])
    made, after = found.look("filters", FIRST, {"compare": "first"})
    chart = made.draw(after, [(0, before), (9, after)])
    assert isinstance(chart, TilesChart)
    assert np.allclose(chart.maps, (conv.weight - start).detach().numpy()[:, 0], atol=1e-6)
    assert "moved by 0" in chart.words[0]
    moved = [(conv.weight[i] - start[i]).detach().norm().item() for i in range(6)]
    assert np.allclose(distance_moved(conv.weight.detach(), start), moved)
    travel, one = found.look("filter_travel", FIRST)
    with torch.no_grad():
        conv.weight.copy_(start)
    _, zero = found.look("filter_travel", FIRST)
    heat = travel.draw(one, [(0, zero), (9, one)])
    assert isinstance(heat, HeatChart)
    assert np.allclose(heat.values[:, 1], moved, atol=1e-5)
    assert np.array_equal(heat.values[:, 0], np.zeros(6))


def test_filters_with_several_inputs_are_rows_means_or_one_input() -> None:
    found = watch(lenet())
    weight = [m for m in found.model.net.modules() if isinstance(m, nn.Conv2d)][1].weight.detach().numpy()
    made, result = found.look("filters", SECOND)
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, PictureRows)
    assert len(chart.lines) == 6
    assert np.array_equal(chart.lines[2].images[..., 0], weight[:, 2])
    _, mean = found.look("filters", SECOND, {"show": "mean"})
    assert np.allclose(mean.arrays["filters"][:, 0], weight.mean(1), atol=1e-7)
    _, single = found.look("filters", SECOND, {"show": "input", "input": 4})
    assert np.array_equal(single.arrays["filters"][:, 0], weight[:, 4])
    colours = OBSERVATIONS["filters"]().draw(result._replace(arrays={"filters": weight[:, :3]}), [])
    assert isinstance(colours, TilesChart)
    assert colours.is_rgb
    assert colours.maps[0].min() < 128 < colours.maps[0].max()


def test_a_weight_is_seen_as_a_matrix_with_outputs_upward() -> None:
    found = watch(lenet())
    weight = next(m for m in found.model.net.modules() if isinstance(m, nn.Linear)).weight.detach().numpy()
    made, result = found.look("weight_matrix", (("n9",), "weight"))
    assert weight.shape == (120, 400)
    assert np.array_equal(result.arrays["matrix"], weight[:, ::4])
    assert result.note == "Large: every 4th column is shown."
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, HeatChart)
    assert (chart.x, chart.y) == ((0.0, 400.0), (0.0, 120.0))
    _, bias = found.look("weight_matrix", (("n9",), "bias"))
    assert bias.arrays["matrix"].shape == (1, 120)


def test_connections_are_drawn_by_sign_and_size_with_their_numbers() -> None:
    found = watch(points())
    layers = [m for m in found.model.net.modules() if isinstance(m, nn.Linear)]
    made, result = found.look("connections")
    for i, layer in enumerate(layers):
        assert np.array_equal(result.arrays[f"weight{i}"], layer.weight.detach().numpy())
        assert np.array_equal(result.arrays[f"bias{i}"], layer.bias.detach().numpy())
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, ConnectionsChart)
    drawing = chart.lay_out(600, 400)
    lines = [m for m in drawing.marks if isinstance(m, Stroke)]
    first = layers[0].weight.detach().numpy()
    most = max(np.abs(layer.weight.detach().numpy()).max() for layer in layers)
    seen = np.abs(first) / most >= 0.01
    second = layers[1].weight.detach().numpy()
    both = np.concatenate([first[seen], second[np.abs(second) / most >= 0.01]])
    assert [m.colour for m in lines].count("signed:1") == (both > 0).sum()
    assert len(lines) == len(both)
    assert max(m.width for m in lines) == pytest.approx(4.0)
    value = f"{first[3, 1]:.3g}".replace("-", "−")
    told = set()
    for line in lines:
        (x0, y0), (x1, y1) = line.points
        region = drawing.region_at(x0 + 0.4 * (x1 - x0), y0 + 0.4 * (y1 - y0))
        assert region is not None
        told.add(region.words)
    assert f"inputs 1 → linear_0 3: weight {value}" in told


def test_only_rows_of_small_dense_layers_have_lines() -> None:
    assert dense_chains(infer(points())) == [(("n2",), ("n4",))]
    chains = dense_chains(infer(mlp()))
    assert chains == [(("n5",), ("n7",))], "the layer of 784 inputs is left out"
    kinds = find_observations()
    assert kinds["connections"].subjects(infer(mlp())) == [NETWORK]
    assert not kinds["connections"].subjects(infer(lenet()))
    assert not kinds["filters"].subjects(infer(mlp()))
    assert kinds["filters"].subjects(infer(lenet())) == [FIRST, SECOND]
