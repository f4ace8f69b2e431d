"""The optimizers, declared once: the form, the file and the loop read it here. Importing this needs no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.project import Recipe
from visualnet.layers.declaration.params import Bool, Float, Param

if TYPE_CHECKING:
    import torch


class OptimizerKind(NamedTuple):
    """An optimizer of ``torch.optim`` by its name there: words for people, the parameters that its form shows (fields of ``Recipe``), what
    it keeps for each weight, and whether torch has it fused, in one kernel for all weights."""

    name: str
    words: str
    params: Mapping[str, Param]
    state: tuple[str, ...]
    fused: bool = True


def _params(**params: Param) -> dict[str, Param]:
    for name, param in params.items():
        param.name = name
    return params


_LR = "Learning rate: how far each step goes."
_DECAY = "Weight decay: how strongly weights are pulled towards zero."
_MOMENTUM = "How much of the last step is taken along."

OPTIMIZERS: dict[str, OptimizerKind] = {
    kind.name: kind
    for kind in (
        OptimizerKind(
            "SGD",
            "Stochastic gradient descent: each weight goes down its own slope.",
            _params(
                lr=Float(0.01, _LR, low=0, high=1e6),
                momentum=Float(0.0, _MOMENTUM, low=0, high=0.9999),
                nesterov=Bool(False, "Look ahead: take the slope where the momentum leads."),
                weight_decay=Float(0.0, _DECAY, low=0, high=1e6),
            ),
            ("momentum_buffer",),
        ),
        OptimizerKind(
            "Adam",
            "Steps scaled by the size of recent slopes: a good first choice.",
            _params(lr=Float(0.001, _LR, low=0, high=1e6), weight_decay=Float(0.0, _DECAY, low=0, high=1e6)),
            ("step", "exp_avg", "exp_avg_sq"),
        ),
        OptimizerKind(
            "AdamW",
            "Adam whose weight decay does not pass through the scaling.",
            _params(lr=Float(0.001, _LR, low=0, high=1e6), weight_decay=Float(0.01, _DECAY, low=0, high=1e6)),
            ("step", "exp_avg", "exp_avg_sq"),
        ),
    )
}


def check_recipe(recipe: Recipe) -> None:
    """Raise ValueError, with words, unless every number of the recipe can be used."""
    kind = OPTIMIZERS.get(recipe.optimizer)
    if kind is None:
        raise ValueError(f"there is no optimizer “{recipe.optimizer}” (there are {', '.join(OPTIMIZERS)})")
    for name, param in kind.params.items():
        param.read(getattr(recipe, name), {})
    if recipe.optimizer == "SGD" and recipe.nesterov and recipe.momentum <= 0:
        raise ValueError("Nesterov looks ahead along the momentum; set momentum above 0, for example 0.9")
    for name, high in (("batch_size", 1_000_000), ("epochs", 1_000_000)):
        value = getattr(recipe, name)
        if not 1 <= value <= high:
            raise ValueError(f"{name} is {value:,}; it can be 1 to {high:,}")
    if not 0 <= recipe.seed < 2**63:
        raise ValueError("the seed can be 0 to 9,223,372,036,854,775,807")


def make(recipe: Recipe, parameters: Iterable[torch.nn.Parameter], device: torch.device) -> torch.optim.Optimizer:
    """The recipe's optimizer over these parameters, in torch's fused form where the device has one."""
    import torch

    kind = OPTIMIZERS[recipe.optimizer]
    options: dict[str, Any] = {name: getattr(recipe, name) for name in kind.params}
    if kind.fused:
        # Measured on the CPU: fused Adam takes 1/6 to 1/2 of the time, SGD with momentum 0.6, plain SGD the same or more.
        options["fused"] = device.type != "cpu" or recipe.optimizer != "SGD" or recipe.momentum > 0
    made: type[torch.optim.Optimizer] = getattr(torch.optim, kind.name)
    return made(list(parameters), **options)
