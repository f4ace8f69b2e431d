"""Whether a wire would fit: held against the wire itself, drawn and inferred."""

from __future__ import annotations

import random
from collections.abc import Iterator

import networkx as nx
import pytest

from tests.analysis.drawing import project
from tests.graphs import random_project
from visualnet.analysis import infer
from visualnet.analysis.connect.best_ports import all_joins, best_join, connect, insertion, is_unwired
from visualnet.analysis.connect.check import (
    OPEN,
    Acceptance,
    WireVerdict,
    check_inputs,
    entry_ports,
    further_port,
    known_spec,
    library_fitting,
    sheet_facts,
    try_node,
    widen_inputs,
)
from visualnet.core import edits
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.user import block_library
from visualnet.layers import LAYERS, Spec


def accept(made: Project) -> Acceptance:
    return Acceptance(made, MAIN, (), infer(made), None)


def pairs(accept: Acceptance) -> Iterator[tuple[Port, Port]]:
    assert accept.facts is not None
    nodes = accept.facts.nodes.items()
    for a, giving in nodes:
        for b, taking in nodes:
            for source in giving.outputs:
                for target in taking.inputs:
                    yield Port(a, source), Port(b, target)


def drawn(made: Project, source: Port, target: Port) -> Project | None:
    """The project with the wire, drawn by hand; None where that makes a circle."""
    graph = made.graph
    wires = {**graph.wires, target: source}
    arrows = nx.DiGraph([(s.node, t.node) for t, s in wires.items()])
    if not nx.is_directed_acyclic_graph(arrows):
        return None
    return Project(graph=Graph(nodes=graph.nodes, wires=wires), blocks=made.blocks, constants=made.constants)


def test_a_verdict_is_what_the_drawn_wire_brings() -> None:
    """Over every pair of ports of random networks: no circle, and no error at the node beside those that no wire can mend."""
    rng, asked = random.Random(3), 0
    answers = set()
    for seed in range(4):
        made = random_project(seed)
        judged = accept(made)
        everything = list(pairs(judged))
        for source, target in rng.sample(everything, min(25, len(everything))):
            verdict = judged.verdict(source, target)
            after = drawn(made, source, target)
            if after is None:
                assert not verdict.fits
                assert "circle" in verdict.words or source.node == target.node
            else:
                problems = infer(after).main[target.node].problems
                errors = [p.words for p in problems if p.severity == "error" and p.code not in OPEN]
                assert verdict.fits is not bool(errors), (source, target)
                assert not errors or verdict.words == errors[0]
            assert judged.verdict(source, target) is verdict  # kept, not asked twice
            answers.add(verdict.fits)
            asked += 1
    assert answers == {True, False} and asked > 60


def test_the_quick_answer_is_the_full_one_where_all_is_known() -> None:
    made = project(
        "i:input c:conv2d f:flatten b:linear j:input d:conv2d o:output a:add m:matmul t:target l:cross_entropy i>c c>f f>b b>o",
        i={"size": (1, 28, 28)},
        j={"size": (10,)},
    )
    judged = accept(made)
    seen = [(judged.likely(*pair), judged.verdict(*pair).fits) for pair in pairs(judged)]
    assert all(quick == full for quick, full in seen)
    assert {quick for quick, _ in seen} == {True, False}


def test_a_wire_that_can_never_be_is_refused_in_words() -> None:
    judged = accept(project("i:input a:relu b:relu c:relu i>a a>b"))
    assert judged.refused(Port("n2", "y"), Port("n2", "x")) == "a card cannot feed itself"
    assert judged.refused(Port("n3", "y"), Port("n2", "x")) == "“a” already leads to “b”: that would be a circle"
    assert judged.refused(Port("n4", "y"), Port("n2", "x")) == ""
    assert judged.verdict(Port("n2", "y"), Port("n2", "x")) == WireVerdict(False, "a card cannot feed itself")
    assert not judged.likely(Port("n3", "y"), Port("n2", "x"))


