"""From a feed and the value that flows at its port to the tensor that stands in for it. Pure functions of torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from visualnet.training.observations.feeds.feed import Feed, FeedUnits


class PortStatistics(NamedTuple):
    """What a port's value is over many samples: the mean of each number, and of each unit mean, deviation, least and largest number.

    Those of units have an axis for each of the sample's, of extent 1 but for that of the units.
    """

    mean: Tensor
    unit_mean: Tensor
    unit_std: Tensor
    low: Tensor
    high: Tensor


class StatisticsSum:
    """Adds up the statistics of a port, batch after batch."""

    def __init__(self, axis: int) -> None:
        self._axis, self._count = axis, 0
        self._sum = self._squares = self._low = self._high = torch.zeros(())

    def add(self, values: Tensor) -> None:
        """Take in the values (sample, …) of some samples."""
        others = tuple(i for i in range(values.dim()) if i != self._axis + 1)
        exact = values.double()
        found = (exact.sum(0), (exact**2).sum(others, keepdim=True)[0])
        low, high = values.amin(others, keepdim=True)[0], values.amax(others, keepdim=True)[0]
        if self._count:
            found = (self._sum + found[0], self._squares + found[1])
            low, high = torch.minimum(self._low, low), torch.maximum(self._high, high)
        (self._sum, self._squares), self._low, self._high = found, low, high
        self._count += len(values)
        self._kind = values.dtype

    def finish(self) -> PortStatistics:
        """The statistics of all that was taken in."""
        mean = self._sum / self._count
        others = tuple(i for i in range(mean.dim()) if i != self._axis)
        unit_mean = mean.mean(others, keepdim=True) if others else mean
        in_unit = self._count * mean.numel() / max(unit_mean.numel(), 1)
        spread = (self._squares / in_unit - unit_mean**2).clamp(min=0).sqrt()
        return PortStatistics(*(figure.to(self._kind) for figure in (mean, unit_mean, spread, self._low, self._high)))


def make_value(
    feed: Feed,
    original: Tensor,
    units: FeedUnits | None,
    statistics: Callable[[], PortStatistics],
    donor: Callable[[int], Tensor],
) -> Tensor:
    """The tensor (sample, …) that stands in for the original one.

    ``statistics`` gives those of the port over the validation set, ``donor`` its value for another sample, each only if it is needed.
    Where nothing is replaced, the very bits of the original stay.

    Raises:
        ValueError: what is fed does not fit the port.
    """
    made = _replacement(feed, original, units, statistics, donor)
    if made.shape != original.shape:
        try:
            made = made.expand_as(original)
        except RuntimeError:
            raise ValueError(
                f"what is fed has the shape {tuple(made.shape)}, the port {tuple(original.shape)}"
            ) from None
    if feed.share == 0.0:
        return original
    if feed.share != 1.0 and original.is_floating_point():
        made = original + feed.share * (made - original)
    if feed.units and units is not None:
        return torch.where(_mask(feed, original, units), made, original)
    return made


def _replacement(
    feed: Feed,
    original: Tensor,
    units: FeedUnits | None,
    statistics: Callable[[], PortStatistics],
    donor: Callable[[int], Tensor],
) -> Tensor:
    if feed.kind == "zeros":
        return torch.zeros_like(original)
    if feed.kind == "mean":
        return statistics().mean[None]
    if feed.kind == "noise":
        return _noise(feed, original, statistics())
    if feed.kind == "sample":
        return donor(feed.sample).to(original.dtype)
    if feed.kind == "scale":
        return original * _figures(feed, original, units, 1.0)
    if feed.kind == "values" and not feed.figures:
        # No figure is chosen yet: what flows there flows on.
        return original
    if feed.kind == "values":
        return _figures(feed, original, units, 0.0).expand_as(original)
    if feed.kind == "drawing" and feed.drawing is not None:
        seen, drawn = statistics(), torch.from_numpy(feed.drawing.values).to(original)
        return (seen.low + drawn * (seen.high - seen.low))[None]
    raise ValueError(f"nothing is known of how to feed “{feed.kind}”")


def _noise(feed: Feed, original: Tensor, seen: PortStatistics) -> Tensor:
    """Normal noise with each unit's mean and deviation; the same for every sample, drawn by the feed's own seed."""
    generator = torch.Generator().manual_seed(feed.seed)
    drawn = torch.randn((1, *original.shape[1:]), generator=generator).to(original.device, original.dtype)
    return seen.unit_mean + drawn * seen.unit_std * (feed.figures[0] if feed.figures else 1.0)


def _figures(feed: Feed, original: Tensor, units: FeedUnits | None, default: float) -> Tensor:
    """A figure for each unit, in a shape that broadcasts against the original."""
    if units is None or (len(feed.figures) <= 1 and not feed.units):
        return torch.full((1,) * original.dim(), feed.figures[0] if feed.figures else default).to(original)
    chosen = feed.units or tuple(range(units.size))
    if len(feed.figures) not in (0, 1, len(chosen)) or max(chosen) >= units.size:
        raise ValueError(f"{len(feed.figures)} figures are given for {len(chosen)} of {units.size} units")
    every = torch.full((units.size,), default, dtype=original.dtype, device=original.device)
    figures = feed.figures or (default,)
    every[list(chosen)] = torch.tensor(figures, dtype=original.dtype, device=original.device).expand(len(chosen))
    return every.reshape(_broadcast(original, units))


def _mask(feed: Feed, original: Tensor, units: FeedUnits) -> Tensor:
    chosen = [unit for unit in feed.units if 0 <= unit < units.size]
    mask = torch.zeros(units.size, dtype=torch.bool, device=original.device)
    mask[chosen] = True
    return mask.reshape(_broadcast(original, units))


def _broadcast(original: Tensor, units: FeedUnits) -> tuple[int, ...]:
    shape = [1] * original.dim()
    shape[units.axis + 1] = units.size
    return tuple(shape)
