"""Every edit: what it does, what it refuses and in which words, and that nothing changed means the same object."""

from __future__ import annotations

import json

import pytest

from tests.core.drawing import chain, check
from visualnet.core import edits
from visualnet.core.graph import Init, Port
from visualnet.core.names import RESERVED, fault_in_name
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.text.hidden_characters import clean


def two() -> Project:
    project = edits.add_node(Project(), MAIN, "conv2d", at=(10, 20.26), params={"out_channels": 6})
    project = edits.add_node(project, MAIN, "conv2d", at=(300, 20))
    return edits.connect(project, MAIN, Port("n1", "y"), Port("n2", "x"))


def with_block() -> Project:
    project = edits.put_block(Project(), "residual", Block(params={"channels": 16}))
    project = edits.add_node(project, "residual", "input", name="x")
    project = edits.add_node(project, "residual", "output", name="y")
    project = edits.add_node(project, MAIN, "input", name="image")
    project = edits.add_node(project, MAIN, "block:residual")
    return edits.connect(project, MAIN, Port("n1", "x"), Port("n2", "x"))


def test_a_new_node_gets_an_id_a_free_name_and_a_place_kept_to_half_a_px() -> None:
    graph = two().graph
    assert [n.name for n in graph] == ["conv2d", "conv2d2"]
    assert graph.places == {"n1": (10, 20.5), "n2": (300, 20)}
    assert edits.free_name(graph, "conv2d") == "conv2d3"
    assert edits.new_id(graph) == "n3"


def test_an_id_is_never_given_twice() -> None:
    project = edits.remove(two(), MAIN, ["n2"])
    assert edits.new_id(project.graph) == "n3"
    project = edits.add_node(project, MAIN, "relu")
    assert list(project.graph.nodes) == ["n1", "n3"]
    assert project.graph.spent == 0
    project = edits.remove(edits.remove(project, MAIN, ["n3"]), MAIN, ["n1"])
    assert edits.new_id(project.graph) == "n4"


def test_removing_a_node_takes_its_wires_its_place_and_what_shares_its_weights() -> None:
    project = edits.set_node(two(), MAIN, ["n2"], shares="n1")
    after = edits.remove(project, MAIN, ["n1", "n77"])
    assert after.graph.nodes["n2"].shares is None
    assert after.graph.wires == {}
    assert after.graph.places.keys() == {"n2"}


def test_a_wire_gives_way_to_a_new_one_at_the_same_port() -> None:
    project = edits.add_node(two(), MAIN, "relu")
    project = edits.connect(project, MAIN, Port("n3", "y"), Port("n2", "x"))
    assert project.graph.wires == {Port("n2", "x"): Port("n3", "y")}


def test_a_node_is_put_into_a_wire() -> None:
    project = edits.add_node(two(), MAIN, "relu")
    project = edits.insert_on_wire(project, MAIN, "n3", Port("n2", "x"))
    assert project.graph.wires == {Port("n3", "x"): Port("n1", "y"), Port("n2", "x"): Port("n3", "y")}
    with pytest.raises(ValueError, match="already stands at an end"):
        edits.insert_on_wire(project, MAIN, "n3", Port("n2", "x"))
    with pytest.raises(ValueError, match="no wire ends there"):
        edits.insert_on_wire(project, MAIN, "n3", Port("n1", "x"))


def test_parameters_are_set_and_reset() -> None:
    project = edits.set_params(two(), MAIN, ["n1", "n2"], {"kernel_size": [5, 5], "out_channels": edits.RESET})
    assert [n.params for n in project.graph] == [{"kernel_size": (5, 5)}] * 2


def test_one_is_not_true_and_not_one_point_zero() -> None:
    project = edits.set_params(two(), MAIN, ["n1"], {"bias": 1})
    assert edits.set_params(project, MAIN, ["n1"], {"bias": True}) is not project
    assert edits.set_params(project, MAIN, ["n1"], {"bias": 1.0}) is not project
    assert edits.set_params(project, MAIN, ["n1"], {"bias": 1}) is project


def test_what_changes_nothing_returns_the_same_project() -> None:
    project = with_block()
    for same in (
        edits.remove(project, MAIN, ["n99"]),
        edits.connect(project, MAIN, Port("n1", "x"), Port("n2", "x")),
        edits.disconnect(project, MAIN, Port("n1", "x")),
        edits.set_params(project, MAIN, ["n1"], {"size": edits.RESET}),
        edits.set_params(project, MAIN, [], {"size": 1}),
        edits.set_node(project, MAIN, ["n1"], trainable=True, init=Init(), repeat=1, shares=None),
        edits.rename(project, MAIN, "n1", "image"),
        edits.move(project, MAIN, {"n1": (0.1, 0), "n9": (1, 1)}),
        edits.set_recipe(project, lr=0.001, epochs=10),
        edits.set_data(project, split=[0.8, 0.2, 0.0]),
        edits.set_constants(project, {}),
        edits.set_note(project, ""),
        edits.put_block(project, "residual", project.blocks["residual"]),
        edits.remove_block(project, "gone"),
        edits.duplicate(project, MAIN, [])[0],
    ):
        assert same is project


