"""The collector is kept from walking over what stays; what is closed is found again."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.waiting import linger
from visualnet.app import collector as module
from visualnet.app.collector import Collector


class Knot:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QObject]:
    yield QObject()
    gc.unfreeze()


def test_what_stays_is_out_of_sight_and_what_comes_later_is_freed(owner: QObject) -> None:
    collector = Collector(lambda: False, owner)
    knot = Knot()
    seen = len(gc.get_objects())
    collector.settle()
    assert gc.get_freeze_count() > 0.9 * seen and len(gc.get_objects()) < 0.1 * seen
    later = weakref.ref(Knot())
    gc.collect()
    assert later() is None
    gone = weakref.ref(knot)
    del knot
    gc.collect()
    assert gone() is not None, "out of sight"
    collector.closed()
    gc.collect()
    assert gone() is None
    collector.stop()


def test_never_while_something_trains(owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AFTER_MS", 1)
    busy = [True]
    collector = Collector(lambda: busy[0], owner)
    collector.opened()
    linger(0.02)
    assert gc.get_freeze_count() == 0
    busy[0] = False
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    collector.stop()
    assert gc.get_freeze_count() == 0
