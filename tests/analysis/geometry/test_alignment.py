"""A box that is moved snaps to the edges and middles of others."""

from __future__ import annotations

from visualnet.analysis.geometry.alignment import OVERHANG, AlignmentLines
from visualnet.analysis.geometry.boxes import Box

STANDING: list[Box] = [(0.0, 0.0, 100.0, 50.0), (300.0, 200.0, 401.0, 250.0)]


def test_it_snaps_to_the_nearest_edge_or_middle_within_reach() -> None:
    lines = AlignmentLines(STANDING)
    assert lines.snap((4.0, 400.0, 64.0, 440.0), 6.0) == (-4.0, None)
    assert lines.snap((22.0, 197.0, 82.0, 237.0), 6.0) == (-2.0, 3.0), "middle to middle, edge to edge"
    assert lines.snap((20.0, 100.0, 70.0, 140.0), 4.0) == (None, None)


def test_the_line_shown_goes_along_all_that_lie_on_it() -> None:
    lines = AlignmentLines([*STANDING, (0.0, 90.0, 60.0, 130.0)])
    assert lines.line_through((0.0, 400.0, 30.0, 440.0), 0) == (0.0, -OVERHANG, 0.0, 440.0 + OVERHANG)
    assert lines.line_through((500.0, 200.0, 540.0, 230.0), 1) == (300.0 - OVERHANG, 200.0, 540.0 + OVERHANG, 200.0)
    assert lines.line_through((331.0, 500.0, 370.0, 540.0), 0) == (
        350.5,
        250.0 - 50.0 - OVERHANG,
        350.5,
        540.0 + OVERHANG,
    )
    assert lines.line_through((7.0, 400.0, 31.0, 440.0), 0) is None


def test_without_others_there_is_nothing_to_snap_to() -> None:
    assert AlignmentLines([]).snap((0.0, 0.0, 8.0, 8.0), 6.0) == (None, None)
    assert AlignmentLines([]).line_through((0.0, 0.0, 8.0, 8.0), 0) is None
