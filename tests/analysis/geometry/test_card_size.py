"""How large cards are and where their ports stand."""

from __future__ import annotations

from typing import Any

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
    corner_radius,
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


def test_a_card_by_hand() -> None:
    """Beside a name stand the icon and the margins, 50 px; a sign takes 20, the times of a repetition 26; all goes up to the grid of 8."""

    def wide(**fields: Any) -> float:
        return card_size(PLAIN._replace(**fields), False, False, False, width).width

    assert wide(name="n" * 20) == 216  # 160 + 50
    assert wide(name="n" * 12, repeat="×3") == 176  # 96 + 50 + 26
    assert wide(name="n" * 8, badge="error", frozen=True, shared=True, mode="mute") == 200  # 64 + 50 + 4 · 20
    assert wide(name="n" * 12, repeat="×3", frozen=True) == 192  # 96 + 50 + 26 + 20: to the pixel
    assert wide(name="n" * 13, frozen=True) == 176  # 104 + 50 + 20
    assert wide(line="l" * 25) == 184  # 150 + 28
    assert wide(shape="s" * 10, parameters="p" * 15) == 192  # 60 + 90 + 28 + 12


@pytest.mark.parametrize(
    ("count", "height", "places"),
    [(1, 80, [40]), (2, 80, [24, 56]), (3, 80, [16, 40, 64]), (4, 80, [16, 32, 48, 64]), (5, 96, [16, 32, 48, 64, 80])],
)
def test_ports_by_hand(count: int, height: float, places: list[float]) -> None:
    """One port in the middle, two 32 px apart, three 24, more 16; the card grows where they would not fit."""
    several = PLAIN._replace(ports=(tuple(f"x{n}" for n in range(count)), ("y",)))
    size = card_size(several, False, False, False, width)
    assert size.height == height and list(size.ins.values()) == places and size.outs == {"y": height / 2}
    down = card_size(several, True, False, True, width)
    assert (down.width, down.height) == (168, 120) and list(down.ins.values()) == [
        at + 84 - height / 2 for at in places
    ]


def test_a_folded_card_by_hand() -> None:
    folded = card_size(PLAIN, False, True, False, width)
    assert folded == (104, 32, {"image": 16}, {"features": 16})  # 32 + 50, 14 for its sign, 8 to breathe
    assert card_size(PLAIN._replace(name="c"), False, True, False, width).width == 96
    several = PLAIN._replace(ports=(("a", "b", "c", "d"), ()))
    assert card_size(several, False, True, False, width)[1:3] == (56, {"a": 13, "b": 23, "c": 33, "d": 43})
    many = PLAIN._replace(ports=(tuple(f"x{n}" for n in range(14)), ()))
    assert card_size(many, False, True, True, width)[:2] == (152, 32)  # 10 px for each port, and at both ends
    assert card_size(many, False, False, True, width)[:2] == (240, 80)
    assert collapse_sign(104, 32, True) == (77, 7, 95, 25) and collapse_sign(104, 56, True) == (77, 7, 95, 25)
    assert collapse_sign(200, 80, False) == (173, 31, 191, 49)
    assert (corner_radius(32, True, 9), corner_radius(20, True, 9), corner_radius(80, False, 9)) == (16, 10, 9)
