"""Modules in a row, and what is done to all parts of a module: statistics, first weights."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType

from torch import Tensor, nn


class Chain(nn.Sequential):
    """Modules in a row: what one gives is the first input of the next; all get the other inputs."""

    def forward(self, x: Tensor, *same: Tensor | None) -> Tensor:
        for module in self:
            x = module(x, *same)
        return x


def fix_statistics(module: nn.Module) -> None:
    """Let every normalization use its running statistics and not move them, also in training."""
    for part in module.modules():
        if getattr(part, "running_mean", None) is not None:
            part.eval()
            part.__dict__["train"] = MethodType(keep_training_mode, part)


def release_statistics(module: nn.Module) -> None:
    """Take back ``fix_statistics``."""
    for part in module.modules():
        if part.__dict__.pop("train", None) is not None:
            part.train()


def keep_training_mode(module: nn.Module, mode: bool = True) -> nn.Module:
    """In place of ``train``: nothing is switched."""
    return module


def draw_weights(module: nn.Module, draw: Callable[..., Tensor], **options: float | str) -> None:
    """Draw every matrix and kernel of a module anew; biases start at zero, other vectors stay."""
    for name, weight in module.named_parameters():
        if "bias" in name.rpartition(".")[2]:
            nn.init.zeros_(weight)
        elif weight.dim() >= 2:
            draw(weight, **options)


def start_anew(module: nn.Module) -> None:
    """Draw every matrix anew, as nn.Transformer does."""
    for weight in module.parameters():
        if weight.dim() > 1:
            nn.init.xavier_uniform_(weight)
