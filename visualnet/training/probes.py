"""Looking inside while it trains: what flows at chosen ports for one sample, within a share of the time.

Everything is computed without gradients and with dropout at rest; no generator is touched, so watching changes no result.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Tensors
from visualnet.training.control import OwnSample, ProbePort, ProbeRequest
from visualnet.training.events import Grid, ProbeReport

EVERY_S = 0.1
"""No oftener than this, however cheap it is: the eye follows no faster."""
CHANNELS = 256
EDGE = 128
GRID = 64
LINE = 256
MARGIN = 0.15


class Probe:
    """Watches one model on one data set."""

    def __init__(self, model: Model, data: Loaded, tensors: Tensors) -> None:
        self.model, self.data, self.tensors = model, data, tensors
        self.spent_s = 0.0
        self._due = 0.0
        self._ports: tuple[ProbePort, ...] = ()
        self._view: fx.GraphModule | None = None
        self._seen: ProbeRequest | None = None
        self._plane: tuple[tuple[float, ...], tuple[float, ...], Tensor] | None = None

    def due(self, request: ProbeRequest, now: float) -> bool:
        """Whether it is time to look again; at once when something else is watched."""
        if not request.ports and not request.grid:
            return False
        return now >= self._due or (request is not self._seen and request != self._seen)

    def look(self, request: ProbeRequest, step: int) -> ProbeReport:
        """Compute what is watched, and set when to look next so that the budget holds."""
        begin = time.perf_counter()
        found = self._look(request, step)
        end = time.perf_counter()
        cost = end - begin
        self.spent_s += cost
        self._seen = request
        self._due = end + max(EVERY_S, cost * (1 / request.budget - 1))
        return ProbeReport(cost_s=cost, **found)

    def _look(self, request: ProbeRequest, step: int) -> dict[str, Any]:
        samples = self.data.shown
        sample = min(request.sample, len(samples) - 1)
        index = self.tensors.indices(samples[sample : sample + 1])
        self._aim(request.ports)
        net = self.model.net
        own = self._fitting(request.own)
        with _resting(self.model), torch.no_grad():
            batch = [own.get(n, t) for n, t in zip(self.tensors.names, self.tensors.batch(index), strict=True)]
            values = self._view(*batch) if self._view is not None else ()
            arrays = {port: _thin(value) for port, value in zip(self._ports, values, strict=True)}
            named = dict(zip(self.tensors.names, batch, strict=True))
            answer = net(*(named[field] for field in self._net_fields()))
            grid = self._grid() if request.grid else None
        answers = answer if isinstance(answer, dict) else dict(zip(self.model.outputs, (answer,), strict=True))
        outputs = {name: _array(self._shares(name, value)[0][0]) for name, value in answers.items()}
        place = int(samples[sample])
        if own and request.own is not None:
            fields = {name: np.array(request.own.fields[name]) for name in own}
        else:
            fields = {name: np.array(value) for name, value in self.data.sample(place, self.tensors.names).items()}
        return {
            "step": step,
            "sample": sample,
            "arrays": arrays,
            "outputs": outputs,
            "fields": fields,
            "grid": grid,
            "own": bool(own),
        }

    def _fitting(self, own: OwnSample | None) -> dict[str, Tensor]:
        """The fields of a person's sample as a batch of one, normalised as the data are; none if they do not fit these data."""
        wanted = self._net_fields()
        if own is None or not all(
            name in own.fields and own.fields[name].shape == self.data.fields[name].shape for name in wanted
        ):
            return {}
        found, plain = {}, plain_fields(self.model)
        for name in wanted:
            values = own.fields[name][None]
            if name in self.data.mean and name not in plain:
                values = (values - self.data.mean[name]) / self.data.std[name]
            found[name] = torch.from_numpy(np.ascontiguousarray(values)).to(self.tensors.device)
        return found

    def _aim(self, ports: tuple[ProbePort, ...]) -> None:
        """Build the view of these ports; those that the trained model does not have (edited since) are left out."""
        if self._seen is not None and self._seen.ports == ports:
            return
        self._ports, self._view = _view(self.model, ports)

    def _net_fields(self) -> list[str]:
        return [self.model.plan.fields[step.id] for step in self.model.plan.net_inputs]

    def _shares(self, name: str, value: Tensor) -> tuple[Tensor, bool]:
        """The answer as probabilities over axis 1, if it is classes; and whether it is."""
        port = self.model.plan.answers[name]
        spec = self.model.analysis.main.nodes[port.node].leaving[port.port]
        if not self.data.classes or not value.is_floating_point() or value.dim() < 2:
            return value, False
        if spec.holds in ("probabilities", "fractions"):
            return value, True
        if value.shape[1] == len(self.data.classes) and value.shape[1] > 1:
            return value.softmax(1), True
        return (value.sigmoid(), True) if value.shape[1] == 1 else (value, False)

    def _grid(self) -> Grid | None:
        """The first answer over the whole plane (or line) of the only input, if the input is points (or numbers)."""
        fields = self._net_fields()
        if len(fields) != 1 or self.data.fields[fields[0]].shape not in ((2,), (1,)):
            return None
        if self._plane is None:
            self._plane = self._make_plane(fields[0])
        low, high, x = self._plane
        answer = self.model.net(x)
        name = self.model.outputs[0]
        value, share = self._shares(name, answer[name] if isinstance(answer, dict) else answer)
        if value.dim() != 2:
            return None
        values = _array(value.t())
        return Grid(low, high, values.reshape(-1, GRID, GRID) if len(low) == 2 else values, share)

    def _make_plane(self, field: str) -> tuple[tuple[float, ...], tuple[float, ...], Tensor]:
        values = self.data.whole(field)
        low, high = values.min(0), values.max(0)
        room = (high - low) * MARGIN
        low, high = low - room, high + room
        if len(low) == 2:
            xs, ys = (np.linspace(low[i], high[i], GRID, dtype=np.float32) for i in (0, 1))
            points = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
        else:
            points = np.linspace(low, high, LINE, dtype=np.float32)
        if field in self.data.mean:
            points = (points - self.data.mean[field]) / self.data.std[field]
        x = torch.from_numpy(np.ascontiguousarray(points, np.float32)).to(self.tensors.device)
        return tuple(map(float, low)), tuple(map(float, high)), x


