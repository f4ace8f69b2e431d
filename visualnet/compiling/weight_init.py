"""How weights start: the functions of ``torch.nn.init``, called here and printed alike, so that the same seed draws the same numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

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


class OwnGenerator(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within it, this thread draws every random number from a generator of its own: torch's, from which a training may draw meanwhile, is
    not touched. The numbers are those that torch's would give after ``torch.manual_seed(seed)``."""

    def __init__(self, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given = dict(kwargs or {})
        if _takes_generator(func):
            given["generator"] = self.generator
        elif torch.Tag.nondeterministic_seeded in func.tags:
            # torch.randn and its kin have another form for that.
            name = "generator" if func._overloadname == "default" else f"{func._overloadname}_generator"
            other = getattr(func._overloadpacket, name, None)
            if other is not None:
                return other(*args, **given, generator=self.generator)
        return func(*args, **given)


def _takes_generator(func: Any) -> bool:
    return any(argument.name == "generator" for argument in func._schema.arguments)
