"""The differences as a table and in a sentence."""

from __future__ import annotations

from tests.analysis.drawing import project as drawn
from visualnet.analysis import infer
from visualnet.analysis.compare.difference_text import summary, table
from visualnet.analysis.compare.project_diff import Differences, differences, place_beside_nearest
from visualnet.core import edits
from visualnet.core.project import MAIN


def found() -> Differences:
    before = drawn("i:input a:linear b:relu c:linear d:softmax i>a a>b b>c c>d")
    ids = {node.name: node.id for node in before.graph}
    after = edits.set_params(before, MAIN, [ids["a"]], {"out_features": 7})
    after = edits.remove(after, MAIN, [ids["d"]])
    return differences(infer(before), infer(edits.add_node(after, MAIN, "gelu", name="new")))


def test_what_somebody_did_comes_before_what_follows_and_sums_last() -> None:
    lines = table(found(), 100)
    assert [line.status for line in lines][:4] == ["changed", "added", "removed", "follows"]
    assert [line.name for line in lines if line.node is not None] == ["a", "new", "d", "b", "c"]
    assert {line.name for line in lines if not line.status} == {"in all"}
    assert "→" in lines[0].shapes and lines[0].parameters.startswith("−")


def test_a_table_says_how_much_it_leaves_out() -> None:
    lines = table(found(), 2)
    assert [line.name for line in lines if line.node is not None] == ["a", "new"]
    assert lines[-1].change == "and 3 more; Copy has them all"


def test_in_a_sentence() -> None:
    words = summary(found())
    assert words.startswith("1 added, 1 removed, 1 changed, 2 follow; −") and words.endswith(" parameters")
    assert summary(Differences()) == "no difference"


def test_a_ghost_stands_beside_the_nearest_that_stays() -> None:
    graph = edits.move(drawn("a:relu b:relu c:relu"), MAIN, {"n1": (0, 0), "n2": (300, 0), "n3": (340, 80)}).graph
    assert place_beside_nearest(graph, "n3", {"n1": (0.0, 0.0), "n2": (900.0, 500.0)}) == (940.0, 580.0)
    assert place_beside_nearest(graph, "n3", {}) == (340.0, 80.0)
