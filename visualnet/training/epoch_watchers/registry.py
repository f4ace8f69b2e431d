"""All watchers."""

from __future__ import annotations

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Tensors
from visualnet.training.epoch_watchers.collapse import CollapseWatch
from visualnet.training.epoch_watchers.watcher import EpochWatcher, MakeWatcher

EPOCH_WATCHERS: tuple[MakeWatcher, ...] = (CollapseWatch.watch,)
"""In the order in which they look."""


def make_watchers(model: Model, data: Loaded, tensors: Tensors) -> tuple[EpochWatcher, ...]:
    """Those that have something to look at in this network."""
    made = (watch(model, data, tensors) for watch in EPOCH_WATCHERS)
    return tuple(watcher for watcher in made if watcher is not None)
