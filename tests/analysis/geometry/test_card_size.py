"""How large cards are and where their ports stand."""

from __future__ import annotations

import pytest

from visualnet.analysis.card_content import CardContent
from visualnet.analysis.geometry.card_size import (
    COLLAPSED_HEIGHT,
    HEIGHT,
    MAX_WIDTH,
    MIN_WIDTH,
    STRIP,
    card_size,
    collapse_sign,
    port_offsets,
)


def width(text: str, bold: bool) -> float:
    return (8.0 if bold else 6.0) * len(text)


PLAIN = CardContent(name="conv", line="Conv2d", ports=(("image",), ("features",)))


def test_a_card_is_as_wide_as_its_longest_row_on_the_grid_within_bounds() -> None:
    assert card_size(PLAIN, False, False, False, width)[:2] == (MIN_WIDTH, HEIGHT)
    longer = card_size(PLAIN._replace(line="x" * 27), False, False, False, width)
    assert longer.width == 192 and longer.width % 8 == 0
    assert card_size(PLAIN._replace(line="x" * 90), False, False, False, width).width == MAX_WIDTH
    assert card_size(PLAIN, True, False, False, width).height == HEIGHT + STRIP


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("collapsed", [False, True])
def test_ports_stand_apart_on_their_side_around_its_middle(down: bool, collapsed: bool) -> None:
    many = PLAIN._replace(ports=(tuple(f"x{n}" for n in range(20)), ("y",)))
    size = card_size(many, False, collapsed, down, width)
    side = size.width if down else size.height
    places = list(size.ins.values())
    assert places == sorted(set(places)) and places[0] > 0 and places[-1] < side
    assert size.outs["y"] == pytest.approx(sum(places) / len(places))


def test_a_folded_card_keeps_the_height_of_one_row() -> None:
    collapsed = card_size(PLAIN, False, True, False, width)
    assert collapsed.height == COLLAPSED_HEIGHT and collapsed.width < MIN_WIDTH
    left, top, right, bottom = collapse_sign(collapsed.width, collapsed.height, True)
    assert 0 <= left < right <= collapsed.width and 0 <= top < bottom <= collapsed.height


def test_offsets_are_told_by_node_side_and_port() -> None:
    sizes = {"n1": card_size(PLAIN, False, False, False, width)}
    assert port_offsets(sizes) == {("n1", "in", "image"): HEIGHT / 2, ("n1", "out", "features"): HEIGHT / 2}