def test_what_is_said_of_a_wire_that_fits() -> None:
    made = project("i:input f:flatten o:output a:add t:target l:l1 u:relu", i={"size": (2, 3)}, t={"size": (2, 3)})
    judged = accept(made)
    source = Port("n1", "x")
    assert judged.verdict(source, Port("n2", "x")).words == "→ 6"
    assert judged.verdict(source, Port("n3", "x")).words == "takes 2×3"
    first = next(iter(judged.facts.nodes["n4"].inputs))  # type: ignore[union-attr]
    assert judged.verdict(source, Port("n4", first)).words == "fits; another input is still open"
    assert judged.verdict(Port("n7", "y"), Port("n3", "x")) == (True, "fits")
    assert judged.likely(Port("n7", "y"), Port("n2", "x"))  # nothing is known, nothing speaks against it
    assert judged.spec(Port("n7", "y")) is None and judged.spec(Port("gone", "y")) is None
    assert judged.spec(source) == known_spec(judged.facts, source) == judged.facts.nodes["n1"].leaving["x"]  # type: ignore[union-attr]
    assert known_spec(None, source) is None and known_spec(judged.facts, Port("gone", "x")) is None


def test_a_warning_is_said_though_the_wire_fits() -> None:
    made = project("i:input s:softmax t:target l:cross_entropy i>s t>l.target", i={"size": (10,)})
    verdict = accept(made).verdict(Port("n2", "y"), Port("n4", "logits"))
    warnings = [p.words for p in infer(connect(made, MAIN, Port("n2", "y"), Port("n4", "logits"))).main["n4"].problems]
    assert verdict.fits and verdict.words in warnings


def test_an_answer_after_a_wire_was_picked_up_is_of_the_project_without_it() -> None:
    made = project("i:input a:relu b:relu i>a a>b")
    picked = edits.disconnect(made, MAIN, Port("n3", "x"))
    judged = Acceptance.after(picked, MAIN, (), infer(made), None)
    assert judged.refused(Port("n3", "y"), Port("n2", "x")) == ""
    assert accept(made).refused(Port("n3", "y"), Port("n2", "x"))


def test_a_batch_of_one_number_is_taken_only_where_no_batch_is_wanted() -> None:
    loss = Spec((), (), "float", batched=False)
    assert not try_node(Project(), Node(id="n", kind="linear", name="f"), {"x": loss}).fits
    made = project(
        "i:input t:target l:l1 o:output i>l t>l.target", i={"size": (3,)}, t={"size": (3,), "dtype": "float"}
    )
    judged = accept(made)
    (out,) = judged.facts.nodes["n3"].outputs  # type: ignore[union-attr]
    target = Port("n4", "x")
    assert judged.likely(Port("n3", out), target) == judged.verdict(Port("n3", out), target).fits


# --- which port -----------------------------------------------------------------------------------------------------------------------


def test_the_first_free_port_that_takes_it_then_one_with_a_wire_then_a_further_one() -> None:
    made = project("i:input j:input m:matmul a:add r:relu i>a", i={"size": (3, 4)}, j={"size": (4, 5)})
    judged = accept(made)
    ports = list(judged.facts.nodes["n3"].inputs)  # type: ignore[union-attr]
    assert judged.free_port(Port("n1", "x"), "n3") == Port("n3", ports[0])
    half = connect(made, MAIN, Port("n1", "x"), Port("n3", ports[0]))
    assert accept(half).free_port(Port("n2", "x"), "n3") == Port("n3", ports[1])
    one = connect(made, MAIN, Port("n1", "x"), Port("n5", "x"))
    assert accept(one).free_port(Port("n2", "x"), "n5") == Port("n5", "x")  # in place of its wire
    assert judged.free_port(Port("n1", "x"), "n1") is None
    assert judged.free_port(Port("n1", "x"), "gone") is None
    assert judged.free_port(Port("n5", "y"), "n2") is None  # it has no input


