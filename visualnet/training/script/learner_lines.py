"""What a script says of one learner: its optimizer, its schedule, its groups and what guards its steps."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from visualnet.analysis.inference.learners import LearnerPart
from visualnet.compiling.module import Model
from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.core.project import LearnerSpec, Recipe
from visualnet.data.tensors import Sampler
from visualnet.layers.recipe.drawn_curve import read_points
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.training.recipe.settings import settings
from visualnet.training.script import template
from visualnet.training.script.filling import fill, own_name
from visualnet.training.script.group_lines import GroupLines
from visualnet.training.script.recipe_lines import spell_optimizer, spell_schedule, spell_warm_up

GUARDED = frozenset(("l1", "clip_norm", "clip_value", "accumulate", "average"))
"""The guards that are a learner's own."""
_FIGURES = ("l1", "clip_norm", "clip_value", "accumulate", "ema_decay", "warmup")


@dataclass(frozen=True)
class LearnerMethod:
    """What gives a learner its losses: the network's method, what it is given, and to which variables."""

    name: str
    arguments: str
    targets: str


class LearnerLines:
    """The lines of one learner. ``name`` is what stands before all that is its own; empty for the one of a recipe without learners."""

    def __init__(
        self,
        model: Model,
        recipe: Recipe,
        sampler: Sampler,
        better: str,
        spec: LearnerSpec | None = None,
        part: LearnerPart | None = None,
        name: str = "",
        scaling: Mapping[str, str] | None = None,
    ) -> None:
        """``scaling``: how its losses are scaled, where they are (fp16)."""
        self.name, self.steps = name, spec.steps if spec is not None else 1
        self.recipe = recipe.of_learner(spec) if spec is not None else recipe
        self.sampler, self.better, self.scaling = sampler, better, scaling or {}
        self.values = settings(self.recipe)
        self.groups = GroupLines(model, self.recipe, self.values, part.trains if part is not None else None)
        self.all_trained = all(parameter.requires_grad for parameter in model.objective.parameters())
        self.schedule = SCHEDULES[self.values["schedule"]]
        steps = -(-sampler.steps * self.steps // self.values["accumulate"])
        self._schedule = spell_schedule(self.values, steps, better)
        self._warm_up = spell_warm_up(self.values, steps)
        self.method = LearnerMethod("", "", "")
        self.common: Collection[str] = ()
        """What holds for the whole script."""

    @property
    def holds(self) -> set[str]:
        """The names of what this learner uses, as the template asks for them."""
        values, schedule = self.values, self.schedule
        warm = values["warmup"] > 0
        moves = warm or bool(schedule.torch)
        found = {
            "learners": bool(self.name),
            "fp16": bool(self.scaling),
            "repeats": self.steps > 1,
            "groups": bool(self.groups.others),
            "freezes": self.groups.freezes,
            "frozen_statistics": bool(self.groups.frozen_statistics()),
            "moves": moves,
            "scaled": self.groups.scales and moves,
            "warmup": warm,
            "schedule": bool(schedule.torch),
            "step_schedule": warm or bool(schedule.torch and not schedule.epoch),
            "epoch_schedule": bool(schedule.torch) and schedule.epoch and not schedule.watches,
            "plateau": schedule.watches,
            "drawn": bool(schedule.drawn),
            "smooth": bool(schedule.drawn) and values["between"] == "smooth",
            "needs_steps": "steps_per_epoch" in self._schedule + self._warm_up,
        }
        on = {name for name, guard in GUARDS.items() if guard.is_on(values)}
        return {name for name, holds in found.items() if holds} | (on & GUARDED)

    @property
    def averages(self) -> bool:
        """Whether it keeps an averaged copy of its weights."""
        return "average" in self.holds

    def own(self, name: str) -> str:
        """What it calls this."""
        return own_name(name, self.name)

    def given(self) -> list[str]:
        """What a function that trains an epoch is given of it."""
        holds = self.holds
        kinds = {"optimizer": "torch.optim.Optimizer"}
        kinds |= {"scheduler": "torch.optim.lr_scheduler.LRScheduler"} if "step_schedule" in holds else {}
        kinds |= {"scaler": "torch.amp.GradScaler"} if "fp16" in holds else {}
        kinds |= {"average": "AveragedModel"} if "average" in holds else {}
        return [f"{self.own(name)}: {kind}" for name, kind in kinds.items()]

    def lines(self, text: str, network: str, depth: int = 0) -> str:
        """A part of the template as it is for this learner, to stand so deep."""
        holds = self.holds | (set(self.common) & {"counted", "settled"})
        return fill(text, holds, self._values(holds, network, depth), self.name, depth)

    def turns(self, network: str, depth: int) -> str:
        """All of its steps on one batch."""
        optimizer, epoch = self.own("optimizer"), ", epoch" if "freezes" in self.common else ""
        lines = [f"train_only(model, {optimizer}{epoch})"]
        steps = self.own("STEPS") if self.steps > 1 else "1"
        if "accumulate" in self.holds and self.steps > 1:
            lines.append(f"for number in range(at * {steps} + 1, (at + 1) * {steps} + 1):")
        elif "accumulate" in self.holds:
            lines.append("for number in (at + 1,):")
        elif self.steps > 1:
            lines.append(f"for _ in range({steps}):")
        deeper = len(lines) - 1
        body = self.lines(template.TURN, network, depth + deeper)
        return "\n".join([*lines, *(("    " * deeper + line) for line in body.splitlines())])

    def _values(self, holds: set[str], network: str, depth: int) -> dict[str, str]:
        """What stands in the template for its names."""
        values, method = self.values, self.method
        stepped = "step_schedule" in holds
        epoch_wise = bool(self._schedule) and self.schedule.epoch
        found = {
            **{name: write_literal(values[name]) for name in _FIGURES},
            **self.scaling,
            "lr": write_literal(float(values["lr"])),
            "steps": write_literal(self.steps),
            "network": network,
            "learner": self.name,
            "prefixes": self.groups.all_prefixes() if self.name else "",
            "groups": self.groups.dicts(),
            "rate_points": write_literal(read_points(values[self.schedule.drawn])) if self.schedule.drawn else "",
            "rate_factors": write_literal(tuple(self.groups.factors)),
            "optimizer": spell_optimizer(self.recipe, self._parameters(), bool(self.scaling)),
            "steps_per_epoch": self._steps_per_epoch(),
            "warm_up": self._warm_up,
            "scheduler_kind": ": torch.optim.lr_scheduler.LRScheduler" if self._schedule and not epoch_wise else "",
            "schedule": self._schedule,
            "main_name": "epoch_scheduler" if epoch_wise and stepped else "scheduler",
            "method": method.name,
            "arguments": method.arguments,
            "targets": method.targets,
            "loss": self.own("own_loss") if self.name else 'values["loss"]',
            "weights": "weights_of(optimizer)" if self.name else "model.parameters()",
            "number_of_batches": "len(batches) * STEPS"
            if self.steps > 1
            else "len(batches)"
            if "plays" not in self.common
            else "ROUNDS",
        }
        return {**found, "step": fill(template.STEP, holds, found, self.name, depth)}

    def _steps_per_epoch(self) -> str:
        sampler = self.sampler
        if "plays" in self.common:
            return "ROUNDS" if self.values["accumulate"] == 1 else "math.ceil(ROUNDS / ACCUMULATE)"
        batches = "math.ceil(len(train[0]) / BATCH_SIZE)"
        if drops_last(sampler):
            batches = "len(train[0]) // BATCH_SIZE"
        made = f"{batches} * STEPS" if self.steps > 1 else batches
        return made if self.values["accumulate"] == 1 else f"math.ceil({made} / ACCUMULATE)"

    def _parameters(self) -> str:
        if self.groups.others:
            return "group_parameters(model)"
        if self.name:
            return "own_parameters(model)"
        return "model.parameters()" if self.all_trained else "[p for p in model.parameters() if p.requires_grad]"


def drops_last(sampler: Sampler) -> bool:
    """Whether the last batch of an epoch would be a single sample, and is left out."""
    return sampler.steps < math.ceil(sampler.size / sampler.batch_size)


def choose_names(learners: Collection[str], taken: set[str]) -> list[str]:
    """What stands before all that is each learner's own, so that nothing is called alike; what they call so is taken from now on."""
    chosen: list[str] = []
    for learner in learners:
        name, number = learner.lower(), 2
        while taken & (own := {own_name(word, name) for word in template.OWN_NAMES}):
            name, number = f"{learner.lower()}_{number}", number + 1
        taken |= own
        chosen.append(name)
    return chosen
