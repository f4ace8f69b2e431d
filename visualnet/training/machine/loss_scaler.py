"""Losses are scaled so that small gradients of fp16 do not vanish; steps whose gradients overflow are skipped."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from visualnet.layers.recipe.technique import Values


class LossScaler:
    """Torch's ``GradScaler`` for one learner: its scale is halved where gradients overflow, and doubled after many steps without."""

    def __init__(self, device: torch.device, values: Values) -> None:
        self._scaler = torch.amp.GradScaler(
            device.type, init_scale=values["init_scale"], growth_interval=values["growth_interval"]
        )
        self.skipped = 0
        """Steps that were skipped since it was last asked."""

    def backward(self, loss: Tensor) -> None:
        """Compute the gradients of the scaled loss."""
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]

    def unscale(self, optimizer: torch.optim.Optimizer) -> None:
        """Make the gathered gradients those of the loss itself, before anything looks at them."""
        self._scaler.unscale_(optimizer)

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """Make the optimizer's step, or skip it where a gradient is not finite."""
        before = self._scaler.get_scale()
        # torch warns where a schedule is stepped before its optimizer, as it is where the very first step is skipped.
        optimizer.__dict__["_opt_called"] = True
        self._scaler.step(optimizer)
        self._scaler.update()
        self.skipped += self._scaler.get_scale() < before

    def take_skipped(self) -> int:
        """How many steps were skipped since the last call."""
        skipped, self.skipped = self.skipped, 0
        return skipped

    # --- for checkpoints -------------------------------------------------------------------------------------------

    def numbers(self) -> dict[str, float]:
        """What it needs to go on to the bit, beside the recipe."""
        state = self._scaler.state_dict()
        return {"scale": state["scale"], "growth": state["_growth_tracker"]}

    def restore(self, numbers: Mapping[str, float | None]) -> None:
        """Go on where a run stood; without numbers (of a run in another precision), from the beginning."""
        scale, growth = numbers.get("scale"), numbers.get("growth")
        if scale is not None and growth is not None:
            state = {**self._scaler.state_dict(), "scale": scale, "_growth_tracker": int(growth)}
            self._scaler.load_state_dict(state)
