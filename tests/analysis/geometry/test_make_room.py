"""A card that goes between two others: where it lands, and what moves on."""

from __future__ import annotations

from msgspec.structs import replace

from visualnet.analysis.geometry.make_room import GAP, make_room
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.validation import Area

SIZE = (168.0, 80.0)


def chain(*wires: str) -> Graph:
    """A graph of the nodes and wires in ``a>b``."""
    pairs = [wire.split(">") for wire in wires]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    nodes = {name: Node(id=name, kind="relu", name=name) for name in names}
    return Graph(nodes=nodes, wires={Port(b, f"x{at}"): Port(a, "y") for at, (a, b) in enumerate(pairs)})


def at(x: float, y: float) -> Area:
    return (x, y, *SIZE)


def test_what_follows_moves_on_as_far_as_it_must() -> None:
    graph = chain("a>b", "b>c", "d>c")
    cards = {"a": at(0, 0), "b": at(232, 0), "c": at(464, 0), "d": at(232, 200)}
    room = make_room(graph, cards, "a", ["b"], SIZE)
    assert room.at == (168 + GAP, 0)
    assert room.places == {"b": (464.0, 0.0), "c": (696.0, 0.0)}, "the other branch stays"
    wide = {**cards, "b": at(800, 0), "c": at(1032, 0)}
    assert make_room(graph, wide, "a", ["b"], SIZE).places == {}, "where there is room nothing moves"


def test_a_dropped_card_stays_near_the_hand_and_on_the_line() -> None:
    graph = chain("a>b")
    cards = {"a": at(0, 0), "b": at(800, 0)}
    assert make_room(graph, cards, "a", ["b"], SIZE, (400, 30)).at == (400, 0), "drawn to the line of its neighbours"
    assert make_room(graph, cards, "a", ["b"], SIZE, (400, 200)).at == (400, 200), "but not from afar"
    assert make_room(graph, cards, "a", ["b"], SIZE, (20, 0)).at == (232, 0), "never before what it reads"


def test_cards_in_the_way_make_room_too_and_none_is_covered() -> None:
    graph = chain("a>b", "e>f")
    cards = {"a": at(0, 0), "b": at(232, 0), "e": at(464, 40), "f": at(696, 40)}
    room = make_room(graph, cards, "a", ["b"], SIZE)
    assert set(room.places) == {"b", "e", "f"}
    graph = chain("a>b")
    room = make_room(graph, {"a": at(0, 0), "b": at(800, 0), "e": at(240, 20)}, "a", ["b"], SIZE)
    assert room.at[1] >= 100 and room.places == {}, "beside a card that has nothing to do with it"


def test_a_row_that_turns_back_is_lengthened_at_one_of_its_ends() -> None:
    graph = chain("a>b", "b>c", "c>d")
    cards = {"a": at(0, 0), "b": at(232, 0), "c": at(0, 200), "d": at(232, 200)}
    end = make_room(graph, cards, "b", ["c"], SIZE, (150, 60))
    assert end.at == (464, 0) and end.places == {}
    begin = make_room(graph, cards, "b", ["c"], SIZE, (150, 150))
    assert begin.at == (0, 200) and begin.places == {"c": (232.0, 200.0), "d": (464.0, 200.0)}
    rows = make_room(graph, cards, "a", ["b"], SIZE)
    assert set(rows.places) == {"b"}, "the next row stays where it is"


def test_downwards_it_is_the_same_the_other_way_round() -> None:
    graph = replace(chain("a>b", "b>c"), direction="down")
    cards = {"a": at(0, 0), "b": at(0, 144), "c": at(0, 288)}
    room = make_room(graph, cards, "a", ["b"], SIZE)
    assert room.at == (0, 144) and room.places == {"b": (0.0, 288.0), "c": (0.0, 432.0)}
