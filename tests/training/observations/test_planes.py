"""The hidden space and the Q-values over a grid, held against the modules themselves."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.contract.observed_networks import observe_template
from visualnet.analysis import infer
from visualnet.analysis.connect.hidden_layer import add_hidden_layer, is_linear
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.environments.episode import Episode
from visualnet.data.environments.registry import environment_of
from visualnet.data.loading import load
from visualnet.data.registry import fields_or_none
from visualnet.data.tensors import Tensors
from visualnet.figures.charts.planes.action_field import ActionField
from visualnet.figures.charts.planes.warped_plane import WarpedPlane
from visualnet.resources import resource
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode, plain_fields
from visualnet.training.observations.decisions.declare import ActionValues
from visualnet.training.observations.maps.hidden_space import HiddenSpace
from visualnet.training.observations.observation import NETWORK, CannotObserve


def template(name: str) -> Project:
    return project_file.load(resource("templates", f"{name}.vnet"))


def context_of(project: Project) -> ObservationContext:
    data = load(project.data)
    model = compile_project(project, infer(project, None, data.fields), seed=3)
    return ObservationContext(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))


def bent() -> Project:
    project = template("points-by-hand")
    return add_hidden_layer(project, infer(project, None, fields_or_none(project.data)))


@pytest.mark.parametrize("options", [{"seen": "units", "first": 2, "second": 5}, {}])
def test_the_hidden_space_is_what_the_layer_makes_of_an_even_grid(options: dict[str, str | int]) -> None:
    project = bent()
    context, made = context_of(project), HiddenSpace(options)
    subject = ((project.graph.named("bend").id,), "y")
    with in_evaluation_mode(context.model), torch.no_grad():
        result = made.compute(context, subject)
        axis = torch.linspace(-1.5, 1.5, 65)
        points = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).reshape(-1, 2)
        hidden = torch.tanh(context.model.net.get_submodule("hidden")(points))
        share = torch.sigmoid(context.model.net.get_submodule("score")(hidden))[:, 0].reshape(65, 65)
    grid = result.arrays["grid"].reshape(-1, 2)
    if options:
        np.testing.assert_allclose(grid, hidden[:, [2, 5]].numpy(), atol=1e-5)
    else:  # any two directions are as good that leave the distances as they are: those of the best plane
        own = hidden.double() - torch.cat([hidden, _hidden_points(context)]).double().mean(0)
        left = own.pow(2).sum() - torch.linalg.svdvals(own)[:2].pow(2).sum()
        lost = own.pow(2).sum() - torch.from_numpy(grid).double().pow(2).sum()
        assert abs(float(lost - left)) < 0.02 * float(own.pow(2).sum())
    np.testing.assert_allclose(result.arrays["shares"][..., 1], share.numpy(), atol=1e-5)
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, WarpedPlane) and chart.labels.tolist().count(0) == 8 and len(chart.samples) == 16
    assert (chart.classes == (share[2::4, 2::4] > 0.5).numpy()).all()


@torch.no_grad()
def _hidden_points(context: ObservationContext) -> torch.Tensor:
    points = torch.tensor(context.data.whole("point").tolist())
    return torch.tanh(context.model.net.get_submodule("hidden")(points))


def test_a_unit_that_there_is_not_is_said() -> None:
    project = bent()
    context = context_of(project)
    with (
        in_evaluation_mode(context.model),
        torch.no_grad(),
        pytest.raises(CannotObserve, match="There is no unit 9: this layer has units 0 to 5"),
    ):
        HiddenSpace({"seen": "units", "second": 9}).compute(context, ((project.graph.named("bend").id,), "y"))


@pytest.mark.parametrize("name", ["perceptron-points", "perceptron", "points-by-hand"])
def test_a_hidden_layer_goes_before_a_network_that_bends_nothing_and_only_once(name: str) -> None:
    project = template(name)
    analysis = infer(project, None, fields_or_none(project.data))
    assert is_linear(analysis)
    after = add_hidden_layer(project, analysis)
    deeper = infer(after, None, fields_or_none(after.data))
    assert not deeper.problems and not is_linear(deeper)
    assert len(set(after.graph.places.values())) == len(after.graph.nodes)
    with pytest.raises(ValueError, match="this network is another one"):
        add_hidden_layer(after, deeper)


@pytest.mark.parametrize("name", ["xor", "lenet5", "mlp-mnist", "gru-rows", "mouse"])
def test_other_networks_are_offered_none(name: str) -> None:
    project = template(name)
    assert not is_linear(infer(project, None, fields_or_none(project.data)))


def test_the_q_values_of_a_cell_are_what_the_network_says_from_there() -> None:
    context = observe_template("mouse").context
    made, environment = ActionValues({"seed": 4, "played": "0132"}), environment_of(context.data.choice)
    assert environment is not None
    with in_evaluation_mode(context.model), torch.no_grad():
        result = made.compute(context, NETWORK)
        episode = Episode(environment, 4, [0, 1, 3, 2])
        row, column = result.arrays["here"].tolist()
        own = context.model.net(torch.from_numpy(episode.observation)[None])
    own = next(iter(own.values())) if isinstance(own, dict) else own[0] if isinstance(own, tuple) else own
    np.testing.assert_allclose(result.arrays["values"][row, column], own.reshape(-1).numpy(), rtol=1e-4, atol=1e-6)
    chart = made.draw(result, [(0, result)])
    assert (
        isinstance(chart, ActionField)
        and chart.here == episode.world.place
        and chart.ways == ("up", "down", "left", "right")
    )  # type: ignore[attr-defined]


def test_what_cannot_be_seen_of_a_game_is_said() -> None:
    with pytest.raises(ValueError, match="is no action"):
        ActionValues({"played": "1,2"})
    assert ActionValues.subjects(infer(template("lenet5"), None, None)) == []
    pytest.importorskip("gymnasium")
    context = observe_template("cartpole").context
    with in_evaluation_mode(context.model), torch.no_grad(), pytest.raises(CannotObserve, match="is no grid"):
        ActionValues({}).compute(context, NETWORK)
