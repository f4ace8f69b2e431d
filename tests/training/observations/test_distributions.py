"""What is told of how numbers are spread is what NumPy and torch say of the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from msgspec.structs import replace
from torch import nn

from tests.training.nets import lenet, small
from tests.training.observations.watched import Watched, watch
from visualnet.figures.charts.observed.heat import HeatChart
from visualnet.figures.charts.observed.sentence import SentenceChart
from visualnet.figures.charts.observed.spread.bands import QuantileBandChart
from visualnet.figures.charts.observed.spread.ridge import RidgeChart, common_histograms
from visualnet.training.observations.distributions.summary import QUANTILES, summarise, thin, update_ratios
from visualnet.training.observations.observation import OBSERVATIONS, CannotObserve

WEIGHT = (("n2",), "weight")


def objective_loss(found: Watched, places: np.ndarray) -> torch.Tensor:
    """The loss of samples, computed by the network itself in use mode."""
    data = found.data
    batch = {
        "image": torch.from_numpy((data.whole("image")[places] - data.mean["image"]) / data.std["image"]),
        "label": torch.from_numpy(data.whole("label")[places]),
    }
    found.model.objective.eval()
    loss: torch.Tensor = found.model.objective(*(batch[name] for name in found.model.fields))["loss"]
    return loss


def test_a_summary_is_the_histogram_and_the_quantiles() -> None:
    numbers = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    numbers[:500] = 0.0
    numbers[500:503] = [np.nan, np.inf, -np.inf]
    found = summarise(numbers)
    assert found is not None
    finite = torch.from_numpy(numbers[np.isfinite(numbers)])
    counts = torch.histc(finite, 60, float(finite.min()), float(finite.max()))
    assert np.abs(found["counts"] - counts.numpy()).sum() <= 4, "torch rounds edges otherwise: single numbers move over"
    assert found["counts"].sum() == len(finite)
    assert np.allclose(found["quantiles"], torch.quantile(finite, torch.tensor(QUANTILES)), atol=1e-6)
    assert found["mean"] == pytest.approx(finite.double().mean().item())
    assert found["std"] == pytest.approx(finite.double().std(correction=0).item())
    assert found["zeros"] == pytest.approx(500 / len(finite))
    assert found["bad"] == 3
    assert summarise(np.array([np.nan])) is None
    one = summarise(np.full(7, 2.0))
    assert one is not None
    assert one["counts"].sum() == 7
    assert len(thin(torch.zeros(50_001))) <= 20_000
    assert torch.equal(thin(torch.arange(10.0), 4), torch.tensor([0.0, 3.0, 6.0, 9.0]))


def test_histograms_of_different_edges_keep_their_counts_on_common_ones() -> None:
    draw = np.random.default_rng(1)
    several = [np.histogram(draw.normal(i, 1 + i, 1000), 30) for i in range(3)]
    edges, counts = common_histograms(several, 50)
    assert np.allclose(counts.sum(1), 1000)
    same = np.histogram(draw.normal(size=100), 10, (-4, 4))
    edges, counts = common_histograms([same, same], 10)
    assert np.allclose(edges, same[1])
    assert np.allclose(counts[0], same[0])


def test_gradients_are_those_of_the_loss_and_the_trainings_own_are_left_alone() -> None:
    found = watch(small(dropout=0.5))
    subject = (("n3",), "weight")
    made, result = found.look("gradient_spread", subject, {"samples": 20})
    layer = next(m for m in found.model.net.modules() if isinstance(m, nn.Linear))
    assert layer.weight.grad is None
    objective_loss(found, found.context.places(20, "train")).backward()
    assert layer.weight.grad is not None
    expected = summarise(layer.weight.grad.numpy())
    assert expected is not None
    assert np.allclose(result.arrays["quantiles"], expected["quantiles"], atol=1e-7)
    assert float(result.arrays["std"]) == pytest.approx(float(expected["std"]), rel=1e-4)
    assert isinstance(made.draw(result, [(0, result)]), RidgeChart)


def test_a_frozen_weight_has_no_gradient_and_says_so() -> None:
    project = small()
    nodes = {i: replace(n, trainable=i != "n3") for i, n in project.graph.nodes.items()}
    frozen = watch(replace(project, graph=replace(project.graph, nodes=nodes)))
    with pytest.raises(CannotObserve, match="frozen"):
        frozen.look("gradient_spread", (("n3",), "weight"))


def test_weights_and_activations_are_counted_as_they_are() -> None:
    found = watch(lenet())
    conv = next(m for m in found.model.net.modules() if isinstance(m, nn.Conv2d))
    _, weights = found.look("weight_spread", WEIGHT)
    assert np.array_equal(weights.arrays["counts"], np.histogram(conv.weight.detach().numpy(), 60)[0])
    _, active = found.look("activation_spread", (("n2",), "features"), {"samples": 4})
    data, places = found.data, found.context.places(4)
    images = torch.from_numpy((data.whole("image")[places] - data.mean["image"]) / data.std["image"])
    with torch.no_grad():
        values = conv(images)
    assert values.numel() == 18_816
    assert np.allclose(active.arrays["quantiles"], np.quantile(values.numpy(), QUANTILES), atol=1e-5)
    relu, result = found.look("activation_spread", (("n3",), "y"))
    assert float(result.arrays["zeros"]) > 0.1
    chart = relu.draw(result, [(0, result)])
    assert isinstance(chart, RidgeChart)
    assert chart.note.endswith("% exactly zero")


def test_updates_are_what_the_optimizer_moved_in_parts_of_the_weights() -> None:
    found = watch(small())
    subject = (("n3",), "weight")
    layer = next(m for m in found.model.net.modules() if isinstance(m, nn.Linear))
    made, before = found.look("update_spread", subject)
    assert isinstance(made.draw(before, [(10, before)]), SentenceChart)
    start = layer.weight.detach().clone()
    objective_loss(found, found.context.places(20, "train")).backward()
    gradient = layer.weight.grad
    assert gradient is not None
    gradient[:8] = 0.0  # a quarter of the units does not learn
    with torch.no_grad():
        layer.weight.sub_(0.1 * gradient)
    _, after = found.look("update_spread", subject)
    size = start.double().square().mean().sqrt()
    expected = torch.log10((0.1 * gradient.double().abs() / size).clamp(min=1e-8)).flatten().numpy()
    ratios = update_ratios(after.arrays["weights"], before.arrays["weights"])
    # Where a weight hardly moves, what float32 can tell of it is little.
    clear = expected > -4
    assert clear.sum() > 100
    assert np.allclose(ratios[clear], expected[clear], atol=0.01)
    after = after._replace(arrays={**after.arrays, "before weights": before.arrays["weights"]})
    chart = made.draw(after, [(10, before), (11, after)])
    assert isinstance(chart, RidgeChart)
    assert chart.steps == (11,)
    assert chart.note == "25 % did not move"
    assert chart.counts.sum() == pytest.approx(24 * 64, abs=1)
    later = made.draw(after, [(10, before), (200, after)])
    assert isinstance(later, RidgeChart)
    assert np.array_equal(later.edges, chart.edges), "however long ago the look before was"


def test_the_three_pictures_tell_the_same_numbers() -> None:
    found = watch(lenet())
    history = []
    conv = next(m for m in found.model.net.modules() if isinstance(m, nn.Conv2d))
    for step in (0, 4, 20):
        _, result = found.look("weight_spread", WEIGHT)
        history.append((step, result))
        with torch.no_grad():
            conv.weight.mul_(2.0)
    kind = OBSERVATIONS["weight_spread"]
    ridges = kind({"picture": "ridges"}).draw(result, history)
    heat = kind({"picture": "heat map"}).draw(result, history)
    bands = kind({"picture": "bands"}).draw(result, history)
    assert isinstance(ridges, RidgeChart)
    assert isinstance(heat, HeatChart)
    assert isinstance(bands, QuantileBandChart)
    assert ridges.steps == heat.columns == bands.steps == (0, 4, 20)
    assert np.allclose(heat.values, (ridges.counts / 150).T)
    assert np.allclose(bands.quantiles[2], 4 * bands.quantiles[0], rtol=1e-5)
    assert ridges.edges[-1] == pytest.approx(result.arrays["quantiles"][-1])
