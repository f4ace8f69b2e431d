"""Points answer to the pointer: the nearest is ringed, a click opens its sample, Ctrl and the wheel go nearer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.plots.embedding import EmbeddingView
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.figures.sequences.embedding_map import EmbeddingMap

LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def chart(count: int = 40) -> EmbeddingMap:
    points = np.random.default_rng(0).normal(size=(count, 2))
    labels = np.arange(count) % 3
    names = tuple(f"sample {at}" for at in range(count))
    return EmbeddingMap(points, labels, ("cat", "dog", "eel"), names, 100 + np.arange(count))


@pytest.fixture
def view(qtbot: QtBot) -> EmbeddingView:
    widget = EmbeddingView()
    qtbot.addWidget(widget)
    widget.resize(560, 380)
    widget.set_theme(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    widget.show_chart(chart())
    return widget


def wheel(view: EmbeddingView, at: QPointF, notches: int, held: Qt.KeyboardModifier) -> bool:
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    return event.isAccepted()


def test_the_nearest_point_is_told_and_opened(view: EmbeddingView) -> None:
    told: list[int] = []
    opened: list[tuple[int, ...]] = []
    view.pointed.connect(told.append)
    view.samples_chosen.connect(lambda samples, _: opened.append(samples))
    at = view.place_of(7)
    assert at is not None
    plain = view.grab().toImage()
    QTest.mouseMove(view, at.toPoint())
    assert told == [7]
    assert view.accessibleDescription() == "sample 7 · dog"
    ringed = view.grab().toImage()
    assert ringed != plain
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    view.set_card(image)
    assert view.grab().toImage() != ringed
    QTest.mouseClick(view, LEFT, pos=at.toPoint())
    assert opened == [(107,)]
    QTest.mouseMove(view, QPoint(2, 2))
    assert told == [7, -1]
    view.set_theme(LIGHT)
    assert view.grab().toImage() != plain


def test_going_nearer_keeps_what_is_under_the_pointer(view: EmbeddingView) -> None:
    at = view.place_of(3)
    assert at is not None
    assert not wheel(view, at, 1, NONE), "without Ctrl the panel scrolls"
    assert wheel(view, at, 3, CTRL)
    near = view.place_of(3)
    assert near is not None and (near - at).manhattanLength() < 0.01
    assert sum(view.place_of(i) is not None for i in range(40)) < 40
    view.show_chart(chart())
    assert view.map is not None and view.map.window is not None, "the next look is seen as near"
    QTest.mousePress(view, LEFT, NONE, at.toPoint())
    QTest.mouseMove(view, at.toPoint() + QPoint(30, 10))
    QTest.mouseRelease(view, LEFT, NONE, at.toPoint() + QPoint(30, 10))
    moved = view.place_of(3)
    assert moved is not None
    assert (moved - near).x() == pytest.approx(30, abs=1) and (moved - near).y() == pytest.approx(10, abs=1)
    QTest.mouseDClick(view, LEFT, NONE, QPoint(5, 5))
    assert view.map.window is None


def test_keys_go_from_point_to_point(view: EmbeddingView, qtbot: QtBot) -> None:
    opened: list[tuple[int, ...]] = []
    view.samples_chosen.connect(lambda samples, _: opened.append(samples))
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened == [(100 + view.at,)]
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.map is not None and view.map.window is not None
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.map.window is None
    view.show_chart(chart(2))
    assert view.at < 2


def test_two_thousand_points_are_laid_out_and_pointed_at(view: EmbeddingView) -> None:
    view.show_chart(chart(2000))
    places = [view.place_of(at) for at in (0, 1999)]
    assert all(place is not None for place in places)
    assert view.point_at(places[1]) in range(2000)
