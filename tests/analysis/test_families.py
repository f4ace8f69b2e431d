"""The colour family of blocks: what they hold most, weighed by the matrices that they multiply by."""

from __future__ import annotations

import pytest

from visualnet.analysis.families import block_families, family_of
from visualnet.cli.common import open_project, template_names
from visualnet.core.graph import Graph, Node
from visualnet.core.project import Block, Project
from visualnet.core.user import block_library

NAMED = {
    "attention": {"transformer_encoder", "transformer_decoder", "encoder", "decoder"},
    "dense": {"mixer", "coupling", "generator", "discriminator"},
    "shape": {"crop", "distance"},
}
"""What an expert calls each shipped block; all others are convolutional."""


def holding(*kinds: str, **fields: object) -> Block:
    nodes = {f"n{i}": Node(id=f"n{i}", kind=kind, name=f"a{i}", **fields) for i, kind in enumerate(kinds)}
    return Block(graph=Graph(nodes=nodes))


def family(*kinds: str) -> str:
    return block_families({"b": holding(*kinds)})["b"]


def shipped() -> dict[str, str]:
    projects = [*map(open_project, template_names()), *(e.project for e in block_library.entries() if e.shipped)]
    return {name: family for p in projects for name, family in block_families(p.blocks).items()}


def test_every_shipped_block_has_the_family_that_an_expert_would_call_it() -> None:
    found = shipped()
    assert len(found) > 25
    expected = {name: family for family, names in NAMED.items() for name in names}
    assert {n: f for n, f in found.items() if f != expected.get(n, "convolution")} == {}


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("multihead_attention", "linear", "linear", "layer_norm", "layer_norm", "add", "add"), "attention"),
        # Attention written by hand: four projections and two dense layers behind it.
        (("linear",) * 6 + ("scaled_dot_product_attention",), "attention"),
        (("conv2d",) * 4 + ("gru",), "convolution"),
        (("gru", "linear", "linear"), "recurrent"),
        (("linear",) * 3 + ("conv2d",), "dense"),
        (("linear",) * 2 + ("conv2d",), "convolution"),
        (("linear", "relu", "relu", "add", "add", "max_pool2d", "max_pool2d"), "dense"),
        (("max_pool2d", "relu", "relu"), "pooling"),
        (("batch_norm2d", "relu", "relu", "add", "add", "add"), "normalization"),
        (("relu", "add", "add"), "activation"),
        (("input", "output", "add"), "shape"),
        (("input", "output"), "block"),
        ((), "block"),
        (("a_layer_of_a_newer_version",), "block"),
    ],
)
def test_what_learns_is_weighed_and_what_does_not_is_ranked(kinds: tuple[str, ...], expected: str) -> None:
    assert family(*kinds) == expected
    assert family(*reversed(kinds)) == expected


def test_repetitions_and_nested_blocks_count() -> None:
    blocks = {
        "outer": holding("block:inner", "linear", "linear", "linear"),
        "inner": holding("conv2d"),
        "deep": holding("block:chain", "linear", "linear", "linear"),
        "chain": holding("block:inner", repeat=4),
        "open": holding("block:inner", "linear", "linear", "linear", repeat="depth"),
    }
    found = block_families(blocks)
    assert found == {
        "outer": "dense",
        "inner": "convolution",
        "deep": "convolution",
        "chain": "convolution",
        "open": "dense",
    }


def test_blocks_that_contain_each_other_have_a_family_whatever_their_order() -> None:
    a, b = holding("block:b", "conv2d"), holding("block:a", "block:b", "gru")
    expected = {"a": "convolution", "b": "recurrent"}
    assert block_families({"a": a, "b": b}) == block_families({"b": b, "a": a}) == expected


def test_blocks_nested_deeper_than_python_calls_have_a_family() -> None:
    blocks = {f"b{i}": holding(f"block:b{i + 1}") for i in range(3_000)} | {"b3000": holding("gru")}
    assert block_families(blocks)["b0"] == "recurrent"


def test_a_node_without_its_definition_has_a_family() -> None:
    project = Project()
    assert family_of(Node(id="n", kind="block:gone", name="n"), project) == "block"
    assert family_of(Node(id="n", kind="unknown", name="n"), project) == "shape"
    assert family_of(Node(id="n", kind="conv2d", name="n"), project) == "convolution"


def test_an_edited_block_is_looked_at_again() -> None:
    node = Node(id="n", kind="block:b", name="n")
    assert family_of(node, Project(blocks={"b": holding("conv2d")})) == "convolution"
    assert family_of(node, Project(blocks={"b": holding("gru")})) == "recurrent"
