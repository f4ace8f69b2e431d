"""Tidy, held to what it promises: nothing overlaps, wires go rightwards, the same graph gives the same picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counting import count_calls
from visualnet.analysis.geometry.auto_layout import GRID, tidy
from visualnet.core.graph import Graph, Node, Port

SIZE = (192.0, 80.0)


def graph(count: int, edges: list[tuple[int, int]], places: dict[str, tuple[float, float]] | None = None) -> Graph:
    nodes = {f"n{i}": Node(id=f"n{i}", kind="relu", name=f"a{i}") for i in range(count)}
    wires = {Port(f"n{b}", f"x{at}"): Port(f"n{a}", "y") for at, (a, b) in enumerate(edges)}
    return Graph(nodes, wires, places or {})


@st.composite
def acyclic(draw: st.DrawFn) -> tuple[Graph, dict[str, tuple[float, float]]]:
    count = draw(st.integers(1, 24))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] < p[1])
    edges = draw(st.lists(pairs, max_size=40, unique=True)) if count > 1 else []
    tall = st.sampled_from((80.0, 96.0, 120.0, 200.0))
    sizes = {f"n{i}": (draw(st.sampled_from((168.0, 192.0, 224.0))), draw(tall)) for i in range(count)}
    return graph(count, edges), sizes


def overlapping(places: dict[str, tuple[float, float]], sizes: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    found = []
    ids = list(places)
    for at, a in enumerate(ids):
        for b in ids[at + 1 :]:
            (ax, ay), (bx, by) = places[a], places[b]
            if ax < bx + sizes[b][0] and bx < ax + sizes[a][0] and ay < by + sizes[b][1] and by < ay + sizes[a][1]:
                found.append((a, b))
    return found


@given(acyclic())
def test_cards_never_overlap_and_wires_go_rightwards(drawn: tuple[Graph, dict[str, tuple[float, float]]]) -> None:
    drawing, sizes = drawn
    places = tidy(drawing, sizes)
    assert places.keys() == drawing.nodes.keys()
    assert overlapping(places, sizes) == []
    for target, source in drawing.wires.items():
        assert places[source.node][0] + sizes[source.node][0] < places[target.node][0]
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in places.values())


@given(acyclic())
def test_wrapped_and_downward_layouts_do_not_overlap_either(
    drawn: tuple[Graph, dict[str, tuple[float, float]]],
) -> None:
    drawing, sizes = drawn
    assert overlapping(tidy(drawing, sizes, wrap_width=900), sizes) == []
    down = tidy(drawing, sizes, direction="down")
    assert overlapping(down, sizes) == []
    for target, source in drawing.wires.items():
        assert down[source.node][1] + sizes[source.node][1] < down[target.node][1]


@given(acyclic())
def test_it_is_deterministic_and_stable(drawn: tuple[Graph, dict[str, tuple[float, float]]]) -> None:
    drawing, sizes = drawn
    once = tidy(drawing, sizes)
    assert tidy(drawing, sizes) == once
    settled = tidy(Graph(drawing.nodes, drawing.wires, once), sizes)
    assert tidy(Graph(drawing.nodes, drawing.wires, settled), sizes) == settled


def test_a_chain_is_straight() -> None:
    drawing = graph(6, [(i, i + 1) for i in range(5)])
    places = tidy(drawing, dict.fromkeys(drawing.nodes, SIZE))
    assert {y for _, y in places.values()} == {0.0}


def test_the_main_path_stays_straight_beside_a_skip() -> None:
    drawing = graph(5, [(0, 1), (1, 2), (2, 3), (0, 3), (3, 4)])
    places = tidy(drawing, dict.fromkeys(drawing.nodes, SIZE))
    assert len({y for _, y in places.values()}) == 1


def test_ports_off_the_middle_are_met_straight() -> None:
    drawing = graph(2, [(0, 1)])
    places = tidy(drawing, dict.fromkeys(drawing.nodes, SIZE), offsets={("n1", "in", "x0"): 24.0})
    assert places["n0"][1] + 40 == places["n1"][1] + 24


def test_a_long_chain_wraps_into_rows() -> None:
    drawing = graph(12, [(i, i + 1) for i in range(11)])
    places = tidy(drawing, dict.fromkeys(drawing.nodes, SIZE), wrap_width=1000)
    rows = sorted({y for _, y in places.values()})
    assert len(rows) == 3
    assert max(x for x, _ in places.values()) + SIZE[0] <= 1000
    assert [i for i, (_, y) in places.items() if y == rows[0]] == ["n0", "n1", "n2", "n3"]


def test_a_source_stands_right_before_its_reader() -> None:
    drawing = graph(5, [(0, 1), (1, 2), (2, 3), (4, 3)])
    places = tidy(drawing, dict.fromkeys(drawing.nodes, SIZE))
    assert places["n4"][0] == places["n2"][0]


def test_only_the_chosen_move_and_their_corner_stays() -> None:
    drawing = graph(4, [(0, 1), (1, 2), (2, 3)], {"n0": (0, 0), "n1": (80, 400), "n2": (24, 640), "n3": (900, 0)})
    places = tidy(drawing, dict.fromkeys(drawing.nodes, SIZE), ids=["n1", "n2"])
    assert places.keys() == {"n1", "n2"}
    assert min(x for x, _ in places.values()) == 24
    assert min(y for _, y in places.values()) == 400


def test_a_circle_is_laid_out_too() -> None:
    drawing = graph(3, [(0, 1), (1, 2), (2, 0)])
    assert overlapping(tidy(drawing, dict.fromkeys(drawing.nodes, SIZE)), dict.fromkeys(drawing.nodes, SIZE)) == []


def test_nothing_to_do() -> None:
    assert tidy(Graph(), {}) == {}


@pytest.mark.parametrize("skip", [1, 3, 17])
def test_a_thousand_nodes_are_quick(skip: int) -> None:
    edges = [(i, i + 1) for i in range(999)] + [(i, i + skip) for i in range(0, 980, 3)]
    drawing = graph(1000, edges)
    _, calls = count_calls(lambda: tidy(drawing, dict.fromkeys(drawing.nodes, SIZE)))
    assert calls < 600_000