def test_a_layer_with_a_varying_number_of_inputs_gets_one_more() -> None:
    made = project("i:input j:input k:input a:add i>a", **{n: {"size": (3,)} for n in "ijk"})
    for source in ("n2", "n3"):
        port = accept(made).free_port(Port(source, "x"), "n4")
        assert port is not None
        made = connect(made, MAIN, Port(source, "x"), port)
    assert len([t for t in made.graph.wires if t.node == "n4"]) == 3
    facts = infer(made).main["n4"]
    assert facts.layer is not None and facts.layer.values()["inputs"] == 3
    assert not any(p.severity == "error" for p in facts.problems)
    further = further_port(made.graph.nodes["n4"], facts)
    assert further is not None and further.port not in facts.inputs
    assert widen_inputs(made, MAIN, further).graph.nodes["n4"].params["inputs"] == 4
    assert (
        widen_inputs(
            made, MAIN, Port("n4", facts.inputs[0] if isinstance(facts.inputs, tuple) else next(iter(facts.inputs)))
        )
        is made
    )
    assert widen_inputs(made, MAIN, Port("n1", "x")) is made
    assert further_port(made.graph.nodes["n1"], infer(made).main["n1"]) is None


def test_a_layer_gets_no_further_input_while_one_is_open_that_refuses_the_tensor() -> None:
    """It offered a third input, which “fits” as long as the second is open, so that the shortcut never closed."""
    made = project("i:input j:input a:add i>a", i={"size": (3,)}, j={"size": (4,)})
    judged = accept(made)
    port = judged.free_port(Port("n2", "x"), "n3")
    assert port is not None and port.port in judged.facts.nodes["n3"].inputs  # type: ignore[union-attr]
    assert port not in made.graph.wires and not judged.verdict(Port("n2", "x"), port).fits


def test_further_inputs_end_where_the_layer_allows_no_more() -> None:
    most = LAYERS["add"].params["inputs"].high  # type: ignore[attr-defined]
    made = project("a:add", a={"inputs": most})
    assert further_port(made.graph.nodes["n1"], infer(made).main["n1"]) is None


def test_the_first_output_that_the_port_takes() -> None:
    made = project("i:input s:lstm f:linear i>s", i={"size": (7, 5)})
    judged = accept(made)
    assert judged.free_output(Port("n3", "x"), "n2") == Port("n2", next(iter(judged.facts.nodes["n2"].outputs)))  # type: ignore[union-attr]
    assert judged.free_output(Port("n3", "x"), "gone") is None


def test_the_best_ports_of_two_cards_also_backwards() -> None:
    made = project("i:input f:flatten o:output t:target", i={"size": (2, 3)})
    judged = accept(made)
    forth, back = best_join(judged, "n1", "n2"), best_join(judged, "n2", "n1")
    assert forth == back and forth is not None
    assert (forth.source, forth.target, forth.verdict.fits) == (Port("n1", "x"), Port("n2", "x"), True)
    assert best_join(judged, "n1", "gone") is None and best_join(judged, "n1", "n1") is None
    assert best_join(judged, "n1", "n4") is None  # both only give


def test_all_ways_to_wire_two_cards_those_that_fit_first() -> None:
    made = project("i:input m:cross_entropy t:target", i={"size": (10,)}, t={"size": (), "dtype": "int"})
    judged = accept(made)
    ways = all_joins(judged, "n1", "n2")
    assert {w.target.port for w in ways} == set(judged.facts.nodes["n2"].inputs)  # type: ignore[union-attr]
    fits = [w.verdict.fits for w in ways]
    assert fits == sorted(fits, reverse=True) and fits[0]
    assert all_joins(judged, "n2", "n1")[0].source == Port("n1", "x")  # backwards, where only that can be
    assert all_joins(judged, "n1", "n3") == [] and all_joins(judged, "gone", "n1") == []
    forth_and_back = project("a:relu b:relu")
    assert [(w.source.node, w.target.node) for w in all_joins(accept(forth_and_back), "n1", "n2")] == [("n1", "n2")]


