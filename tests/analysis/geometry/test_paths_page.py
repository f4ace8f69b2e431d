"""The ways of wires round cards: as written down in ``paths.txt``, clear of cards, and the same on a sheet that flows down."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from tests.analysis.geometry.paths import PAGE, SCENES, Scene, card, lines
from visualnet.analysis.geometry import wire_paths
from visualnet.analysis.geometry.boxes import Box, Point, grow
from visualnet.analysis.geometry.wire_paths import CLEAR, Segment, WirePath, find_path

STUCK = {"cards on both sides of the way out", "two cards leave a narrow gap"}
"""Here the ways that are tried all meet a card, or come nearer to one than they should."""

every = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)


def written() -> dict[str, str]:
    """Title → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").split("\n\n")
    return {part.strip().partition("\n")[0]: part.strip() for part in parts}


@every
def test_the_page_of_paths_is_current(scene: Scene) -> None:
    assert "\n".join(lines(scene)).strip() == written()[scene.title], "run: python -m tests.analysis.geometry.paths"


def points_along(path: WirePath) -> list[Point]:
    """Points along a path, by De Casteljau's way of halving."""
    found = [path.start]
    for segment in path.segments:
        corners = [found[-1], segment.one or found[-1], segment.two or segment.to, segment.to]
        for n in range(1, 65):
            t, row = n / 64, corners
            while len(row) > 1:
                row = [(p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t) for p, q in itertools.pairwise(row)]
            found.append(row[0])
    return found


@every
def test_a_way_meets_no_card_and_its_labels_lie_on_it(scene: Scene) -> None:
    path = scene.path()
    along = points_along(path)
    for box in scene.cards if scene.title not in STUCK else ():
        left, top, right, bottom = grow(box, CLEAR - 2)
        assert not any(left < x < right and top < y < bottom for x, y in along), box
    for spot in path.spots:
        assert min(abs(x - spot.at[0]) + abs(y - spot.at[1]) for x, y in along) < 8
    assert (along[0], along[-1]) == scene.ends


@every
def test_a_sheet_that_flows_down_has_the_same_ways_over_its_diagonal(scene: Scene) -> None:
    across, down = scene.path(), scene.path(down=True)
    turned = [tuple(p[::-1] if p else None for p in segment) for segment in down.segments]
    assert [tuple(segment) for segment in across.segments] == turned
    assert [(s.at[::-1], s.room) for s in down.spots] == [(s.at, s.room) for s in across.spots]


# --- which cards a piece meets, by exact arithmetic ------------------------------------------------------------------------


def crosses(p: Point, q: Point, box: Box) -> bool:
    """Whether a straight piece and a rectangle have a point in common: by the signs of areas, in fractions."""
    left, top, right, bottom = box
    if any(left <= x <= right and top <= y <= bottom for x, y in (p, q)):
        return True
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return any(meet(p, q, a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True))


def meet(p: Point, q: Point, a: Point, b: Point) -> bool:
    """Whether two pieces have a point in common that is no matter of rounding; ends count."""

    def side(o: Point, u: Point, v: Point) -> int:
        area = (Fraction(u[0]) - Fraction(o[0])) * (Fraction(v[1]) - Fraction(o[1])) - (
            Fraction(u[1]) - Fraction(o[1])
        ) * (Fraction(v[0]) - Fraction(o[0]))
        return (area > 0) - (area < 0)

    def between(o: Point, u: Point, v: Point) -> bool:
        return min(o[0], u[0]) <= v[0] <= max(o[0], u[0]) and min(o[1], u[1]) <= v[1] <= max(o[1], u[1])

    sides = side(p, q, a), side(p, q, b), side(a, b, p), side(a, b, q)
    if sides[0] != sides[1] and sides[2] != sides[3]:
        return True
    ends = ((p, q, a), (p, q, b), (a, b, p), (a, b, q))
    return any(not s and between(*end) for s, end in zip(sides, ends, strict=True))


def test_the_cards_that_a_way_meets_are_counted_right_one_by_one_and_many_at_once() -> None:
    rng = random.Random(4)

    def point() -> Point:
        return float(rng.randint(0, 40) * 5), float(rng.randint(0, 40) * 5)

    counts = []
    for _ in range(20):
        path = WirePath(point(), tuple(Segment(point()) for _ in range(3)))
        boxes = [card(rng.randint(0, 180), rng.randint(0, 180), rng.randint(14, 60), 20) for _ in range(20)]
        own = boxes[0], boxes[1]
        corners = [path.start, *(segment.to for segment in path.segments)]
        areas = [grow(box, -6 if box in own else 7) for box in boxes]
        meeting = sum(any(crosses(p, q, a) for p, q in itertools.pairwise(corners)) for a in areas)
        many = wire_paths._grow_all(boxes, own)
        assert wire_paths._count_hits(path, boxes, own) == wire_paths._count_hits(path, boxes, own, many) == meeting
        counts.append(meeting)
    assert len(set(counts)) > 5
    assert wire_paths._grow_all(boxes[:12], own) is None and many is not None and many.shape == (20, 4)


def test_of_many_cards_the_same_way_is_found_as_of_few() -> None:
    """Cards that are far away change how the count is made, and nothing else."""
    far = tuple(card(5000 + 200 * n, 5000) for n in range(20))
    for scene in SCENES:
        own = scene.first, scene.second
        few = [*own, *scene.cards]
        ways = [
            find_path(*scene.ends, scene.points, own, lambda area, boxes=boxes: boxes)
            for boxes in (few, [*few, *far[: 14 - len(few)]])
        ]
        assert ways[0] == ways[1]


def test_without_cards_the_way_is_the_shortest_of_its_kind() -> None:
    for scene in SCENES:
        alone = find_path(*scene.ends, scene.points, (scene.first, scene.second))
        assert alone == find_path(*scene.ends, scene.points, (scene.first, scene.second), lambda area: [])
