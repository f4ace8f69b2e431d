"""The way through blocks to a sheet, to a node, and what names count there."""

from __future__ import annotations

from visualnet.analysis.block_nesting import breadcrumb_trail, find_node, instances_beside
from visualnet.analysis.inference.infer import infer
from visualnet.core.graph import Graph, Node
from visualnet.core.project import MAIN, Block, Project

INNER = Block(graph=Graph({"n1": Node(id="n1", kind="relu", name="act")}), params={"width": 2})
OUTER = Block(graph=Graph({"n1": Node(id="n1", kind="block:inner", name="a", repeat=3, params={"width": 5})}))
PROJECT = Project(
    name="net",
    graph=Graph(
        {"n1": Node(id="n1", kind="block:outer", name="first"), "n2": Node(id="n2", kind="block:outer", name="second")}
    ),
    blocks={"inner": INNER, "outer": OUTER},
    constants={"depth": 4},
)


def test_each_part_of_the_way_leads_to_a_sheet() -> None:
    way = breadcrumb_trail(PROJECT, "inner", ("n1", "n1#2"))
    assert [(c.sheet, c.path, c.words) for c in way] == [
        (MAIN, (), "net"),
        ("outer", ("n1",), "first"),
        ("inner", ("n1", "n1#2"), "a ×3"),
    ]
    assert [n.name for n in instances_beside(PROJECT, way[1])] == ["first", "second"]
    assert instances_beside(PROJECT, way[0]) == []
    assert [c.words for c in breadcrumb_trail(PROJECT, "inner", ("n9",))] == ["net", "inner"], (
        "seen through no use of it"
    )


def test_a_node_is_found_by_its_path_or_not_at_all() -> None:
    assert find_node(PROJECT, ("n2", "n1", "n1")) == ("n1", "inner", ("n2", "n1", "n1"))
    for gone in ((), ("n9",), ("n1", "n9"), ("n1", "n1", "n1", "n1")):
        assert find_node(PROJECT, gone) == ("", MAIN, ())


def test_names_have_the_values_of_the_instance() -> None:
    analysis = infer(PROJECT)
    assert analysis.scope(MAIN, ()) == {"depth": 4}
    assert analysis.scope("inner", ("n1", "n1")) == {"depth": 4, "width": 5}
    assert analysis.scope("inner", ()) == analysis.scope("inner", ("n9",)) == {"depth": 4, "width": 2}
