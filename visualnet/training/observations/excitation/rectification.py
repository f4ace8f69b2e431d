"""Gradients that are rectified on their way back: the deconvnet (Zeiler and Fergus 2014) and guided back-propagation (Springenberg et al.).

Both change nothing but how a gradient passes a ReLU: the deconvnet keeps what is positive of it, guided back-propagation also asks that the
unit was active. Max pooling hands it to the place that won, convolutions multiply by the transposed filters, as gradients do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from torch.overrides import TorchFunctionMode

RELUS = frozenset({F.relu, F.relu_, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_})


class RectifiedGradients(TorchFunctionMode):
    """While it is entered, every ReLU that this thread computes rectifies its gradient; values stay as they are.

    ``met`` counts the ReLUs: without one, the result is the plain gradient.
    """

    def __init__(self, guided: bool) -> None:
        super().__init__()
        self.guided, self.met = guided, 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in RELUS:
            self.met += 1
            return _rectify(args[0] if args else (kwargs or {})["input"], self.guided)
        return func(*args, **(kwargs or {}))


def _rectify(x: Tensor, guided: bool) -> Tensor:
    """A ReLU whose gradient is rectified."""
    if not x.requires_grad:
        return x.clamp_min(0)
    passed = x.view_as(x)
    active = x.detach() > 0

    def rectify(gradient: Tensor) -> Tensor:
        positive = gradient.clamp_min(0)
        return positive * active if guided else positive

    passed.register_hook(rectify)  # type: ignore[no-untyped-call]  # torch has no types for it
    # Exactly the value of a ReLU, and the derivative of the identity: the hook does the rest.
    return passed + (x.clamp_min(0) - x).detach()
