"""Every problem that inference knows, provoked by a small graph: its place, its words, and what still shows its shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.drawing import graph, look, only, project
from tests.counting import count_calls
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Block, Project
from visualnet.layers import Spec

CLASSIFIER = "image:input conv:conv2d flat:flatten fc:linear label:target loss:cross_entropy out:output "
WIRED = CLASSIFIER + "image>conv conv>flat flat>fc fc>loss label>loss.target fc>out"


def test_a_whole_network_has_no_problem() -> None:
    analysis = look(WIRED)
    assert analysis.problems == ()
    assert analysis.main["n4"].weights["weight"] == (64, 32 * 26 * 26)
    assert analysis.main.parameters == 320 + 64 * 32 * 26 * 26 + 64
    assert analysis.main.trainable == analysis.main.parameters


FAULTS: list[tuple[str, str, dict[str, Any], str, str, str]] = [
    # code, graph, parameters, node, at, words
    (
        "unconnected",
        "fc:linear out:output fc>out",
        {},
        "fc",
        "x",
        "nothing is connected to the input “x”, which wants a tensor …×D; draw a wire to it",
    ),
    (
        "unconnected",
        "out:output",
        {},
        "out",
        "x",
        "nothing is connected to the input “x”, which wants any tensor; draw a wire to it",
    ),
    (
        "rank",
        "i:input c:conv2d i>c",
        {"i": {"size": (784,)}},
        "c",
        "image",
        "the input “image” wants 3 axes (C×H×W); 784 arrives, which has 1 axis",
    ),
    (
        "rank",
        "i:input t:target l:mse o:output i>l t>l.target l>o",
        {"t": {"size": (1, 28, 28), "dtype": "float"}},
        "o",
        "x",
        "the input “x” wants a tensor for every sample; one number for the whole batch arrives (a loss or a metric)",
    ),
    (
        "dtype",
        "i:input e:embedding i>e",
        {},
        "e",
        "indices",
        "the input “indices” wants whole numbers (classes, words); real numbers arrive",
    ),
    (
        "misfit",
        "a:input b:input s:add a>s b>s.x2",
        {"b": {"size": (1, 28, 14)}},
        "s",
        "x2",
        "x1 is 1×28×28 and x2 is 1×28×14: they differ in W",
    ),
    ("misfit", "i:input c:conv2d i>c", {"c": {"groups": 2}}, "c", "groups", "2 groups do not divide 1 in_channels"),
    (
        "misfit",
        "i:input c:conv2d i>c",
        {"c": {"kernel_size": 40}},
        "c",
        "",
        "the output would be empty: its height H comes out as -11",
    ),
    (
        "inexact",
        "i:input c:conv2d i>c",
        {"i": {"size": (3, 224, 229)}, "c": {"kernel_size": 11, "stride": 4}},
        "c",
        "",
        "H: 54.25 → 54: the last row is never read",
    ),
    (
        "cycle",
        "a:relu b:relu a>b b>a",
        {},
        "a",
        "",
        "“a”, “b” feed each other in a circle; take one of these wires out",
    ),
    (
        "unused",
        "i:input r:relu o:output i>r i>o",
        {},
        "r",
        "",
        "“r” leads to no output and no loss; wire it on, or remove it",
    ),
    (
        "no-port",
        "i:input a:add o:output i>a i>a.x2 i>a.x3 a>o",
        {},
        "a",
        "x3",
        "there is no input “x3” here (there is “x1”, “x2”); take the wire out",
    ),
    (
        "no-port",
        "i:input o:output i.z>o",
        {},
        "i",
        "z",
        "there is no output “z” here (there is “x”); take the wire out",
    ),
    (
        "no-input",
        "t:target o:output t>o",
        {},
        "",
        "",
        "there is no input: add an Input node, so that data has a way in",
    ),
    (
        "no-output",
        "i:input",
        {},
        "",
        "",
        "there is no output: add an Output or a loss node, so that something is computed",
    ),
    (
        "no-loss",
        "i:input o:output i>o",
        {},
        "",
        "",
        "there is no loss: add one (Cross-entropy, for classes) to be able to train",
    ),
    (
        "no-target",
        "i:input l:mse i>l i>l.target",
        {},
        "",
        "",
        "there is no target: add a Target node, so that the loss has something to compare with",
    ),
    (
        "no-answer",
        "i:input t:target l:mse i>l t>l.target",
        {},
        "",
        "",
        "there is no output: the network trains, but has no answer to show or export; add an Output node",
    ),
    (
        "refused",
        "i:input s:softmax t:target l:cross_entropy i>s s>l t>l.target",
        {"i": {"size": (10,)}},
        "l",
        "logits",
        "cross-entropy takes the logits themselves: it contains the softmax, and two of them flatten the gradients",
    ),
    (
        "refused",
        "i:input r:relu t:target l:cross_entropy i>r r>l t>l.target",
        {"i": {"size": (10,)}},
        "l",
        "logits",
        "the logits cannot be negative after this activation, so no class can be argued against",
    ),
    ("parameter", "i:input c:conv2d i>c", {"c": {"stride": 0}}, "c", "stride", "stride is 0; it must be at least 1"),
    (
        "parameter",
        "i:input c:conv2d i>c",
        {"c": {"out_channels": "2*width"}},
        "c",
        "out_channels",
        "“width” is not known here (known names: none)",
    ),
    ("parameter", "i:input c:conv2d i>c", {"c": {"strides": 2}}, "c", "strides", "Conv2d has no parameter “strides”"),
    (
        "unknown-kind",
        "i:input h:hologram o:output i>h.a h.b>o",
        {},
        "h",
        "kind",
        "this version knows no layer “hologram”; it is kept as it is and cannot be computed",
    ),
    (
        "unknown-block",
        "i:input h:block:gone o:output i>h.a h.b>o",
        {},
        "h",
        "kind",
        "there is no block “gone” in this project",
    ),
    (
        "too-large",
        "i:input o:output i>o",
        {"i": {"size": (1 << 20, 1 << 20, 1 << 20)}},
        "i",
        "",
        "1048576×1048576×1048576 would hold 1,152,921,504,606,846,976 numbers for every sample, more than any machine has; make it smaller",
    ),
    (
        "doubtful",
        "i:input f:linear o:output i>f f>o",
        {},
        "f",
        "x",
        "an image 1×28×28 arrives: every row of 28 is weighed on its own, with the same weights; "
        "to weigh the whole image, flatten it first",
    ),
    (
        "share",
        "i:input a:linear b:linear i>a a>b",
        {"b": {"_shares": "n2"}, "a": {"out_features": 3}},
        "b",
        "shares",
        "no weight of “a” (weight 3×28, bias 3) has the name and size of one here (weight 64×3, bias 64)",
    ),
]


@pytest.mark.parametrize("case", FAULTS, ids=lambda c: f"{c[0]}-{c[2] or c[3]}")
def test_each_fault_is_told_at_its_place(case: Any) -> None:
    code, text, params, node, at, words = case
    analysis = look(text, **params)
    problem = next(p for p in analysis.problems if p.code == code)
    graph_ = analysis.project.graph
    assert problem.words == words
    assert problem.at == at
    assert (graph_.nodes[problem.node].name if problem.node else "") == node
    assert problem.path == ((problem.node,) if problem.node else ())


def test_what_stands_before_a_fault_shows_its_shapes() -> None:
    analysis = look(WIRED, conv={"groups": 2})
    assert analysis.main["n1"].leaving["x"].shape == (1, 28, 28)
    assert analysis.main["n2"].arriving[0] == analysis.main["n1"].leaving["x"]
    assert not analysis.main["n2"].known
    assert [p.code for p in analysis.errors()] == ["misfit"]  # What follows is not blamed for it.


def test_a_loss_with_a_bad_parameter_is_still_the_loss() -> None:
    analysis = look(WIRED, loss={"label_smoothing": 2.0})
    assert [(p.code, p.at) for p in analysis.problems] == [("parameter", "label_smoothing")]


FIELDS = {"image": Spec((1, 28, 28)), "label": Spec((), (), "int")}


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({"field": "picture"}, "no-field", "the data set “mnist5k” has no field “picture”; it has “image”, “label”"),
        (
            {"size": (1, 32, 32)},
            "field-size",
            "“image” of the data set “mnist5k” is 1×28×28 for every sample; this node says 1×32×32",
        ),
        (
            {"dtype": "int"},
            "field-type",
            "“image” of the data set “mnist5k” holds real numbers; this node says whole numbers",
        ),
    ],
)
def test_inputs_are_held_against_the_data(params: Any, code: str, words: str) -> None:
    made = project(WIRED, image=params)
    assert only(infer(made, None, FIELDS), code).words == words
    # The data may change while the graph does not.
    assert only(infer(made, infer(made), FIELDS), code).words == words
    assert not [p for p in infer(made, infer(made, None, FIELDS)).problems if p.code == code]
    assert infer(project(WIRED, image={"size": (1 << 30, 1 << 30)}), None, FIELDS).problems


# --- blocks ------------------------------------------------------------------------------------------------------------------------

UNIT = Block(graph=graph("a:input f:linear b:output a>f f>b", f={"out_features": "w"}), params={"w": 8})


def test_a_block_is_computed_for_what_it_gets() -> None:
    analysis = look(
        "i:input u:block:unit v:block:unit o:output i>u.a u.b>v.a v.b>o", {"unit": UNIT}, i={"size": (5,)}, v={"w": 3}
    )
    assert [analysis.main[n].leaving["b"].shape for n in ("n2", "n3")] == [(8,), (3,)]
    assert [analysis.main[n].parameters for n in ("n2", "n3")] == [48, 27]
    assert analysis.at(("n3", "n2")).weights["weight"] == (3, 8)


def test_a_repeated_block_is_a_chain() -> None:
    analysis = look("i:input u:block:unit o:output i>u.a u.b>o", {"unit": UNIT}, i={"size": (5,)}, u={"_repeat": 1000})
    assert analysis.main.parameters == 48 + 999 * 72
    frozen = look("i:input u:block:unit i>u.a", {"unit": UNIT}, i={"size": (5,)}, u={"_trainable": False})
    assert (frozen.main.parameters, frozen.main.trainable) == (48, 0)


def test_a_fault_in_a_later_repetition_is_found() -> None:
    shrink = Block(graph=graph("a:input c:conv2d b:output a>c c>b"))
    analysis = look("i:input u:block:s o:output i>u.a u.b>o", {"s": shrink}, i={"size": (1, 10, 10)}, u={"_repeat": 8})
    assert only(analysis, "misfit").words == "the output would be empty: its height H comes out as 0"
    assert (
        only(analysis, "inside").words
        == "inside the block “s”, at “c”: the output would be empty: its height H comes out as 0"
    )
    assert only(analysis, "misfit").path == ("n2", "n2")


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        (1001, "repeat is 1,001; it can be 1 to 1,000"),
        ("2/3", "2/3 = 0.6667 is not whole; floor(2/3) would be 0"),
        (
            2,
            "“two”: only a block with one output can be repeated, which feeds its first input; this one has 2: "
            "set repeat to 1",
        ),
    ],
)
def test_what_cannot_be_repeated(repeat: Any, words: str) -> None:
    two = Block(graph=graph("a:input c:input s:add b:output d:output a>s c>s.x2 s>b a>d"))
    assert only(look("i:input u:block:two i>u.a i>u.c", {"two": two}, u={"_repeat": repeat}), "repeat").words == words


def test_blocks_that_contain_themselves_are_refused() -> None:
    a = Block(graph=graph("i:input u:block:b o:output i>u.i u.o>o"))
    b = Block(graph=graph("i:input u:block:a o:output i>u.i u.o>o"))
    analysis = look("i:input u:block:a i>u.i", {"a": a, "b": b})
    assert only(analysis, "recursion").words == "the block “b” would contain itself here; take this instance out"
    assert only(analysis, "recursion").path == ("n2", "n2")


def nest(depth: int, twice: bool) -> dict[str, Block]:
    inner = (
        "i:input u:block:b{n} v:block:b{n} o:output i>u.i u.o>v.i v.o>o"
        if twice
        else "i:input u:block:b{n} o:output i>u.i u.o>o"
    )
    blocks = {"b0": Block(graph=graph("i:input f:linear o:output i>f f>o", f={"out_features": 4}))}
    return blocks | {f"b{n + 1}": Block(graph=graph(inner.format(n=n))) for n in range(depth)}


def test_forty_doublings_are_counted_exactly() -> None:
    analysis, calls = count_calls(
        lambda: look("i:input u:block:b40 o:output i>u.i u.o>o", nest(40, twice=True), i={"size": (4,)})
    )
    assert [p.code for p in analysis.errors()] == ["too-many"]
    assert analysis.main.parameters == 20 << 40
    assert analysis.main.macs == 16 << 40
    assert calls < 20_000
    inner = edits.set_params(analysis.project, "b0", ["n2"], {"bias": False})
    assert infer(inner, analysis).main.parameters == 16 << 40


def test_nesting_has_an_end() -> None:
    for depth, code in ((63, ""), (64, "recursion"), (5_000, "recursion")):
        analysis = look(f"i:input u:block:b{depth} o:output i>u.i u.o>o", nest(depth, twice=False))
        assert ({p.code for p in analysis.errors()} or {""}) == {code}


# --- large and hostile -------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_twenty_thousand_nodes() -> None:
    made = [
        Node(id="n1", kind="input", name="i"),
        *(Node(id=f"n{k}", kind="relu", name=f"r{k}") for k in range(2, 20_001)),
    ]
    wires = {Port(f"n{k}", "x"): Port(f"n{k - 1}", "x" if k == 2 else "y") for k in range(2, 20_001)}
    project = Project(graph=Graph(nodes={n.id: n for n in made}, wires=wires))
    analysis, calls = count_calls(lambda: infer(project))
    assert analysis.main["n20000"].leaving["y"].shape == (1, 28, 28)
    assert calls < 1_000_000


@pytest.mark.parametrize(
    "text", ["9**9**9**9", "2**64**64", "(" * 100 + "1" + ")" * 100, "1/0", "-" * 200, "9" * 200, "a.b", "__import__"]
)
def test_expressions_cannot_harm(text: str) -> None:
    analysis, calls = count_calls(lambda: look("i:input f:linear i>f", f={"out_features": text}))
    assert only(analysis, "parameter").at == "out_features"
    assert calls < 2_000


def test_optional_ports_are_open_or_wired() -> None:
    made = project("q:input k:input m:multihead_attention q>m k>m.key", q={"size": (7, 8)}, k={"size": (5, 8)})
    before = infer(made)
    assert before.main["n3"].leaving["weights"].shape == (4, 7, 5)
    open_ = edits.disconnect(made, "", Port("n3", "key"))
    assert infer(open_, before).main["n3"].leaving["weights"].shape == (4, 7, 7)
    assert infer(made, infer(open_, before)).main["n3"].leaving["weights"].shape == (4, 7, 5)


def test_fewer_classes_than_the_labels_count_are_an_error_with_a_repair() -> None:
    from visualnet.analysis.repair.search import repairs
    from visualnet.cli.common import open_project
    from visualnet.data.registry import fields_or_none

    project = open_project("lenet5")
    last = [n for n in project.graph if n.kind == "linear"][-1]
    fields = fields_or_none(project.data)
    assert not infer(project, fields=fields).errors()
    narrow = edits.set_params(project, MAIN, [last.id], {"out_features": 7})
    analysis = infer(narrow, fields=fields)
    problem = next(p for p in analysis.errors() if p.code == "labels")
    assert "counts from 0 to 9, but this node is given 7 classes" in problem.words
    assert "10" in repairs(narrow, problem, analysis, fields=fields)[0].words
    wide = edits.set_params(project, MAIN, [last.id], {"out_features": 12})
    assert not infer(wide, fields=fields).errors(), "more classes than the data have do no harm"


def test_rectified_scores_that_are_averaged_are_logits() -> None:
    """SqueezeNet and Network in network end so; without the mean no class could be argued against."""
    graph = "i:input r:relu {} f:flatten t:target l:cross_entropy i>r {} f>l t>l.target"
    for kind, warned in (("adaptive_avg_pool2d", False), ("avg_pool2d", False), ("adaptive_max_pool2d", True)):
        made = look(
            graph.format(f"p:{kind}", "r>p p>f"),
            i={"size": (10, 2, 2)},
            p={"output_size": 1} if "adaptive" in kind else {"kernel_size": 2},
        )
        assert any("cannot be negative" in p.words for p in made.problems) == warned, kind
