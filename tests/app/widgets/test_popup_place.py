"""Where a popup stands: no place covers less of what shall be seen, and of those none is nearer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.widgets.dialogs.popup import EDGE, STEP, Popup

RECTS = st.builds(QRect, st.integers(-50, 700), st.integers(-50, 500), st.integers(0, 400), st.integers(0, 300))


@pytest.fixture
def popup(qtbot: QtBot) -> Iterator[Popup]:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(700, 500)
    made = Popup(host, "Choose")
    made.resize(220, 160)
    yield made
    host.close()


def cost(corner: QPoint, at: QPoint, size: QRect, areas: list[QRect]) -> tuple[int, int]:
    place = QRect(corner, size.size())
    parts = [place.intersected(area) for area in areas]
    covered = sum(part.width() * part.height() for part in parts if not part.isEmpty())
    dx = max(corner.x() - at.x(), at.x() - corner.x() - size.width(), 0)
    dy = max(corner.y() - at.y(), at.y() - corner.y() - size.height(), 0)
    return covered, dx + dy


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.builds(QPoint, st.integers(0, 700), st.integers(0, 500)), areas=st.lists(RECTS, max_size=5))
def test_no_place_is_better(popup: Popup, at: QPoint, areas: list[QRect]) -> None:
    found, size = popup.place_beside(at, areas), popup.rect()
    assert popup.host.rect().contains(QRect(found, size.size()))
    every = (QPoint(x, y) for x in range(EDGE, 700 - 220 - EDGE, STEP) for y in range(EDGE, 500 - 160 - EDGE, STEP))
    assert cost(found, at, size, areas) <= min(cost(corner, at, size, areas) for corner in every)
