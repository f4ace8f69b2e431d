"""The declared optimizers as torch's, and the check of a recipe before it is used. Importing this needs no torch."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from visualnet.core.project import Recipe
from visualnet.layers.recipe.optimizers import OPTIMIZERS, Optimizer
from visualnet.layers.recipe.technique import Technique, Values
from visualnet.training.recipe.settings import find_problems, settings

if TYPE_CHECKING:
    import torch


def check_recipe(recipe: Recipe, validation: bool | None = None) -> None:
    """Raise ValueError, with words, unless every setting of the recipe can be used. ``validation``: whether the data have any."""
    for words in find_problems(recipe, validation).values():
        raise ValueError(words)


def torch_class(technique: Technique) -> Any:
    """The class or function of torch that a technique names.

    Raises:
        ValueError: the torch that is installed has none of that name.
    """
    import torch

    try:
        return functools.reduce(getattr, technique.torch.split("."), torch)
    except AttributeError:
        words = f"{technique.name} needs a newer PyTorch: torch.{technique.torch} is not in {torch.__version__}"
        raise ValueError(words) from None


def arguments(kind: Optimizer, values: Values) -> dict[str, Any]:
    """What torch's class takes, by its own names."""
    merged = {name: make(values) for name, make in kind.arguments.items()}
    return {name: values[name] for name in kind.params if name not in kind.parts} | merged


def make(
    recipe: Recipe,
    parameters: Iterable[torch.nn.Parameter],
    device: torch.device,
    others: Iterable[tuple[Mapping[str, Any], Sequence[torch.nn.Parameter]]] = (),
    scaled: bool = False,
) -> torch.optim.Optimizer:
    """The recipe's optimizer over these parameters, in torch's fused form where the device has one. ``others`` are groups of which
    something is said (``layers.recipe.node_training``), each with what is said. ``scaled``: its losses are, and steps may be skipped.

    Raises:
        ValueError: it cannot train these, or the torch that is installed has no such optimizer.
    """
    kind, values, plain = OPTIMIZERS[recipe.optimizer], settings(recipe), list(parameters)
    groups: list[dict[str, Any]] = [{"params": plain}, *(make_group(kind, values, *other) for other in others)]
    made: type[torch.optim.Optimizer] = torch_class(kind)
    check_trained(recipe, [parameter for group in groups for parameter in group["params"]])
    return made(groups if len(groups) > 1 else plain, **options(recipe, device, scaled))


def check_trained(recipe: Recipe, trained: Sequence[torch.nn.Parameter]) -> None:
    """Raise ValueError, with words, unless the recipe's optimizer can train these."""
    kind = OPTIMIZERS[recipe.optimizer]
    if kind.matrices and (others := [p for p in trained if p.dim() != 2]):
        sizes = ", ".join("×".join(map(str, p.shape)) or "one number" for p in others[:3])
        words = f"{kind.name} trains matrices only, and {len(others):,} of {len(trained):,} weights are none ({sizes})"
        raise ValueError(f"{words}: choose AdamW, or use Linear layers without bias")


def options(recipe: Recipe, device: torch.device, scaled: bool = False) -> dict[str, Any]:
    """What the recipe's optimizer is made with on this device, by torch's own names."""
    kind = OPTIMIZERS[recipe.optimizer]
    found = arguments(kind, settings(recipe))
    if kind.fused:
        # Measured on the CPU: fused Adam takes 1/6 to 1/2 of the time, SGD with momentum 0.6, plain SGD the same or more.
        found["fused"] = device.type != "cpu" or recipe.optimizer != "SGD" or recipe.momentum > 0
        if scaled and recipe.optimizer == "SGD":
            # WORKAROUND torch 2.13: where its first step is skipped, fused SGD goes on with a velocity that was never set.
            found["fused"] = False
    return found


def make_group(
    kind: Optimizer, values: Values, said: Mapping[str, Any], parameters: Sequence[torch.nn.Parameter]
) -> dict[str, Any]:
    """A group as torch takes it: its weights, and the arguments that differ."""
    own = {name: value for name, value in said.items() if name in kind.params and value is not None}
    given = arguments(kind, {**values, **own, "lr": values["lr"] * said.get("lr_factor", 1.0)})
    usual = arguments(kind, values)
    return {"params": list(parameters), **{name: value for name, value in given.items() if value != usual[name]}}
