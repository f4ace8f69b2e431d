"""Where the picture on the canvas goes: to the place that costs least of all there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from visualnet.app.features.training.pinned_picture import COVERED, _places, find_place

ROOM = QRect(10, 10, 600, 400)
SIDES = st.integers(40, 500)
RECTS = st.builds(QRect, st.integers(-50, 600), st.integers(-50, 400), st.integers(10, 300), st.integers(10, 300))


def cost(place: QRect, node: QRect, taken: list[QRect]) -> float:
    way = place.center() - node.center()
    met = [place & rect for rect in taken]
    hidden = sum(rect.width() * rect.height() for rect in met if not rect.isEmpty())
    return float(abs(way.x()) + abs(way.y()) + COVERED * hidden**0.5)


@given(RECTS, st.builds(QSize, SIDES, SIDES), st.lists(RECTS, max_size=8))
def test_no_place_costs_less(node: QRect, size: QSize, taken: list[QRect]) -> None:
    found = find_place(ROOM, node, [size], taken)
    assert found.size() == size
    assert cost(found, node, taken) == min(cost(place, node, taken) for place in _places(ROOM, size))


@given(RECTS, st.lists(RECTS, min_size=1, max_size=8))
def test_a_smaller_one_that_covers_nothing_is_rather_taken(node: QRect, taken: list[QRect]) -> None:
    large, small = QSize(500, 350), QSize(50, 40)
    found = find_place(ROOM, node, [large, small], taken)
    free = [place for place in _places(ROOM, small) if not any(place.intersects(rect) for rect in taken)]
    if found.size() == small and free:
        assert cost(found, node, taken) <= cost(free[0], node, taken)
    if found.size() == large:
        assert all(cost(found, node, taken) <= cost(place, node, taken) for place in _places(ROOM, small)) or not any(
            found.intersects(rect) for rect in taken
        )
