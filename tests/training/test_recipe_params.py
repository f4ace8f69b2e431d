"""A recipe as declared parameters."""

from __future__ import annotations

from visualnet.core.project import Recipe
from visualnet.training.optimizers import OPTIMIZERS
from visualnet.training.recipe_params import device_options, follow_defaults, recipe_params, recipe_problems


def test_devices_that_are_not_here_are_not_offered_once_torch_can_tell() -> None:
    import torch

    assert ("cuda" in device_options()) == torch.cuda.is_available()
    assert list(device_options())[:2] == ["auto", "cpu"]


def test_what_cannot_be_used_is_told_by_parameter() -> None:
    params = recipe_params(Recipe(optimizer="SGD"), {"loss": ""})
    assert recipe_problems(Recipe(optimizer="SGD"), params) == {}
    problems = recipe_problems(Recipe(optimizer="SGD", nesterov=True, momentum=0.0, batch_size=0), params)
    assert problems.keys() == {"momentum", "batch_size"}


def test_a_default_follows_the_optimizer_and_an_own_value_stays() -> None:
    old, new = OPTIMIZERS["SGD"].params["lr"].default, OPTIMIZERS["Adam"].params["lr"].default
    assert follow_defaults(Recipe(optimizer="SGD", lr=old), "Adam")["lr"] == new
    assert "lr" not in follow_defaults(Recipe(optimizer="SGD", lr=0.3), "Adam")
