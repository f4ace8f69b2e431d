"""The collector is kept from walking over what stays; what is closed is found again when nobody works."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.waiting import linger, until
from visualnet.app.services import gc_control as module
from visualnet.app.services.gc_control import GcControl
from visualnet.core.caches import cached


class Knot:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.self = self


class Clock:
    """A clock that only a test moves."""

    now = 1000.0


@pytest.fixture
def owner(qapp: QApplication, program_freezes: None) -> Iterator[QObject]:
    thresholds = gc.get_threshold()
    yield QObject()
    gc.set_threshold(*thresholds)


@pytest.mark.wide
def test_what_stays_is_out_of_sight_and_what_comes_later_is_freed(owner: QObject) -> None:
    collector = GcControl(lambda: False, owner)
    knot = Knot()
    seen = len(gc.get_objects())
    collector.freeze()
    assert gc.get_freeze_count() > 0.9 * seen and len(gc.get_objects()) < 0.1 * seen
    later = weakref.ref(Knot())
    collector.freeze()
    assert later() is None
    gone = weakref.ref(knot)
    del knot
    collector.freeze()
    assert gone() is not None, "out of sight"
    collector.collect_all()
    assert gone() is None
    collector.stop()


@pytest.mark.wide
def test_never_while_something_trains(owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AFTER_MS", 1)
    busy = [True]
    collector = GcControl(lambda: busy[0], owner)
    collector.freeze_soon()
    linger(0.02)
    assert gc.get_freeze_count() == 0
    busy[0] = False
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    collector.stop()
    assert gc.get_freeze_count() == 0


def test_it_waits_for_a_pause_between_two_inputs_but_not_for_ever(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now, perf_counter=time.perf_counter))
    collector = GcControl(lambda: False, owner)
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    collector.look()

    def wait(seconds: float) -> None:
        clock.now += seconds
        collector._freeze_in_a_pause()

    collector.freeze_soon()
    for _ in range(3):
        clock.now += 1.0
        QTest.keyClick(widget.windowHandle(), Qt.Key.Key_A)
        wait(0.1)
        assert gc.get_freeze_count() == 0, "somebody works"
    wait(1.0)
    assert gc.get_freeze_count() > 0, "a pause"
    gc.unfreeze()
    collector.freeze_soon()
    clock.now += module.LATEST_S
    QTest.keyClick(widget.windowHandle(), Qt.Key.Key_A)
    wait(0.1)
    assert gc.get_freeze_count() > 0, "long enough"
    collector.stop()


@pytest.mark.wide
def test_everything_is_collected_after_a_closing_once_the_window_rests(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST_S", 0.5)
    collector = GcControl(lambda: False, owner)
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    knot, asked = Knot(), []

    @cached(8)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    collector.freeze()
    gone = weakref.ref(knot)
    del knot
    double(1), double(1)
    assert asked == [1]
    collector.look()
    assert gone() is not None, "nothing was closed"
    collector.collect_later()
    QTest.keyClick(widget.windowHandle(), Qt.Key.Key_A)
    collector.look()
    assert gone() is not None, "somebody works"

    def let_go() -> bool:
        collector.look()
        return gone() is None

    until(let_go, "what was closed to be let go, once nobody works")
    double(1)
    assert asked == [1, 1], "what was remembered of closed projects is forgotten"
    collector.stop()


def test_python_never_collects_the_oldest_objects_by_itself_while_the_window_lives(owner: QObject) -> None:
    before = gc.get_threshold()
    collector = GcControl(lambda: False, owner)
    runs: list[int] = []
    gc.callbacks.append(lambda phase, info: runs.append(info["generation"]) if phase == "start" else None)
    kept = [[[] for _ in range(10)] for _ in range(60_000)]
    gc.callbacks.pop()
    assert len(kept) == 60_000 and len(runs) > 100 and 2 not in runs
    collector.stop()
    assert gc.get_threshold() == before
