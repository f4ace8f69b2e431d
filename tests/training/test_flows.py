"""Normalizing flows trained: the first batch sets ActNorm, a run goes on to the bit, likelihoods rise, what is seen is computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from tests.training.observations.watched import watch
from tests.training.test_session import train, values
from visualnet.compiling.extra_modules import ActNorm
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.figures.charts.generated.clouds import CloudChart
from visualnet.figures.charts.surfaces.density import DensityChart
from visualnet.resources import resource
from visualnet.training.generating.method import find_methods, find_place
from visualnet.training.generating.results import GeneratedImages, GeneratedPoints
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.observations.normalizing_flows.reading import flow_at, invertible_flows, stages
from visualnet.training.observations.observation import find_observations
from visualnet.training.runs.run_model import create_run


def template(name: str, epochs: int, points: int = 400) -> Project:
    """A shipped flow, briefly trained."""
    project = project_file.load(resource("templates", f"{name}.vnet"))
    data = project.data
    if data.name == "points":
        data = replace(data, options={**data.options, "n": points})
    return replace(project, data=data, recipe=replace(project.recipe, epochs=epochs, seed=3))


def test_the_first_batch_in_training_sets_actnorm_once() -> None:
    torch.manual_seed(0)
    norm = ActNorm(3)
    first, second = 5 + 2 * torch.randn(64, 3, 4, 4), torch.randn(8, 3, 4, 4)
    norm.eval()
    torch.testing.assert_close(norm(first)[0], first)
    norm.train()
    y, log_det = norm(first)
    assert y.mean((0, 2, 3)).abs().max() < 1e-5
    assert (y.std((0, 2, 3), correction=0) - 1).abs().max() < 1e-4
    torch.testing.assert_close(log_det, (16 * norm.log_scale.sum()).expand(64))
    kept = norm.bias.clone()
    norm(second)
    assert torch.equal(norm.bias, kept)
    again = ActNorm(3)
    again.load_state_dict(norm.state_dict())
    again.train()(second)
    assert torch.equal(again.bias, kept), "what was set is part of the checkpoint"


def test_the_likelihood_rises_and_a_run_goes_on_to_the_bit(tmp_path: Path) -> None:
    whole = values(train(template("realnvp-points", 4)))
    # The rate follows the length of the run: the first half of another one is not the first half of this.
    constant = template("realnvp-points", 4)
    steady = replace(constant, recipe=replace(constant.recipe, schedule="constant"))
    halves = tmp_path / "halves"
    create_run(steady, halves)
    train(replace(steady, recipe=replace(steady.recipe, epochs=2)), halves)
    resumed = values(train(steady, halves, resume=True))
    assert resumed == values(train(steady))[-len(resumed) :]
    assert np.mean(whole[-4:]) < whole[0] - 0.2


def test_the_density_is_the_likelihood_and_adds_up_to_one() -> None:
    found = watch(template("realnvp-points", 1))
    find_observations()
    (flow,) = invertible_flows(found.model.analysis)
    made, result = found.look("flow_density", ((flow.latent.node,), flow.latent.port), {"cells": 100})
    arrays = result.arrays
    area = (arrays["x"][1] - arrays["x"][0]) * (arrays["y"][1] - arrays["y"][0])
    corner = torch.tensor([[arrays["x"][7], arrays["y"][60]]], dtype=torch.float32)
    with in_evaluation_mode(found.model), torch.no_grad():
        told = -float(found.model.objective(corner)["loss"])
        box = torch.linspace(-8, 8, 401)
        grid = torch.cartesian_prod(box, box)
        every = torch.cat([_log_p(found.model, part) for part in grid.split(20_000)])
    assert arrays["log_density"][60, 7] == pytest.approx(told, abs=1e-4)
    assert float(every.exp().sum() * 0.04**2) == pytest.approx(1, abs=0.02)
    assert 0 < np.exp(arrays["log_density"]).sum() * area < 1.02
    chart = made.draw(result, ((0, result),))
    assert isinstance(chart, DensityChart)
    assert len(list(chart.rows())) == 100 + 2 + len(arrays["points"])


def _log_p(model: object, x: torch.Tensor) -> torch.Tensor:
    (flow,) = invertible_flows(model.analysis)  # type: ignore[attr-defined]
    assert flow.log_det is not None
    z, log_det = model.view([((p.node,), p.port) for p in (flow.latent, flow.log_det)])(x)  # type: ignore[attr-defined]
    return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + log_det


def test_the_path_leads_from_the_data_to_z_and_generating_leads_back() -> None:
    found = watch(template("realnvp-points", 1))
    find_observations()
    (flow,) = invertible_flows(found.model.analysis)
    subject = ((flow.latent.node,), flow.latent.port)
    made, result = found.look("flow_path", subject, {"samples": 50})
    path = result.arrays["path"]
    points = found.context.batch(found.context.places(50))["point"]
    with in_evaluation_mode(found.model), torch.no_grad():
        z = found.model.net(points)
    assert np.array_equal(path[0], points.numpy())
    assert np.allclose(path[-1], z.numpy(), atol=1e-6)
    assert len(path) == 8
    assert set(np.unique(result.arrays["groups"])) == {0, 1}
    for share in (0.0, 0.5, 1.0):
        chart = type(made)({"along": share}).draw(result, ((0, result),))
        assert isinstance(chart, CloudChart)
        if share < 1:
            continue
        assert np.allclose(np.sort(np.concatenate([c for _, c in chart.clouds]), 0), np.sort(path[-1], 0))
    kind = find_methods()["flow"]
    place = find_place(kind, found.model.analysis)
    with in_evaluation_mode(found.model), torch.no_grad():
        way = kind({"count": 20, "seed": 1})
        samples = way.make(found.context, place, lambda share: None)
        assert isinstance(samples, GeneratedPoints)
        assert samples.moments == len(stages(found.model.analysis, flow_at(found.model.analysis, subject)))
        again = found.model.net(torch.from_numpy(samples.points[-1]))
        still = kind({"count": 5, "temperature": 0.0}).make(found.context, place, lambda share: None)
    assert np.allclose(again.numpy(), samples.points[0], atol=1e-4)
    assert isinstance(still, GeneratedPoints)
    assert np.ptp(still.points[-1], axis=0).max() < 1e-6, "without temperature all are the middle"


def test_images_come_back_on_their_greys() -> None:
    found = watch(template("glow-small", 1))
    (flow,) = invertible_flows(found.model.analysis)
    _, result = found.look("flow_samples", ((flow.latent.node,), flow.latent.port), {"samples": 4})
    assert result.arrays["made"].shape == (4, 8, 8, 1)
    kind = find_methods()["flow"]
    with in_evaluation_mode(found.model), torch.no_grad():
        made = kind({"count": 3}).make(found.context, find_place(kind, found.model.analysis), lambda share: None)
    assert isinstance(made, GeneratedImages)
    assert np.allclose(made.images * 16, np.round(made.images * 16), atol=1e-4)


@pytest.mark.wide
def test_zuko_finds_the_same_flow_as_likely() -> None:
    pytest.importorskip("zuko")
    from tests.benchmarks.systems.flow_points import train_and_compare

    found = train_and_compare(1, epochs=8)
    assert found["zuko"] - found["ours"] < 0.25
