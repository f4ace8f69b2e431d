"""Boxes in an area are found, whether one is looked for among few or thousands."""

from __future__ import annotations

import random

from visualnet.analysis.geometry.boxes import Box, SpatialIndex, grow, rows_meeting, stack


def test_the_index_finds_what_a_look_at_every_box_finds() -> None:
    rng = random.Random(3)
    boxes: list[Box] = []
    for _ in range(300):
        x, y = rng.uniform(-500, 500), rng.uniform(-500, 500)
        boxes.append((x, y, x + rng.uniform(1, 90), y + rng.uniform(1, 90)))
    index, rows = SpatialIndex(stack(boxes)), stack(boxes)
    for area in [grow(box, rng.uniform(-5, 60)) for box in boxes]:
        meeting = {b for b in boxes if b[0] <= area[2] and b[2] >= area[0] and b[1] <= area[3] and b[3] >= area[1]}
        assert set(index.near(area)) == {boxes[row] for row in rows_meeting(rows, area)} == meeting


def test_among_no_boxes_none_is_found() -> None:
    area = (0.0, 0.0, 9.0, 9.0)
    assert SpatialIndex(stack([])).near(area) == [] and not rows_meeting(stack([]), area).size
