"""What a run counts: each step's loss and metrics, the epoch's means, and the first loss that is not finite."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from visualnet.compiling.module import Model
from visualnet.core.project import LAST_EPOCH
from visualnet.training.events import finite
from visualnet.training.recipe.procedures import told_values


class NonFinite(Exception):
    """A step's loss is NaN or infinite. ``index`` and ``state`` (the generator's before it) let the step be run again.

    ``back`` says how many steps ago it was: a GPU is asked only now and then. ``only``: losses and metrics (ids) that the step alone
    computed, where it was that of one of several learners.
    """

    def __init__(self, value: float, back: int, index: Tensor, state: Tensor, only: tuple[str, ...] = ()) -> None:
        super().__init__(f"the loss is {value}")
        self.value, self.back, self.index, self.state, self.only = value, back, index, state, only


Trial = tuple[Mapping[str, Tensor], Mapping[str, Tensor]]
"""What a step answers: its values, and what they count (``Model.trial``)."""


class ValueRows:
    """Where each value stands in a row of numbers, and what it counts: a row holds the values, then the counts.

    A value is a mean over what it counts (samples, where it declares nothing); ``settled`` names those that are made from counts of
    another shape, and ``parts`` the weights of the losses whose sum is the loss; ``sums`` those of other sums of losses, by name.
    """

    def __init__(
        self, model: Model, names: tuple[str, ...], sums: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        self.names, self.sums = names, sums or {}
        # What is called “loss” is the sum of all losses, whatever a node of that name would count.
        self.settled = {name: make for name, make in model.settled.items() if name in names and name != "loss"}
        key_of = {name: key for name, key in model.counted.items() if name not in self.settled and name != "loss"}
        losses = {step.facts.node.name: weight for step, weight in model.plan.losses}
        if len(losses) == 1 and (key := model.counted.get(*losses)):
            key_of["loss"] = key
        self.parts = losses if len(losses) > 1 and losses.keys() & key_of.keys() and "loss" not in losses else {}
        self.keys = tuple(dict.fromkeys(key_of[name] for name in names if name in key_of))
        self.count_at = [len(names) + self.keys.index(key_of[n]) if n in key_of else -1 for n in names]
        """For each value, where in the row its count stands; −1 for samples."""
        self.tallies = {name: model.counted[name] for name in self.settled}

    def add_up(self, name: str, values: Mapping[str, float | None]) -> float | None:
        """A sum of losses, where all of them are known."""
        found = [(weight, values[loss]) for loss, weight in self.sums[name].items()]
        return (
            sum(weight * value for weight, value in found if value is not None)
            if all(value is not None for _, value in found)
            else None
        )

    def numbers(self, trial: Trial) -> list[float]:
        """The row of a step."""
        results, counts = trial
        return [results[name].item() for name in self.names] + [counts[key].item() for key in self.keys]

    def tensor(self, trial: Trial) -> Tensor:
        """The row of a step, left on the device."""
        results, counts = trial
        found = [results[name] for name in self.names] + [counts[key] for key in self.keys]
        return torch.stack([value.detach().float() for value in found])


class ValueSums:
    """Totals of the values that steps answer, each times what it counts, and of the counts."""

    def __init__(self, rows: ValueRows) -> None:
        self.rows = rows
        self.samples = 0
        self.totals: Any = [0.0] * len(rows.names)
        self.counts: Any = [0.0] * len(rows.names)
        self.tallies: dict[str, Tensor] = {}

    def add(self, trial: Trial, samples: int) -> None:
        """Count one batch."""
        self.add_row(self.rows.numbers(trial), samples)
        self.add_tallies(trial)

    def add_row(self, row: list[float], samples: int) -> None:
        """Count one batch's values, as numbers. One over nothing is NaN, and counts nothing."""
        for i, at in enumerate(self.rows.count_at):
            count = samples if at < 0 else row[at]
            if count:
                self.totals[i] += row[i] * count
                self.counts[i] += count
        self.samples += samples

    def add_tallies(self, trial: Trial) -> None:
        """Add up the counts from which values are made."""
        for name, key in self.rows.tallies.items():
            counts = trial[1][key]
            self.tallies[name] = self.tallies[name] + counts if name in self.tallies else counts

    def means(self) -> dict[str, float | None]:
        """The value of each name over all that was counted; empty if there was no sample."""
        if not self.samples:
            return {}
        totals, counts = (x.tolist() if isinstance(x, Tensor) else x for x in (self.totals, self.counts))
        found = {
            name: finite(total / count) if count else None
            for name, total, count in zip(self.rows.names, totals, counts, strict=True)
        }
        for name, tally in self.tallies.items():
            found[name] = finite(self.rows.settled[name](tally).item())
        if self.rows.parts:
            asked = [(weight, value) for name, weight in self.rows.parts.items() if (value := found[name]) is not None]
            found["loss"] = sum(weight * value for weight, value in asked) if asked else None
        found.update({name: self.rows.add_up(name, found) for name in self.rows.sums})
        return found


