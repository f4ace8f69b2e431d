"""What a card says, and the longer text about its node."""

from __future__ import annotations

from msgspec.structs import replace

from visualnet.analysis import infer
from visualnet.analysis.card_content import CardContent, card_content, describe_node, input_fails, shape_leaving
from visualnet.analysis.facts import NodeFacts
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Block, Project


def known(project: Project, node_id: str) -> tuple[Node, NodeFacts]:
    return project.graph.nodes[node_id], infer(project).main.nodes[node_id]


def content(project: Project, node_id: str) -> CardContent:
    node, facts = known(project, node_id)
    return card_content(node, facts, facts.problems, project, project.graph)


def text(project: Project, node_id: str) -> str:
    node, facts = known(project, node_id)
    return describe_node(node, facts, facts.problems)


def wired() -> Project:
    """image → conv."""
    project = edits.add_node(Project(), MAIN, "input", id="n1", name="image", params={"size": (1, 28, 28)})
    project = edits.add_node(
        project, MAIN, "conv2d", id="n2", name="conv", params={"out_channels": 6, "kernel_size": 5}
    )
    return edits.connect(project, MAIN, Port("n1", "x"), Port("n2", "image"))


def stacked() -> Project:
    """image → a block of one convolution, three times."""
    inner = Graph(
        {
            "n1": Node(id="n1", kind="input", name="x"),
            "n2": Node(id="n2", kind="conv2d", name="conv", params={"kernel_size": 3, "padding": 1}),
            "n3": Node(id="n3", kind="output", name="y"),
        },
        {Port("n2", "image"): Port("n1", "x"), Port("n3", "x"): Port("n2", "features")},
    )
    nodes = {"n1": Node(id="n1", kind="input", name="image"), "n2": Node(id="n2", kind="block:stage", name="stage1")}
    stage = Block(graph=inner, params={"channels": 4, "rate": 0.5})
    project = Project(graph=Graph(nodes), blocks={"stage": stage}, constants={"width": 8, "layers": 3})
    project = edits.connect(project, MAIN, Port("n1", "x"), Port("n2", "x"))
    project = edits.set_params(project, MAIN, ["n2"], {"channels": "2*width", "rate": "1/width"})
    return edits.set_node(project, MAIN, ["n2"], repeat="layers")


def test_a_layer_says_its_shape_its_parameters_and_its_worst_problem() -> None:
    found = content(wired(), "n2")
    assert (found.name, found.shape, found.parameters, found.badge) == ("conv", "6×24×24", "156 params", "")
    assert found.ports == (("image",), ("features",))
    failing = edits.set_params(wired(), MAIN, ["n2"], {"kernel_size": 99})
    assert (content(failing, "n2").shape, content(failing, "n2").badge) == ("?", "error")
    assert "⬣ " in text(failing, "n2") and "→ features: not known yet" in text(failing, "n2")


def test_a_muted_layer_counts_no_parameters() -> None:
    muted = content(edits.set_node(wired(), MAIN, ["n2"], mode="mute"), "n2")
    assert (muted.mode, muted.parameters, muted.shape) == ("mute", "", "1×28×28")


def test_nothing_is_said_of_what_is_not_inferred_but_its_ports() -> None:
    project = wired()
    found = card_content(project.graph.nodes["n2"], None, (), project, project.graph)
    assert (found.shape, found.parameters, found.ports) == ("", "", (("image",), ("features",)))


def test_an_unknown_kind_has_the_ports_that_its_wires_name() -> None:
    odd = Node(id="n2", kind="from_the_future", name="odd")
    graph = Graph({"n2": odd}, {Port("n2", "signal"): Port("n1", "x"), Port("n3", "x"): Port("n2", "answer")})
    found = card_content(odd, None, (), Project(graph=graph), graph)
    assert found.placeholder and found.icon == "help" and "from_the_future" in found.line
    assert found.ports == (("signal",), ("answer",))


