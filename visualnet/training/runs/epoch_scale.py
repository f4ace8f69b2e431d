"""Steps as epochs and back, in a run whose batch size, and with it the steps of an epoch, may have changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

Amounts: TypeAlias = NDArray[np.float64]


class EpochScale:
    """Each of ``parts`` is a step and how many steps an epoch has from there on. Without parts, every step is one."""

    def __init__(self, parts: Sequence[tuple[float, float]] = ()) -> None:
        first = max(float(parts[0][1]), 1e-9) if parts else 1.0
        self._steps, self._epochs, self._each = [0.0], [0.0], [first]
        for step, each in parts[1:]:
            self._epochs.append(self.epoch(float(step)))
            self._steps.append(max(float(step), self._steps[-1]))
            self._each.append(max(float(each), 1e-9))

    @overload
    def epoch(self, step: float) -> float: ...
    @overload
    def epoch(self, step: Amounts) -> Amounts: ...
    def epoch(self, step: float | Amounts) -> float | Amounts:
        """Where a step stands among the epochs."""
        return _convert(step, self._steps, self._epochs, [1 / each for each in self._each])

    @overload
    def step(self, epoch: float) -> float: ...
    @overload
    def step(self, epoch: Amounts) -> Amounts: ...
    def step(self, epoch: float | Amounts) -> float | Amounts:
        """The step at this place among the epochs."""
        return _convert(epoch, self._epochs, self._steps, self._each)


def _convert(at: float | Amounts, starts: list[float], ends: list[float], slopes: list[float]) -> float | Amounts:
    part = np.maximum(np.searchsorted(starts, at, "right") - 1, 0)
    found: Amounts = np.asarray(ends)[part] + (at - np.asarray(starts)[part]) * np.asarray(slopes)[part]
    return found if isinstance(at, np.ndarray) else float(found)
