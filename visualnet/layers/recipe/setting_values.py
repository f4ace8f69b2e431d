"""The value of one setting of a recipe, by its declaration, wherever the file keeps it."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from visualnet.core.graph import Value
from visualnet.core.project import Recipe
from visualnet.layers.declaration.params import Int, Param
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP
from visualnet.layers.recipe.technique import declare_live

FIELDS = frozenset(Recipe.__struct_fields__) - {"options", "learners", "extra"}
"""Settings that are fields of a recipe; all others are among its options."""
OF_A_LEARNER = frozenset(
    name
    for kind in (*OPTIMIZERS.values(), *SCHEDULES.values(), WARM_UP, *(g for g in GUARDS.values() if not g.whole))
    for name in kind.params
)
"""Settings that each of several learners has for itself; all others are about the whole run."""
MOST = 1_000_000
PLAIN = declare_live(
    batch_size=Int(64, "Samples that one step looks at.", low=1, high=MOST, live="epoch"),
    epochs=Int(10, "How often every training sample is seen.", low=1, high=MOST),
)
"""What a recipe says whatever its techniques are."""


def raw_value(recipe: Recipe, param: Param) -> Value:
    """What the recipe says of a setting, or its default."""
    value: Value = (
        getattr(recipe, param.name) if param.name in FIELDS else recipe.options.get(param.name, param.default)
    )
    return value


def read_setting(param: Param, raw: Value) -> Any:
    """A setting as a figure.

    Raises:
        ValueError: it cannot be used; the words begin with its name.
    """
    zero = next((guard.zero for guard in GUARDS.values() if next(iter(guard.params)) == param.name), "")
    if zero and isinstance(raw, int | float) and raw == 0:
        raise ValueError(f"{param.name} is 0: {zero}")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise ValueError(f"{param.name} is {raw}; a number is wanted, for example {param.short(param.default)}")
    return param.read(raw, {})


def loss_params(recipe: Recipe) -> dict[str, Value]:
    """What losses take of a recipe where their nodes say nothing, by the name of their parameter; what is not set, or cannot be used, is
    left out."""
    found: dict[str, Value] = {}
    for param in [p for guard in GUARDS.values() if guard.of_losses for p in guard.params.values()]:
        raw = recipe.options.get(param.name, param.default)
        with suppress(ValueError):
            found |= {param.name: read_setting(param, raw)} if raw != param.default else {}
    return found
