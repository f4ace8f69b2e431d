"""Where cards go when they are put in order: edges on one line, equal gaps, frames that follow, the card beside."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.analysis.geometry.sheet_geometry import (
    GAP,
    GRID,
    Edge,
    align,
    card_along,
    card_beside,
    ceil_to_grid,
    distribute,
    frames_around,
    snap,
    wrap_width,
)
from visualnet.core.graph import Annotation, Graph, Node, Port
from visualnet.core.validation import Area

Cards = dict[str, Area]

numbers = st.integers(-4000, 4000).map(lambda n: n / 2)
areas = st.tuples(numbers, numbers, st.sampled_from((168.0, 193.0)), st.sampled_from((80.0, 97.0)))
sheets = st.lists(areas, min_size=3, max_size=8).map(lambda found: {f"n{at}": area for at, area in enumerate(found)})

EDGES: dict[Edge, tuple[int, float]] = {
    "left": (0, 0.0), "centre": (0, 0.5), "right": (0, 1.0), "top": (1, 0.0), "middle": (1, 0.5), "bottom": (1, 1.0),
}  # fmt: skip


@given(sheets, st.sampled_from(sorted(EDGES)))
def test_aligned_cards_meet_one_line_and_move_one_way(cards: Cards, edge: Edge) -> None:
    axis, share = EDGES[edge]
    places = align(cards, edge)
    lines = [places[i][axis] + share * cards[i][axis + 2] for i in cards]
    assert max(lines) - min(lines) <= (0.5 if share == 0.5 else 0.0), "a middle is kept to half a px"
    assert all(places[i][1 - axis] == cards[i][1 - axis] for i in cards)
    if share != 0.5:
        before = [cards[i][axis] + share * cards[i][axis + 2] for i in cards]
        assert lines[0] == (max if share else min)(before)


@given(sheets, st.booleans())
def test_distributed_cards_have_equal_gaps(cards: Cards, across: bool) -> None:
    axis = 0 if across else 1
    places = distribute(cards, across)
    row = sorted(cards, key=lambda i: (cards[i][axis], i))
    gaps = [places[b][axis] - places[a][axis] - cards[a][axis + 2] for a, b in itertools.pairwise(row)]
    assert max(gaps) - min(gaps) <= 1.0 and min(gaps) >= -0.5
    assert places[row[0]][axis] == cards[row[0]][axis]
    assert abs(places[row[-1]][axis] - cards[row[-1]][axis]) <= 0.5 or min(gaps) == pytest.approx(GAP, abs=0.5)


def test_the_grid() -> None:
    assert (snap(11.0), snap(13.0), snap(7.0, 4.0)) == (8.0, 16.0, 8.0)
    assert (ceil_to_grid(16.0), ceil_to_grid(16.5), ceil_to_grid(-1.0)) == (16.0, 24.0, 0.0) and GRID == 8


def test_a_frame_stays_as_close_round_its_cards_and_takes_along_what_lies_in_it() -> None:
    cards: Cards = {"n1": (20, 40, 100, 50), "n2": (140, 40, 100, 50), "n3": (900, 900, 100, 50)}
    annotations = {
        "r1": Annotation(id="r1", area=(0, 0, 260, 110)),
        "r2": Annotation(id="r2", kind="note", area=(10, 10, 60, 32)),
        "r3": Annotation(id="r3", area=(800, 800, 300, 300)),
    }
    sizes = {i: (area[2], area[3]) for i, area in cards.items()}
    found = frames_around(annotations, cards, {"n1": (120, 140), "n2": (120, 240)}, sizes)
    assert found == {"r1": (100, 100, 140, 210), "r2": (110, 110, 60, 32)}, "the third frame's card stays"


def test_the_nearest_card_in_a_direction() -> None:
    cards: Cards = {"n1": (0, 0, 100, 50), "n2": (200, 0, 100, 50), "n3": (150, 300, 100, 50)}
    assert card_beside(cards, "n1", (1, 0)) == "n2", "what is straight on comes before what is aside"
    assert card_beside(cards, "n1", (0, 1)) == "n3"
    assert card_beside(cards, "n1", (-1, 0)) is None


def test_the_neighbour_along_a_wire_goes_straightest_on() -> None:
    nodes = {f"n{at}": Node(id=f"n{at}", kind="relu", name=f"a{at}") for at in (1, 2, 3)}
    graph = Graph(nodes, {Port("n2", "x"): Port("n1", "y"), Port("n3", "x"): Port("n1", "y")})
    cards: Cards = {"n1": (0, 0, 100, 50), "n2": (200, 400, 100, 50), "n3": (200, 10, 100, 50)}
    assert card_along(graph, cards, "n1", (1, 0)) == "n3" and card_along(graph, cards, "n3", (-1, 0)) == "n1"
    assert card_along(graph, cards, "n1", (-1, 0)) is None and card_along(graph, cards, "n1", (0, 1)) is None


def test_a_network_goes_on_in_a_further_row_where_the_view_ends() -> None:
    assert wrap_width(900, 450, "right", 1) == wrap_width(450, 900, "down", 1) == 1000
    assert (
        wrap_width(900, 450, "right", 400)
        > 1000
        < wrap_width(900, 450, "down", 400)
        < wrap_width(900, 450, "right", 400)
    )


@pytest.mark.parametrize(("far", "wanted"), [(195, "n3"), (205, "n2")])
def test_a_step_aside_counts_as_two_and_a_half_ahead(far: int, wanted: str) -> None:
    """A card 100 px ahead and 40 aside is as far as one 200 straight ahead; in each direction."""
    for way in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        ahead, aside = (lambda n, w=way: (n * w[0], n * w[1])), (abs(way[1]) * 40, abs(way[0]) * 40)
        cards: Cards = {
            "n1": (0, 0, 100, 50),
            "n2": (ahead(100)[0] + aside[0], ahead(100)[1] + aside[1], 100, 50),
            "n3": (*ahead(far), 100, 50),
        }
        assert card_beside(cards, "n1", way) == wanted


def test_a_card_at_hardly_another_place_is_beside_no_other() -> None:
    cards: Cards = {"n1": (0, 0, 100, 50), "n2": (4, 0, 100, 50), "n3": (5, 0, 100, 50)}
    assert card_beside(cards, "n1", (1, 0)) == "n3" and card_beside(cards, "n3", (-1, 0)) == "n1"
    assert card_beside({**cards, "n3": (1, 0, 120, 50)}, "n1", (1, 0)) == "n3", "middles count"


def test_edges_by_hand() -> None:
    cards: Cards = {"n1": (0, 0, 100, 50), "n2": (31, 70, 60, 41), "n3": (200, 200, 168, 80)}
    lines = {edge: align(cards, edge) for edge in EDGES}
    assert [x for x, _ in lines["left"].values()] == [0, 0, 0]
    assert [x for x, _ in lines["right"].values()] == [268, 308, 200]
    assert [x for x, _ in lines["centre"].values()] == [
        81.5,
        101.5,
        47.5,
    ]  # 131⅔, the mean of 50, 61 and 284, to half a px
    assert [y for _, y in lines["top"].values()] == [0, 0, 0]
    assert [y for _, y in lines["bottom"].values()] == [230, 239, 200]
    assert [y for _, y in lines["middle"].values()] == [93.5, 98, 78.5]
    assert distribute(cards, True) == {"n1": (0, 0), "n2": (120, 70), "n3": (200, 200)}
    assert distribute(cards, False) == {"n1": (0, 0), "n2": (31, 104.5), "n3": (200, 200)}
    close: Cards = {"n1": (0, 0, 100, 50), "n2": (10, 0, 100, 50), "n3": (20, 0, 100, 50)}
    assert distribute(close, True) == {"n1": (0, 0), "n2": (124, 0), "n3": (248, 0)}


@pytest.mark.parametrize(("width", "height"), [(900, 450), (1600, 400), (500, 500)])
def test_rows_fill_a_view_of_the_same_form(width: float, height: float) -> None:
    """With 248 by 168 px for a card, rows of that width make a picture as wide for its height as the view."""
    row = wrap_width(width, height, "right", 500)
    assert row / (500 * 248 * 168 / row) == pytest.approx(width / height)
    assert wrap_width(height, width, "down", 500) == row
    assert wrap_width(0, 0, "right", 1) == pytest.approx((248 * 168) ** 0.5)


def test_frames_in_frames_follow_the_cards_and_empty_ones_stay() -> None:
    cards: Cards = {"n1": (20, 40, 100, 50), "n2": (300, 40, 100, 50)}
    remarks = {
        "r1": Annotation(id="r1", area=(0, 0, 150, 110)),
        "r2": Annotation(id="r2", area=(-50, -50, 600, 300)),
        "r3": Annotation(id="r3", area=(600, 600, 100, 100)),
    }
    sizes = {"n1": (120, 80), "n2": (100, 50)}
    found = frames_around(remarks, cards, {"n1": (30, 60)}, sizes)
    # The large one goes with the corner of its cards, (20, 40) → (30, 40), and is as much wider and taller as they are together.
    assert found["r2"] == (-40, -50, 590, 350)
    assert found["r1"] == (10, 20, 170, 140) and "r3" not in found
