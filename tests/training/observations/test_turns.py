"""Who asks to see something in a training sees it soon, though the first look makes programs and takes long."""

from __future__ import annotations

import pytest

from tests.contract.observed_networks import observed
from visualnet.training.control import ProbeRequest
from visualnet.training.observations import schedule
from visualnet.training.observations.context import ObservationContext
from visualnet.training.observations.observation import ObservationRequest, Result
from visualnet.training.observations.schedule import ObservationSchedule
from visualnet.training.probes import EVERY_S, Probe


class Clock:
    """A time that passes only while something is computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *costs: float) -> None:
        self.now, self.costs = 100.0, list(costs)
        monkeypatch.setattr(schedule, "observe", self.observe)
        monkeypatch.setattr("time.perf_counter", lambda: self.now)

    def observe(self, context: ObservationContext, request: ObservationRequest) -> Result:
        self.now += self.costs.pop(0)
        return Result({})


def requests(count: int) -> tuple[ObservationRequest, ...]:
    return tuple(ObservationRequest("values", ((f"n{at}",), "y")) for at in range(count))


def test_the_first_look_does_not_say_when_the_second_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, 2.0, 0.01, 0.01)
    turns = ObservationSchedule(observed("points").context)
    (one,) = requests(1)
    assert turns.take((one,), 0.025)
    clock.now += 0.6
    assert turns.take((one,), 0.025), "not 2 s / 2.5 % = 80 s later"
    clock.now += 0.3
    assert not turns.take((one,), 0.025), "from then on the budget counts"
    clock.now += 0.2
    assert turns.take((one,), 0.025)


def test_all_that_wait_have_had_their_turn_before_the_budget_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, *[1.0] * 20)
    found = observed("points")
    probe = Probe(found.model, found.data, found.tensors)
    request = ProbeRequest(budget=0.05, observations=requests(4))
    seen: set[ObservationRequest] = set()
    for looks in range(1, 5):
        seen |= probe.look(request, 1).observed.keys()
        assert len(seen) == looks
        assert looks == 4 or probe.due(request, clock.now + EVERY_S)
        clock.now += EVERY_S
    assert seen == set(request.observations)
