"""A network computed with what a person feeds at its ports: everything downstream follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, fx

from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.module_tree import modules_by_path
from visualnet.training.observations.feeds.feed import Feed, Place, units_of, why_not
from visualnet.training.observations.feeds.heads import HeadScale, head_factors, scale_heads_in
from visualnet.training.observations.feeds.values import PortStatistics, StatisticsSum, make_value

MOST_VIEWS = 24
"""So many programs are kept; each is a few kilobytes over the network's own modules."""
Fields = Sequence[Tensor | None]
"""The fields of a batch, in the order of ``Model.fields``; None for one that nothing wanted rests on."""


class FeedSources(NamedTuple):
    """Where values come from that are not the batch's own: the samples over which statistics are taken, in batches, and any one sample."""

    batches: Callable[[], Iterable[Fields]]
    sample: Callable[[int], Fields]


class _View(NamedTuple):
    program: fx.GraphModule
    heads: Mapping[NodePath, HeadScale]


class FedNetwork:
    """Computes ports of a model with feeds applied. What others train is neither changed nor copied; gradients and modes of layers are
    the caller's matter."""

    def __init__(self, model: Model, sources: FeedSources) -> None:
        self.model, self.sources = model, sources
        self._net = model.net
        self._views: dict[tuple[object, ...], _View] = {}
        self._orders: dict[tuple[Place, ...], Mapping[Place, int]] = {}
        self._kept: dict[tuple[object, ...], PortStatistics | Tensor] = {}
        self._weights: tuple[int, ...] = ()

    def values(
        self,
        ports: Iterable[Place],
        batch: Fields,
        feeds: Iterable[Feed] = (),
        replace: Mapping[Place, Tensor] | None = None,
    ) -> dict[Place, Tensor]:
        """What flows at these ports. Feeds act in the order in which the network computes, each on what the earlier ones left; what
        ``replace`` gives for a port comes instead of a feed there.

        Raises:
            KeyError: nothing is computed at a port.
            ValueError: what is fed does not fit its port.
        """
        wanted = tuple(ports)
        here, heads = self._applied(feeds)
        fed = self._fed(batch, here, heads, dict(replace or {}))
        return dict(zip(wanted, self._compute(wanted, batch, fed, heads), strict=True))

    def originals(self, batch: Fields, feeds: Iterable[Feed]) -> dict[Place, Tensor]:
        """What would flow at each fed port, were it not fed itself."""
        here, heads = self._applied(feeds)
        found: dict[Place, Tensor] = {}
        self._fed(batch, here, heads, {}, found)
        return found

    def statistics(self, port: Place, axis: int) -> PortStatistics:
        """The statistics of a port over the validation set, where nothing is fed; worked out anew when the weights have changed."""
        self._forget_if_trained()
        key = ("statistics", port, axis)
        found = self._kept.get(key)
        if not isinstance(found, PortStatistics):
            added = StatisticsSum(axis)
            with torch.no_grad():
                for batch in self.sources.batches():
                    added.add(self._compute((port,), batch, {}, ())[0])
            found = self._kept[key] = added.finish()
        return found

    def donor(self, port: Place, sample: int) -> Tensor:
        """The value of a port for another sample, where nothing is fed."""
        self._forget_if_trained()
        key = ("donor", port, sample)
        found = self._kept.get(key)
        if not isinstance(found, Tensor):
            with torch.no_grad():
                found = self._kept[key] = self._compute((port,), self.sources.sample(sample), {}, ())[0]
        return found

    def is_computed(self, port: Place) -> bool:
        """Whether the network has this port."""
        try:
            self._view((port,), (), ())
        except KeyError:
            return False
        return True

    def _applied(self, feeds: Iterable[Feed]) -> tuple[list[Feed], tuple[Feed, ...]]:
        """The feeds of ports in the order of computing, and those of heads; without those that are off or do not fit any more."""
        find = self.model.analysis.find
        there = [
            feed for feed in feeds if feed.on and self.is_computed(feed.port) and not why_not(feed, find(feed.port[0]))
        ]
        at_ports = [feed for feed in there if not feed.heads]
        order = self._sort(tuple(feed.port for feed in at_ports))
        return sorted(at_ports, key=lambda feed: order[feed.port]), tuple(feed for feed in there if feed.heads)

    def _sort(self, ports: tuple[Place, ...]) -> Mapping[Place, int]:
        """When each of these ports is computed."""
        if ports not in self._orders:
            self._orders = {ports: {port: at for at, port in enumerate(self.model.sort_ports(ports))}}
        return self._orders[ports]

    def _fed(
        self,
        batch: Fields,
        feeds: Iterable[Feed],
        heads: tuple[Feed, ...],
        fed: dict[Place, Tensor],
        originals: dict[Place, Tensor] | None = None,
    ) -> dict[Place, Tensor]:
        given = frozenset(fed)
        for feed in feeds:
            port = feed.port
            if port in given:
                continue
            # Two feeds of one port, of different units: the later one acts on what the earlier one left.
            original = fed.get(port)
            if original is None:
                original = self._compute((port,), batch, fed, heads)[0]
                if originals is not None:
                    originals[port] = original
            fed[port] = self._value(feed, original)
        return fed

    def _value(self, feed: Feed, original: Tensor) -> Tensor:
        facts = self.model.analysis.find(feed.port[0])
        units = units_of(facts, feed) if facts is not None else None
        axis = units.axis if units is not None else 0
        port = feed.port
        return make_value(feed, original, units, lambda: self.statistics(port, axis), lambda at: self.donor(port, at))

    def _compute(
        self,
        ports: tuple[Place, ...],
        batch: Fields,
        fed: Mapping[Place, Tensor],
        heads: tuple[Feed, ...],
    ) -> tuple[Tensor, ...]:
        paths = tuple(dict.fromkeys(feed.port[0] for feed in heads))
        view = self._view(ports, tuple(fed), paths)
        for path, scale in view.heads.items():
            count = scale.attention[0].num_heads
            factors = [1.0] * count
            for feed in heads:
                if feed.port[0] == path:
                    factors = [a * b for a, b in zip(factors, head_factors(feed, count), strict=True)]
            scale.factors = tuple(factors)
        found: tuple[Tensor, ...] = view.program(*batch, *fed.values())
        return found

    def _view(self, ports: tuple[Place, ...], fed: tuple[Place, ...], heads: tuple[NodePath, ...]) -> _View:
        if self.model.net is not self._net:
            # Other settings, other programs: the network was changed while it is trained.
            self._net = self.model.net
            self._views.clear()
            self._orders.clear()
            self._kept.clear()
        key = (ports, fed, heads)
        view = self._views.pop(key, None)
        if view is None:
            program = self.model.view(ports, fed)
            modules = modules_by_path(self.model.plan.main, self.model.net) if heads else {}
            there = {path: modules[path] for path in heads if path in modules}
            view = _View(program, scale_heads_in(program, there) if there else {})
        self._views[key] = view
        while len(self._views) > MOST_VIEWS:
            self._views.pop(next(iter(self._views)))
        return view

    def _forget_if_trained(self) -> None:
        """Let go of what was measured with other weights."""
        weights = tuple(t._version for t in (*self.model.net.parameters(), *self.model.net.buffers()))
        if weights != self._weights:
            self._weights = weights
            self._kept.clear()
