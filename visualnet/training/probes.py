"""Looking inside while it trains: what flows at chosen ports for one sample, within a share of the time.

Everything is computed without gradients and with dropout at rest; no generator is touched, so watching changes no result.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from visualnet.compiling.module import Model
from visualnet.core.errors import first_line
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Tensors
from visualnet.training.control import Control, ProbePort, ProbeRequest
from visualnet.training.events import Event, Grid, ProbeReport, Trouble
from visualnet.training.observations.context import ObservationContext, as_array, in_evaluation_mode
from visualnet.training.observations.maps.plane import Plane, input_plane
from visualnet.training.observations.schedule import SLICE_S, ObservationSchedule, observe_all

EVERY_S = 0.1
"""No oftener than this, however cheap it is: the eye follows no faster."""
CHANNELS = 256
EDGE = 128
GRID = 64
LINE = 256


class Probe:
    """Watches one model on one data set."""

    def __init__(self, model: Model, data: Loaded, tensors: Tensors) -> None:
        self.model, self.data, self.tensors = model, data, tensors
        self.context = ObservationContext(model, data, tensors)
        self.spent_s = 0.0
        self._due = 0.0
        self._ports: tuple[ProbePort, ...] = ()
        self._there: tuple[ProbePort, ...] = ()
        self._seen: ProbeRequest | None = None
        self._turns = ObservationSchedule(self.context)
        self._plane: Plane | None = None

    def due(self, request: ProbeRequest, now: float, step: int | None = None) -> bool:
        """Whether it is time to look again; at once when something else is watched, and where what was noted waits for this ``step``."""
        if not request.is_wanted:
            return False
        if step is not None and step <= self._turns.until:
            return True
        return now >= self._due or (request is not self._seen and request != self._seen)

    def waits(self, step: int) -> bool:
        """Whether what was noted before this step is yet to be looked at again: then each step is to be asked about."""
        return step < self._turns.until

    def tell(self, control: Control, step: int, batches: int, emit: Callable[[Event], None]) -> None:
        """`look_or_note` what is asked for, and tell what was seen. Where that fails nothing more is watched, and why is told."""
        try:
            event = self.look_or_note(control.probe_request, step, batches)
        except Exception as error:
            control.request_probes(())
            words = first_line(error)
            emit(Trouble(words=f"watching was given up: {words}"))
            return
        if event is not None:
            emit(event)

    def look_or_note(self, request: ProbeRequest, step: int, batches: int) -> ProbeReport | None:
        """Look; or, where something is wanted that tells what one step changes, note it as it is now. The look then comes when the
        optimizer has made its next step: after so many ``batches``, 0 where none is to come."""
        if not batches or step == self._turns.until:
            return self.look(request, step)
        if self.waits(step):
            return None
        begin = time.perf_counter()
        self.context.aim(request.sample, request.own, step, request.feeds)
        with in_evaluation_mode(self.model), torch.no_grad():
            noted = self._turns.note(request.observations, step + batches)
        self.spent_s += time.perf_counter() - begin
        return None if noted else self.look(request, step)

    def look(self, request: ProbeRequest, step: int, slice_s: float = SLICE_S) -> ProbeReport:
        """Compute what is watched, and set when to look next so that the budget holds. Observations that find no time within the slice wait
        for the next look."""
        begin = time.perf_counter()
        self.context.aim(request.sample, request.own, step, request.feeds)
        if self._seen is None or self._subject_of(self._seen) != self._subject_of(request):
            self._turns.restart()
        with in_evaluation_mode(self.model), torch.no_grad():
            found = self._look(request)
            # What is observed has a half of the time for itself, and is due by that: it does not make the rest wait.
            turns, wanted = self._turns, request.observations
            observed = turns.take(wanted, request.budget / 2, slice_s) if wanted else {}
        end = time.perf_counter()
        self.spent_s += end - begin
        share = request.budget / 2 if request.observations else request.budget
        cost = end - begin - (self._turns.spent_s if request.observations else 0.0)
        is_new = self._seen is None or self._seen.copy != request.copy
        self._seen = request
        # Who has asked and seen nothing yet waits no longer than the eye takes.
        waits = self._turns.new(request.observations)
        self._due = end + (EVERY_S if waits else max(EVERY_S, cost * (1 / share - 1)))
        copy = self._copy() if request.copy and is_new else None
        own = bool(self.context.own)
        return ProbeReport(
            step=step,
            sample=self.context.sample,
            cost_s=end - begin,
            observed=observed,
            own=own,
            weights=copy,
            copy=request.copy,
            asked=request,
            **found,
        )

    @staticmethod
    def _subject_of(request: ProbeRequest) -> tuple[object, ...]:
        """What everything that is seen rests on: the sample, and what is fed."""
        return request.sample, request.own, request.feeds

    def look_long(self, request: ProbeRequest, step: int, check: Callable[[float], None]) -> ProbeReport:
        """Compute all that is to be observed, however long it takes, and nothing else. ``check`` is called with the share that is done and
        raises where nobody waits for it any more."""
        begin = time.perf_counter()
        self.context.aim(request.sample, request.own, step, request.feeds)
        with torch.no_grad():
            observed = observe_all(self.context, request.observations, check)
        cost = time.perf_counter() - begin
        return ProbeReport(
            step=step, sample=self.context.sample, cost_s=cost, observed=observed, arrays={}, asked=request
        )

    def _copy(self) -> dict[str, Tensor]:
        """The weights and statistics as they are after this step, on the CPU."""
        return {name: value.detach().to("cpu", copy=True) for name, value in self.model.objective.state_dict().items()}

    def _look(self, request: ProbeRequest) -> dict[str, Any]:
        context = self.context
        self._aim(request.ports)
        answers = context.answer_ports
        values = context.values((*self._there, *answers.values()))
        arrays = {port: _thin(values[port]) for port in self._there}
        outputs = {name: as_array(self._shares(name, values[port])[0][0]) for name, port in answers.items()}
        if context.own and request.own is not None:
            fields = {name: np.array(request.own.fields[name]) for name in context.own}
        else:
            fields = {n: np.array(value) for n, value in self.data.sample(context.place, self.tensors.names).items()}
        grid = self._grid() if request.grid else None
        return {"arrays": arrays, "outputs": outputs, "fields": fields, "grid": grid}

    def _aim(self, ports: tuple[ProbePort, ...]) -> None:
        """Choose these ports; those that the trained model does not have (edited since) are left out."""
        if self._ports != ports or (ports and not self._there):
            self._ports, self._there = ports, tuple(port for port in ports if self.context.has(port))

    def _shares(self, name: str, value: Tensor) -> tuple[Tensor, bool]:
        """The answer as probabilities over axis 1, if it is classes; and whether it is."""
        port = self.model.plan.answers[name]
        spec = self.model.analysis.main.nodes[port.node].leaving[port.port]
        if not self.data.classes or not value.is_floating_point() or value.dim() < 2:
            return value, False
        if not self.model.analysis.target_fields():
            return value, False  # nothing says that the answer is about classes
        if spec.holds in ("probabilities", "fractions"):
            return value, True
        if value.shape[1] == len(self.data.classes) and value.shape[1] > 1:
            return value.softmax(1), True
        return (value.sigmoid(), True) if value.shape[1] == 1 else (value, False)

    def _grid(self) -> Grid | None:
        """The first answer over the whole plane (or line) of the only input, if the input is points (or numbers)."""
        fields = self.context.input_fields
        if len(fields) != 1 or self.data.fields[fields[0]].shape not in ((2,), (1,)):
            return None
        is_line = self.data.fields[fields[0]].shape == (1,)
        if self._plane is None:
            self._plane = input_plane(self.data, fields[0], LINE if is_line else GRID)
        points = torch.from_numpy(self._plane.points).to(self.tensors.device)
        value, share = self._shares(self.model.outputs[0], self.context.scores({fields[0]: points}))
        if value.dim() != 2:
            return None
        values = as_array(value.t())
        return Grid(self._plane.low, self._plane.high, values if is_line else values.reshape(-1, GRID, GRID), share)


def _thin(value: Tensor) -> np.ndarray:
    """The first (only) sample, at most 256 channels, maps of at most 128 a side."""
    if value.dim() == 0:
        return as_array(value)
    value = value[0]
    if value.dim():
        value = value[:CHANNELS]
    for axis in range(1, value.dim()):
        stride = -(-value.shape[axis] // EDGE)
        if stride > 1:
            value = value[(slice(None),) * axis + (slice(None, None, stride),)]
    return as_array(value)
