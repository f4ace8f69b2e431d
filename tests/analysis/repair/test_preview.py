"""What a repair would make of a sheet, as the small picture shows it: a few nodes in columns."""

from __future__ import annotations

from tests.analysis.drawing import project as drawn
from visualnet.analysis import infer
from visualnet.analysis.repair.preview import SheetChange, column_boxes, preview_edit
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN


def change() -> tuple[SheetChange, dict[str, str]]:
    """A convolution that many read gets other parameters."""
    readers = " ".join(f"r{at}:relu a>r{at}" for at in range(8))
    project = drawn(f"i:input a:conv2d o:output i>a {readers} r0>o")
    ids = {node.name: node.id for node in project.graph}
    edit = preview_edit("Wider", lambda p: edits.set_params(p, MAIN, [ids["a"]], {"out_channels": 4}), infer(project))
    assert edit is not None
    found = edit.on(MAIN)
    assert found is not None
    return found, ids


def test_no_more_nodes_than_wanted_in_columns_as_the_tensors_flow() -> None:
    found, ids = change()
    columns = found.columns(6)
    assert columns[:2] == [[ids["i"]], [ids["a"]]] and sum(map(len, columns)) == 6
    assert found.columns(1) == [[ids["a"]]]


def test_the_boxes_stand_in_the_middle_and_never_overlap() -> None:
    boxes = column_boxes([["n1"], ["n2", "n3"]], (0.0, 0.0, 300.0, 100.0), (112.0, 40.0), (18.0, 6.0))
    assert boxes["n1"] == (29.0, 30.0, 112.0, 40.0)
    assert boxes["n2"] == (159.0, 7.0, 112.0, 40.0) and boxes["n3"] == (159.0, 53.0, 112.0, 40.0)
    crowded = column_boxes([["n1", "n2", "n3", "n4"]], (0.0, 0.0, 112.0, 100.0), (112.0, 40.0), (18.0, 6.0))
    assert [box[1::2] for box in crowded.values()] == [(0.0, 20.5), (26.5, 20.5), (53.0, 20.5), (79.5, 20.5)]


def test_the_shape_of_a_node_is_what_leaves_it_or_what_arrives() -> None:
    found, ids = change()
    assert found.shape_of(ids["a"]).startswith("4×")
    assert found.shape_of(ids["o"]) == found.shape_of(ids["r0"]) and found.shape_of("n99") == "?"


def test_an_edit_of_a_wire_touches_both_of_its_ends() -> None:
    project = drawn("i:input a:relu b:relu i>a")
    ids = {node.name: node.id for node in project.graph}
    wire = Port(ids["i"], "x"), Port(ids["b"], "x")
    edit = preview_edit("Connect", lambda p: edits.connect(p, MAIN, *wire), infer(project))
    assert edit is not None and (found := edit.on(MAIN)) is not None
    assert set(found.touched) == {ids["i"], ids["b"]}
