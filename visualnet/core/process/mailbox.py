"""What other threads say to the window: any thread puts frozen values in, the window takes them out on a timer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, Iterable
from typing import Any


class Mailbox:
    """A buffer that never makes the sender wait and cannot grow without end.

    An event with a `key` may be dropped: the newest of a key replaces the older ones, and where more than `capacity`
    keys wait, the oldest go. An event without a key is always delivered.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        assert capacity > 0, capacity
        self._capacity = capacity
        self._limit = capacity
        # `deque.append` is atomic, so `put` needs no lock: it may run inside a garbage collection or an exception
        # hook that interrupted the very thread which is draining.
        self._events: deque[Any] = deque()
        self._sorting = threading.Lock()

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: object) -> None:
        """Leave an event; from any thread, at any moment."""
        self._events.append(event)
        if len(self._events) > self._limit and self._sorting.acquire(blocking=False):
            try:
                kept = _thinned(self._take(), self._capacity)
                self._events.extendleft(reversed(kept))
                # Undroppable events may fill the box: sort again only after as many new ones, so that puts stay cheap.
                self._limit = max(self._capacity, 2 * len(kept))
            finally:
                self._sorting.release()

    def drain(self) -> list[Any]:
        """Take everything out, oldest first, one event a key."""
        with self._sorting:
            taken = self._take()
            self._limit = self._capacity
        return _thinned(taken, self._capacity)

    def _take(self) -> list[Any]:
        # Only as many as there are now: a busy sender must not keep the window here.
        return [self._events.popleft() for _ in range(len(self._events))]


def _key(event: object) -> Hashable | None:
    found: Hashable | None = getattr(event, "key", None)
    return found


def _thinned(events: Iterable[Any], capacity: int) -> list[Any]:
    """All events without a key, and of the others the newest of each of the `capacity` newest keys."""
    seen: set[Hashable] = set()
    newest_first: list[Any] = []
    for event in reversed(list(events)):
        key = _key(event)
        if key is None:
            newest_first.append(event)
        elif key not in seen and len(seen) < capacity:
            seen.add(key)
            newest_first.append(event)
    return newest_first[::-1]
