"""The declared optimizers as torch's, and the check of a recipe before it is used. Importing this needs no torch."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from visualnet.core.project import Recipe
from visualnet.layers.recipe.optimizers import OPTIMIZERS, Optimizer
from visualnet.layers.recipe.settings import find_problems, settings
from visualnet.layers.recipe.technique import Technique, Values

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


def make(recipe: Recipe, parameters: Iterable[torch.nn.Parameter], device: torch.device) -> torch.optim.Optimizer:
    """The recipe's optimizer over these parameters, in torch's fused form where the device has one.

    Raises:
        ValueError: it cannot train these, or the torch that is installed has no such optimizer.
    """
    trained = list(parameters)
    made: type[torch.optim.Optimizer] = torch_class(OPTIMIZERS[recipe.optimizer])
    check_trained(recipe, trained)
    return made(trained, **options(recipe, device))


def check_trained(recipe: Recipe, trained: Sequence[torch.nn.Parameter]) -> None:
    """Raise ValueError, with words, unless the recipe's optimizer can train these."""
    kind = OPTIMIZERS[recipe.optimizer]
    if kind.matrices and (others := [p for p in trained if p.dim() != 2]):
        sizes = ", ".join("×".join(map(str, p.shape)) or "one number" for p in others[:3])
        words = f"{kind.name} trains matrices only, and {len(others):,} of {len(trained):,} weights are none ({sizes})"
        raise ValueError(f"{words}: choose AdamW, or use Linear layers without bias")


def options(recipe: Recipe, device: torch.device) -> dict[str, Any]:
    """What the recipe's optimizer is made with on this device, by torch's own names."""
    kind = OPTIMIZERS[recipe.optimizer]
    found = arguments(kind, settings(recipe))
    if kind.fused:
        # Measured on the CPU: fused Adam takes 1/6 to 1/2 of the time, SGD with momentum 0.6, plain SGD the same or more.
        found["fused"] = device.type != "cpu" or recipe.optimizer != "SGD" or recipe.momentum > 0
    return found
