"""How weights start."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from visualnet.core.graph import Init

INITS: dict[str, Callable[..., Tensor]] = {
    "zeros": nn.init.zeros_,
    "normal": nn.init.normal_,
    "xavier_uniform": nn.init.xavier_uniform_,
    "xavier_normal": nn.init.xavier_normal_,
    "kaiming_uniform": nn.init.kaiming_uniform_,
    "kaiming_normal": nn.init.kaiming_normal_,
}
"""By the word in the file. ``default`` is not among them: torch has already drawn those."""


def initialise(module: nn.Module, init: Init) -> None:
    """Set a module's weights anew. Biases start at zero; a vector that is no bias (a scale) keeps torch's value, unless zeros are asked."""
    draw = INITS.get(init.kind)
    if draw is None:
        return
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if init.kind == "zeros" or "bias" in name.rpartition(".")[2]:
                parameter.zero_()
            elif parameter.dim() >= 2:
                draw(parameter, std=init.std) if init.kind == "normal" else draw(parameter)
