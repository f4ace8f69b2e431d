"""What other threads say reaches the window here, and only here.

Any thread puts frozen values in; the window takes them out on a timer, at most 30 times a second.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer


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


class MailboxPump(QObject):
    """Brings the mail to the window: one call of `deliver` a tick, only when there is something.

    While idle it looks every `rest_ms`, or not at all when that is 0; `wake` starts it again.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        deliver: Callable[[list[Any]], None],
        parent: QObject | None = None,
        *,
        interval_ms: int = 33,
        rest_ms: int = 0,
    ) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._deliver = deliver
        self._interval_ms = interval_ms
        self._rest_ms = rest_ms
        self._idle = False
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @property
    def running(self) -> bool:
        """Whether the timer ticks."""
        return self._timer.isActive()

    def set_idle(self, idle: bool) -> None:
        """Say that nobody is sending: what is left is delivered, then the timer rests."""
        self._idle = idle
        if not idle:
            self._timer.start(self._interval_ms)

    def wake(self) -> None:
        """Tick again at full speed."""
        self.set_idle(False)

    def flush(self) -> None:
        """Deliver now what there is."""
        events = self._mailbox.drain()
        if events:
            self._deliver(events)

    def stop(self) -> None:
        """Tick no more; for closing the window."""
        self._timer.stop()

    def _tick(self) -> None:
        events = self._mailbox.drain()
        if events:
            self._deliver(events)
        elif self._idle:
            if self._rest_ms:
                self._timer.start(self._rest_ms)
            else:
                self._timer.stop()
