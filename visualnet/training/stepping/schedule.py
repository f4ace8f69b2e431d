"""In which order both passes and the step are gone through, and what is known at each moment of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from visualnet.training.stepping.values import Operation, Passes, Update

FORWARD, BACKWARD, UPDATE = "forward", "backward", "update"
TITLES = {FORWARD: "Forward", BACKWARD: "Backward", UPDATE: "Step"}


class Moment(NamedTuple):
    """An operation on its way forward or backward, or one weight's part of the step; ``number`` says which."""

    phase: str
    number: int


def moments(passes: Passes) -> tuple[Moment, ...]:
    """All operations forward, then those that a gradient reaches backward, then each weight that is moved."""
    forward = [Moment(FORWARD, at) for at in range(len(passes.operations))]
    backward = [
        Moment(BACKWARD, at) for at, one in reversed(list(enumerate(passes.operations))) if one.passed and one.given
    ]
    return (*forward, *backward, *(Moment(UPDATE, at) for at in range(len(passes.updates))))


def operation_at(passes: Passes, moment: Moment) -> Operation:
    """The operation that a moment is about: of a weight's step the one that holds the weight."""
    if moment.phase != UPDATE:
        return passes.operations[moment.number]
    name = passes.updates[moment.number].name
    return next(one for one in passes.operations if name in one.weights.values())


def update_at(passes: Passes, moment: Moment) -> Update | None:
    """The step of a weight that a moment is about."""
    return passes.updates[moment.number] if moment.phase == UPDATE else None


def known_values(passes: Passes, done: Sequence[Moment]) -> frozenset[int]:
    """The values that are computed after these moments: the data's, and what the operations gave."""
    found = set(passes.sources)
    for moment in done:
        if moment.phase == FORWARD:
            found.update(passes.operations[moment.number].outputs.values())
    return frozenset(found)


def known_gradients(passes: Passes, done: Sequence[Moment]) -> frozenset[int]:
    """The values whose gradient is whole after these moments: all that read them have passed theirs back."""
    backward = {moment.number for moment in done if moment.phase == BACKWARD}
    if not backward:
        return frozenset()
    waiting: set[int] = set()
    reached: set[int] = set(passes.loss_weights)
    for at, one in enumerate(passes.operations):
        for port, number in one.inputs.items():
            if port in one.passed:
                (reached if at in backward else waiting).add(number)
    return frozenset(reached - waiting)
