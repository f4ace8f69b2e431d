"""What a run counts: each step's loss and metrics, the epoch's means, and the first loss that is not finite."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from visualnet.compiling.module import Model
from visualnet.training.events import finite


class NonFinite(Exception):
    """A step's loss is NaN or infinite. ``index`` and ``state`` (the generator's before it) let the step be run again.

    ``back`` says how many steps ago it was: a GPU is asked only now and then.
    """

    def __init__(self, value: float, back: int, index: Tensor, state: Tensor) -> None:
        super().__init__(f"the loss is {value}")
        self.value, self.back, self.index, self.state = value, back, index, state


class Sums:
    """Totals over samples of the values that a step answers."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.samples = 0
        self.totals: Any = [0.0] * len(names)

    def add(self, results: Mapping[str, Tensor], samples: int) -> None:
        """Count one batch's means."""
        self.add_row([results[name].item() for name in self.names], samples)

    def add_row(self, row: list[float], samples: int) -> None:
        """Count one batch's means, as numbers."""
        for i, value in enumerate(row):
            self.totals[i] += value * samples
        self.samples += samples

    def means(self) -> dict[str, float | None]:
        """The mean of each value; empty if nothing was counted."""
        if not self.samples:
            return {}
        totals = self.totals.tolist() if isinstance(self.totals, Tensor) else self.totals
        return {name: finite(total / self.samples) for name, total in zip(self.names, totals, strict=True)}


class LazySums(Sums):
    """Totals that stay on the device until they are asked for."""

    def add(self, results: Mapping[str, Tensor], samples: int) -> None:
        row = _row(results, self.names) * samples
        self.totals = row if self.samples == 0 else self.totals + row
        self.samples += samples


class Tally:
    """The training side: one row of values for each step.

    On the CPU a value costs nothing to read, so each loss is checked before its step is taken. Elsewhere reading waits
    for the device, so rows are read a few times a second; from the first bad loss on, the (fused) optimizer is told to
    leave the weights alone, so that the step can still be run again as it was.
    """

    def __init__(self, model: Model, device: torch.device, optimizer: torch.optim.Optimizer) -> None:
        several = len(model.losses) > 1
        taken = [*(model.losses if several else ()), *model.metrics]
        self.best_by = _best_by(model)
        self.names = tuple(dict.fromkeys(("loss", *taken)))
        if self.best_by[0] not in self.names:  # the only loss, under its own name: it is the sum
            self.best_by = "loss", "min"
        self.device, self.lazy, self.optimizer = device, device.type != "cpu", optimizer
        self.sums = Sums(self.names)
        self._rows: list[Any] = []
        self._sizes: list[int] = []
        self._begun: list[tuple[Tensor, Tensor]] = []
        self._bad = torch.zeros((), device=device)

    def fresh(self) -> Sums:
        """Totals for a pass over other samples."""
        return LazySums(self.names) if self.lazy else Sums(self.names)

    def before_step(self, index: Tensor) -> None:
        """Note what a step begins from."""
        begun = (index, get_state(self.device))
        if self.lazy:
            self._begun.append(begun)
        else:
            self._begun = [begun]

    def take(self, results: Mapping[str, Tensor], samples: int) -> None:
        """Keep a step's values.

        Raises:
            NonFinite: the loss is not finite; the weights are still those before this step.
        """
        if self.lazy:
            row = _row(results, self.names)
            self._bad = torch.maximum(self._bad, (~torch.isfinite(row[0])).float())
            self.optimizer.found_inf = self._bad
        else:
            row = [results[name].item() for name in self.names]
            if not math.isfinite(row[0]):
                raise NonFinite(row[0], 0, *self._begun[-1])
        self._rows.append(row)
        self._sizes.append(samples)

    def flush(self) -> tuple[dict[str, list[float | None]], NonFinite | None]:
        """The values of the steps since the last time by name, up to the first bad loss, and that one."""
        if not self._rows:
            return {}, None
        rows = torch.stack(self._rows).tolist() if self.lazy else self._rows
        sizes, begun = self._sizes, self._begun
        self._rows, self._sizes, self._begun = [], [], begun[-1:]
        fault = None
        at = next((i for i, row in enumerate(rows) if not math.isfinite(row[0])), None) if self.lazy else None
        if at is not None:
            fault = NonFinite(rows[at][0], len(rows) - 1 - at, *begun[at - len(rows)])
            rows = rows[:at]
        for row, size in zip(rows, sizes, strict=False):
            self.sums.add_row(row, size)
        return {n: [finite(row[i]) for row in rows] for i, n in enumerate(self.names)} if rows else {}, fault

    def close_epoch(self) -> dict[str, float | None]:
        """The epoch's means; the next epoch begins at nothing."""
        means, self.sums = self.sums.means(), Sums(self.names)
        return means

    # --- for checkpoints -------------------------------------------------------------------------------------------

    def totals(self) -> dict[str, float | None]:
        """The epoch's totals so far, by name."""
        return {name: finite(total) for name, total in zip(self.names, self.sums.totals, strict=True)}

    def restore(self, totals: Mapping[str, float | None], samples: int) -> None:
        """Go on from such totals."""
        values = [totals.get(name) for name in self.names]
        self.sums.totals = [math.nan if v is None else v for v in values] if samples else [0.0] * len(values)
        self.sums.samples = samples


def get_state(device: torch.device) -> Tensor:
    """The state of the generator that layers on this device draw from."""
    if device.type == "cuda":
        return torch.cuda.get_rng_state(device)
    if device.type == "mps":
        return torch.mps.get_rng_state()
    return torch.default_generator.get_state()


def set_state(device: torch.device, state: Tensor) -> None:
    """Put the generator back."""
    if device.type == "cuda":
        torch.cuda.set_rng_state(state, device)
    elif device.type == "mps":
        torch.mps.set_rng_state(state)
    else:
        torch.default_generator.set_state(state)


def _row(results: Mapping[str, Tensor], names: tuple[str, ...]) -> Tensor:
    return torch.stack([results[name].detach().float() for name in names])


def _best_by(model: Model) -> tuple[str, str]:
    """By which value the best epoch is told, and which way is better: as the recipe says; else by the loss."""
    for step in (*model.plan.main.sinks("metric"), *model.plan.main.sinks("loss")):
        layer = step.facts.layer
        if step.facts.node.name == model.project.recipe.best_by and layer is not None and layer.better:
            return step.facts.node.name, layer.better
    return "loss", "min"
