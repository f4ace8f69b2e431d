"""Redraws share the time with the training."""

from __future__ import annotations

import time

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QWidget

from visualnet.app.redraws import SLOWEST, Redraws


def live(app: QApplication, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.001)


def test_asked_twice_is_drawn_once_and_not_too_often(qapp: QApplication) -> None:
    redraws, drawn = Redraws(), []
    for _ in range(5):
        redraws.ask("a", None, lambda: drawn.append(1), 60_000)
    live(qapp, 0.05)
    assert len(drawn) == 1
    redraws.ask("a", None, lambda: drawn.append(1), 60_000)
    live(qapp, 0.05)
    assert len(drawn) == 1
    redraws.stop()


def test_what_is_gone_is_not_drawn(qapp: QApplication) -> None:
    redraws, drawn, widget = Redraws(), [], QWidget()
    redraws.ask("a", widget, lambda: drawn.append(1))
    shiboken6.delete(widget)
    live(qapp, 0.05)
    assert not drawn
    redraws.stop()


def test_what_is_hidden_is_not_drawn(qapp: QApplication) -> None:
    redraws, drawn, widget = Redraws(), [], QWidget()
    redraws.ask("a", widget, lambda: drawn.append(1))
    live(qapp, 0.05)
    assert not drawn
    redraws.stop()
    widget.deleteLater()


@pytest.mark.parametrize(("work_ms", "slower"), [(25, True), (0, False)])
def test_heavy_pictures_come_less_often(qapp: QApplication, work_ms: int, slower: bool) -> None:
    redraws = Redraws()

    def draw() -> None:
        end = time.thread_time() + work_ms / 1000
        while time.thread_time() < end:
            pass

    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        redraws.ask("a", None, draw, 20)
        qapp.processEvents()
        time.sleep(0.02)
    assert (redraws.stretch > 2.0) == slower
    assert redraws.stretch <= SLOWEST
    redraws.stop()
