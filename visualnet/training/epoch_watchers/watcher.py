"""What a watcher is: told of each epoch's end, it looks at the network and says where something goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.data.loading import Loaded
    from visualnet.data.tensors import Tensors
    from visualnet.training import events
    from visualnet.training.learners.learners import Learners


class WatchedRun(Protocol):
    """What is asked of a run: what ``TrainingLoop`` is here."""

    emit: Callable[[events.Event], None]
    learners: Learners


class EpochWatcher(Protocol):
    """Watches a network while it trains; made anew for another one."""

    def look(self, run: WatchedRun, values: Mapping[str, float | None]) -> object:
        """An epoch is over, in which ``values`` were the means: look, and tell what is wrong by `WatchedRun.emit`."""
        ...


MakeWatcher = Callable[["Model", "Loaded", "Tensors"], EpochWatcher | None]
"""Makes the watcher of a network and its data; None where there is nothing for it to look at."""
