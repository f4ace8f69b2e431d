"""Weights can be taken from nodes that have some of the same name and size."""

from __future__ import annotations

from visualnet.analysis import infer
from visualnet.analysis.shared_weights import possible_owners
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project


def test_owners_have_weights_of_the_same_sizes_and_none_of_another_s() -> None:
    project = Project()
    for name, width in (("first", 4), ("twin", 4), ("wide", 7)):
        project = edits.add_node(project, MAIN, "linear", name=name, params={"out_features": width})
    project = edits.add_node(project, MAIN, "input", name="x", params={"size": (3,)})
    ids = {node.name: node.id for node in project.graph}
    for name in ("first", "twin", "wide"):
        target = Port(ids[name], "x")
        source = Port(ids["x"], "x")
        project = edits.connect(project, MAIN, source, target)
    assert {n.name for n in possible_owners(infer(project).main, ids["first"])} == {"twin"}
    project = edits.set_node(project, MAIN, [ids["twin"]], shares=ids["first"])
    facts = infer(project).main
    assert list(possible_owners(facts, ids["first"])) == [], "what shares has none to give"
    assert [n.name for n in possible_owners(facts, ids["twin"])] == ["first"]
    assert list(possible_owners(facts, "no such node")) == []
