from __future__ import annotations

import gc
import linecache
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch.fx import graph_module

from tests.graphs import graph
from visualnet.compiling.module import Model, compile_project
from visualnet.core.graph import Init
from visualnet.core.project import Block, Project

STAGE = Block(
    graph=graph(
        [
            ("image", "input", {}),
            ("conv", "conv2d", {"out_channels": "c", "padding": 1}),
            ("relu", "relu", {}),
            ("out", "output", {}),
        ],
        ["image.x -> conv.image", "conv.features -> relu.x", "relu.y -> out.x"],
    ),
    params={"c": 4},
)


def convolutional(**fields: dict[str, Any]) -> Project:
    nodes = [
        ("image", "input", {"size": (1, 8, 8)}),
        ("conv1", "conv2d", {"out_channels": 2}),
        ("stage", "block:Stage", {"c": 3}),
        ("flat", "flatten", {}),
        ("fc", "linear", {"out_features": 5}),
        ("logits", "output", {}),
        ("label", "target", {}),
        ("ce", "cross_entropy", {}),
        ("acc", "accuracy", {}),
    ]
    wires = [
        "image.x -> conv1.image",
        "conv1.features -> stage.image",
        "stage.out -> flat.x",
        "flat.y -> fc.x",
        "fc.y -> logits.x",
    ]
    wires += ["fc.y -> ce.logits", "label.y -> ce.target", "fc.y -> acc.logits", "label.y -> acc.target"]
    return Project(graph=graph(nodes, wires, **fields), blocks={"Stage": STAGE})


def linear(*nodes: tuple[str, str, dict[str, Any]], wires: list[str], **fields: dict[str, Any]) -> Model:
    return compile_project(Project(graph=graph([("x", "input", {"size": (4,)}), *nodes], wires, **fields)), seed=0)


@pytest.fixture
def model() -> Model:
    return compile_project(convolutional(stage={"repeat": 2}), seed=0)


@pytest.fixture
def batch() -> dict[str, torch.Tensor]:
    return {
        "image": torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0)),
        "label": torch.tensor([0, 1, 4]),
    }


def test_the_net_is_a_graph_module_with_one_node_for_each_card(model: Model, batch: dict[str, torch.Tensor]) -> None:
    assert [n.name for n in model.net.graph.nodes if n.op not in ("placeholder", "output")] == [
        "conv1",
        "stage",
        "flat",
        "fc",
    ]
    assert model.net(batch["image"]).shape == (3, 5)
    assert torch.equal(model.net(image=batch["image"]), model.net(batch["image"]))
    assert list(model.net.state_dict())[:4] == [
        "conv1.weight",
        "conv1.bias",
        "stage.0.conv.weight",
        "stage.0.conv.bias",
    ]
    assert all(isinstance(m, fx.GraphModule) for m in model.net.get_submodule("stage"))


def test_the_objective_gives_loss_metrics_and_outputs(model: Model, batch: dict[str, torch.Tensor]) -> None:
    told = model.objective(**batch)
    assert set(told) == {"loss", "ce", "acc", "logits"}
    wanted = nn.functional.cross_entropy(model.net(batch["image"]), batch["label"])
    assert torch.equal(told["loss"], wanted)
    assert (model.fields, model.inputs, model.outputs, model.losses, model.metrics) == (
        ("image", "label"),
        ("image",),
        ("logits",),
        ("ce",),
        ("acc",),
    )


def test_all_programs_share_one_tree(model: Model, batch: dict[str, torch.Tensor]) -> None:
    view = model.view([(("n5",), "y")])
    with torch.no_grad():
        model.net.fc.weight.zero_()
        model.net.fc.bias.fill_(2)
    assert torch.equal(view(**batch)[0], torch.full((3, 5), 2.0))
    assert torch.equal(model.objective(**batch)["logits"], torch.full((3, 5), 2.0))
    assert list(model.net.state_dict()) == list(model.objective.state_dict())


def test_a_view_reaches_into_blocks_and_repetitions(model: Model, batch: dict[str, torch.Tensor]) -> None:
    ports = [(("n3", "n2"), "features"), (("n3#1", "n3"), "y"), (("n3",), "out"), (("n1",), "x")]
    inner, last, whole, image = model.view(ports)(image=batch["image"])
    assert inner.shape == (3, 3, 6, 6)
    assert torch.equal(last, whole)
    assert image is batch["image"]
    assert "conv1" in {n.name for n in model.view(ports[:1]).graph.nodes}
    assert "fc" not in {n.name for n in model.view(ports[:1]).graph.nodes}
    with pytest.raises(KeyError):
        model.view([(("n99",), "y")])


def test_every_fx_node_knows_its_path(model: Model) -> None:
    assert {path for node, path in model.paths.items() if node.op in ("call_module", "call_function")} >= {
        ("n2",),
        ("n3",),
        ("n3", "n2"),
        ("n3", "n3"),
    }
    for gm in (model.net, model.objective):
        assert all("path" in n.meta for n in gm.graph.nodes if n.op != "output")


def test_several_losses_are_added_with_their_weights() -> None:
    nodes = [("a", "linear", {"out_features": 4}), ("t", "target", {"size": (4,), "dtype": "float"})]
    nodes += [("l1", "mse", {"weight": 0.5}), ("l2", "l1", {"weight": 2.0}), ("out", "output", {})]
    losses = ["a.y -> l1.prediction", "t.y -> l1.target", "a.y -> l2.prediction", "t.y -> l2.target"]
    model = linear(*nodes, wires=["x.x -> a.x", "a.y -> out.x", *losses])
    told = model.objective(image=torch.rand(2, 4), label=torch.rand(2, 4))
    assert torch.equal(told["loss"], told["l1"] * 0.5 + told["l2"] * 2.0)


