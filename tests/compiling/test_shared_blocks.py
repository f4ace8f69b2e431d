"""A block used twice with one set of weights: one module that is called twice, in every program and in what is printed."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.analysis.drawing import graph
from tests.compiling.test_source import executed
from visualnet.analysis import infer
from visualnet.analysis.compare.weights_kept import walk_layers
from visualnet.analysis.cost.step_time import _learned
from visualnet.analysis.shared_weights import possible_owners
from visualnet.compiling.first_weights import nodes_with_weights
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.own_tensors import own_tensors
from visualnet.compiling.param_groups import param_groups
from visualnet.compiling.source_code.source import model_source
from visualnet.core.project import Block, Project

PART = Block(graph=graph("x:input c:linear n:batch_norm1d t:tanh y:output x>c c>n n>t t>y", x={"size": (4,)},
    c={"out_features": "width", "bias": False}), params={"width": 3})  # fmt: skip


def twice(**second: Any) -> Project:
    """Two inputs through one block, whose answers are added."""
    blocks = {"part": PART, "other": PART}
    own = {"_shares": "n3", **second}
    kind = own.pop("kind", "part")
    size = own.pop("size", (4,))
    text = f"a:input b:input p:block:part q:block:{kind} s:add o:output a>p.x b>q.x p.y>s.x1 q.y>s.x2 s>o"
    made = graph(text, a={"field": "one", "size": (4,)}, b={"field": "two", "size": size}, q=own)
    return Project(graph=made, blocks=blocks)


def make() -> tuple[Model, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return compile_project(twice(), seed=0), torch.randn(6, 4), torch.randn(6, 4)


def test_it_is_one_module_called_twice() -> None:
    model, one, two = make()
    assert list(model.net.state_dict()) == [
        "p.c.weight", "p.n.weight", "p.n.bias", "p.n.running_mean", "p.n.running_var", "p.n.num_batches_tracked",
    ]  # fmt: skip
    model.net.eval()
    assert torch.equal(model.net(one, two), model.net.p(one) + model.net.p(two))
    seen = model.view([(("n3",), "y"), (("n4",), "y"), (("n4", "n2"), "y")])
    seen.eval()
    first, second, inner = seen(one, two)
    assert torch.equal(first, model.net.p(one))
    assert torch.equal(second, model.net.p(two))
    assert torch.equal(inner, model.net.p.c(two))
    model.net.train()
    model.net(one, two)
    assert model.net.p.n.num_batches_tracked == 2, "each pass in training moves the running statistics"
    model.net(one, two).sum().backward()
    assert model.net.p.c.weight.grad is not None


def test_its_weights_are_counted_kept_and_trained_once() -> None:
    model, _, _ = make()
    facts = model.analysis.main
    assert not model.analysis.errors()
    assert facts.parameters == facts.trainable == 3 * 4 + 6 == sum(p.numel() for p in model.net.parameters())
    assert facts.buffered == 7
    assert (facts.nodes["n4"].parameters, facts.nodes["n4"].trainable, facts.nodes["n4"].counters) == (0, 0, 0)
    assert list(own_tensors(model)) == [("n3", "n2"), ("n3", "n3")]
    assert [path for path, _, layer in walk_layers(facts) if layer.weights] == [("n3", "n2"), ("n3", "n3")]
    assert [name for name, _ in nodes_with_weights(tuple(facts.nodes.values()))] == ["p.c", "p.n"]
    assert len(_learned(facts)) == 3
    (group,) = param_groups(model)
    assert len(group.parameters) == 3
    assert [node.name for node in possible_owners(facts, "n4")] == ["p"]
    assert [node.name for node in possible_owners(facts, "n3")] == []


def test_printed_code_computes_the_same() -> None:
    model, one, two = make()
    source = model_source(model.project)
    assert source.count("self.p = ") == 1
    assert "self.q" not in source
    net = [c for c in executed(source).values() if isinstance(c, type) and c.__module__ == "printed"][-1]()
    net.load_state_dict(model.net.state_dict())
    assert torch.equal(net.eval()(one, two), model.net.eval()(one, two))


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"kind": "other"}, "“p” is no instance of this block"),
        ({"width": 3, "_repeat": 2}, "“p” has other parameters or repeats"),
        ({"width": 5}, "“p” has other parameters or repeats"),
        ({"size": (2,)}, "2 arrives here and 4 at “p”: both need the same size"),
    ],
)
def test_what_is_not_alike_cannot_share(second: dict[str, Any], words: str) -> None:
    told = [p.words for p in infer(twice(**second)).problems if p.code == "share"]
    assert len(told) == 1
    assert words in told[0]
