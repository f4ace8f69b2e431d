"""Signals that ask a program to end: heard once, within, and as before afterwards."""

from __future__ import annotations

import signal
import threading

import pytest

from visualnet.core.process.exit_signals import exit_code, on_ending

ASKED = [n for name in ("SIGINT", "SIGTERM", "SIGHUP") if (n := getattr(signal, name, None)) is not None]


def test_what_a_shell_expects() -> None:
    assert (exit_code(signal.SIGINT), exit_code(signal.SIGTERM)) == (130, 143)


@pytest.mark.parametrize("number", ASKED)
def test_the_first_signal_acts_and_further_ones_do_not(number: int) -> None:
    before, heard = signal.getsignal(number), []
    with on_ending(heard.append):
        for other in (number, *ASKED):
            signal.raise_signal(other)
    assert heard == [number]
    assert signal.getsignal(number) is before


def test_impatient_a_second_ctrl_c_ends_it() -> None:
    heard: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    with on_ending(heard.append, impatient=True):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert heard == [signal.SIGTERM] and signal.getsignal(signal.SIGINT) is before


def test_what_is_ignored_stays_ignored() -> None:
    before, heard = signal.signal(signal.SIGTERM, signal.SIG_IGN), []
    try:
        with on_ending(heard.append):
            signal.raise_signal(signal.SIGTERM)
        assert heard == [] and signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_nothing_is_done() -> None:
    within: list[object] = []
    before = signal.getsignal(signal.SIGTERM)

    def work() -> None:
        with on_ending(within.append):
            within.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert within == [before]
