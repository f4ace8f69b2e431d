"""Redraws share the time with the training."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QWidget

from tests.waiting import linger, until
from visualnet.app.services import redraw_budget as redraws_module
from visualnet.app.services.redraw_budget import SLOWEST, RedrawBudget


def test_asked_twice_is_drawn_once_and_not_too_often(qapp: QApplication) -> None:
    redraws, drawn = RedrawBudget(), []
    for _ in range(5):
        redraws.ask("a", None, lambda: drawn.append(1), 60_000)
    until(lambda: drawn)
    redraws.ask("a", None, lambda: drawn.append(1), 60_000)
    linger(0.05)
    assert len(drawn) == 1
    redraws.stop()


def test_what_is_gone_is_not_drawn(qapp: QApplication) -> None:
    redraws, drawn, widget = RedrawBudget(), [], QWidget()
    redraws.ask("a", widget, lambda: drawn.append(1))
    shiboken6.delete(widget)
    linger(0.05)
    assert not drawn
    redraws.stop()


def test_what_is_hidden_is_not_drawn(qapp: QApplication) -> None:
    redraws, drawn, widget = RedrawBudget(), [], QWidget()
    redraws.ask("a", widget, lambda: drawn.append(1))
    linger(0.05)
    assert not drawn
    redraws.stop()
    widget.deleteLater()


@pytest.mark.parametrize(("work_ms", "slower"), [(25, True), (0, False)])
def test_heavy_pictures_come_less_often(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, work_ms: int, slower: bool
) -> None:
    now, worked = [100.0], [0.0]
    clocks = SimpleNamespace(monotonic=lambda: now[0], thread_time=lambda: worked[0])
    monkeypatch.setattr(redraws_module, "time", clocks)
    redraws = RedrawBudget()

    def draw() -> None:
        now[0] += work_ms / 1000
        worked[0] += work_ms / 1000

    for _ in range(120):
        redraws.ask("a", None, draw, 20)
        redraws._draw_one()
        now[0] += 0.02
    assert (redraws.stretch > 2.0) == slower
    assert redraws.stretch <= SLOWEST
    redraws.stop()
