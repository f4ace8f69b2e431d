"""Where the picture on the canvas goes: to the place that costs least of all there are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from visualnet.app.features.training.pinned_picture import COVERED, STEP, find_place

ROOM = QRect(10, 10, 600, 400)
SIDES = st.integers(40, 500)
RECTS = st.builds(QRect, st.integers(-50, 600), st.integers(-50, 400), st.integers(10, 300), st.integers(10, 300))


def places(size: QSize) -> Iterator[QRect]:
    """All that are tried."""
    last_x, last_y = ROOM.right() - size.width(), ROOM.bottom() - size.height()
    for x in (*range(ROOM.left(), last_x, STEP), max(last_x, ROOM.left())):
        for y in (*range(ROOM.top(), last_y, STEP), max(last_y, ROOM.top())):
            yield QRect(QPoint(x, y), size)


def cost(place: QRect, node: QRect, taken: list[QRect]) -> float:
    way = place.center() - node.center()
    met = [place & rect for rect in taken]
    hidden = sum(rect.width() * rect.height() for rect in met if not rect.isEmpty())
    return float(abs(way.x()) + abs(way.y()) + COVERED * hidden**0.5)


@given(RECTS, st.builds(QSize, SIDES, SIDES), st.lists(RECTS, max_size=8))
def test_no_place_costs_less(node: QRect, size: QSize, taken: list[QRect]) -> None:
    found = find_place(ROOM, node, [size], taken)
    assert found.size() == size
    assert cost(found, node, taken) == pytest.approx(min(cost(place, node, taken) for place in places(size)))


@given(RECTS, st.lists(RECTS, min_size=1, max_size=8))
def test_a_smaller_one_that_covers_nothing_is_rather_taken(node: QRect, taken: list[QRect]) -> None:
    large, small = QSize(500, 350), QSize(50, 40)
    found = find_place(ROOM, node, [large, small], taken)
    free = [place for place in places(small) if not any(place.intersects(rect) for rect in taken)]
    if found.size() == small and free:
        assert cost(found, node, taken) <= cost(free[0], node, taken)
    if found.size() == large:
        assert all(cost(found, node, taken) <= cost(place, node, taken) for place in places(small)) or not any(
            found.intersects(rect) for rect in taken
        )
