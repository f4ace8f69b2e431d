"""Observations computed beside a training: in turn, each as often as its share of the time allows; or all at once, where nothing waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from visualnet.core.errors import first_line
from visualnet.training.observations.context import ObservationContext, in_evaluation_mode
from visualnet.training.observations.observation import (
    BEFORE,
    CannotObserve,
    ObservationRequest,
    Result,
    find_observations,
    make_observation,
)

log = logging.getLogger("visualnet.observations")

SLICE_S = 0.008
"""After so long no further observation is begun before the next step: a training must not be seen to stall."""

SECOND_LOOK_S = 0.5
"""So long after it was computed for the first time an observation is due again."""

Answer = Result | str
"""What was observed, or why nothing is to be seen."""


def observe(context: ObservationContext, request: ObservationRequest) -> Answer:
    """Compute one observation, or say why it cannot be."""
    try:
        return make_observation(request).compute(context, request.subject)
    except CannotObserve as error:
        return str(error)
    except KeyError:
        return "The network that is trained does not have this part: it was edited since."
    except Exception as error:
        if context.is_cancelled:
            raise
        # One picture that fails takes nothing from the others, and nothing from the training.
        log.info("%s failed", request, exc_info=True)
        return f"This cannot be computed here: {first_line(error)}"


class ObservationSchedule:
    """Which observations are due, and when each was computed last."""

    def __init__(self, context: ObservationContext) -> None:
        self._context = context
        self._due: dict[ObservationRequest, float] = {}
        self._noted: dict[ObservationRequest, Answer] = {}
        self._until, self._noting_s = -1, 0.0
        self.spent_s = 0.0

    def new(self, requests: tuple[ObservationRequest, ...]) -> bool:
        """Whether one of them was never computed."""
        return any(not self._due.get(request) for request in requests)

    @property
    def until(self) -> int:
        """The step at which what was noted last is to be looked at again; -1 before the first time."""
        return self._until

    def note(self, requests: tuple[ObservationRequest, ...], until: int) -> bool:
        """Note those that are due and tell what a step changes, so that `take` can hold them against those at the step ``until``; whether
        there are any."""
        begin, kinds = time.perf_counter(), find_observations()
        wanted = [r for r in requests if r.name in kinds and kinds[r.name].paired and self._due.get(r, 0.0) <= begin]
        if not wanted:
            return False
        self._noted = {request: observe(self._context, request) for request in wanted}
        self._until, self._noting_s = until, (time.perf_counter() - begin) / len(wanted)
        return True

    def restart(self) -> None:
        """Something else is looked at: whatever was computed is of no use any more."""
        self._due.clear()

    def take(
        self, requests: tuple[ObservationRequest, ...], budget: float, slice_s: float = SLICE_S
    ) -> dict[ObservationRequest, Answer]:
        """Compute those that are due, the longest waiting first, until the slice of time is used up. ``budget`` is the share of all time
        that all of them together may take."""
        self._due = {request: self._due.get(request, 0.0) for request in requests}
        begin = now = time.perf_counter()
        found: dict[ObservationRequest, Answer] = {}
        for request in sorted(requests, key=self._due.__getitem__):
            if self._due[request] > now or (found and now - begin > slice_s):
                break
            is_first = not self._due[request]
            if request in self._noted and self._context.step < self._until and not is_first:
                continue
            found[request] = self._pair(request, observe(self._context, request))
            before, now = now, time.perf_counter()
            before -= self._noting_s if request in self._noted else 0.0
            # The first time programs are made that are kept: what that took says nothing about the next time.
            wait = SECOND_LOOK_S if is_first else (now - before) * len(requests) / budget
            self._due[request] = now + wait
        self.spent_s = now - begin
        return found

    def _pair(self, request: ObservationRequest, answer: Answer) -> Answer:
        earlier = self._noted.get(request)
        if self._context.step != self._until or not isinstance(earlier, Result) or not isinstance(answer, Result):
            return answer
        return answer._replace(arrays={**answer.arrays, **{BEFORE + n: array for n, array in earlier.arrays.items()}})


def observe_all(
    context: ObservationContext, requests: tuple[ObservationRequest, ...], check: Callable[[float], None]
) -> Mapping[ObservationRequest, Answer]:
    """Compute all of them, where nothing waits for it; ``check`` is called with the share that is done, and may raise to end it."""
    found: dict[ObservationRequest, Answer] = {}
    done, usual = 0, context.check

    def check_share(share: float) -> None:
        try:
            check((done + share) / len(requests))
        except BaseException:
            context.is_cancelled = True
            raise

    context.check = check_share
    try:
        with in_evaluation_mode(context.model):
            for request in requests:
                found[request] = observe(context, request)
                done += 1
                check(done / len(requests))
    finally:
        context.check, context.is_cancelled = usual, False
    return found
