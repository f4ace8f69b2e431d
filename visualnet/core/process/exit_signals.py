"""The signals that ask a program to end, and what its exit code says of them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl+C; a service, a logout or `kill`; a terminal or connection that closes; Ctrl+Break on Windows."""


def exit_code(number: int) -> int:
    """What a shell expects of a program that ended because of a signal: 130 for Ctrl+C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + number


@contextmanager
def on_ending(act: Callable[[int], None], impatient: bool = False) -> Iterator[None]:
    """Within, a signal to end calls ``act`` with its number, once. Further ones change nothing: a closing terminal sends two.

    ``impatient``: a Ctrl+C after that ends the program at once. A signal that is ignored stays so (`nohup`, jobs in the background).
    In another thread than the main one nothing is done: signals are none of its business.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, object] = {}
    heard: list[int] = []

    def hear(number: int, _frame: object) -> None:
        if not heard:
            heard.append(number)
            act(number)
        elif impatient and number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
            raise KeyboardInterrupt

    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
            before[number] = signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]


@contextmanager
def end_at_once() -> Iterator[None]:
    """Within, a signal to end does so at once, without a word: for a wait in a library's C code, in which Python hears of no signal, and
    in which there is nothing to save. A signal that is ignored stays so; in another thread than the main one nothing is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    heard = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in heard.items() if handler not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
