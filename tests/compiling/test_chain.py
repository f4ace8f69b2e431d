"""A block with several inputs, repeated: one output feeds the first input, the others are the same for each repetition."""

from __future__ import annotations

import msgspec
import torch

from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.analysis.receptive_field import receptive
from visualnet.compiling.module import compile_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core.project import Block, Project

INSIDE = graph(
    [
        ("x", "input", {}),
        ("memory", "input", {}),
        ("both", "concatenate", {}),
        ("fc", "linear", {"out_features": "width"}),
        ("y", "output", {}),
    ],
    ["x.x -> both.x1", "memory.x -> both.x2", "both.y -> fc.x", "fc.y -> y.x"],
)


def decoder(repeat: int) -> Project:
    outer = graph(
        [
            ("words", "input", {"size": (6,), "field": "words"}),
            ("memory", "input", {"size": (3,), "field": "memory"}),
            ("stack", "block:Layer", {"width": 4}),
            ("out", "output", {}),
        ],
        ["words.x -> stack.x", "memory.x -> stack.memory", "stack.y -> out.x"],
        stack={"repeat": repeat},
    )
    return Project(name="decoder", graph=outer, blocks={"Layer": Block(graph=INSIDE, params={"width": 4})})


def test_shapes_and_counts_follow_the_chain() -> None:
    analysis = infer(decoder(3))
    stack = analysis.main["n3"]
    assert not analysis.errors()
    assert [g["n4"].arriving[0].shape for g in stack.inside if g["n4"].arriving[0]] == [(9,), (7,), (7,)]
    assert stack.parameters == (9 * 4 + 4) + 2 * (7 * 4 + 4)
    assert stack.macs == 9 * 4 + 2 * 7 * 4


def test_it_runs_as_it_is_printed() -> None:
    project = decoder(3)
    model = compile_project(project, seed=1)
    source = model_source(project)
    assert "class Chain(nn.Sequential)" in source
    made: dict[str, object] = {"__name__": "printed"}
    exec(compile(source, "model.py", "exec"), made)
    printed = made["Decoder"]()  # type: ignore[operator]
    assert list(printed.state_dict()) == list(model.net.state_dict())
    assert "stack.2.fc.weight" in printed.state_dict()
    printed.load_state_dict(model.net.state_dict())
    words, memory = torch.rand(2, 6), torch.rand(2, 3)
    by_hand = words
    for layer in range(3):
        weight, bias = (model.net.state_dict()[f"stack.{layer}.fc.{name}"] for name in ("weight", "bias"))
        by_hand = torch.cat([by_hand, memory], 1) @ weight.T + bias
    assert torch.allclose(model.net(words, memory), by_hand, atol=1e-6)
    assert torch.equal(printed(words, memory), model.net(words, memory))


def test_what_is_kept_for_the_way_back_counts_the_memory_once() -> None:
    one, three = (Costs(infer(decoder(n)), 1).whole() for n in (1, 3))
    assert three.parameters > one.parameters
    again = graph(
        [
            ("words", "input", {"size": (6,), "field": "words"}),
            ("memory", "input", {"size": (3,), "field": "memory"}),
            *[(f"l{n}", "block:Layer", {"width": 4}) for n in range(3)],
            ("out", "output", {}),
        ],
        ["words.x -> l0.x", "l0.y -> l1.x", "l1.y -> l2.x", "l2.y -> out.x", *[f"memory.x -> l{n}.memory" for n in range(3)]],
    )  # fmt: skip
    apart = Costs(infer(Project(graph=again, blocks=decoder(1).blocks)), 1).whole()
    # While the chain runs, what came in is held by the call around it.
    assert three._replace(forward=apart.forward) == apart
    assert three.forward >= apart.forward


def test_what_a_unit_sees_grows_with_each_repetition() -> None:
    inside = graph(
        [
            ("x", "input", {}),
            ("memory", "input", {}),
            ("conv", "conv1d", {"out_channels": 2, "kernel_size": 3, "padding": 1}),
            ("both", "add", {}),
            ("y", "output", {}),
        ],
        ["x.x -> conv.signal", "conv.features -> both.x1", "memory.x -> both.x2", "both.y -> y.x"],
    )
    outer = decoder(3).graph
    nodes = {
        i: msgspec.structs.replace(n, params={**n.params, "size": (2, 9)} if n.kind == "input" else {})
        for i, n in outer.nodes.items()
    }
    project = Project(graph=msgspec.structs.replace(outer, nodes=nodes), blocks={"Layer": Block(graph=inside)})
    assert not infer(project).errors()
    seen = {f.input: f.size for f in receptive(infer(project), ("n4",))}
    assert seen == {"words": (7,), "memory": (5,)}
