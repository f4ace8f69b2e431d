"""What is watched is what flows there, within the budget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from tests.training.nets import lenet, line, points, small
from visualnet.compiling.module import Model, compile_project
from visualnet.core.process.mailbox import Mailbox
from visualnet.data.loading import Loaded, load
from visualnet.data.tensors import Tensors
from visualnet.training.control import ProbePort, ProbeRequest
from visualnet.training.events import ProbeReport
from visualnet.training.observations.context import plain_fields
from visualnet.training.probes import Probe


def look(model: Model, data: Loaded, ports: Sequence[ProbePort], sample: int = 0, grid: bool = False) -> ProbeReport:
    """One look at a network that is not being trained."""
    probe = Probe(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))
    return probe.look(ProbeRequest(tuple(ports), sample, 1.0, grid), 0)


def test_what_is_watched_is_what_the_layer_gives() -> None:
    project = lenet()
    model, data = compile_project(project, seed=0), load(project.data)
    seen = look(model, data, [(("n2",), "features"), (("n13",), "y")], sample=7)
    image = torch.from_numpy((data.whole("image") - data.mean["image"]) / data.std["image"])[data.validation[7]][None]
    conv = next(m for m in model.net.modules() if isinstance(m, torch.nn.Conv2d))
    model.net.eval()
    with torch.no_grad():
        maps, answer = conv(image)[0].numpy(), model.net(image)
    (first, logits) = seen.arrays.values()
    assert first.dtype == np.float32
    assert np.allclose(first, maps, atol=1e-6)
    assert np.allclose(logits, answer[0].numpy(), atol=1e-5)
    assert np.allclose(seen.outputs["answer"], answer.softmax(1)[0].numpy(), atol=1e-6)
    assert np.array_equal(seen.fields["image"], data.whole("image")[data.validation[7]])
    assert seen.fields["label"] == data.whole("label")[data.validation[7]]


def test_a_sample_beyond_the_last_is_the_last_and_lost_ports_are_left_out() -> None:
    project = small()
    model, data = compile_project(project, seed=0), load(project.data)
    seen = look(model, data, [(("n3",), "y"), (("n99",), "y"), (("n3",), "no")], sample=10**9)
    assert seen.sample == len(data.validation) - 1
    assert list(seen.arrays) == [(("n3",), "y")]


def test_points_have_a_plane_of_probabilities_and_curves_a_line() -> None:
    project = points()
    model, data = compile_project(project, seed=0), load(project.data)
    grid = look(model, data, [], grid=True).grid
    assert grid is not None
    assert grid.values.shape == (2, 64, 64)
    assert grid.share
    assert np.allclose(grid.values.sum(0), 1, atol=1e-5)
    assert (np.array(grid.low) < data.whole("point").min(0)).all()
    xs, ys = (np.linspace(grid.low[i], grid.high[i], 64) for i in (0, 1))
    place = (np.array([[xs[50], ys[3]]], np.float32) - data.mean["point"]) / data.std["point"]
    expected = model.net(torch.from_numpy(place.astype(np.float32))).softmax(1)[0].detach().numpy()
    assert np.allclose(grid.values[:, 3, 50], expected, atol=1e-4)
    project = line()
    curve = look(compile_project(project, seed=0), load(project.data), [], grid=True).grid
    assert curve is not None
    assert curve.values.shape == (1, 256)
    assert not curve.share
    project = small()
    assert look(compile_project(project, seed=0), load(project.data), [], grid=True).grid is None


def test_looking_leaves_the_generator_and_the_mode_alone() -> None:
    project = small(dropout=0.5)
    model, data = compile_project(project, seed=0), load(project.data)
    model.objective.train()
    state = torch.default_generator.get_state()
    look(model, data, [(("n5",), "y")])
    assert torch.equal(state, torch.default_generator.get_state())
    assert all(module.training for module in model.objective.modules())


@pytest.mark.parametrize(("budget", "least_s"), [(0.05, 19), (0.5, 1)])
def test_the_next_look_waits_until_the_budget_allows_it(
    budget: float, least_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from visualnet.training import probes

    project = small()
    model, data = compile_project(project, seed=0), load(project.data)
    probe = Probe(model, data, Tensors(data, model.fields, torch.device("cpu")))
    now = [100.0]

    def clock() -> float:
        now[0] += 1.0
        return now[0]

    monkeypatch.setattr(probes.time, "perf_counter", clock)
    request = ProbeRequest(((("n3",), "y"),), 0, budget)
    assert probe.due(request, now[0])
    cost = probe.look(request, 0).cost_s
    assert cost >= 1.0
    assert not probe.due(request, now[0] + cost * least_s - 0.5)
    assert probe.due(request, now[0] + cost * least_s + 0.5)
    assert probe.due(request._replace(sample=1), now[0]), "another sample is looked at once"


def test_a_copy_of_the_weights_is_not_displaced_by_a_newer_look() -> None:
    box = Mailbox()
    box.put(ProbeReport(step=1, sample=0, arrays={}, copy=1, weights={"w": 1}))
    box.put(ProbeReport(step=2, sample=0, arrays={}, copy=1))
    box.put(ProbeReport(step=3, sample=0, arrays={}, copy=1))
    assert [(seen.step, seen.weights is not None) for seen in box.drain()] == [(1, True), (3, False)]
