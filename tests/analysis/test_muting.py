"""Nodes that are muted or off: shapes, counts, problems and what is computed."""

from __future__ import annotations

import pytest

from tests.analysis.drawing import graph
from tests.analysis.drawing import project as drawn
from visualnet.analysis import infer
from visualnet.analysis.receptive_field import receptive
from visualnet.analysis.shared_weights import possible_owners
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Block, Project

Spot = tuple[str, str, dict[str, object]]


def net() -> Project:
    """image → conv → relu → flatten → head → y, and a loss beside it."""
    project = Project()
    chain: list[Spot] = [
        ("input", "image", {"size": (1, 8, 8)}),
        ("conv2d", "conv", {"out_channels": 4, "kernel_size": 3}),
        ("relu", "act", {}),
        ("flatten", "flat", {}),
        ("linear", "head", {"out_features": 5}),
        ("output", "y", {}),
    ]
    before = None
    for kind, name, params in chain:
        project = edits.add_node(project, MAIN, kind, name=name, params=params)  # type: ignore[arg-type]
        node = project.graph.named(name)
        facts = infer(project).main.nodes[node.id]
        if before is not None:
            project = edits.connect(project, MAIN, before, Port(node.id, next(iter(facts.inputs))))
        before = Port(node.id, next(iter(facts.outputs), "y"))
    return project


def with_mode(project: Project, name: str, mode: str) -> Project:
    return edits.set_node(project, MAIN, [project.graph.named(name).id], mode=mode)


def shape(project: Project, name: str) -> str:
    facts = infer(project).main.nodes[project.graph.named(name).id]
    return next(iter(facts.leaving.values())).text if facts.leaving else ""


def test_a_muted_node_hands_its_input_on() -> None:
    project = net()
    assert (shape(project, "flat"), infer(project).main.parameters) == ("144", 40 + 145 * 5)
    muted = with_mode(project, "conv", "mute")
    assert shape(muted, "conv") == "1×8×8"
    assert (shape(muted, "flat"), infer(muted).main.parameters) == ("64", 65 * 5)
    assert not [p for p in infer(muted).problems if p.node]


def test_a_muted_layer_is_not_asked_about_what_does_not_fit_it() -> None:
    """A Linear that gets one number without axes hands it on; it has no weights, drawing or field of its own."""
    project = with_mode(net(), "head", "mute")
    project = edits.set_params(project, MAIN, [project.graph.named("image").id], {"size": ()})
    for name in ("conv", "act", "flat"):
        project = with_mode(project, name, "mute")
    facts = infer(project).main.nodes[project.graph.named("head").id]
    assert facts.shapes == ((),) and facts.leaving and not facts.known
    assert receptive(infer(project), (facts.node.id,)) == []
    assert list(possible_owners(infer(project).main, facts.node.id)) == []


def test_muting_may_make_what_follows_not_fit() -> None:
    project = with_mode(net(), "flat", "mute")
    muted = edits.set_params(project, MAIN, [project.graph.named("act").id], {})
    assert shape(muted, "head") == "4×6×5"
    both = with_mode(with_mode(net(), "conv", "mute"), "act", "mute")
    assert shape(both, "flat") == "64"


def test_what_reads_a_node_that_is_off_has_nothing() -> None:
    analysis = infer(with_mode(net(), "act", "off"))
    assert [(p.code, analysis.at(p.path).node.name) for p in analysis.errors()] == [("unconnected", "flat")]


def test_inputs_and_outputs_are_always_on() -> None:
    project = with_mode(with_mode(net(), "image", "off"), "y", "mute")
    assert shape(project, "flat") == "144"
    assert not infer(project).errors()


@pytest.mark.parametrize("mode", ["mute", "off"])
@pytest.mark.parametrize("name", ["conv", "act", "flat", "head"])
def test_an_edit_of_a_mode_is_inferred_as_if_anew(name: str, mode: str) -> None:
    project = net()
    first = infer(project)
    muted = with_mode(project, name, mode)
    carried, fresh = infer(muted, first), infer(muted)
    assert carried.problems == fresh.problems
    assert carried.main.totals == fresh.main.totals
    back = infer(with_mode(muted, name, ""), carried)
    assert back.problems == first.problems
    assert {i: f.leaving for i, f in back.main.nodes.items()} == {i: f.leaving for i, f in first.main.nodes.items()}


def test_a_muted_block_hands_its_first_input_on() -> None:
    project = net()
    block = edits.put_block(Project(), "stage", _block())
    project = edits.put_block(project, "stage", block.blocks["stage"])
    project = edits.add_node(project, MAIN, "block:stage", name="stage")
    node = project.graph.named("stage")
    project = edits.insert_on_wire(project, MAIN, node.id, Port(project.graph.named("act").id, "x"), "a", "b")
    assert shape(project, "act") == "2×6×6"
    assert shape(with_mode(project, "stage", "mute"), "act") == "4×6×6"


def _block() -> object:
    from visualnet.core.project import Block

    inner = Project()
    inner = edits.add_node(inner, MAIN, "input", name="a")
    inner = edits.add_node(inner, MAIN, "conv2d", name="c", params={"out_channels": 2, "kernel_size": 1})
    inner = edits.add_node(inner, MAIN, "output", name="b")
    inner = edits.connect(inner, MAIN, Port("n1", "x"), Port("n2", "image"))
    inner = edits.connect(inner, MAIN, Port("n2", "features"), Port("n3", "x"))
    return Block(graph=inner.graph)


def test_what_is_muted_is_neither_compiled_nor_printed() -> None:
    torch = pytest.importorskip("torch")
    from visualnet.compiling.module import compile_project
    from visualnet.compiling.source_code.source import model_source

    muted = with_mode(net(), "conv", "mute")
    model = compile_project(muted)
    keys = set(model.net.state_dict())
    assert keys == {"head.weight", "head.bias"}
    assert model.net(torch.zeros(2, 1, 8, 8)) is not None
    assert "conv" not in model_source(muted)


def test_a_muted_block_hands_on_its_first_input_whichever_wire_was_drawn_first() -> None:
    both = Block(graph=graph("a:input b:input s:add y:output a>s b>s.x2 s>y"))
    made = drawn(
        "i:input j:input p:block:both o:output j>p.b i>p.a p.y>o", {"both": both}, i={"size": (4,)}, j={"size": (9,)}
    )
    node = made.graph.named("p").id
    muted = edits.set_node(made, MAIN, [node], mode="mute")
    assert infer(muted).main.nodes[made.graph.named("o").id].arriving[0].text == "4"
