"""What one unit passes on to the score through each tensor behind it: gradient × activation, restricted to the ways from that unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from torch.overrides import TorchFunctionMode


class TwiceDifferentiable(TorchFunctionMode):
    """While it is entered, attention that this thread computes is made of plain operations: the fused ones have no second derivative.

    torch's own switch for that (`torch.nn.attention.sdpa_kernel`) is one for all threads, and would reach into a training.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = dict(kwargs or {})
        if func is F.scaled_dot_product_attention:
            given.pop("enable_gqa", None)
            return torch.ops.aten._scaled_dot_product_attention_math(*args, **given)[0]
        if func is F.multi_head_attention_forward and not given.get("need_weights", True):
            out, _ = func(*args, **{**given, "need_weights": True})
            return out, None
        return func(*args, **given)


def trace_influence(
    unit: Tensor, place: tuple[int, ...], behind: Sequence[Tensor], score: Tensor
) -> tuple[list[Tensor], float]:
    """How the unit at ``place`` of a tensor reaches the score: for each number of each tensor behind it, what the unit adds to that number
    (its value times its derivative there) times the gradient of the score by that number.

    By the chain rule these add up to the unit's own gradient × activation in every tensor that all ways to the score lead through; that
    sum is given too. Where ways part (a shortcut), those of the branches add up to it.
    """
    start = torch.zeros_like(unit)
    start[place] = unit.detach()[place]
    with torch.enable_grad():
        (own,) = torch.autograd.grad(score, unit, retain_graph=True, allow_unused=True)
        later = torch.autograd.grad(score, list(behind), retain_graph=True, allow_unused=True) if behind else ()
        # J·v by two passes backwards: the pass back is linear in what is passed back, so its own derivative by that is the way forwards.
        dummies = [torch.zeros_like(tensor, requires_grad=True) for tensor in behind]
        reached = [i for i, tensor in enumerate(behind) if tensor.requires_grad]
        back = None
        if reached:
            (back,) = torch.autograd.grad(
                [behind[i] for i in reached],
                unit,
                [dummies[i] for i in reached],
                create_graph=True,
                retain_graph=True,
                allow_unused=True,
            )
        forward: Sequence[Tensor | None] = [None] * len(behind)
        if back is not None and back.requires_grad:
            forward = torch.autograd.grad(back, dummies, start, allow_unused=True)
    zero = torch.zeros_like
    found = [
        zero(tensor) if gradient is None or change is None else gradient * change
        for tensor, gradient, change in zip(behind, later, forward, strict=True)
    ]
    total = 0.0 if own is None else float((own * start).sum())
    return [tensor.detach() for tensor in found], total
