"""One unit of a tensor: a channel, and a place in it where there are places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.layers.declaration.layer import Spec
from visualnet.training.observations.observation import CannotObserve

if TYPE_CHECKING:
    from torch import Tensor


def channel_axis(spec: Spec) -> int:
    """The axis of channels or features in a tensor's shape, its batch not counted: the first, but the last of tokens and times."""
    return 1 if len(spec.shape) == 2 and spec.axes[:1] != ("C",) else 0


class Unit(NamedTuple):
    """A unit: its channel, and its place in the other axes (empty where there are none)."""

    channel: int
    place: tuple[int, ...]
    axis: int

    @property
    def at(self) -> tuple[int, ...]:
        """Where it stands in a tensor without its batch."""
        return (*self.place[: self.axis], self.channel, *self.place[self.axis :])

    def describe(self) -> str:
        """The unit in words; channels and places are counted from 0, as feature maps show them."""
        where = f" at ({', '.join(map(str, self.place))})" if self.place else ""
        return f"channel {self.channel}{where}" if self.place or self.axis else f"unit {self.channel}"


def map_around(values: Tensor, unit: Unit) -> tuple[Tensor, tuple[int, int]]:
    """The map (rows, columns) that a unit of a tensor (without its batch) stands in, and where: its channel's, or all units in a line where
    there are no places. Of more than two axes of places the unit's slice along the first ones."""
    if not unit.place:
        return values.detach().reshape(1, -1), (0, unit.channel)
    found = values.detach().movedim(unit.axis, 0)[unit.channel]
    for at in unit.place[:-2]:
        found = found[at]
    return (
        (found, (unit.place[-2], unit.place[-1])) if found.dim() == 2 else (found.reshape(1, -1), (0, unit.place[-1]))
    )


def map_arrays(values: Tensor, unit: Unit) -> dict[str, Any]:
    """The map around a unit as arrays of a result: ``around``, ``chosen`` (row and column in it), and how many axes of places there are."""
    around, chosen = map_around(values, unit)
    return {
        "around": around.float().cpu().numpy(),
        "chosen": chosen,
        "place_axes": len(unit.place),
        "channel": unit.channel,
    }


def choose_unit(values: Tensor, spec: Spec, channel: int | None, place: tuple[int | None, ...]) -> Unit:
    """The unit of a tensor (without its batch) with this channel at this place; where something is None, the one with the largest value.

    Raises:
        CannotObserve: there is no such channel or place.
    """
    if values.dim() == 0:
        raise CannotObserve("This is one number for a sample, which has no channels: choose a layer with several.")
    axis = channel_axis(spec)
    lines = values.detach().movedim(axis, 0)
    if channel is not None and channel >= len(lines):
        raise CannotObserve(f"There are {len(lines)} channels here, numbered from 0: there is no channel {channel}.")
    shown = lines if channel is None else lines[channel : channel + 1]
    extents = tuple(lines.shape[1:])
    wanted = (*place, *(None,) * len(extents))[: len(extents)]
    first = [0 if channel is None else channel]
    for number, (at, extent) in enumerate(zip(wanted, extents, strict=True)):
        if at is not None and at >= extent:
            raise CannotObserve(
                f"The map has {extent} places along this axis, numbered from 0: there is no place {at}."
            )
        shown = shown if at is None else shown.narrow(number + 1, at, 1)
        first.append(0 if at is None else at)
    flat = int(shown.reshape(-1).argmax())
    found = []
    for extent in reversed(shown.shape):
        flat, rest = divmod(flat, extent)
        found.append(rest)
    index = [start + at for start, at in zip(first, reversed(found), strict=True)]
    return Unit(index[0], tuple(index[1:]), axis)
