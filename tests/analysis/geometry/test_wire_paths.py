"""Single wires find their way round what stands in it, in plain numbers."""

from __future__ import annotations

import pytest

from visualnet.analysis.geometry.boxes import Box, Point, overlap
from visualnet.analysis.geometry.wire_paths import WirePath, find_path

START, END = (168.0, 40.0), (600.0, 40.0)
OWN = (0.0, 0.0, 168.0, 80.0), (600.0, 0.0, 768.0, 80.0)
WALL = (300.0, -40.0, 468.0, 120.0)


def points_of(path: WirePath, pieces: int = 100) -> list[Point]:
    """Points along the whole path, by the formula of a Bézier curve."""
    found = [path.start]
    for segment in path.segments:
        start, end = found[-1], segment.to
        one, two = segment.one or start, segment.two or end
        for n in range(1, pieces + 1):
            t = n / pieces
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (start, one, two, end), strict=True)) for axis in (0, 1))
            found.append((x, y))
    return found


def meets(path: WirePath, box: Box) -> bool:
    return any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in points_of(path))


def transpose(box: Box) -> Box:
    return box[1], box[0], box[3], box[2]


@pytest.mark.parametrize("down", [False, True])
def test_a_long_wire_goes_round_what_stands_in_its_way(down: bool) -> None:
    start, end, own, wall = START, END, OWN, WALL
    if down:
        start, end, own, wall = start[::-1], end[::-1], (transpose(OWN[0]), transpose(OWN[1])), transpose(WALL)
    assert meets(find_path(start, end, own=own, down=down), wall)
    found = find_path(start, end, own=own, near=lambda area: [wall] if overlap(wall, area) else [], down=down)
    assert not meets(found, wall)
    assert (found.start, found.segments[-1].to) == (start, end)


@pytest.mark.parametrize("many", [1, 30])
def test_a_wire_that_goes_back_stays_clear_of_cards(many: int) -> None:
    """With one card in the way, and with so many that they are tried all at once."""
    walls: list[Box] = [(x, 90.0, x + 10.0, 110.0) for x in range(200, 200 + 10 * many, 10)]
    own = OWN[1], OWN[0]
    found = find_path(END, START, own=own, near=lambda area: [wall for wall in walls if overlap(wall, area)])
    assert any(meets(find_path(END, START, own=own), wall) for wall in walls)
    assert not any(meets(found, wall) for wall in walls)


@pytest.mark.parametrize("wider", [8.0, 60.0])
def test_a_wire_back_to_the_next_row_goes_round_a_wider_card_below_its_own(wider: float) -> None:
    own = (600.0, 0.0, 768.0, 80.0), (0.0, 300.0, 168.0, 380.0)
    below: Box = (600.0, 110.0, 768.0 + wider, 190.0)
    start, end = (768.0, 40.0), (0.0, 340.0)
    found = find_path(start, end, own=own, near=lambda area: [below] if overlap(below, area) else [])
    assert meets(find_path(start, end, own=own), below)
    assert not meets(found, below)
    (lane,) = {spot.at[1] for spot in found.spots}
    assert 190.0 < lane < 300.0, "between the rows, not above both"


def test_a_wire_led_over_points_goes_round_too() -> None:
    points = [(260.0, 40.0), (520.0, 40.0)]
    assert meets(find_path(START, END, points, OWN), WALL)
    found = find_path(START, END, points, OWN, lambda area: [WALL] if overlap(WALL, area) else [])
    assert not meets(found, WALL)
    assert all(any(segment.to == p for segment in found.segments) for p in points), "its own points are kept"
