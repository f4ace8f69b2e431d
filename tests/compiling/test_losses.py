"""A loss with all its parameters is printed as it runs: weights of classes and samples, what is ignored, sums, negative weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.compiling.test_source import executed
from tests.graphs import graph
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core.project import Project


def project(*losses: tuple[str, str, dict[str, Any]], wires: list[str]) -> Project:
    nodes = [
        ("x", "input", {"size": (4,)}),
        ("fc", "linear", {"out_features": 3}),
        ("out", "output", {}),
        ("label", "target", {}),
        ("sure", "target", {"field": "sure", "dtype": "float"}),
        *losses,
    ]
    return Project(graph=graph(nodes, ["x.x -> fc.x", "fc.y -> out.x", *wires]))


@pytest.mark.parametrize(
    "params",
    [
        {"class_weights": (0.5, 2, 1)},
        {"ignore_index": 2, "label_smoothing": 0.1},
        {"class_weights": (0.5, 2, 1), "sample_weights": True, "ignore_index": 1},
        {"sample_weights": True, "reduction": "sum"},
        {"reduction": "sum", "weight": -0.25},
    ],
)
def test_what_is_printed_is_what_runs(params: dict[str, Any]) -> None:
    wires = ["fc.y -> ce.logits", "label.y -> ce.target"]
    wires += ["sure.y -> ce.sample_weight"] if "sample_weights" in params else []
    made = project(("ce", "cross_entropy", params), wires=wires)
    model = compile_project(made, seed=0)
    printed = executed(model_source(made))
    net = printed["Untitled"]()
    net.load_state_dict(model.net.state_dict())
    x, label, sure = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1]), torch.rand(5)
    given = {"label": label, "sure": sure} if "sample_weights" in params else {"label": label}
    told = printed["loss"](net(x), *given.values())
    assert torch.equal(told, model.objective(image=x, **given)["loss"])


def test_values_of_each_sample_become_a_loss_on_the_canvas() -> None:
    """Cross-entropy not reduced, times how sure each label is, as “Value as loss”: printed and run alike."""
    losses = [
        ("ce", "cross_entropy", {"reduction": "none"}),
        ("times", "multiply", {}),
        ("mean", "value_loss", {"weight": 2}),
    ]
    wires = [
        "fc.y -> ce.logits",
        "label.y -> ce.target",
        "ce.loss -> times.x1",
        "sure.y -> times.x2",
        "times.y -> mean.x",
    ]
    made = project(*losses, wires=wires)
    model = compile_project(made, seed=0)
    assert model.losses == ("mean",)
    printed = executed(model_source(made))
    net = printed["Untitled"]()
    net.load_state_dict(model.net.state_dict())
    x, label, sure = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1]), torch.rand(5)
    wanted = 2 * (torch.nn.functional.cross_entropy(net(x), label, reduction="none") * sure).mean()
    assert torch.equal(printed["loss"](net(x), label, sure), wanted)
    assert torch.equal(model.objective(image=x, label=label, sure=sure)["loss"], wanted)


def test_what_several_metrics_count_is_computed_once() -> None:
    """IoU and Dice of the same answer count the same hits; accuracy and cross-entropy the same places."""
    measures = [("ce", "cross_entropy", {}), *((name, name, {}) for name in ("iou", "dice", "f1", "accuracy"))]
    wires = [f"{a} -> {name}.{b}" for name, _, _ in measures for a, b in (("fc.y", "logits"), ("label.y", "target"))]
    model: Model = compile_project(project(*measures, wires=wires), seed=0)
    assert model.counted == {"ce": "ce", "accuracy": "ce", "iou": "iou", "dice": "iou", "f1": "iou"}
    calls = [getattr(n.target, "__name__", n.target) for n in model.trial.graph.nodes]
    assert calls.count("class_hits") == calls.count("ne") == calls.count("argmax") == 1
    x, label = torch.rand(6, 4), torch.tensor([0, 1, 2, 0, -100, 1])
    told, counts = model.trial(x, label)
    assert {k: v.item() for k, v in told.items() if v.dim() == 0} == {
        k: v.item() for k, v in model.objective(x, label).items() if v.dim() == 0
    }
    assert counts["ce"].item() == 5 and counts["iou"].sum(1)[[0, 2]].sum().item() == 5
    assert torch.equal(model.settled["dice"](counts["iou"]), told["dice"])