def test_a_block_shows_figures_and_the_longer_text_the_arithmetic() -> None:
    project = stacked()
    assert (content(project, "n2").line, content(project, "n2").repeat) == ("stage · channels 16 · rate 0.125", "×3")
    assert "channels = 2*width = 16" in text(project, "n2")
    project = edits.set_constants(project, {"width": 16, "layers": 2})
    assert (content(project, "n2").line, content(project, "n2").repeat) == ("stage · channels 32 · rate 0.0625", "×2")
    assert content(edits.set_constants(project, {"width": 16}), "n2").repeat == "×layers"


def test_a_block_with_another_definition_is_another_content() -> None:
    project = stacked()
    block = project.blocks["stage"]
    other = replace(project, blocks={"stage": replace(block, graph=replace(block.graph, places={"n1": (8.0, 0.0)}))})
    assert content(other, "n2") != content(project, "n2") == content(project, "n2")


def test_of_a_frozen_normalization_its_statistics_are_told() -> None:
    project = edits.add_node(wired(), MAIN, "batch_norm2d", id="n3", name="bn")
    project = edits.connect(project, MAIN, Port("n2", "features"), Port("n3", "image"))
    assert "running statistics: fixed" in text(edits.set_node(project, MAIN, ["n3"], trainable=False), "n3")


def test_a_wire_carries_the_shape_that_leaves_and_fails_where_it_does_not_fit() -> None:
    facts = known(wired(), "n2")[1]
    assert (shape_leaving(facts, "features"), shape_leaving(facts, "other"), shape_leaving(None, "x")) == (
        "6×24×24",
        "",
        "",
    )
    assert not input_fails(facts, facts.problems, "image") and not input_fails(None, (), "image")
    assert input_fails(facts, facts.problems, "no such port")
    failing = known(edits.set_params(wired(), MAIN, ["n2"], {"kernel_size": 99}), "n2")[1]
    assert input_fails(failing, failing.problems, "image")


def test_what_lies_behind_a_fault_says_because_of_which_node_it_is_unknown() -> None:
    project = edits.set_params(wired(), MAIN, ["n2"], {"kernel_size": 99})
    project = edits.add_node(project, MAIN, "relu", id="n3", name="relu")
    project = edits.connect(project, MAIN, Port("n2", "features"), Port("n3", "x"))
    sheet = infer(project).main

    def told(node_id: str) -> str:
        facts = sheet.nodes[node_id]
        return describe_node(project.graph.nodes[node_id], facts, facts.problems, sheet)

    assert "x: unknown because of “conv”" in told("n3")
    assert "→ y: unknown because of “conv”" in told("n3")
    assert "because of" not in told("n2")
    assert "because of" not in told("n1")


def test_a_card_and_its_text_tell_that_weights_are_trained_otherwise() -> None:
    project = edits.set_training(wired(), MAIN, ["n2"], {"lr_factor": 0.1, "weight_decay": 0, "unfreeze_at": 2})
    assert content(project, "n2").own_training and not content(wired(), "n2").own_training
    assert "trained at 0.1 × the learning rate, weight decay 0, frozen for the first 2 epochs" in text(project, "n2")
    frozen = edits.set_node(project, MAIN, ["n2"], trainable=False)
    assert not content(frozen, "n2").own_training and "trained at" not in text(frozen, "n2")


def test_where_there_is_no_room_the_label_of_the_layer_goes_first() -> None:
    def lines(**params: int) -> tuple[str, str]:
        project = edits.set_params(wired(), MAIN, ["n2"], {"out_channels": edits.RESET, **params})
        found = content(project, "n2")
        return found.line, found.narrow_line

    assert lines(stride=2) == ("Conv2d · 5×5 · 32 · stride 2", "5×5 · 32 · stride 2")
    relu = edits.add_node(wired(), MAIN, "relu", id="n3", name="relu")
    assert content(relu, "n3").narrow_line == "ReLU"
    assert content(stacked(), "n2").narrow_line == content(stacked(), "n2").line, "of a block all that is given is said"
