"""Optimizer and schedule as a script makes them: torch's classes and arguments, from their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch

from visualnet.core.project import Recipe
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP, Span
from visualnet.layers.recipe.technique import Technique, Values
from visualnet.training import optimizers
from visualnet.training.script.printed_numbers import NamedFloat, NamedInt, is_named, spell_figure


def spell_optimizer(recipe: Recipe, parameters: str, scaled: bool = False) -> str:
    """The call that makes the recipe's optimizer over these parameters; what torch does by itself is left out. ``scaled``: its losses
    are."""
    options = optimizers.options(recipe, torch.device("cpu"), scaled)
    options["lr"] = NamedFloat(options["lr"], "LR")
    return _spell_call(OPTIMIZERS[recipe.optimizer], parameters, options)


def spell_warm_up(values: Values, steps_per_epoch: int) -> str:
    """The call that makes the scheduler of the warm-up; empty without one."""
    if not values["warmup"]:
        return ""
    steps = NamedInt(values["warmup"], "WARMUP_EPOCHS") * NamedInt(steps_per_epoch, "steps_per_epoch")
    given = {"start_factor": values["warmup_from"], "total_iters": NamedInt(steps, "WARMUP_EPOCHS * steps_per_epoch")}
    return _spell_call(WARM_UP, "optimizer", given)


def spell_schedule(values: Values, steps_per_epoch: int, better: str) -> str:
    """The call that makes the scheduler of what follows the warm-up; empty where the rate then stays as it is."""
    schedule = SCHEDULES[values["schedule"]]
    if not schedule.torch:
        return ""
    epochs = max(int(values["epochs"]) - int(values["warmup"]), 1)
    length = "(EPOCHS - WARMUP_EPOCHS)" if values["warmup"] else "EPOCHS"
    each = NamedInt(steps_per_epoch, "steps_per_epoch")
    units = NamedInt(epochs * steps_per_epoch, f"{length} * steps_per_epoch")
    given = schedule.build(values, Span(units, each, NamedFloat(values["lr"], "LR")))
    watched = {"mode": better} if schedule.watches else {}
    return _spell_call(schedule, "optimizer", {**given, **watched})


def _spell_call(technique: Technique, first: str, given: Mapping[str, Any]) -> str:
    """``torch.optim.Adam(model.parameters(), lr=LR)``: what is torch's default is left out."""
    usual = inspect.signature(optimizers.torch_class(technique)).parameters
    words = [
        f"{name}={spell_figure(value)}"
        for name, value in given.items()
        if is_named(value) or name not in usual or usual[name].default != value
    ]
    return f"torch.{technique.torch}({', '.join([first, *words])})"