def plain_fields(model: Model) -> frozenset[str]:
    """The fields that only targets read: those are never normalised."""
    main = model.plan.main
    shown = {model.plan.fields[step.id] for step in main.inputs if step.role == "input"}
    return frozenset(model.fields) - shown


def _view(model: Model, ports: tuple[ProbePort, ...]) -> tuple[tuple[ProbePort, ...], fx.GraphModule | None]:
    def exists(port: ProbePort) -> bool:
        try:
            model.view([port])
        except KeyError:
            return False
        return True

    if not ports:
        return (), None
    try:
        return ports, model.view(ports)
    except KeyError:
        there = tuple(port for port in ports if exists(port))
        return there, model.view(there) if there else None


@contextmanager
def _resting(model: Model) -> Iterator[None]:
    """Dropout and batch statistics as in use, and afterwards as they were."""
    training = [module for module in model.objective.modules() if module.training]
    model.objective.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


def _array(tensor: Tensor) -> np.ndarray:
    return np.array(tensor.detach().to("cpu", torch.float32).numpy(), order="C")


def _thin(value: Tensor) -> np.ndarray:
    """The first (only) sample, at most 256 channels, maps of at most 128 a side."""
    if value.dim() == 0:
        return _array(value)
    value = value[0]
    if value.dim():
        value = value[:CHANNELS]
    for axis in range(1, value.dim()):
        stride = -(-value.shape[axis] // EDGE)
        if stride > 1:
            value = value[(slice(None),) * axis + (slice(None, None, stride),)]
    return _array(value)
