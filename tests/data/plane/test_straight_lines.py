"""Whether one line divides points: known by how the points were made."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from visualnet.data.plane.straight_lines import convex_hull, lines_divide

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 12), st.integers(1, 12))
def test_points_on_both_sides_of_a_line_are_divided_by_it(seed: int, first: int, second: int) -> None:
    rng = np.random.default_rng(seed)
    points, labels = rng.normal(size=(first + second, 2)), np.repeat([0, 1], [first, second])
    normal = rng.normal(size=2)
    side = points @ normal
    points += (
        (np.where(labels == 0, 0.05 + np.abs(side), -0.05 - np.abs(side)) - side)[:, None] * normal / (normal @ normal)
    )
    assert lines_divide(points, labels)


@given(seeds, st.integers(2, 12), st.integers(1, 12))
def test_a_point_between_those_of_the_other_class_cannot_be_divided(seed: int, first: int, second: int) -> None:
    rng = np.random.default_rng(seed)
    ring, others = rng.normal(size=(first, 2)), rng.normal(size=(second, 2))
    shares = rng.dirichlet(np.ones(first))
    assume(shares.max() < 0.99)
    others[0] = shares @ ring
    assert not lines_divide(np.concatenate([ring, others]), np.repeat([0, 1], [first, second]))


@given(seeds, st.integers(3, 40))
def test_a_hull_holds_every_point_and_turns_left_at_each_corner(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).normal(size=(count, 2))
    hull = convex_hull(points)
    edges = np.roll(hull, -1, axis=0) - hull
    turns = edges[:, None, 0] * (points[None, :, 1] - hull[:, None, 1]) - edges[:, None, 1] * (
        points[None, :, 0] - hull[:, None, 0]
    )
    assert (turns > -1e-9).all()


def test_small_cases() -> None:
    xor = [[1, 1], [-1, -1], [1, -1], [-1, 1]]
    assert not lines_divide(xor, [0, 0, 1, 1]) and lines_divide(xor, [0, 1, 0, 1])
    assert not lines_divide([[0, 0], [2, 0], [1, 0]], [0, 0, 1]) and lines_divide([[0, 0], [2, 0], [3, 0]], [0, 0, 1])
    assert (
        not lines_divide([[0, 0], [0, 0]], [0, 1]) and lines_divide([[0, 0], [1, 1]], [0, 0]) and lines_divide([], [])
    )
    assert lines_divide([[0, 0], [2, 0], [1, 0.1]], [0, 0, 1])
    assert lines_divide([[-1, 0], [0, 0], [1, 0]], [0, 1, 2]) and not lines_divide([[-1, 0], [0, 0], [1, 0]], [0, 1, 0])
