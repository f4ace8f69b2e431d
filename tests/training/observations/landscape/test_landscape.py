"""The surface is the loss at each place, computed directly; directions and paths are what their formulas say."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from tests.contract.observed_networks import observed
from tests.training.nets import small
from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.figures.charts.surfaces.contour import ContourChart
from visualnet.figures.charts.surfaces.level_lines import trace_line
from visualnet.training import events
from visualnet.training.control import ProbeRequest
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion
from visualnet.training.loop.session import Session
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode, plain_fields
from visualnet.training.observations.landscape.declare import LossLine, LossSurface, WeightsPath
from visualnet.training.observations.landscape.directions import (
    normalise_filters,
    principal_directions,
    project_path,
    random_direction,
)
from visualnet.training.observations.landscape.kept_weights import first_weights, kept_path
from visualnet.training.observations.landscape.surface import LossMeter
from visualnet.training.observations.observation import NETWORK, CannotObserve, ObservationRequest, Result


def context_of(project: Project, seed: int = 0) -> ObservationContext:
    """A network with fresh weights, to be looked at."""
    data = load(project.data)
    model = compile_project(project, infer(project, None, data.fields), seed=seed)
    return ObservationContext(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))


def test_each_filter_has_the_norm_of_the_weights_filter_and_biases_stay() -> None:
    weights = {"conv": torch.randn(4, 3, 5, 5), "row": torch.randn(6, 2), "bias": torch.randn(6)}
    drawn = {name: torch.randn_like(weight) for name, weight in weights.items()}
    found = normalise_filters(drawn, weights)
    for name in ("conv", "row"):
        for own, filter_, chance in zip(found[name], weights[name], drawn[name], strict=True):
            assert torch.allclose(own, chance / chance.norm() * filter_.norm(), atol=1e-6)
    assert not found["bias"].any()
    one, again = (random_direction(weights, torch.Generator().manual_seed(7)) for _ in range(2))
    assert all(torch.equal(one[name], again[name]) for name in weights)


def test_every_place_of_the_grid_is_the_loss_there() -> None:
    context = context_of(small(dropout=0.5))
    generator = context.generator(1)
    meter = LossMeter(context, 40, "train")
    first, second = random_direction(meter.center, generator), random_direction(meter.center, generator)
    before = {name: tensor.clone() for name, tensor in context.model.objective.state_dict().items()}
    places = [-1.0, 0.0, 0.5]
    with in_evaluation_mode(context.model):
        grid = meter.grid(first, second, places, places)
        middle = meter.measure()
    for name, tensor in context.model.objective.state_dict().items():
        assert torch.equal(tensor, before[name])
    other = copy.deepcopy(context.model.objective).eval()
    batch = context.batch(context.places(40, "train"))
    for row, b in enumerate(places):
        for column, a in enumerate(places):
            for name, parameter in other.named_parameters():
                parameter.data = meter.center[name] + a * first[name] + b * second[name]
            with torch.no_grad():
                direct = other(*(batch[name] for name in context.model.fields))["loss"].item()
            assert grid[row, column] == pytest.approx(direct, rel=1e-5), (a, b)
    assert grid[1, 1] == middle


def test_weights_are_put_back_where_it_is_given_up() -> None:
    context = observed("residual").context
    statistics = {n: t.clone() for n, t in context.model.objective.state_dict().items()}
    asked: list[float] = []

    def give_up(share: float) -> None:
        asked.append(share)
        if len(asked) == 4:
            raise CannotObserve("given up")

    context.check = give_up
    try:
        with in_evaluation_mode(context.model), pytest.raises(CannotObserve):
            LossSurface({"size": 3, "samples": 4}).compute(context, NETWORK)
    finally:
        context.check = lambda share: None
    assert asked == sorted(asked) and len(asked) == 4
    for name, tensor in context.model.objective.state_dict().items():
        assert torch.equal(tensor, statistics[name]), "batch statistics too"


def test_a_path_stands_where_it_went() -> None:
    generator = torch.Generator().manual_seed(0)
    weights = {"a": torch.randn(3, 4, generator=generator), "b": torch.randn(5, generator=generator)}
    steps = [{n: w + torch.randn(w.shape, generator=generator) for n, w in weights.items()} for _ in range(6)]
    first, second, share = principal_directions(steps, weights, lambda: weights)
    rows = np.stack([np.concatenate([(s[n] - weights[n]).numpy().ravel() for n in weights]) for s in steps]).astype(
        float
    )
    values, vectors = np.linalg.eigh(rows.T @ rows)
    for direction, axis in ((first, vectors[:, -1]), (second, vectors[:, -2])):
        flat = np.concatenate([direction[n].numpy().ravel() for n in weights])
        assert abs(flat @ axis) == pytest.approx(np.linalg.norm(flat), rel=1e-5)
        assert np.linalg.norm(flat) == pytest.approx(np.abs(rows @ vectors[:, -1]).max(), rel=1e-5), (
            "one scale for both"
        )
    assert share == pytest.approx(values[-2:].sum() / values.sum(), rel=1e-5)
    for (x, y), row in zip(project_path(steps, weights, first, second), rows, strict=True):
        plane = np.stack([np.concatenate([d[n].numpy().ravel() for n in weights]) for d in (first, second)], 1)
        assert np.allclose(np.linalg.lstsq(plane, row, rcond=None)[0], (x, y), atol=1e-4)
    only = [steps[0]]
    first, second, share = principal_directions(only, weights, lambda: random_direction(weights, generator))
    assert share == 1
    assert sum(float((first[n] * second[n]).sum()) for n in weights) == pytest.approx(0, abs=1e-4)
    assert np.abs(project_path(only, weights, first, second)[0]) == pytest.approx((1, 0), abs=1e-4)


def test_the_middle_is_the_loss_of_the_run_and_the_line_begins_at_its_first_weights(tmp_path: Path) -> None:
    project = small(dropout=0.2, lr=0.01)
    project = replace(project, recipe=replace(project.recipe, epochs=2))
    data = load(project.data)
    told: list[events.Event] = []
    Session(project, data, told.append, folder=tmp_path / "run").run()
    ends = [event for event in told if isinstance(event, events.EpochDone)]
    analysis = infer(project, None, data.fields)
    everything = {"samples": len(data.validation), "part": "validation"}
    surface = ObservationRequest("loss_surface", NETWORK, (("size", 3), *everything.items()))
    line = ObservationRequest("loss_line", NETWORK, (("points", 7), ("beyond", 0.25), *everything.items()))
    question = ProbeQuestion(1, project, analysis, ProbeRequest(observations=(surface, line)), tmp_path / "run")
    answer = IdleProbe()(question, lambda share: None)
    assert answer.seen is not None and answer.trained
    seen, along = answer.seen.observed[surface], answer.seen.observed[line]
    assert isinstance(seen, Result) and isinstance(along, Result)
    last = ends[-1].validation["loss"]
    assert float(seen.arrays["middle"]) == pytest.approx(last, rel=1e-5)
    assert seen.arrays["loss"][1, 1] == pytest.approx(last, rel=1e-5)
    assert seen.words["path"][0] == "beginning" and seen.words["path"][-1] == "now"
    assert np.allclose(seen.arrays["path"][-1], 0)
    # The path lies on the plane: the loss at its beginning is that of the fresh network.
    fresh = context_of(project, project.recipe.seed)
    with in_evaluation_mode(fresh.model):
        begun = LossMeter(fresh, **{"samples": len(data.validation), "part": "validation"}).measure()
    shares, losses = along.arrays["shares"], along.arrays["loss"]
    assert losses[np.isclose(shares, 0)][0] == pytest.approx(begun, rel=1e-5)
    assert losses[np.isclose(shares, 1)][0] == pytest.approx(last, rel=1e-5)
    assert begun > last
    with pytest.raises(CannotObserve, match="Train first"), in_evaluation_mode(fresh.model):
        LossLine({"samples": 4}).compute(fresh, NETWORK)
    fresh.run = tmp_path / "run"
    assert kept_path(fresh)[0].name == "beginning" and len(kept_path(fresh)) >= 2
    assert all(
        torch.equal(first_weights(fresh).weights[name], p) for name, p in fresh.model.objective.named_parameters()
    )


def test_the_path_of_the_weights_is_their_distance_where_two_directions_hold_it() -> None:
    path = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 4.0], [6.0, 8.0]])
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(50, 2)))[0]
    looks = [(10 * at, Result({"weights": (point @ axes.T).astype(np.float32)})) for at, point in enumerate(path)]
    chart = WeightsPath().draw(looks[-1][1], looks)
    (curve,) = chart.curves  # type: ignore[attr-defined]
    places = np.stack([curve.x, curve.y], 1)
    assert np.allclose(np.linalg.norm(np.diff(places, axis=0), axis=1), [5, 3, 4], atol=1e-4)
    assert np.allclose(places[-1], 0, atol=1e-4)
    assert curve.words == ("step 0", "step 10", "step 20", "step 30")
    assert "100" in chart.x_title  # type: ignore[attr-defined]


def test_a_line_of_equal_height_is_where_the_height_is() -> None:
    side = np.linspace(-2, 2, 41)
    bowl = side[None, :] ** 2 + side[:, None] ** 2
    pieces = trace_line(bowl, side.tolist(), side.tolist(), 1.03)
    assert len(pieces) > 40
    assert all(np.hypot(*end) == pytest.approx(1.03**0.5, abs=0.01) for piece in pieces for end in piece)
    ends = [tuple(np.round(end, 9)) for piece in pieces for end in piece]
    assert all(ends.count(end) == 2 for end in ends), "the line is closed"
    saddle = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert len(trace_line(saddle, [0, 1], [0, 1], 0.4)) == 2
    chart = ContourChart(
        bowl + 0.1, tuple(side), tuple(side), "a", "b", "loss", ((1.0, 1.0), (0.0, 0.0)), ("x", "now"), True
    )
    drawing = chart.lay_out(500, 400)
    assert chart.is_logarithmic and any(region.words == "now" for region in drawing.regions)
    assert not ContourChart(bowl, tuple(side), tuple(side), "a", "b", "loss", logarithmic=True).is_logarithmic
    assert len(list(chart.rows())) == 42 and "with a path of 2" in chart.description()
