"""What each step of a preparation does to the fields, in words: for the list in which a person edits them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from visualnet.core.project import PreparationStep
from visualnet.data.preparation.field_checks import describe_sizes
from visualnet.data.preparation.registry import STEPS, check_prepared
from visualnet.layers.declaration.layer import Spec


class StepOutline(NamedTuple):
    """One step: the fields before and behind it (the same where it does not fit), and why it does not fit."""

    title: str
    before: Mapping[str, Spec]
    behind: Mapping[str, Spec]
    error: str = ""

    @property
    def change(self) -> str:
        """What becomes of the fields: ``image 3×28×28 → 3×64×64``; empty where sizes stay."""
        return describe_change(self.before, self.behind)


class Outline(NamedTuple):
    """All steps, the fields behind the last, and why a network cannot be given these (samples of many sizes, missing values)."""

    steps: tuple[StepOutline, ...]
    fields: Mapping[str, Spec]
    error: str = ""


def outline_steps(fields: Mapping[str, Spec], steps: Iterable[PreparationStep]) -> Outline:
    """What the steps do to these raw fields. One that does not fit, or is off, leaves them. What augments comes behind all others,
    wherever it stands."""
    known = list(steps)
    found: dict[int, StepOutline] = {}
    now: Mapping[str, Spec] = fields
    for at in sorted(range(len(known)), key=lambda at: _augments(known[at])):
        found[at] = _outline_step(known[at], now)
        now = found[at].behind
    error = ""
    try:
        check_prepared(now)
    except ValueError as reason:
        error = str(reason)
    return Outline(tuple(found[at] for at in range(len(known))), now, error)


def describe_change(before: Mapping[str, Spec], behind: Mapping[str, Spec]) -> str:
    """What became of the fields, in a line."""
    parts = []
    for name, spec in behind.items():
        old = before.get(name)
        if old is None:
            parts.append(f"{name} {describe_sizes(spec)}")
        elif old.shape != spec.shape:
            parts.append(f"{name} {describe_sizes(old)} → {describe_sizes(spec)}")
    parts += [f"no {name}" for name in before if name not in behind]
    return ", ".join(parts)


def _outline_step(step: PreparationStep, before: Mapping[str, Spec]) -> StepOutline:
    kind = STEPS.get(step.kind)
    if kind is None:
        return StepOutline(step.kind, before, before, f"this version knows no step “{step.kind}”")
    if step.off:
        return StepOutline(kind.title, before, before)
    try:
        return StepOutline(kind.title, before, kind(step.options).specs(before))
    except ValueError as error:
        return StepOutline(kind.title, before, before, str(error))


def _augments(step: PreparationStep) -> bool:
    return step.kind in STEPS and STEPS[step.kind].augments
