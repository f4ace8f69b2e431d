"""A loss that is arithmetic of other losses, or custom Python: equal to the bit with torch, in the session, the script and the module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.graphs import graph
from tests.training.by_hand import ByHand
from tests.training.script.held import differences
from tests.training.test_techniques import train
from visualnet.analysis import infer
from visualnet.compiling.source_code.source import model_source
from visualnet.core import edits
from visualnet.core.edits import learners as edit
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.core.user import trusted_code
from visualnet.data.loading import load
from visualnet.training.loop.session import Session
from visualnet.training.recipe.settings import options_of_run

RECIPE: dict[str, Any] = {"epochs": 2, "batch_size": 16, "device": "cpu", "optimizer": "SGD", "lr": 0.1}
FOCAL = """class Focal(nn.Module):
    def __init__(self, gamma: float) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        p = F.softmax(logits, 1).gather(1, target[:, None])[:, 0]
        return (-((1 - p) ** self.gamma) * p.log()).mean()
"""
NODES: list[tuple[str, str, dict[str, Any]]] = [
    ("x", "input", {"field": "point", "size": (2,)}),
    ("label", "target", {}),
    ("fc", "linear", {"out_features": 8}),
    ("act", "tanh", {}),
    ("head", "linear", {"out_features": 2}),
    ("out", "output", {}),
]
WIRES = ["x.x -> fc.x", "fc.y -> act.x", "act.y -> head.x", "head.y -> out.x"]


def project(nodes: list[tuple[str, str, dict[str, Any]]], wires: list[str], **recipe: Any) -> Project:
    """2 → 8 → 2 on points, and what is given."""
    return Project(
        name="arithmetic",
        graph=graph([*NODES, *nodes], [*WIRES, *wires]),
        data=DataChoice(name="points", options={"n": 100}),
        recipe=Recipe(**{**RECIPE, **recipe}),
    )


def arithmetic(**recipe: Any) -> Project:
    """total = a + 0.1·√b, where a is a cross-entropy that ignores a class and b the mean square of the hidden numbers."""
    nodes: list[tuple[str, str, dict[str, Any]]] = [
        ("a", "cross_entropy", {"label_smoothing": 0.1}),
        ("square", "power", {}),
        ("b", "value_loss", {}),
        ("root", "power", {"exponent": 0.5}),
        ("part", "scale", {"scale": 0.1}),
        ("sum", "add", {}),
        ("total", "value_loss", {}),
    ]
    wires = ["head.y -> a.logits", "label.y -> a.target", "act.y -> square.x", "square.y -> b.x", "b.loss -> root.x"]
    wires += ["root.y -> part.x", "a.loss -> sum.x1", "part.y -> sum.x2", "sum.y -> total.x"]
    return project(nodes, wires, **recipe)


def custom(**recipe: Any) -> Project:
    """A focal loss as a class of one's own, and half of it taken."""
    trusted_code.trust_for_now(FOCAL)
    code = {"source": FOCAL, "sizes": "logits: K, target: @int -> loss: !", "arguments": "gamma=2", "tensors": ""}
    nodes: list[tuple[str, str, dict[str, Any]]] = [
        ("focal", "python", code),
        ("half", "scale", {"scale": 0.5}),
        ("total", "value_loss", {}),
    ]
    wires = ["head.y -> focal.logits", "label.y -> focal.target", "focal.loss -> half.x", "half.y -> total.x"]
    return project(nodes, wires, **recipe)


def focal(logits: Tensor, label: Tensor) -> Tensor:
    p = F.softmax(logits, 1).gather(1, label[:, None])[:, 0]
    return (-((1 - p) ** 2) * p.log()).mean() * 0.5


def in_torch(hidden: Tensor, logits: Tensor, label: Tensor) -> Tensor:
    a = F.cross_entropy(logits, label, label_smoothing=0.1)
    return a + hidden.pow(2).mean().pow(0.5) * 0.1


