"""Nodes taken out of their wires: what arrived goes on to what they led to."""

from __future__ import annotations

from tests.analysis.drawing import project
from visualnet.core.edits.bypass import bypass_nodes, detach_nodes, first_source, source_before
from visualnet.core.edits.substitution import substitute_names
from visualnet.core.graph import Node, Port
from visualnet.core.project import MAIN

NET = project("i:input a:relu b:relu o:output p:output i>a a>b b>o b>p")
FEED, FIRST, SECOND, OUT, OTHER = NET.graph.nodes


def ends(made: object) -> dict[str, str]:
    return {target.node: source.node for target, source in made.graph.wires.items()}  # type: ignore[attr-defined]


def test_the_gap_is_closed_over_one_node_and_over_several() -> None:
    assert ends(detach_nodes(NET, MAIN, [FIRST])) == {SECOND: FEED, OUT: SECOND, OTHER: SECOND}
    assert ends(detach_nodes(NET, MAIN, [FIRST, SECOND])) == {
        SECOND: FIRST,
        OUT: FEED,
        OTHER: FEED,
    }  # the two stay wired to each other
    assert list(detach_nodes(NET, MAIN, [FIRST]).graph.nodes) == list(NET.graph.nodes)
    gone = bypass_nodes(NET, MAIN, [FIRST, SECOND])
    assert ends(gone) == {OUT: FEED, OTHER: FEED} and list(gone.graph.nodes) == [FEED, OUT, OTHER]


def test_what_has_no_wire_changes_nothing() -> None:
    loose = project("i:input a:relu r:relu i>a")
    assert detach_nodes(loose, MAIN, ["n3"]) is loose
    assert detach_nodes(loose, MAIN, ["gone"]) is loose and detach_nodes(loose, MAIN, []) is loose
    assert ends(detach_nodes(NET, MAIN, [FEED])) == {SECOND: FIRST, OUT: SECOND, OTHER: SECOND}  # nothing arrived there
    assert ends(NET) == {FIRST: FEED, SECOND: FIRST, OUT: SECOND, OTHER: SECOND}


def test_what_reaches_a_node_along_first_inputs() -> None:
    assert source_before(NET.graph, OUT, {FIRST, SECOND}) == Port(FEED, "x")
    assert source_before(NET.graph, OUT, set()) == first_source(NET.graph, OUT) == Port(SECOND, "y")
    assert source_before(NET.graph, FEED, {FIRST}) is None and first_source(NET.graph, FEED) is None
    assert first_source(NET.graph, SECOND, "no such port") == Port(FIRST, "y")


def test_names_are_filled_in_with_as_few_brackets_as_needed() -> None:
    def filled(text: str, **values: object) -> object:
        return substitute_names(Node(id="n", kind="linear", name="n", params={"p": text}), values).params["p"]  # type: ignore[arg-type]

    assert filled("2*w + later", w=3) == "2*3 + later"
    assert filled("2*w + later", w=-3) == "2*(-3) + later"
    assert filled("2*w + later", w=0) == "2*0 + later"
    assert filled("2*w + later", w="a + b") == "2*(a + b) + later"
    assert filled("2*w + later", w="a") == "2*a + later"
    assert filled("2*w", w=3) == 6 and filled("w / 4", w=3) == 0.75 and filled("w", w="a + b") == "a + b"
    assert filled("same", w=3) == "same" and filled("no word?", w=3) == "no word?"