@pytest.mark.parametrize(
    ("name", "words", "instead"),
    [
        ("", "cannot be empty", "node"),
        ("two words", "no name in Python", "two_words"),
        ("3d", "no name in Python", "node_3d"),
        ("for", "word of Python", "for_"),
        ("forward", "already means something", "forward_"),
        ("_hidden", "begins with _", "hidden"),
        ("conv2d2", "another node", "conv2d3"),
        ("a" * 65, "64 characters", "a" * 56),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_another_suggested(name: str, words: str, instead: str) -> None:
    with pytest.raises(ValueError, match=words) as told:
        edits.rename(two(), MAIN, "n1", name)
    assert f"“{instead}”" in str(told.value)
    edits.rename(two(), MAIN, "n1", instead)


def test_no_name_hides_an_attribute_of_a_torch_module() -> None:
    import torch

    owned = {n for n in dir(torch.nn.Module()) + dir(torch.fx.GraphModule) if not n.startswith("_")}
    assert owned - RESERVED == set()


def test_a_renamed_port_of_a_block_keeps_its_wires() -> None:
    project = edits.rename(with_block(), "residual", "n1", "features")
    assert project.graph.wires == {Port("n2", "features"): Port("n1", "x")}


def test_a_block_in_use_stays() -> None:
    with pytest.raises(ValueError, match="still used by “residual” in the main graph"):
        edits.remove_block(with_block(), "residual")
    assert edits.remove_block(edits.remove(with_block(), MAIN, ["n2"]), "residual").blocks == {}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda p: edits.add_node(p, "nowhere", "relu"), "no block “nowhere”"),
        (lambda p: edits.add_node(p, MAIN, "rm -rf"), "no kind of node"),
        (lambda p: edits.add_node(p, MAIN, "relu", id="n1"), "cannot be the id"),
        (lambda p: edits.add_node(p, MAIN, "relu", at=(float("nan"), 0)), "two numbers"),
        (lambda p: edits.connect(p, MAIN, Port("n1", "y"), Port("n1", "x")), "cannot feed itself"),
        (lambda p: edits.connect(p, MAIN, Port("n9", "y"), Port("n1", "x")), "no node “n9”"),
        (lambda p: edits.connect(p, MAIN, Port("n2", "y"), Port("n1", "a.b")), "name of a port"),
        (lambda p: edits.set_params(p, MAIN, ["n1"], {"a": float("nan")}), "no number"),
        (lambda p: edits.set_params(p, MAIN, ["n1"], {"a": 2**53 + 1}), "larger than any file holds"),
        (lambda p: edits.set_params(p, MAIN, ["n1"], {"a": object()}), "cannot hold object"),
        (lambda p: edits.set_params(p, MAIN, ["n1"], {"a": "x" * 65_537}), "65,536 characters"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], name="x"), "no field “name”"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], shares="n1"), "with itself"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], shares="n9"), "no node “n9”"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], repeat=0), "once or more"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], init=Init("very hopeful")), "“very hopeful” is no way"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], init=Init("normal", {"kind": 1})), "no way to start"),
        (lambda p: edits.set_node(p, MAIN, ["n1"], init=Init("normal", {"std": float("nan")})), "no number"),
        (lambda p: edits.set_recipe(p, lr=-1), "recipe.lr: it is -1"),
        (lambda p: edits.set_recipe(p, lr=float("inf")), "recipe"),
        (lambda p: edits.set_recipe(p, speed=3), "no field “speed”"),
        (lambda p: edits.set_data(p, split=(0.5, 0.1, 0.1)), "add to 1"),
        (lambda p: edits.set_constants(p, {"a b": 1}), "cannot be named"),
        (lambda p: edits.put_block(p, "class", Block()), "word of Python"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(edit, words: str) -> None:  # type: ignore[no-untyped-def]
    project = edits.add_node(edits.add_node(Project(), MAIN, "relu"), MAIN, "relu")
    with pytest.raises(ValueError, match=words):
        edit(project)


def test_what_hides_or_reorders_is_stripped() -> None:
    assert clean("a\u202eb\x00c\u200bd\ud800") == "abcd"
    assert clean("one\r\ntwo\x07", lines=True) == "one\ntwo"
    assert edits.set_note(Project(), "x\u2066y").note == "xy"
    assert edits.add_node(Project(), MAIN, "relu", name="re\u202elu").graph.nodes["n1"].name == "relu"
    assert fault_in_name("re\u202elu")


# --- copies ---------------------------------------------------------------------------------------------------------------------------


def test_a_copy_keeps_inner_wires_positions_and_shared_weights() -> None:
    project = edits.set_node(two(), MAIN, ["n2"], shares="n1")
    after, ids = edits.paste(project, MAIN, edits.copy(project, MAIN, ["n1", "n2"]))
    check(after)
    assert ids == ["n3", "n4"]
    assert [after.graph.nodes[i].name for i in ids] == ["conv2d3", "conv2d4"]
    assert after.graph.wires[Port("n4", "x")] == Port("n3", "y")
    assert after.graph.nodes["n4"].shares == "n3"
    assert after.graph.places["n4"] == (332, 52)
    placed, ids = edits.paste(project, MAIN, edits.copy(project, MAIN, ["n2", "n1"]), at=(1000, 1000))
    assert placed.graph.places["n3"] == (1000, 1000.5)
    assert placed.graph.places["n4"] == (1290, 1000)


def test_a_copy_leaves_outer_wires_behind() -> None:
    after, ids = edits.paste(Project(), MAIN, edits.copy(two(), MAIN, ["n2"]))
    assert ids == ["n1"]
    assert after.graph.wires == {}


def test_a_duplicate_still_shares_the_weights_of_a_node_that_stayed() -> None:
    project = edits.set_node(two(), MAIN, ["n2"], shares="n1")
    after, ids = edits.duplicate(project, MAIN, ["n2"], (0, 100))
    assert after.graph.nodes[ids[0]].shares == "n1"
    assert after.graph.places[ids[0]] == (300, 120)


def test_a_copy_brings_its_blocks_along() -> None:
    source = with_block()
    text = edits.copy(source, MAIN, ["n2"])
    after, ids = edits.paste(Project(), MAIN, text)
    assert after.blocks == source.blocks
    again, _ = edits.paste(after, MAIN, text)
    assert again.blocks is after.blocks
    other = edits.put_block(Project(), "residual", Block(params={"width": 3}))
    after, ids = edits.paste(other, MAIN, text)
    check(after)
    assert after.graph.nodes[ids[0]].kind == "block:residual2"
    assert after.blocks["residual2"] == source.blocks["residual"]
    assert after.blocks["residual"] == other.blocks["residual"]


def test_a_block_that_uses_a_renamed_one_is_renamed_too() -> None:
    source = edits.put_block(with_block(), "stage", Block())
    source = edits.add_node(source, "stage", "block:residual")
    source = edits.add_node(source, MAIN, "block:stage")
    other = edits.put_block(source, "residual", Block(params={"width": 3}))
    after, ids = edits.paste(other, MAIN, edits.copy(source, MAIN, ["n3"]))
    assert after.graph.nodes[ids[0]].kind == "block:stage2"
    assert after.blocks["stage2"].graph.nodes["n1"].kind == "block:residual2"
    assert after.blocks["stage"] == other.blocks["stage"]


def test_blocks_that_contain_each_other_can_be_copied() -> None:
    project = edits.put_block(edits.put_block(Project(), "a", Block()), "b", Block())
    project = edits.add_node(edits.add_node(project, "a", "block:b"), "b", "block:a")
    project = edits.add_node(project, MAIN, "block:a")
    other = edits.put_block(project, "b", Block(note="another"))
    after, ids = edits.paste(other, MAIN, edits.copy(project, MAIN, ["n1"]))
    assert after.graph.nodes[ids[0]].kind == "block:a2"
    assert after.blocks["b2"].graph.nodes["n1"].kind == "block:a2"


def test_a_copy_brings_the_constants_that_it_names() -> None:
    project = edits.set_constants(two(), {"width": 8, "classes": 10})
    project = edits.set_params(project, MAIN, ["n1"], {"out_channels": "2*width"})
    after, _ = edits.paste(Project(), MAIN, edits.copy(project, MAIN, ["n1"]))
    assert after.constants == {"width": 8}


@pytest.mark.parametrize("text", ["", "hello", "{}", '{"program": "visualnet", "format": 1}', "\ud800", "[" * 10_000])
def test_foreign_text_is_not_pasted(text: str) -> None:
    with pytest.raises(ValueError, match="no part of a VisualNet graph"):
        edits.paste(Project(), MAIN, text)


def test_damaged_copies_are_refused_with_the_place() -> None:
    text = edits.copy(two(), MAIN, ["n1", "n2"])
    with pytest.raises(ValueError, match=r"graph\.nodes\.0\.name"):
        edits.paste(Project(), MAIN, text.replace('"name": "conv2d"', '"name": 3'))
    with pytest.raises(ValueError, match="damaged"):
        edits.paste(Project(), MAIN, text[:-20])
    newer = json.loads(text) | {"visualnet-nodes": 99}
    with pytest.raises(ValueError, match="newer VisualNet"):
        edits.paste(Project(), MAIN, json.dumps(newer))


def test_a_thousand_nodes_are_pasted_at_once() -> None:
    project = chain(1000)
    after, ids = edits.paste(project, MAIN, edits.copy(project, MAIN, project.graph.nodes))
    check(after)
    assert len(ids) == 1000
    assert len(after.graph.wires) == 2 * 999
