"""The most memory that one training step takes on the CPU, where no allocator counts: every tensor that comes and goes is counted.

What a kernel takes for itself while it works is not seen.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class AllocationMeter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the memory of the tensors that are made while it is entered, until they are let go."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held = self.peak = 0
        self._seen: dict[int, weakref.ref[torch.UntypedStorage]] = {}

    def ignore(self, tensors: Iterable[Tensor]) -> None:
        """Do not count what is there already."""
        for tensor in tensors:
            self._note(tensor.untyped_storage(), 0)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        results = func(*args, **(kwargs or {}))
        for result in tree_leaves(results):
            if isinstance(result, Tensor):
                storage = result.untyped_storage()
                self._note(storage, storage.nbytes())
        return results

    def _note(self, storage: torch.UntypedStorage, size: int) -> None:
        key = id(storage)
        known = self._seen.get(key)
        if known is not None and known() is storage:
            return

        def release(_ref: object) -> None:
            self.held -= size
            self._seen.pop(key, None)

        self._seen[key] = weakref.ref(storage, release)
        self.held += size
        self.peak = max(self.peak, self.held)


def measure_peak(work: Callable[[], object], before: Iterable[Tensor]) -> int:
    """Bytes that are held at most while this is done: those of the tensors from before, and of all that are made."""
    kept = list(before)
    storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    meter = AllocationMeter()
    meter.ignore(kept)
    with meter:
        work()
    meter._seen.clear()
    return sum(storages.values()) + meter.peak
