"""The forecast of what training keeps, on networks whose losses and normalizations keep more than their inputs."""

from __future__ import annotations

import pytest

from tests.analysis.cost.test_saved_tensors import measured, template
from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.compiling.module import compile_project


@pytest.mark.parametrize(
    "name", ["unet-padded-small", "bert-base-small", "gpt-small", "wavenet-small", "resnet-18-small"]
)
def test_forecast_counts_the_targets_that_a_loss_keeps(name: str) -> None:
    project = template(name)
    analysis = infer(project)
    found = measured(compile_project(project, analysis, seed=0), 8)
    assert abs(Costs(analysis, 8).whole().kept / found - 1) < 0.01


@pytest.mark.parametrize("name", ["zfnet-small", "vgg-a-lrn-small", "inception-v1-small"])
def test_forecast_counts_what_response_normalization_makes_on_its_way(name: str) -> None:
    """To within its border of a few channels."""
    project = template(name)
    analysis = infer(project)
    found = measured(compile_project(project, analysis, seed=0), 8)
    assert abs(Costs(analysis, 8).whole().kept / found - 1) < 0.08
