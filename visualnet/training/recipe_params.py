"""A recipe as declared parameters: what can be chosen, what goes over to another optimizer, and what cannot be used."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from visualnet.core.project import LAST_EPOCH, Project, Recipe, loss_of
from visualnet.data.registry import DATASETS
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import Layer
from visualnet.layers.declaration.params import Choice, Int, Param
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.machine import MACHINE
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, own_params
from visualnet.layers.recipe.setting_values import FIELDS, raw_value
from visualnet.layers.recipe.technique import Technique
from visualnet.training.idle_probe import torch_is_ready
from visualnet.training.recipe.procedures import PROCEDURES, told_values
from visualnet.training.recipe.settings import find_problems

LENGTH = ("epochs", "batch_size", "best_by")
"""What says how long is trained and which epoch is kept, in the order of a page."""
DEVICES = {
    "auto": "A GPU if there is one, else the CPU with one core left for the window",
    "cpu": "The processor: bit for bit repeatable",
    "cuda": "An NVIDIA GPU",
    "mps": "An Apple GPU",
}


def device_options() -> dict[str, str]:
    """What can be chosen here; until torch is there to be asked, all kinds."""
    if not torch_is_ready():
        return DEVICES
    torch: Any = sys.modules["torch"]
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return {name: words for name, words in DEVICES.items() if there.get(name, True)}


def best_by_options(project: Project) -> dict[str, str]:
    """The values by which the best epoch can be told, each with what it means."""
    found = {"loss": "Smallest loss on the validation set (all losses together)"}
    if len(project.recipe.learners) > 1:
        found["loss"] = (
            "Smallest sum of all learners' losses on the validation set. Of learners that work against each other that says nothing: "
            "choose the last epoch then"
        )
    for learner in project.recipe.learners:
        found[loss_of(learner.name)] = f"Smallest loss of the learner “{learner.name}” on the validation set"
    for name, told in told_values(project.recipe.procedure).items():
        if told.better:
            found[name] = (
                f"{ {'min': 'Smallest', 'max': 'Largest'}[told.better] }: {told.words[0].lower()}{told.words[1:]}"
            )
    for name, metric in _metrics(project):
        if metric.better:
            which = {"min": "Smallest", "max": "Largest"}[metric.better]
            found[name] = f"{which} {metric.label.lower()} on the validation set"
    found[LAST_EPOCH] = (
        "None: the last epoch counts as the best. For networks against each other, whose losses need not fall. Early stopping and the "
        "schedule “plateau” have nothing to watch then"
    )
    return found


def _metrics(project: Project) -> Iterator[tuple[str, Layer]]:
    """The metrics on the main sheet whose parameters can be read, by the names of their nodes."""
    for node in project.graph:
        kind = LAYERS.get(node.kind)
        if kind is not None and kind.role == "metric":
            with suppress(ValueError):
                yield node.name, kind(node.params, project.constants)


def optimizer_options() -> dict[str, str]:
    """The optimizers that can be chosen here; until torch is there to be asked, all."""
    there = getattr(sys.modules["torch"], "optim", None) if torch_is_ready() else None
    return {name: o.words for name, o in OPTIMIZERS.items() if there is None or hasattr(there, name)}


def recipe_params(recipe: Recipe, best_by: Mapping[str, str]) -> list[Param]:
    """The declarations of everything in a recipe with this optimizer and schedule."""
    optimizer, schedule = OPTIMIZERS.get(recipe.optimizer), SCHEDULES.get(recipe.schedule, SCHEDULES["constant"])
    return [
        _name("optimizer", Choice("Adam", "How the weights are moved.", optimizer_options())),
        *(optimizer.params.values() if optimizer is not None else ()),
        _name("batch_size", Int(64, "Samples that one step looks at.", low=1, high=1_000_000)),
        _name("epochs", Int(10, "How often every training sample is seen.", low=1, high=1_000_000)),
        _name(
            "best_by",
            Choice("loss", "Which value tells the best epoch, whose weights are kept.", best_by),
        ),
        _name(
            "schedule",
            Choice("constant", "How the learning rate changes.", {name: s.words for name, s in SCHEDULES.items()}),
        ),
        *own_params(schedule).values(),
        _name(
            "procedure",
            Choice("supervised", "What a round of training does.", {n: kind.words for n, kind in PROCEDURES.items()}),
        ),
        *(PROCEDURES[recipe.procedure].params.values() if recipe.procedure in PROCEDURES else ()),
        *(param for kind in (*GUARDS.values(), *MACHINE.values()) for param in kind.params.values()),
        _name("seed", Int(0, "Draws the first weights and the order of samples.", low=0, high=2**31 - 1, more=True)),
        _name("device", Choice("auto", "Where to compute.", device_options(), more=True)),
    ]


def recipe_groups(params: Iterable[Param]) -> dict[str, list[Param]]:
    """The parameters of a recipe as a page shows them: how a step is made, how long and at which rates, what a round does, what guards the
    steps, how the machine computes, and what is seldom changed."""
    titles = ("Optimizer", "Schedule", "Procedure", "Guards", "Machine", "More")
    found: dict[str, list[Param]] = {title: [] for title in titles}
    rate = {name: "Schedule" for schedule in SCHEDULES.values() for name in own_params(schedule)}
    kinds: Mapping[str, Mapping[str, Technique]] = {"Procedure": PROCEDURES, "Guards": GUARDS, "Machine": MACHINE}
    off = {name: title for title, group in kinds.items() for kind in group.values() for name in kind.params}
    places = {
        **rate,
        **off,
        **dict.fromkeys((*LENGTH, "schedule"), "Schedule"),
        "procedure": "Procedure",
        "seed": "More",
        "device": "More",
    }
    for param in params:
        shown = copy.copy(param)
        group = places.get(param.name, "Optimizer")
        if group == "More":
            shown.more = False  # it has a group of its own, and need not be folded away within it
        found[group].append(shown)
    order = {name: at for at, name in enumerate(LENGTH)}
    found["Schedule"].sort(key=lambda param: order.get(param.name, len(order)))
    return found


def _name(name: str, param: Param) -> Param:
    param.name = name
    return param


def follow_defaults(recipe: Recipe, optimizer: str) -> dict[str, Any]:
    """With another optimizer, what still stood at the old one's default goes to the new one's: those fields and their values.

    Options that were never set have each optimizer's default anyway.
    """
    old, new = OPTIMIZERS.get(recipe.optimizer), OPTIMIZERS[optimizer]
    if old is None:
        return {}
    return {
        name: param.default
        for name, param in new.params.items()
        if name in FIELDS and name in old.params and getattr(recipe, name) == old.params[name].default
    }


def follow_data(recipe: Recipe, before: str, after: str) -> dict[str, Any]:
    """With another data set, a recipe that nobody has set begins as suits that one: the fields that change and their values."""
    old, new = (replace(Recipe(), **_start_on(name)) for name in (before, after))
    fields = ("optimizer", *sorted({*_start_on(before), *_start_on(after)}))
    if any(getattr(recipe, field) != getattr(old, field) for field in fields) or recipe.learners:
        return {}
    return {field: getattr(new, field) for field in fields if getattr(new, field) != getattr(recipe, field)}


def _start_on(data: str) -> Mapping[str, int | float]:
    return DATASETS[data].recipe if data in DATASETS else {}


def recipe_problems(recipe: Recipe, params: Iterable[Param], validation: bool | None = None) -> dict[str, str]:
    """What of a recipe cannot be used, by parameter: what the declarations say, and what is not offered here."""
    found = find_problems(recipe, validation)
    for param in params:
        if isinstance(param, Choice) and param.name not in found:
            try:
                param.read(raw_value(recipe, param), {})
            except ValueError as error:
                found[param.name] = str(error)
    return found
