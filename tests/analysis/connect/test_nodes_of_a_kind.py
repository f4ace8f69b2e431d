"""A new node where it fits, another kind in a node's place, parameters for others: as functions of a project."""

from __future__ import annotations

import pytest

from tests.analysis.drawing import project as drawn
from visualnet.analysis import infer
from visualnet.analysis.connect.insert_node import fitting_kinds, insert_node, kind_label, known_kind, passes_on
from visualnet.analysis.connect.layer_search import entries
from visualnet.analysis.connect.replace_kind import paste_params, replace_kind
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Project
from visualnet.core.user import block_library, presets


def test_the_library_s_blocks_are_offered_where_they_fit() -> None:
    project = edits.add_node(Project(), MAIN, "input", params={"size": (64, 8, 8)})
    project = edits.add_node(project, MAIN, "input", params={"size": (16, 64), "field": "words"})
    analysis = infer(project)
    maps = fitting_kinds(project, MAIN, (), analysis, Port("n1", "x"), None)
    words = fitting_kinds(project, MAIN, (), analysis, Port("n2", "x"), None)
    assert maps is not None
    assert words is not None
    assert "library:squeeze_excitation" in maps
    assert "library:transformer_encoder" not in maps
    assert "library:transformer_encoder" in words
    assert "library:squeeze_excitation" not in words
    every = {e.kind for e in entries(project, MAIN)}
    assert {"library:squeeze_excitation", "library:transformer_encoder"} <= every
    brought, kind = block_library.define_block(project, "library:squeeze_excitation")
    assert "library:squeeze_excitation" not in {e.kind for e in entries(brought, MAIN)}, "it is the project's own now"
    assert kind in {e.kind for e in entries(brought, MAIN)}


def test_a_custom_layer_goes_into_a_wire_by_the_ports_that_its_line_names() -> None:
    nodes = {"n1": Node(id="n1", kind="input", name="image"), "n2": Node(id="n2", kind="flatten", name="flat")}
    project = Project(graph=Graph(nodes, {Port("n2", "x"): Port("n1", "x")}))
    presets.keep_preset("python", "halves", {"sizes": "image: C H W -> small: C H//2 W//2"})
    presets.begin_with("python", "halves")
    after, new = insert_node(project, MAIN, (), infer(project), "python", (0, 0), insert=Port("n2", "x"))
    assert after.graph.wires == {Port(new, "image"): Port("n1", "x"), Port("n2", "x"): Port(new, "small")}


def test_another_kind_takes_the_wires_of_ports_that_a_line_names() -> None:
    nodes = {
        "n1": Node(id="n1", kind="input", name="image"),
        "n2": Node(id="n2", kind="python", name="mine", params={"sizes": "image: C H W -> small: C H//2 W//2"}),
        "n3": Node(id="n3", kind="flatten", name="flat"),
    }
    project = Project(graph=Graph(nodes, {Port("n2", "image"): Port("n1", "x"), Port("n3", "x"): Port("n2", "small")}))
    after = replace_kind(project, MAIN, ["n2"], "relu")
    assert after.graph.wires == {Port("n2", "x"): Port("n1", "x"), Port("n3", "x"): Port("n2", "y")}


def test_an_input_is_offered_what_gives_as_many_axes() -> None:
    project = drawn("i:input a:conv2d f:linear i>a a>f")
    kinds = fitting_kinds(project, MAIN, (), infer(project), None, Port(project.graph.named("a").id, "image"))
    assert kinds is not None
    assert "conv2d" in kinds and "relu" in kinds
    assert "conv1d" not in kinds and "cross_entropy" not in kinds


def test_a_name_that_only_says_the_kind_says_the_new_one() -> None:
    project = drawn("i:input relu:relu mine:relu i>relu relu>mine")
    ids = [project.graph.named(name).id for name in ("relu", "mine")]
    after = replace_kind(project, MAIN, ids, "gelu").graph
    assert [after.nodes[i].name for i in ids] == ["gelu", "mine"] and after.wires == project.graph.wires


def test_parameters_are_given_to_those_that_have_them() -> None:
    project = drawn("i:input a:conv2d b:conv2d p:max_pool2d r:relu", a={"kernel_size": 5}, b={"stride": 2})
    ids = {node.name: node.id for node in project.graph}
    copied = edits.copy(project, MAIN, [ids["a"]])
    after = paste_params(project, MAIN, [ids["b"], ids["p"]], copied, {}).graph
    assert dict(after.nodes[ids["b"]].params) == {"kernel_size": 5}, "one of the same kind gets exactly those"
    assert after.nodes[ids["p"]].params["kernel_size"] == 5
    with pytest.raises(ValueError, match="parameter in common"):
        paste_params(project, MAIN, [ids["r"]], copied, {})


def test_what_a_text_names() -> None:
    assert [known_kind(text, {"stage"}) for text in ("relu", "stage", "block:stage", "library:x", "nothing")] == [
        "relu",
        "block:stage",
        "block:stage",
        "library:x",
        None,
    ]
    assert [kind_label(kind) for kind in ("conv2d", "block:stage")] == ["Conv2d", "stage"]


def test_a_block_that_is_gone_goes_between_nothing() -> None:
    """It may still stand in a list that was made before it went."""
    assert passes_on(Project(), "conv2d")
    assert not passes_on(Project(), "block:gone")
