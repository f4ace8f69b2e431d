"""What each unit of a node is worth: the change of the loss and of a metric when it alone is replaced, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.compiling.module_tree import first_port
from visualnet.training.observations.context import ObservationContext
from visualnet.training.observations.feeds.feed import Feed, FeedUnits, find_heads, find_units, units_of
from visualnet.training.observations.feeds.values import make_value
from visualnet.training.observations.observation import CannotObserve, Result
from visualnet.training.observations.probe_targets import ProbePort

PARTS, PART_LEAST = 20, 10
"""The samples are divided into so many equal parts, of no fewer samples than these; the interval is that of the mean over the parts."""
Z = 1.959964


def knock_out(context: ObservationContext, subject: ProbePort, by: str, samples: int, most: int) -> Result:
    """Measure every unit of a port, or every head of an attention.

    The same samples are used with the unit and without it: the interval is that of the paired difference (Student's t over the parts).

    Raises:
        CannotObserve: there are no units here, or nothing that measures them.
    """
    heads, every = heads_or_units(context, subject)
    count, places = min(every, most), context.places(samples)
    parts = min(PARTS, max(len(places) // PART_LEAST, 2))
    if len(places) < 2 or not context.losses:
        raise CannotObserve("What a unit is worth is measured over at least two samples, by a loss of the network.")
    figures = _Figures(context)
    size = len(places) // parts
    changes = np.zeros((parts, count, figures.count))
    usual = np.zeros((parts, figures.count))
    replace = _head_figures if heads else _unit_figures
    for part in range(parts):
        batch = context.batch(places[part * size : (part + 1) * size])
        usual[part] = figures(batch)
        for unit, found in enumerate(replace(context, subject, by, count, batch, figures)):
            changes[part, unit] = found - usual[part]
            context.check((part + (unit + 1) / count) / parts)
    word = "head" if heads else _units(context, subject).word
    names = tuple(f"{word} {unit}" for unit in range(count))
    arrays = {"loss": estimate_means(changes[..., 0])}
    words = {"units": names}
    told = f"Over {parts * size:,} samples of the validation set; the loss with all is {usual[:, 0].mean():.4g}"
    if figures.metric is not None:
        arrays["metric"] = estimate_means(changes[..., 1])
        words["metric"] = (figures.metric_name,)
        told += f", “{figures.metric_name}” {usual[:, 1].mean():.4g}"
    if count < every:
        told += f"; the first {count} of {every} are measured"
    return Result(arrays, words, f"{told}.")


class _Figures:
    """What is measured of a batch: the weighted sum of the losses, and the first metric that is a mean over samples."""

    def __init__(self, context: ObservationContext) -> None:
        self.context = context
        names = context.model.settled
        metrics = [step for step in context.model.plan.main.sinks("metric") if step.facts.node.name not in names]
        self.metric: ProbePort | None = None
        self.metric_name = ""
        if metrics:
            place = first_port(metrics[0])
            self.metric, self.metric_name = ((place.node,), place.port), metrics[0].facts.node.name
        self.count = 1 if self.metric is None else 2

    def __call__(self, batch: dict[str, Tensor], replace: dict[ProbePort, Tensor] | None = None) -> NDArray[np.float64]:
        wanted = [port for port, _ in self.context.losses] + ([self.metric] if self.metric is not None else [])
        found = self.context.values(wanted, batch, replace=replace)
        total = sum(weight * float(found[port]) for port, weight in self.context.losses)
        return np.array([total] if self.metric is None else [total, float(found[self.metric])])


def _unit_figures(
    context: ObservationContext, subject: ProbePort, by: str, count: int, batch: dict[str, Tensor], figures: _Figures
) -> Iterator[NDArray[np.float64]]:
    """The figures without each unit. What is before the node is computed once."""
    original, units = context.values([subject], batch)[subject], _units(context, subject)
    for unit in range(count):
        feed = Feed(subject, by, (unit,))
        made = make_value(feed, original, units, lambda: context.fed.statistics(subject, units.axis), _no_donor)
        yield figures(batch, {subject: made})


def _head_figures(
    context: ObservationContext, subject: ProbePort, by: str, count: int, batch: dict[str, Tensor], figures: _Figures
) -> Iterator[NDArray[np.float64]]:
    before = context.feeds
    try:
        for head in range(count):
            context.feeds = (*before, Feed(subject, "zeros", (head,), heads=True))
            yield figures(batch)
    except ValueError as error:
        raise CannotObserve(str(error)) from None
    finally:
        context.feeds = before


def _no_donor(sample: int) -> Tensor:
    raise AssertionError(sample)


def _units(context: ObservationContext, subject: ProbePort) -> FeedUnits:
    facts = context.model.analysis.find(subject[0])
    units = units_of(facts, Feed(subject)) if facts is not None else None
    assert units is not None, subject
    return units


def estimate_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """For rows of parts: the mean of each column with the ends of its 95 % interval (Student's t)."""
    parts = len(values)
    mean = values.mean(0)
    half = t_quantile(parts - 1) * values.std(0, ddof=1) / math.sqrt(parts)
    return np.stack([mean, mean - half, mean + half], -1)


def t_quantile(freedom: int) -> float:
    """The 97.5 % point of Student's t, by the expansion of Cornish and Fisher; exact to three digits from five degrees on."""
    f, z = float(freedom), Z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / f + second / f**2 + third / f**3


def measure_ranges(context: ObservationContext, subject: ProbePort, samples: int) -> Result:
    """The least, mean and largest number of each unit."""
    _, _ = heads_or_units(context, subject)
    units = _units(context, subject)
    places = context.places(samples)
    lows, highs, sums, count = [], [], torch.zeros(units.size, dtype=torch.float64), 0
    for done, batch in enumerate(context.chunks(places)):
        value = context.values([subject], batch)[subject].movedim(units.axis + 1, 0).flatten(1).cpu()
        lows.append(value.amin(1))
        highs.append(value.amax(1))
        sums, count = sums + value.double().sum(1), count + value.shape[1]
        context.check(min((done + 1) * 256 / len(places), 1.0))
    low, high = torch.stack(lows).amin(0), torch.stack(highs).amax(0)
    names = tuple(units.name(unit) for unit in range(units.size))
    arrays = {"low": low.float().numpy(), "mean": (sums / count).float().numpy(), "high": high.float().numpy()}
    return Result(arrays, {"units": names}, f"Over {len(places):,} samples of the validation set.")


def heads_or_units(context: ObservationContext, subject: ProbePort) -> tuple[bool, int]:
    """Whether an attention's heads are switched off, not its features; and how many units there are.

    Raises:
        CannotObserve: there are no units here.
    """
    facts = context.model.analysis.find(subject[0])
    if facts is None:
        raise CannotObserve("This node is no longer in the network that is trained.")
    heads = find_heads(facts)
    if heads and subject[1] == next(iter(facts.outputs)):
        return True, heads
    units = find_units(facts.leaving.get(subject[1]))
    if units is None:
        raise CannotObserve("What leaves this node does not divide into units: choose a layer that computes numbers.")
    return False, units.size
