"""An error in a method that Qt calls is told by the hook, once, and never reaches C++."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from types import FunctionType

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QLabel,
    QPushButton,
    QStyleOptionGraphicsItem,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

import visualnet.app
from visualnet.app.override_errors import is_called_by_qt

FREELY_NAMED = {"done", "popup", "refresh", "reject", "setText", "update"}
"""What classes of the window name as Qt does, and Python alone calls, or a signal: those are not wrapped."""


class Broken(QLabel):
    """Each method fails as an operator or a built-in function does: Python 3.11 makes such an error only where it is caught."""

    def resizeEvent(self, _event: QResizeEvent) -> None:
        [].index("")  # type: ignore[list-item]

    def paintEvent(self, _event: QPaintEvent) -> None:
        1 // 0  # noqa: B018

    def sizeHint(self) -> QSize:
        return QSize(int("no number"), 1)


class BrokenItem(QGraphicsItem):
    """An item that can be measured but not painted."""

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, 10, 10)

    def paint(self, _painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        raise RuntimeError("cannot be painted")


class BrokenModel(QAbstractListModel):
    """A model that cannot count."""

    def rowCount(self, _parent: QModelIndex | None = None) -> int:  # type: ignore[override]
        return {}["rows"]  # type: ignore[no-any-return]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[type[BaseException]]:
    """The kinds of error that the hook was told of."""
    kinds: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: kinds.append(kind))
    return kinds


def test_a_widget_that_cannot_be_arranged_or_painted_is_told_of_and_the_rest_is_painted(
    qtbot: QtBot, told: list[type[BaseException]]
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    for at in range(3):
        Broken(parent).setGeometry(0, 20 * at, 20, 20)
    assert not parent.grab().isNull()
    assert set(told) == {ValueError, ZeroDivisionError}
    assert told.count(ZeroDivisionError) == 3, "once for each"


def test_qt_gets_the_answer_of_its_own_class_where_ours_fails(qtbot: QtBot, told: list[type[BaseException]]) -> None:
    label = Broken("words")
    qtbot.addWidget(label)
    assert label.sizeHint() == QLabel("words").sizeHint()
    assert told == [ValueError]
    assert BrokenModel().rowCount() is None, "there is no answer but none: Qt makes a zero of it"
    assert told == [ValueError, KeyError]


def test_two_items_of_a_scene_may_fail_in_one_picture(qtbot: QtBot, told: list[type[BaseException]]) -> None:
    scene = QGraphicsScene()
    for at in range(3):
        item = BrokenItem()
        item.setPos(20 * at, 0)
        scene.addItem(item)
    view = QGraphicsView(scene)
    qtbot.addWidget(view)
    view.resize(200, 100)
    assert not view.grab().isNull()
    assert set(told) == {RuntimeError}


def test_a_filter_that_fails_lets_the_event_pass(qtbot: QtBot, told: list[type[BaseException]]) -> None:
    class Filter(QObject):
        def eventFilter(self, _watched: QObject, _event: object) -> bool:  # type: ignore[override]
            raise RuntimeError("cannot be judged")

    button = QPushButton("one")
    qtbot.addWidget(button)
    clicks: list[bool] = []
    button.clicked.connect(lambda checked: clicks.append(checked))
    watcher = Filter()
    button.installEventFilter(watcher)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.removeEventFilter(watcher)
    assert clicks
    assert set(told) == {RuntimeError}


def test_every_method_of_the_window_that_qt_calls_is_wrapped() -> None:
    for module in pkgutil.walk_packages(visualnet.app.__path__, "visualnet.app."):
        if not module.name.endswith("qt_devices"):  # needs a part of PySide that is not always there
            importlib.import_module(module.name)
    seen = 0
    for cls in _all_below(Shiboken.Object):
        for name, method in vars(cls).items():
            if not (cls.__module__.startswith("visualnet.") and isinstance(method, FunctionType)) or name.startswith(
                "__"
            ):
                continue
            if not any(name in vars(base) for base in cls.__mro__ if base.__module__.startswith("PySide6.")):
                continue
            where = f"{cls.__module__}.{cls.__name__}.{name}"
            assert is_called_by_qt(cls, name) != (name in FREELY_NAMED), (
                f"{where}: whether Qt calls it is told by is_called_by_qt"
            )
            assert hasattr(method, "__wrapped__") == is_called_by_qt(cls, name), where
            seen += 1
    assert seen > 400


def _all_below(cls: type) -> set[type]:
    found: set[type] = set()
    waiting = [cls]
    while waiting:
        for below in type.__subclasses__(waiting.pop()):
            if below not in found:
                found.add(below)
                waiting.append(below)
    return found
