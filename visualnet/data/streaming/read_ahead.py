"""Batches whose order is known, read by several threads before they are asked for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Index = NDArray[Any]
T = TypeVar("T")

CHECK_S = 0.05
"""While a batch is waited for, so often it is asked whether to wait on."""


class WaitEnded(Exception):
    """A batch was not waited for to its end."""


class ReadAhead(Generic[T]):
    """Reads batches in several threads, some ahead of the one that is asked for. ``read`` gets the indices of a batch, and a function that
    says when nobody waits for it any more. Threads, not processes: decoders of images and sound let go of Python's lock, and threads share
    what is kept in memory."""

    def __init__(self, read: Callable[[Index, Callable[[], bool]], T], workers: int) -> None:
        self._read, self._workers = read, max(1, workers)
        self._pool: ThreadPoolExecutor | None = None
        self._rest: deque[Index] = deque()
        self._reading: deque[tuple[Index, Future[T]]] = deque()
        self._ended = threading.Event()
        self._ahead = 1

    def begin(self, batches: Iterable[Index], ahead: int) -> None:
        """Read these next, ``ahead`` of them at a time at most; what was begun before is given up."""
        self._give_up()
        self._ended, self._rest, self._ahead = threading.Event(), deque(batches), max(1, ahead)
        self._fill()

    def is_next(self, index: Index) -> bool:
        """Whether these samples are the next batch."""
        return bool(self._reading) and np.array_equal(self._reading[0][0], index)

    def take(self, leaves: Callable[[], bool] = lambda: False) -> T:
        """The next batch, waited for until ``leaves`` says no longer.

        Raises:
            WaitEnded: it says so; the batch is the next one still.
        """
        _, future = self._reading[0]
        while not future.done():
            wait((future,), CHECK_S)
            if leaves() and not future.done():
                raise WaitEnded
        self._reading.popleft()
        self._fill()
        return future.result()

    def close(self) -> None:
        """End: threads go as soon as they have decoded what they are at."""
        self._give_up()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _give_up(self) -> None:
        self._ended.set()
        for _, future in self._reading:
            future.cancel()
        self._reading.clear()
        self._rest.clear()

    def _fill(self) -> None:
        while self._rest and len(self._reading) < self._ahead:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._workers, "visualnet-read")
            index = self._rest.popleft()
            self._reading.append((index, self._pool.submit(self._read, index, self._ended.is_set)))
