"""How weights start."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from visualnet.compiling.extra_modules import draw_weights
from visualnet.core.graph import Init

INITS: dict[str, Callable[..., Tensor]] = {
    "normal": nn.init.normal_,
    "xavier_uniform": nn.init.xavier_uniform_,
    "xavier_normal": nn.init.xavier_normal_,
    "kaiming_uniform": nn.init.kaiming_uniform_,
    "kaiming_normal": nn.init.kaiming_normal_,
}
"""By the word in the file. ``default`` is not among them: torch has already drawn those; ``zeros`` draws nothing."""


def initialise(module: nn.Module, init: Init) -> None:
    """Set a module's weights anew. Biases start at zero; a vector that is no bias (a scale) keeps torch's value, unless zeros are asked."""
    if init.kind == "zeros":
        for weight in module.parameters():
            nn.init.zeros_(weight)
    elif init.kind in INITS:
        draw_weights(module, INITS[init.kind], **options(init))


def options(init: Init) -> dict[str, float]:
    """What the drawing function is given besides the weight."""
    return {"std": init.std} if init.kind == "normal" else {}


def source_lines(init: Init, module: str) -> list[str]:
    """The lines that do what ``initialise`` does, with the same function, so that the same seed draws the same numbers."""
    if init.kind == "zeros":
        return [f"for weight in {module}.parameters():", "    nn.init.zeros_(weight)"]
    if init.kind not in INITS:
        return []
    given = "".join(f", {name}={value!r}" for name, value in options(init).items())
    return [f"draw_weights({module}, nn.init.{INITS[init.kind].__name__}{given})"]
