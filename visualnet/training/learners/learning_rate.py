"""The learning rate while it runs: the warm-up, then the schedule, by torch's own schedulers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP, Span, own_params
from visualnet.layers.recipe.technique import Values
from visualnet.training.optimizers import torch_class

Numbers = Mapping[str, float | None]


class Rate:
    """Steps the schedule of one optimizer. ``base`` is the rate that the schedule's shares are of: the recipe's, or what was set since.

    Setting another rate while it runs scales all that is still to come: the schedule goes on at the same place, from the new rate.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        values: Values,
        steps_per_epoch: int,
        better: str = "min",
        factors: Sequence[float] = (1.0,),
    ) -> None:
        self.optimizer, self.values, self.each, self.better = optimizer, values, steps_per_epoch, better
        self.factors = factors
        """For each group of the optimizer what its rate is times that of the first, whatever the schedule."""
        self.schedule = SCHEDULES[values["schedule"]]
        self.base: float = values["lr"]
        self.warm_steps = values["warmup"] * steps_per_epoch
        self.moves = bool(self.schedule.torch or self.warm_steps)
        """Whether the rate ever changes by itself."""
        self.step = 0
        """How many optimizer steps are done."""
        self._warm_up: Any = None
        self._main: Any = None
        if self.warm_steps:
            first = {"start_factor": values["warmup_from"], "total_iters": self.warm_steps}
            self._warm_up = torch_class(WARM_UP)(optimizer, **first)
        else:
            self._begin()

    @property
    def now(self) -> float:
        """The rate of the next step."""
        return float(self.optimizer.param_groups[0]["lr"])

    @property
    def epochs(self) -> int:
        """How long the schedule is, without the warm-up."""
        return max(int(self.values["epochs"]) - int(self.values["warmup"]), 1)

    def _begin(self) -> None:
        """The schedule, from its beginning."""
        self._set(self.base)
        for group in self.optimizer.param_groups:
            group.pop("initial_lr", None)  # or torch's scheduler goes by the rate that an earlier one began with
        if self.schedule.torch:
            span = Span(self.epochs * self.each, self.each, self.base)
            watched = {"mode": self.better} if self.schedule.watches else {}
            self._main = torch_class(self.schedule)(self.optimizer, **self.schedule.build(self.values, span), **watched)
            self._apply_factors()

    def after_step(self) -> None:
        """An optimizer step is done."""
        self.step += 1
        if self.step < self.warm_steps:
            self._warm_up.step()
            self._apply_factors()
        elif self._main is None:
            if self.step == self.warm_steps:
                self._begin()
        elif not self.schedule.epoch and self.step < self.warm_steps + self.epochs * self.each:
            self._main.step()
            self._apply_factors()

    def after_epoch(self, value: float | None) -> None:
        """An epoch is done; ``value`` is the one that tells the best epoch."""
        if self._main is not None and self.schedule.epoch and self.step > self.warm_steps:
            if not self.schedule.watches:
                self._main.step()
            elif value is not None:
                self._main.step(value)
            self._apply_factors()

    def set(self, lr: float) -> None:
        """Train with this rate from here on: of a schedule, with the same share of it as of the old one."""
        if not self.moves:
            self.base = lr
            self._set(lr)
            return
        factor = lr / self.base if self.base else 0.0
        for group in self.optimizer.param_groups:
            group["lr"] = group["lr"] * factor if self.base else lr * self._share()
            group.update({name: group[name] * factor for name in ("max_lr", "min_lr") if name in group})
            if "initial_lr" in group:
                group["initial_lr"] = group["initial_lr"] * factor if self.base else lr
        for scheduler in filter(None, (self._warm_up, self._main)):
            if hasattr(scheduler, "base_lrs"):
                scheduler.base_lrs = [group["initial_lr"] for group in self.optimizer.param_groups]
            if hasattr(scheduler, "eta_min"):
                scheduler.eta_min *= factor
            if hasattr(scheduler, "min_lrs"):
                scheduler.min_lrs = [least * factor for least in scheduler.min_lrs]
        self.base = lr
        self._apply_factors()

    def go_on_from(self, old: Rate, step: int) -> None:
        """Take the place of the rate of the same weights under other settings, after so many ``step``s of the optimizer.

        Where only the rate itself is another one, the schedule goes on as it was, from the new rate. Another plan is followed from where
        it would stand now; one that waits for values goes on waiting, unless it was another one before.
        """
        waits = self.schedule.watches and old.schedule is self.schedule and old._main is not None
        if not waits and (self._plan() != old._plan() or old.base == 0):
            self._move_to(step)
            return
        wanted, self.base = self.base, old.base
        for group, factor in zip(self.optimizer.param_groups, self.factors, strict=True):
            group["initial_lr"] = old.base * factor
        self.restore(old.numbers(), old.now)
        self.step = step
        if wanted != self.base:
            self.set(wanted)

    def _plan(self) -> tuple[Any, ...]:
        """All that the rate's way follows from, but the rate itself."""
        in_epochs = (self.schedule.epoch or not self.schedule.torch) and not self.warm_steps
        length = () if in_epochs else (self.each, self.epochs)
        return self.schedule.name, length, {name: self.values[name] for name in own_params(self.schedule)}

    def _move_to(self, step: int) -> None:
        """Stand where this plan stands after so many steps."""
        self.step = step
        done = step - self.warm_steps
        if done < 0:
            self._warm_up.last_epoch = step
            first: float = self.values["warmup_from"]
            self._set(self.base * (first + (1 - first) * step / self.warm_steps))
        else:
            self._begin()
            if self._main is not None:
                units = done // self.each if self.schedule.epoch else done
                self._main.__dict__.update(self.schedule.place(self.values, units, self.each))
                at = float(units) if self.schedule.epoch else done / self.each
                self._set(self.base * self.schedule.share(self.values, at, self.epochs))
        self._count_steps()

    def _count_steps(self) -> None:
        """torch warns where a scheduler is stepped before its optimizer, which took its steps before this one was made."""
        if self.step:
            self.optimizer.__dict__["_opt_called"] = True

    def _share(self) -> float:
        """The part of the rate that is planned for now."""
        return self.schedule.share(self.values, max(self.step - self.warm_steps, 0) / self.each, self.epochs)

    def _set(self, lr: float) -> None:
        self.optimizer.param_groups[0]["lr"] = lr
        self._apply_factors()

    def _apply_factors(self) -> None:
        """Every group at the first one's rate times its factor. Schedules of torch that go down to a lowest rate, or up to a highest, know
        no factors."""
        first, *others = self.optimizer.param_groups
        for group, factor in zip(others, self.factors[1:], strict=True):
            group["lr"] = first["lr"] * factor

    # --- for checkpoints -------------------------------------------------------------------------------------------

    def numbers(self) -> Numbers:
        """What a scheduler needs to go on to the bit, beside the recipe."""
        scheduler = self._main or (self._warm_up if self.step < self.warm_steps else None)
        found = {"base": self.base, "step": self.step, "epochs": self.epochs, "last_epoch": 0}
        return {**found, **(_numbers(scheduler) if scheduler is not None else {})}

    def restore(self, numbers: Numbers, lr: float) -> None:
        """Go on where a run stood whose next step was to have this rate.

        A run that is to be longer than it was goes on along the longer schedule.
        """
        self.base, self.step = float(numbers.get("base") or 0.0), int(numbers.get("step") or 0)
        if (self._main is None and self.step >= self.warm_steps and self.moves) or self._main is not None:
            self._begin()
        scheduler = self._main or (self._warm_up if self.step < self.warm_steps else None)
        if scheduler is not None:
            own = _numbers(scheduler)
            scheduler.__dict__.update({k: type(own[k])(v) for k, v in numbers.items() if k in own and v is not None})
            if hasattr(scheduler, "base_lrs"):
                scheduler.base_lrs = [self.base for _ in scheduler.base_lrs]
        self._count_steps()
        longer = numbers.get("epochs") != self.epochs and not self.schedule.epoch and self._main is not None
        self._set(self.base * self._share() if longer else lr)


_OF_THE_RUN = frozenset(("last_epoch", "T_cur", "T_i", "best", "num_bad_epochs", "cooldown_counter", "_step_count"))
"""The numbers of torch's schedulers that change while they run."""


def _numbers(scheduler: Any) -> dict[str, float]:
    return {name: value for name, value in scheduler.state_dict().items() if name in _OF_THE_RUN}
