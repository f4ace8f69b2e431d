"""Steps of the preparation of samples: added, changed, switched off, put in another order, taken away."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from visualnet.core.edits.nodes import set_data
from visualnet.core.graph import Value
from visualnet.core.project import PreparationStep, Project
from visualnet.core.storage.decoding.decode_data import MAX_STEPS
from visualnet.core.validation import check_values, plain


def add_step(project: Project, kind: str, options: Mapping[str, Value], at: int | None = None) -> Project:
    """One more step, at this place or behind the others."""
    steps = list(project.data.preparation)
    if len(steps) >= MAX_STEPS:
        raise ValueError(f"a preparation has at most {MAX_STEPS} steps")
    check_values(options)
    steps.insert(len(steps) if at is None else at, PreparationStep(kind=kind, options=plain(options)))
    return set_data(project, preparation=tuple(steps))


def remove_step(project: Project, at: int) -> Project:
    """Take the step at this place away."""
    steps = project.data.preparation
    return set_data(project, preparation=(*steps[:at], *steps[at + 1 :]))


def move_step(project: Project, at: int, to: int) -> Project:
    """Put the step at one place to another."""
    steps = list(project.data.preparation)
    steps.insert(to, steps.pop(at))
    return set_data(project, preparation=tuple(steps))


def switch_step(project: Project, at: int, off: bool) -> Project:
    """Leave a step out, or have it done again."""
    return _put(project, at, replace(project.data.preparation[at], off=off))


def set_step(project: Project, at: int, name: str, value: Value) -> Project:
    """Change a setting of a step."""
    step = project.data.preparation[at]
    check_values({name: value})
    return _put(project, at, replace(step, options={**step.options, name: plain(value)}))


def _put(project: Project, at: int, step: PreparationStep) -> Project:
    steps = list(project.data.preparation)
    steps[at] = step
    return set_data(project, preparation=tuple(steps))