class LazySums(ValueSums):
    """Totals that stay on the device until they are asked for."""

    def add(self, trial: Trial, samples: int) -> None:
        row = self.rows.tensor(trial)
        given = torch.cat([row, row.new_full((1,), samples)])
        counts = given[self.rows.count_at]
        totals = torch.where(counts != 0, row[: len(self.rows.names)] * counts, 0.0)
        self.totals = totals if self.samples == 0 else self.totals + totals
        self.counts = counts if self.samples == 0 else self.counts + counts
        self.samples += samples
        self.add_tallies(trial)


class Tally:
    """The training side: one row of values for each step.

    On the CPU a value costs nothing to read, so each loss is checked before its step is taken. Elsewhere reading waits
    for the device, so rows are read a few times a second; from the first bad loss on, the (fused) optimizer is told to
    leave the weights alone, so that the step can still be run again as it was.
    """

    def __init__(self, model: Model, device: torch.device) -> None:
        several = len(model.losses) > 1
        taken = [*(model.losses if several else ()), *model.metrics]
        self.best_by = find_best_by(model)
        self.names = tuple(dict.fromkeys(("loss", *taken)))
        known = *self.names, *told_values(model.project.recipe.procedure)
        if self.best_by[0] not in (*known, LAST_EPOCH):  # the only loss, under its own name: it is the sum
            self.best_by = "loss", "min"
        self.device, self.lazy = device, device.type != "cpu"
        self.optimizer: Any = None
        self.rows = ValueRows(model, self.names)
        self.sums = ValueSums(self.rows)
        self._rows: list[Any] = []
        self._sizes: list[int] = []
        self._begun: list[tuple[Tensor, Tensor]] = []
        self._bad = torch.zeros((), device=device)

    def follow(self, optimizer: torch.optim.Optimizer, scaled: bool = False) -> None:
        """Guard the weights of this optimizer. One that is not fused cannot be told to leave them alone, and where losses are ``scaled``
        it is told so for other reasons: then each loss is read."""
        self.optimizer = optimizer
        self.lazy = self.device.type != "cpu" and bool(optimizer.defaults.get("fused")) and not scaled

    def fresh(self) -> ValueSums:
        """Totals for a pass over other samples."""
        return LazySums(self.rows) if self.lazy else ValueSums(self.rows)

    def before_step(self, index: Tensor) -> None:
        """Note what a step begins from."""
        begun = (index, get_state(self.device))
        if self.lazy:
            self._begun.append(begun)
        else:
            self._begun = [begun]

    def take(self, trial: Trial, samples: int) -> None:
        """Keep a step's values.

        Raises:
            NonFinite: the loss is not finite; the weights are still those before this step.
        """
        if self.lazy:
            tensor = self.rows.tensor(trial)
            row: Tensor | list[float] = tensor
            self._bad = torch.maximum(self._bad, (~torch.isfinite(tensor[0])).float())
            self.optimizer.found_inf = self._bad
        else:
            numbers = self.rows.numbers(trial)
            row = numbers
            if not math.isfinite(numbers[0]):
                raise NonFinite(numbers[0], 0, *self._begun[-1])
        self._rows.append(row)
        self._sizes.append(samples)
        if self.rows.tallies:
            self.sums.add_tallies(trial)

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
        means, self.sums = self.sums.means(), ValueSums(self.rows)
        return means

    # --- for checkpoints -------------------------------------------------------------------------------------------

    def totals(self) -> dict[str, float | None]:
        """The epoch's totals so far, by name."""
        return {name: finite(total) for name, total in zip(self.names, self.sums.totals, strict=True)}

    def counts(self) -> dict[str, float]:
        """What the totals so far count, by name."""
        return dict(zip(self.names, self.sums.counts, strict=True))

    def tallies(self) -> dict[str, list[list[int]]]:
        """The counts so far from which values are made, by name."""
        return {name: tally.tolist() for name, tally in self.sums.tallies.items()}

    def restore(
        self,
        totals: Mapping[str, float | None],
        samples: int,
        counts: Mapping[str, float],
        tallies: Mapping[str, list[list[int]]],
    ) -> None:
        """Go on from such totals. Where counts are not given (by an older version), every sample counts alike."""
        values = [totals.get(name) for name in self.names]
        self.sums.totals = [math.nan if v is None else v for v in values] if samples else [0.0] * len(values)
        self.sums.counts = [counts.get(name, float(samples)) for name in self.names]
        self.sums.samples = samples
        for name in self.rows.tallies.keys() & tallies.keys():
            self.sums.tallies[name] = torch.tensor(tallies[name], device=self.device)


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


def find_best_by(model: Model) -> tuple[str, str]:
    """By which value the best epoch is told, and which way is better: as the recipe says; else by the loss."""
    recipe = model.project.recipe
    if recipe.best_by == LAST_EPOCH:
        return LAST_EPOCH, "max"
    told = {name: one.better for name, one in told_values(recipe.procedure).items() if one.better}
    if told:  # a procedure that judges the network itself knows no loss on a validation set
        name = recipe.best_by if recipe.best_by in told else next(iter(told))
        return name, told[name]
    for step in (*model.plan.main.sinks("metric"), *model.plan.main.sinks("loss")):
        layer = step.facts.layer
        if step.facts.node.name == recipe.best_by and layer is not None and layer.better:
            return step.facts.node.name, layer.better
    return "loss", "min"
