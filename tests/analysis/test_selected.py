"""What is selected is told of one node, of several of a kind, and of several kinds."""

from __future__ import annotations

from visualnet.analysis import infer
from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.core import edits
from visualnet.core.project import MAIN, Project


def test_one_several_and_none() -> None:
    project = Project()
    for kind, name in (("linear", "fc1"), ("linear", "fc2"), ("relu", "act")):
        project = edits.add_node(project, MAIN, kind, name=name)
    facts = infer(project).main
    first, second, act = project.graph.nodes
    one = SelectedNodes.of(project.graph, facts, [first])
    assert one.node is project.graph.nodes[first] and one.facts is facts[first] and one.alike
    both = SelectedNodes.of(project.graph, facts, [first, second, "gone"])
    assert (both.ids, both.node, both.facts, both.first) == ([first, second], None, None, facts[first])
    assert both.alike and both.kind is not None and both.kind.tag == "linear"
    assert not SelectedNodes.of(project.graph, facts, [act, first]).alike
    assert SelectedNodes.of(project.graph, None, [first]).first is None
    assert (
        SelectedNodes.of(project.graph, facts, []).ids == NOTHING.ids == []
        and NOTHING.kind is None
        and not NOTHING.alike
    )
