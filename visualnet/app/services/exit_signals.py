"""The system asks the window to end: a signal reaches Qt's event loop, whatever the loop is waiting for.

Python tells of a signal only between two of its own steps, and a window at rest makes none. So the interpreter also writes the signal's
number into a socket, and Qt looks at that.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier

from visualnet.core.process.exit_signals import NAMES, on_ending


@contextmanager
def end_on_signal(end: Callable[[int], None]) -> Iterator[None]:
    """Within, the first signal to end calls ``end`` with its number, from the event loop. Further ones change nothing."""
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    known = {getattr(signal, name) for name in NAMES if hasattr(signal, name)}
    heard: list[int] = []

    def look(*_: object) -> None:
        try:
            told = [number for number in near.recv(4096) if number in known]
        except BlockingIOError:
            return
        if told and not heard:
            heard.append(told[0])
            end(told[0])

    notifier = QSocketNotifier(near.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(look)
    before = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
    try:
        with on_ending(lambda _: None):
            yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        notifier.deleteLater()
        near.close()
        far.close()
