"""What may enter a project: at its bounds yes, beyond them no, and always in words."""

from __future__ import annotations

import math
from typing import Any

import pytest

from visualnet.core.graph import Graph, Node, Port
from visualnet.core.names import MAX_NAME, MAX_SOURCE
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.validation import (
    FAR,
    LEAST_AREA,
    MAX_LIST,
    MAX_NUMBER,
    check_kind,
    check_numbers,
    check_values,
    clamp_area,
    node_of,
    nodes_of,
    plain,
    same,
    sheet_of,
    spot,
    with_nodes,
)

GRAPH = Graph({i: Node(id=i, kind="relu", name=i) for i in ("n1", "n2")})


def test_sheets_and_nodes_that_are_not_there() -> None:
    project = Project(graph=GRAPH, blocks={"part": Block(params={}, graph=Graph())})
    assert sheet_of(project, MAIN) is GRAPH and sheet_of(project, "part") is project.blocks["part"].graph
    with pytest.raises(ValueError, match="there is no block “other” in this project"):
        sheet_of(project, "other")
    assert node_of(GRAPH, "n2").id == "n2"
    assert [n.id for n in nodes_of(GRAPH, ["n2", "n1", "n2"])] == ["n2", "n1"]
    with pytest.raises(ValueError, match="there is no node “n3” on this sheet"):
        nodes_of(GRAPH, ["n1", "n3"])


def test_a_card_stands_on_half_pixels_and_not_too_far() -> None:
    assert spot((1.24, -1.26)) == (1.0, -1.5)
    assert spot((2 * FAR, -2 * FAR)) == (FAR, -FAR)
    for bad in (math.inf, math.nan):
        with pytest.raises(ValueError, match="two numbers"):
            spot((bad, 0))
        with pytest.raises(ValueError, match="two numbers"):
            spot((0, bad))
    assert clamp_area((1, 2, 0, 0)) == (1.0, 2.0, *LEAST_AREA)
    assert clamp_area((1, 2, 500, 400)) == (1.0, 2.0, 500.0, 400.0)


@pytest.mark.parametrize("kind", ["relu", "A", "a.b-c_9", "x" * 80, "block:part"])
def test_a_kind(kind: str) -> None:
    check_kind(kind)


@pytest.mark.parametrize("kind", ["", "9a", "a b", "x" * 81, "relu\n", "block:", "block:a\u202eb"])
def test_no_kind(kind: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_kind(kind)


def test_lists_become_tuples_all_the_way_down() -> None:
    assert plain({"a": [1, [2, {"b": [3]}]]}) == {"a": (1, (2, {"b": (3,)}))}


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        ((1, 2), (1, 2), True),
        ((1, 2), (1, 2.0), False),
        ((1, 2), (1,), False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ("a", "b", False),
    ],
)
def test_what_is_written_the_same(a: Any, b: Any, equal: bool) -> None:
    assert same(a, b) is equal


def nested(depth: int) -> Any:
    return [] if depth == 0 else [nested(depth - 1)]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -MAX_NUMBER,
        MAX_NUMBER,
        1.5,
        "two\nlines",
        "x" * MAX_SOURCE,
        (1,) * MAX_LIST,
        {"a": [1, "b"]},
        nested(8),
    ],
    ids=lambda v: type(v).__name__,
)
def test_values_that_a_file_can_hold(value: Any) -> None:
    check_values({"p": value, "n" * MAX_NAME: value})


@pytest.mark.parametrize(
    "value",
    [MAX_NUMBER + 1, -MAX_NUMBER - 1, math.inf, math.nan, "a\u202eb", "x" * (MAX_SOURCE + 1), (1,) * (MAX_LIST + 1), nested(9),
     {1, 2}, b"x", (1, math.nan), {"a": math.inf}],
    ids=lambda v: type(v).__name__,
)  # fmt: skip
def test_values_that_it_cannot(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^p "):
        check_values({"p": value})


@pytest.mark.parametrize("name", ["", "n" * (MAX_NAME + 1), "a\u200bb", "a\nb"])
def test_names_that_no_parameter_has(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a parameter"):
        check_values({name: 1})


def test_numbers_by_a_name_that_an_expression_can_use() -> None:
    check_numbers({"width": 3, "rate": 0.5, "x" * 64: 1})
    for name in ("9x", "a b", "", "x" * 65):
        with pytest.raises(ValueError, match="cannot be named in an expression"):
            check_numbers({name: 1})
    for value in (True, "3", None, (1,)):
        with pytest.raises(ValueError, match="width is a number, not"):
            check_numbers({"width": value})
    with pytest.raises(ValueError, match="2\\^53"):
        check_numbers({"width": MAX_NUMBER * 2})


def test_new_nodes_with_their_places_and_wires() -> None:
    new = Node(id="n3", kind="relu", name="n3")
    after = with_nodes(GRAPH, [new], {"n3": (1.2, 3)}, {Port("n3", "x"): Port("n1", "y")})
    assert list(after.nodes) == ["n1", "n2", "n3"] and after.places == {"n3": (1.0, 3.0)}
    assert after.wires == {Port("n3", "x"): Port("n1", "y")} and GRAPH.wires == {}
    assert with_nodes(GRAPH, [new], {}).wires is GRAPH.wires