def test_where_a_card_goes_into_a_wire() -> None:
    made = project("i:input o:output r:relu s:linear t:target i>o", i={"size": (6,)})
    judged = accept(made)
    wire = Port("n2", "x")
    assert insertion(judged, "n3", wire) == ("x", "y")
    assert insertion(judged, "n5", wire) is None  # no input
    assert insertion(judged, "n1", wire) is None and insertion(judged, "n2", wire) is None
    assert insertion(judged, "n3", Port("n3", "x")) is None  # no such wire
    assert insertion(judged, "gone", wire) is None
    assert [n for n in made.graph.nodes if is_unwired(judged, n)] == ["n3", "n4", "n5"]


def test_the_input_that_takes_the_tensor_comes_first() -> None:
    made = project("i:input o:output e:cross_entropy i>o", i={"size": (), "dtype": "int"})
    into = insertion(accept(made), "n3", Port("n2", "x"))
    assert into is None or into[0] == "target"


# --- blocks ---------------------------------------------------------------------------------------------------------------------------


def widening() -> Block:
    inner = project("x:input f:linear y:output x>f f>y", f={"out_features": "width"})
    return Block(params={"width": 8}, graph=inner.graph)


def test_the_ports_of_what_is_not_yet_drawn() -> None:
    made = Project(blocks={"wide": widening()})
    assert entry_ports(made, BLOCK_PREFIX + "wide") == (("x",), ("y",))
    assert entry_ports(made, "linear") == (("x",), ("y",))
    assert len(entry_ports(made, "add", {"inputs": 3})[0]) == 3
    assert entry_ports(made, "add", {"inputs": "no number"}) == entry_ports(made, "add")


def test_a_sheet_that_nothing_uses_still_has_facts() -> None:
    made = project("i:input", blocks={"wide": widening()})
    analysis = infer(made)
    assert sheet_facts(analysis, MAIN, ("n9",)) is analysis.main
    assert sheet_facts(analysis, "wide", ("n9",)) is sheet_facts(analysis, "wide", ())


def test_blocks_of_the_library_that_take_a_tensor() -> None:
    """Each is held against the block itself with an input of that size before it."""
    block_library.save(Project(graph=Graph(), blocks={"wide": widening()}), "wide")
    names = {entry.name: entry.project for entry in block_library.entries()}
    assert set(library_fitting(None)) == {block_library.PREFIX + name for name in names}
    for spec in (Spec((6,), ("C",), "float"), Spec((3, 16, 16), ("C", "H", "W"), "float")):
        fitting = set()
        for name, made in names.items():
            kind = BLOCK_PREFIX + name
            feed = Node(id="i", kind="input", name="i", params={"size": tuple(map(int, spec.shape))})
            first = entry_ports(made, kind)[0][0]
            graph = Graph({"i": feed, "b": Node(id="b", kind=kind, name="b")}, {Port("b", first): Port("i", "x")})
            facts = infer(Project(graph=graph, blocks=made.blocks, constants=made.constants)).main["b"]
            if not any(p.severity == "error" and p.code not in OPEN for p in facts.problems):
                fitting.add(block_library.PREFIX + name)
        assert set(library_fitting(spec)) == fitting
        assert block_library.PREFIX + "wide" in fitting
    assert len(library_fitting(Spec((6,), ("C",), "float"))) < len(names)


def test_a_node_with_an_error_does_not_fit_whatever_comes_out() -> None:
    facts = infer(project("i:input c:conv2d i>c", i={"size": (1, 3, 3)})).main["n2"]
    assert check_inputs(facts).fits
    facts = infer(project("i:input c:conv2d i>c", i={"size": (1, 3, 3)}, c={"kernel_size": 9})).main["n2"]
    assert check_inputs(facts) == (False, next(p.words for p in facts.problems if p.severity == "error"))


@pytest.mark.parametrize("kind", ["relu", "linear"])
def test_weights_lent_by_another_node_do_not_matter_to_a_trial(kind: str) -> None:
    node = Node(id="n1", kind=kind, name="a", shares="n2")
    assert try_node(Project(), node, {"x": Spec((4,), ("C",), "float")}).fits