PROJECTS = {
    "arithmetic": (arithmetic, lambda h, z, label: in_torch(h, z, label)),
    "custom Python": (custom, lambda h, z, label: focal(z, label)),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_it_trains_as_a_loop_in_torch_does(name: str, tmp_path: Path) -> None:
    make, loss_of = PROJECTS[name]
    hand = ByHand(make())
    net: Any = hand.model.net
    optimizer = torch.optim.SGD(hand.weights, lr=0.1, fused=False)
    losses = []
    for _ in range(2):
        for batch in hand.batches():
            point, label = (batch[hand.model.fields.index(field)] for field in ("point", "label"))
            hidden = net.fc(point).tanh()
            loss = loss_of(hidden, net.head(hidden), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    model = train(make())
    assert model.steps["loss"].values.tolist() == losses
    assert differences(make(), tmp_path) == []


def test_a_loss_that_goes_on_is_measured_and_not_added_a_second_time() -> None:
    made = arithmetic()
    analysis = infer(made)
    assert [f.node.name for f in analysis.main.sinks("loss")] == ["total"]
    assert [f.node.name for f in analysis.main.sinks("metric")] == ["a", "b"]
    assert not analysis.problems
    assert analysis.main[made.graph.named("sum").id].leaving["y"].text == "scalar"
    steps = train(made).steps
    assert {"a", "b", "loss"} <= steps.keys()
    a, b, total = (steps[name].values for name in ("a", "b", "loss"))
    assert total.tolist() == pytest.approx((a + 0.1 * b**0.5).tolist())


def test_the_best_epoch_may_be_told_by_a_part_and_the_parts_weight_is_said_to_be_unused() -> None:
    made = edits.set_recipe(arithmetic(), best_by="a")
    loop = Session(made, load(made.data), lambda event: None, threads=1).set_up()
    assert loop.tally.best_by == ("a", "min")
    weighed = edits.set_params(made, MAIN, [made.graph.named("b").id], {"weight": 0.5})
    (problem,) = infer(weighed).problems
    assert problem.severity == "warning" and "its weight 0.5 is not used" in problem.words


def test_one_learner_lowers_the_sum_and_the_others_none() -> None:
    made = arithmetic()
    made = edit.add_learner(made, "second", of_run=options_of_run())
    losses = [p for p in infer(made).problems if p.code == "learner-unlowered"]
    assert [made.graph.nodes[p.node].name for p in losses] == ["total"]


def test_the_exported_module_gives_the_same_loss(tmp_path: Path) -> None:
    for make, _ in PROJECTS.values():
        hand = ByHand(make())
        names: dict[str, Any] = {"__name__": "printed"}
        exec(compile(model_source(make()), "model.py", "exec"), names)
        net = names["Arithmetic"]()
        net.load_state_dict(hand.model.net.state_dict())
        (batch, *_) = hand.batches()
        point, label = (batch[hand.model.fields.index(field)] for field in ("point", "label"))
        wanted = hand.model.objective(*batch)["loss"]
        hidden = net.act(net.fc(point)) if hasattr(net, "act") else net.fc(point).tanh()
        logits = net.head(hidden)
        assert in_torch(hidden, logits, label).item() == wanted.item() or focal(logits, label).item() == wanted.item()
        assert "def loss(" in model_source(make())


def test_a_number_for_the_batch_and_a_tensor_for_each_sample_are_not_mixed() -> None:
    made = arithmetic()
    total, head = made.graph.named("sum"), made.graph.named("head")
    mixed = edits.connect(made, MAIN, Port(head.id, "y"), Port(total.id, "x2"))
    (words,) = [p.words for p in infer(mixed).problems if p.node == total.id]
    assert "“x1” is one number for the whole batch (a loss), “x2” a tensor for every sample" in words
    into = edits.add_node(made, MAIN, "linear", id="n90")
    into = edits.connect(into, MAIN, Port(made.graph.named("a").id, "loss"), Port("n90", "x"))
    assert any("“x” wants a tensor for every sample" in p.words for p in infer(into).problems)
    code = custom()
    asked = edits.set_params(
        code, MAIN, [code.graph.named("focal").id], {"sizes": "logits: !, target: @int -> loss: !"}
    )
    assert any("“logits” wants one number for the whole batch" in p.words for p in infer(asked).problems)


def test_an_old_file_with_two_losses_adds_them_as_before() -> None:
    """Only a wire from one to the other makes one a part."""
    made = arithmetic()
    total = made.graph.named("total")
    apart = edits.remove(made, MAIN, [total.id, made.graph.named("sum").id])
    assert [f.node.name for f in infer(apart).main.sinks("loss")] == ["a", "b"]
    assert msgspec.structs.replace(apart, name="x").graph is apart.graph
