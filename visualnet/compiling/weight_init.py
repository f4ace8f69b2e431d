"""How weights start: the functions of ``torch.nn.init``, called here and printed alike, so that the same seed draws the same numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from visualnet.compiling.extra_modules import draw_weights
from visualnet.layers.declaration.initialization import Initialization


def initialise(module: nn.Module, init: Initialization) -> None:
    """Set a module's weights anew. Biases start at zero; a vector that is no bias (a scale) keeps torch's value, unless all are set."""
    if not init.function:
        return
    draw = _function(init)
    if init.whole:
        for weight in module.parameters():
            draw(weight)
    else:
        draw_weights(module, draw, **init.values)


def print_lines(inits: Sequence[Initialization], module: str, spell: Callable[[list[Any], str], str]) -> list[str]:
    """The lines that do what ``initialise`` does, for places of one block abreast. ``spell`` writes their values under a name."""
    init = inits[0]
    if not init.function:
        return []
    if init.whole:
        return [f"for weight in {module}.parameters():", f"    nn.init.{init.function}(weight)"]
    usual = {name: p.default for name, p in inspect.signature(_function(init)).parameters.items()}
    given = []
    for name in init.values:
        values = [each.values[name] for each in inits]
        if any(value != usual[name] for value in values):
            given.append(f", {name}={spell(values, name)}")
    return [f"draw_weights({module}, nn.init.{init.function}{''.join(given)})"]


def _function(init: Initialization) -> Callable[..., Tensor]:
    found: Callable[..., Tensor] = getattr(nn.init, init.function)
    return found