def test_several_outputs_come_by_name() -> None:
    nodes = [("a", "linear", {"out_features": 2}), ("left", "output", {}), ("right", "output", {})]
    model = linear(*nodes, wires=["x.x -> a.x", "a.y -> left.x", "x.x -> right.x"])
    x = torch.rand(2, 4)
    assert {name: tuple(t.shape) for name, t in model.net(x).items()} == {"left": (2, 2), "right": (2, 4)}


def test_shared_weights_are_one_module_called_twice() -> None:
    nodes = [("a", "linear", {"out_features": 4}), ("b", "linear", {"out_features": 4}), ("out", "output", {})]
    model = linear(*nodes, wires=["x.x -> a.x", "a.y -> b.x", "b.y -> out.x"], b={"shares": "n2"})
    assert list(model.net.state_dict()) == ["a.weight", "a.bias"]
    x = torch.rand(2, 4)
    assert torch.equal(model.net(x), model.net.a(model.net.a(x)))


def test_layers_that_differ_tie_what_they_have_in_common() -> None:
    """Tied embeddings: the words' vectors are also the rows of the last layer."""
    nodes = [
        ("words", "input", {"size": (3,), "dtype": "int"}),
        ("embed", "embedding", {"num_embeddings": 7, "embedding_dim": 4}),
    ]
    nodes += [("head", "linear", {"out_features": 7, "bias": False}), ("out", "output", {})]
    project = Project(
        graph=graph(
            nodes, ["words.x -> embed.indices", "embed.vectors -> head.x", "head.y -> out.x"], head={"shares": "n2"}
        )
    )
    model = compile_project(project)
    assert model.net.head.weight is model.net.embed.weight
    assert sum(p.numel() for p in model.net.parameters()) == model.analysis.main.parameters == 28


def test_the_seed_fixes_the_weights_and_leaves_torchs_generator_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, second = (compile_project(convolutional(), seed=3).net.state_dict() for _ in range(2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[key], second[key]) for key in first)
    other = compile_project(convolutional(), seed=4).net.state_dict()
    assert not torch.equal(first["fc.weight"], other["fc.weight"])


def test_initialisation_and_freezing_are_as_asked() -> None:
    fields = {
        "conv1": {"init": Init("zeros")},
        "fc": {"init": Init("normal", {"std": 0.5}), "trainable": False},
        "stage": {"trainable": False},
    }
    net = compile_project(convolutional(**fields), seed=0).net
    assert not net.conv1.weight.any()
    assert 0.4 < float(net.fc.weight.std()) < 0.6
    assert not net.fc.bias.any()
    assert [n for n, p in net.named_parameters() if p.requires_grad] == ["conv1.weight", "conv1.bias"]


@pytest.mark.parametrize("kind", ["xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal"])
def test_published_initialisations_are_torchs(kind: str) -> None:
    drawn = compile_project(convolutional(fc={"init": Init(kind)}), seed=0).net.fc
    default = compile_project(convolutional(), seed=0).net.fc
    assert not torch.equal(drawn.weight, default.weight)
    assert not drawn.bias.any()


def test_the_meta_device_allocates_nothing() -> None:
    wide = convolutional()
    model = compile_project(wide, device="meta")
    assert {p.device.type for p in model.net.parameters()} == {"meta"}
    assert model.net(torch.empty(2, 1, 8, 8, device="meta")).shape == (2, 5)


@pytest.mark.parametrize("name", ["forward", "class_", "graph", "torch", "training", "größe", "_weight", "F"])
def test_no_name_breaks_the_module(name: str) -> None:
    model = linear(
        (name, "linear", {"out_features": 2}), ("out", "output", {}), wires=[f"x.x -> {name}.x", f"{name}.y -> out.x"]
    )
    assert model.net(torch.rand(3, 4)).shape == (3, 2)
    assert len(model.net.state_dict()) == 2


def test_nothing_is_left_of_the_printed_code_of_a_model_that_is_gone() -> None:
    gc.collect()
    before = set(linecache.cache)
    model = compile_project(convolutional())
    own = {name for name in set(linecache.cache) - before if "eval_with_key" in name}
    assert len(own) >= 2, "the net, the objective and the block have code of their own"
    assert all(linecache.getlines(name) for name in own)
    del model
    gc.collect()
    assert not own & set(linecache.cache)
    assert not own & set(graph_module._loader.eval_cache)


def test_unused_costly_outputs_are_not_asked_for() -> None:
    nodes = [
        ("tokens", "input", {"size": (3, 8)}),
        ("attention", "multihead_attention", {"num_heads": 2}),
        ("out", "output", {}),
    ]
    model = compile_project(
        Project(graph=graph(nodes, ["tokens.x -> attention.query", "attention.output -> out.x"])), seed=0
    )
    call = next(n for n in model.net.graph.nodes if n.op == "call_module")
    assert call.kwargs["need_weights"] is False
    (weights,) = model.view([(("n2",), "weights")])(image=torch.rand(2, 3, 8))
    assert torch.allclose(weights.sum(-1), torch.ones(2, 2, 3))
