"""The plane (or line) of a network's only input, as points that the network can be asked about."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.data.loading import Loaded
from visualnet.data.registry import make_data_set

MARGIN: Final = 0.15
"""So much wider than the data, on every side."""


class Plane(NamedTuple):
    """Points in rows from the lowest to the highest (a line: along it), as the network reads them, and what the edges are in the data."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    points: NDArray[np.float32]


def input_plane(data: Loaded, field: str, cells: int) -> Plane:
    """``cells`` × ``cells`` points over the plane of a field of two numbers, or ``cells`` points along that of one."""
    values = data.whole(field)
    low, high = values.min(0), values.max(0)
    room = (high - low) * MARGIN
    low, high = low - room, high + room
    if (frame := _frame(data)) is not None:
        low, high = np.minimum(low, frame[0]), np.maximum(high, frame[1])
    if len(low) == 2:
        xs, ys = (np.linspace(low[i], high[i], cells, dtype=np.float32) for i in (0, 1))
        points: NDArray[Any] = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
    else:
        points = np.linspace(low, high, cells, dtype=np.float32)
    if field in data.mean:
        points = (points - data.mean[field]) / data.std[field]
    return Plane(tuple(map(float, low)), tuple(map(float, high)), np.ascontiguousarray(points, np.float32))


def _frame(data: Loaded) -> tuple[float, float] | None:
    try:
        return make_data_set(data.choice).frame()
    except ValueError:  # data that Python code gave: there is no set of that name
        return None


def unit_regions(values_ND: NDArray[np.float32], cells: int, flat: bool) -> NDArray[np.float32]:
    """The answers of units at these points as a picture each, the lowest row last; on a line (``flat``) as a curve each."""
    units = np.ascontiguousarray(values_ND.T)
    return units if flat else np.ascontiguousarray(units.reshape(-1, cells, cells)[:, ::-1])
