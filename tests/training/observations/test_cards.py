"""What is observed of all cards of a sheet is what torch gives by a direct computation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from tests.training.nets import deep_sigmoid
from visualnet.compiling.module import compile_project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.figures.charts.levels import LevelChart
from visualnet.figures.charts.marks import Dots
from visualnet.figures.charts.svg import svg_of
from visualnet.figures.ticks import LogScale, extend_log_scale
from visualnet.layers import LAYERS
from visualnet.layers.declaration.spec import Limits, Spec
from visualnet.training.observations.cards.activity import measure_sizes, measure_values
from visualnet.training.observations.cards.declare import CardGradients
from visualnet.training.observations.cards.norms import MOST_KEPT, joint_norm, keep_some
from visualnet.training.observations.cards.saturation import measure_saturation, unit_axis
from visualnet.training.observations.cards.update_ratio import update_ratio
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode, plain_fields

LEVELLING = [tag for tag, kind in LAYERS.items() if kind.family == "activation" and any(kind().limits())]


def test_mean_spread_and_size_are_those_of_numpy() -> None:
    draws = torch.Generator().manual_seed(3)
    values = [
        torch.randn(5, 3, 4, 4, generator=draws) * 7 + 2,
        torch.full((5, 2), -3.0),
        torch.randn(1, generator=draws),
    ]
    found = measure_values(values)
    expected = [(v.mean(), v.std(), (v**2).mean() ** 0.5) for v in (x.numpy().astype(np.float64) for x in values)]
    assert np.allclose(found, expected, atol=1e-5)
    assert measure_values([]).shape == (0, 3)
    huge = torch.full((4,), 3e30)
    assert measure_values([huge])[0, 2] == pytest.approx(3e30, rel=1e-5), "a size overflows only where the values do"
    assert math.isnan(measure_values([torch.tensor([1.0, math.nan])])[0, 0])
    assert measure_sizes([huge, None]).tolist() == pytest.approx([3e30, 0.0], rel=1e-5)


def test_a_relu_unit_that_is_zero_for_every_sample_is_dead() -> None:
    maps = F.relu(torch.randn(6, 4, 3, 3, generator=torch.Generator().manual_seed(1)))
    maps[:, 2] = 0
    maps[5, 2, 0, 0] = 1e-6  # barely alive
    maps[:, 3] = 0
    dead, saturated = measure_saturation(maps, Limits((0.0,)), 1)
    assert dead == 0.25
    assert saturated == (maps == 0).float().mean()
    words = F.relu(torch.randn(6, 5, 8, generator=torch.Generator().manual_seed(2)))
    words[..., 7] = 0
    assert measure_saturation(words, Limits((0.0,)), 2).dead == 1 / 8


def test_tanh_and_sigmoid_saturate_within_a_hundredth_of_their_range() -> None:
    x = torch.linspace(-8, 8, 1001)[:, None]
    for function, limits in ((torch.tanh, (-1.0, 1.0)), (torch.sigmoid, (0.0, 1.0))):
        y = function(x)
        near = 0.01 * (limits[1] - limits[0])
        expected = ((y < limits[0] + near) | (y > limits[1] - near)).float().mean()
        found = measure_saturation(y, Limits((), limits), 1)
        assert found.saturated.item() == pytest.approx(expected.item(), abs=1e-3)
        assert found.dead == 0
    certain = torch.tensor([[40.0, 0, 0], [0, 40, 0]]).softmax(1)
    assert measure_saturation(certain, LAYERS["softmax"]().limits(), 1).saturated == 1


@pytest.mark.parametrize("tag", LEVELLING)
def test_the_limits_that_an_activation_declares_are_those_of_torch(tag: str) -> None:
    """Reached: on a whole stretch, with no slope at all. Approached: far out, with hardly any."""
    layer = LAYERS[tag]()
    x = torch.linspace(-300, 300, 6001, dtype=torch.float64, requires_grad=True)
    if tag in ("softmax", "softmin"):
        y = getattr(F, tag)(torch.stack([x, torch.zeros_like(x)], 1), 1)[:, 0]
    else:
        y = getattr(F, tag if tag != "log_sigmoid" else "logsigmoid")(x, *_arguments(tag))
    (slope,) = torch.autograd.grad(y.sum(), x)
    for value in layer.limits().reached:
        there = y == value
        assert there.sum() > 2 and bool((slope[there].abs()[1:-1] == 0).all()), value
    far = [y.detach()[0].item(), y.detach()[-1].item()]
    for value in layer.limits().approached:
        assert min(abs(end - value) for end in far) < 0.01, value
    for low, high in layer.limits().bands()[len(layer.limits().reached) :]:
        inside = (y >= low) & (y <= high)
        assert float(slope[inside].abs().max()) < 0.11 * float(slope.abs().max())


def _arguments(tag: str) -> tuple[float, ...]:
    return (0.0, 0.0) if tag == "threshold" else ()


def test_limits_follow_the_parameters_and_rectifiers_that_leak_have_none() -> None:
    assert LAYERS["elu"]({"alpha": 2.0}).limits().approached == (-2.0,)
    assert LAYERS["hardtanh"]({"min_val": -3.0, "max_val": 4.0}).limits().reached == (-3.0, 4.0)
    assert LAYERS["relu"]().limits().reached == (0.0,)
    assert not any(LAYERS["leaky_relu"]().limits())
    assert not any(LAYERS["linear"]({"out_features": 3}).limits())


def test_units_are_channels_or_features() -> None:
    assert unit_axis(Spec((6, 28, 28), ("C", "H", "W"))) == 1
    assert unit_axis(Spec((12, 64), ("T", "D"))) == 2
    assert unit_axis(Spec((84,), ("D",))) == 1
    assert unit_axis(Spec((64, 30), ("C", "L"))) == 1


def test_the_norm_of_several_tensors_is_that_of_all_their_numbers() -> None:
    layer = nn.Linear(7, 5)
    everything = torch.cat([p.flatten() for p in layer.parameters()])
    assert joint_norm(list(layer.parameters())).item() == pytest.approx(everything.norm().item(), rel=1e-6)
    assert joint_norm([None, torch.tensor([3.0, 4.0])]).item() == 5
    assert joint_norm([torch.full((4,), 2e-30), torch.full((12,), 2e-30)]).item() == pytest.approx(8e-30, rel=1e-5)
    assert joint_norm([]).item() == joint_norm([None]).item() == 0


def test_the_update_is_what_an_optimizer_did_in_a_step() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(7, 5)
    optimizer = torch.optim.SGD(layer.parameters(), 0.1)
    before = keep_some(list(layer.parameters()))
    start = torch.cat([p.detach().flatten() for p in layer.parameters()])
    layer(torch.randn(9, 7)).square().mean().backward()
    step = torch.cat([p.grad.flatten() for p in layer.parameters() if p.grad is not None]) * 0.1
    optimizer.step()
    after = keep_some(list(layer.parameters()))
    assert update_ratio(before, after) == pytest.approx((step.norm() / start.norm()).item(), rel=1e-4)
    assert math.isnan(update_ratio(before, after[:-1]))


def test_of_many_weights_the_same_ones_are_kept_and_tell_nearly_the_same() -> None:
    torch.manual_seed(0)
    large = nn.Linear(200, 100)
    kept = keep_some(list(large.parameters()))
    everything = torch.cat([p.detach().flatten() for p in large.parameters()]).numpy()
    assert len(kept) == MOST_KEPT and kept[0] == everything[0] and kept[-1] == everything[-1]
    moved = everything + 0.001 * np.sign(everything)
    with torch.no_grad():
        for p in large.parameters():
            p += 0.001 * p.sign()
    exact = np.linalg.norm(moved - everything) / np.linalg.norm(everything)
    assert update_ratio(kept, keep_some(list(large.parameters()))) == pytest.approx(exact, rel=0.1)
    assert not keep_some([]).size


def test_gradients_of_a_deep_sigmoid_network_vanish_and_are_those_of_backward() -> None:
    project = deep_sigmoid()
    model, data = compile_project(project, seed=0), load(project.data)
    context = ObservationContext(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))
    context.aim(0)
    with in_evaluation_mode(model), torch.no_grad():
        found = CardGradients({"samples": 16}).compute(context, ((), ""))
        batch = context.batch(context.places(16))
    by_hand: list[torch.Tensor] = [batch["image"].flatten(1)]
    weights = [m for m in model.net.modules() if isinstance(m, nn.Linear)]
    copies = [(m.weight.detach().clone().requires_grad_(), m.bias.detach().clone().requires_grad_()) for m in weights]
    for at, (weight, bias) in enumerate(copies):
        by_hand.append(F.linear(by_hand[-1], weight, bias))
        by_hand[-1].retain_grad()
        if at < len(copies) - 1:
            by_hand.append(torch.sigmoid(by_hand[-1]))
            by_hand[-1].retain_grad()
    F.cross_entropy(by_hand[-1], batch["label"]).backward()
    expected = [v.grad.square().mean().sqrt().item() for v in by_hand[1:] if v.grad is not None]
    sizes = found.arrays["size"][-len(expected) :]
    assert np.allclose(sizes, expected, rtol=1e-4, atol=0)
    norms = [
        float((w.grad.square().sum() + b.grad.square().sum()).sqrt())
        for w, b in copies
        if w.grad is not None and b.grad is not None
    ]
    assert np.allclose(found.arrays["weights"], norms, rtol=1e-4, atol=0)
    assert norms == sorted(norms) and norms[0] < norms[-1] / 1000, "what vanishes does so on the way to the first layer"
    assert all(p.grad is None for p in model.objective.parameters())


def test_a_chart_of_levels_tells_of_all_layers_and_stands_in_any_size() -> None:
    chart = LevelChart(("a", "b", "c"), (("", (1e-6, math.nan, 1.0)),), "size")
    drawing = chart.lay_out(400, 300)
    (dots,) = (mark for mark in drawing.marks if isinstance(mark, Dots))
    assert len(dots.points) == 2
    assert dots.points[1][0] > dots.points[0][0] + 100 and dots.points[1][1] > dots.points[0][1]
    assert "10⁻²" in svg_of(chart) and list(chart.rows())[2][0] == "b"
    assert "more in the table" in str(LevelChart(("x",) * 90, (("", (1.0,) * 90),), "size").lay_out(200, 100).marks)


def test_a_logarithmic_scale_grows_and_never_shrinks() -> None:
    assert extend_log_scale(None, [0.0, math.nan]) is None
    scale = extend_log_scale(None, [0.02, 0.05])
    assert scale == LogScale(-5, -1), "at least four decades: no trouble is seen where there is none"
    assert extend_log_scale(scale, [0.03]) == scale
    wide = extend_log_scale(scale, [1e-20, 1e3])
    assert wide == LogScale(-5, 3), "at most eight"
    assert [wide.share(v) for v in (0.0, 1e-9, 1e-1, 1e3, math.inf, math.nan)] == [0, 0, 0.5, 1, 1, 1]
