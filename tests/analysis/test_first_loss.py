"""The first loss is forecast from how weights are drawn: held against torch, and told only where it is large."""

from __future__ import annotations

import math
import random
from statistics import median
from typing import Any

import pytest
import torch

from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.analysis.inference import first_loss
from visualnet.analysis.repair.search import repairs
from visualnet.compiling.module import compile_project
from visualnet.core.graph import Init
from visualnet.core.project import DataChoice, Project
from visualnet.core.storage import project_file
from visualnet.layers import LAYERS
from visualnet.layers.declaration.initial_moments import (
    NORMAL,
    InitialState,
    Moments,
    after_weights,
    expected_cross_entropy,
    propagate_moments,
)
from visualnet.layers.declaration.initialization import INITIALIZATIONS
from visualnet.resources import resource
from visualnet.templates.index import template_list

DRAWN = ("default", "normal", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal")


def drawn(seed: int) -> Project:
    """A classifier of vectors or images, with activations, poolings and normalizations as they come."""
    rng = random.Random(seed)
    image = rng.random() < 0.6
    size: tuple[int, ...] = (3, 20, 20) if image else (rng.choice([20, 100, 400]),)
    nodes: list[tuple[str, str, dict[str, Any]]] = [("image", "input", {"size": size})]
    wires: list[str] = []
    fields: dict[str, dict[str, Any]] = {}
    end = "image.x"

    def add(name: str, kind: str, params: dict[str, Any], way_in: str = "image", way_out: str = "features") -> None:
        nonlocal end
        nodes.append((name, kind, params))
        wires.append(f"{end} -> {name}.{way_in}")
        end = f"{name}.{way_out}"

    start = rng.choice([*DRAWN, "kaiming_normal", "kaiming_uniform", "kaiming_normal"])
    act, norm, side = rng.choice(["relu", "relu", "gelu", "silu", "leaky_relu", "tanh"]), rng.random() < 0.25, 20
    for i in range(rng.randint(1, 5)):
        if image:
            add(f"c{i}", "conv2d", {"out_channels": rng.choice([8, 16, 32]), "kernel_size": 3, "padding": 1})
        else:
            add(f"c{i}", "linear", {"out_features": rng.choice([32, 64, 128])}, "x", "y")
        fields[f"c{i}"] = {"init": Init(start, {"std": rng.choice([0.05, 0.1, 0.2])})}
        if norm and image:
            add(f"b{i}", "batch_norm2d", {})
        add(f"a{i}", act, {}, "x", "y")
        if image and rng.random() < 0.5 and side >= 8:
            add(f"p{i}", rng.choice(["max_pool2d", "max_pool2d", "avg_pool2d"]), {})
            side //= 2
    if image:
        add("flat", "flatten", {}, "x", "y")
    if rng.random() < 0.4:
        add("drop", "dropout", {"p": rng.choice([0.5, 0.7])}, "x", "y")
    add("fc", "linear", {"out_features": rng.choice([2, 5, 10, 10, 50])}, "x", "y")
    fields["fc"] = {"init": Init(rng.choice([start, start, start, "default"]), {"std": 0.2})}
    nodes += [("label", "target", {}), ("ce", "cross_entropy", {})]
    return Project(graph=graph(nodes, [*wires, f"{end} -> ce.logits", "label.y -> ce.target"], **fields))


def forecast(project: Project) -> tuple[float, float] | None:
    main = infer(project).main
    (loss,) = main.sinks("loss")
    walk = first_loss._Walk(project)
    assert loss.layer is not None
    return loss.layer.first_loss(walk.start(main, loss, walk.graph(main, {}, first_loss._needed(main, loss.node.id))))


@torch.no_grad()
def truth(project: Project, classes: int, seeds: int = 3) -> float:
    """The mean first loss for normal numbers and labels that mean nothing."""
    total = 0.0
    for seed in range(seeds):
        model = compile_project(project, seed=seed)
        torch.manual_seed(seed)
        facts = infer(project).main.sinks("input")[0]
        x = torch.randn(32, *map(int, next(iter(facts.leaving.values())).shape))
        y = torch.randint(0, classes, (32,))
        total += float(model.objective.train()(image=x, label=y)["loss"])
    return total / seeds


def told(project: Project) -> list[str]:
    return [p.words for p in infer(project).problems if p.code == "large-start"]


@pytest.mark.wide
def test_forecasts_are_those_of_torch() -> None:
    """What is told is true: the bounds are those that the module's words give, measured over 200 networks."""
    ratios, spoken, false = [], [], 0
    for seed in range(60):
        project = drawn(seed)
        found = forecast(project)
        assert found is not None
        guess, expected = found
        true = truth(project, round(math.exp(guess)))
        ratios.append(true / expected)
        if told(project):
            spoken.append(true / expected)
            false += true < 1.2 * guess
        else:
            assert true < 3 * guess, "nothing that is far off is left untold"
    assert 0.95 < median(ratios) < 1.05
    assert all(0.6 < ratio < 2.6 for ratio in ratios)
    assert len(spoken) >= 8 and false <= len(spoken) // 8
    assert all(0.6 < ratio < 2.0 for ratio in spoken)


@pytest.mark.parametrize("kind", INITIALIZATIONS)
def test_a_weighted_sum_has_the_forecast_variance(kind: str) -> None:
    nodes: list[tuple[str, str, dict[str, Any]]] = [("x", "input", {"size": (200,)})]
    nodes += [("fc", "linear", {"out_features": 300}), ("y", "output", {})]
    project = Project(graph=graph(nodes, ["x.x -> fc.x", "fc.y -> y.x"], fc={"init": Init(kind, {"std": 0.3})}))
    facts = infer(project).main.nodes["n2"]
    expected = after_weights(InitialState((NORMAL,), facts.shapes, facts.weights, facts.init))
    if kind == "constant":
        assert expected is None, "what all units add up alike is not told"
        return
    net = compile_project(project, seed=0).net
    measured = net(torch.randn(500, 200)).var().item()
    assert expected is not None and expected.variance == pytest.approx(measured, rel=0.05)


def test_functions_of_normal_numbers() -> None:
    torch.manual_seed(0)
    x = 0.7 * torch.randn(200_000) + 0.3
    found = propagate_moments(Moments(0.3, 0.49), math.tanh)
    assert (found.mean, found.variance) == pytest.approx((x.tanh().mean().item(), x.tanh().var().item()), abs=0.005)
    for deviation, classes in ((0.3, 10), (2.0, 10), (4.0, 3), (1.5, 2000)):
        z = deviation * torch.randn(2_000, classes)
        assert expected_cross_entropy(deviation, classes) == pytest.approx(z.logsumexp(1).mean().item(), rel=0.06)


def he(last: Init, **data: Any) -> Project:
    nodes: list[tuple[str, str, dict[str, Any]]] = [("image", "input", {"size": (100,)})]
    nodes += [("fc1", "linear", {"out_features": 64}), ("relu", "relu", {}), ("drop", "dropout", {})]
    nodes += [("fc2", "linear", {"out_features": 10}), ("answer", "output", {}), ("label", "target", {})]
    nodes.append(("ce", "cross_entropy", {}))
    wires = ["image.x -> fc1.x", "fc1.y -> relu.x", "relu.y -> drop.x", "drop.y -> fc2.x", "fc2.y -> answer.x"]
    wires += ["fc2.y -> ce.logits", "label.y -> ce.target"]
    fields = {"fc1": {"init": Init("kaiming_normal")}, "fc2": {"init": last}}
    return Project(graph=graph(nodes, wires, **fields), data=DataChoice(**data))


def test_large_logits_are_told_and_repaired() -> None:
    project = he(Init("kaiming_normal"))
    (words,) = told(project)
    assert "the logits begin large" in words and "guessing gives 2.30" in words and "“fc2”" in words
    analysis = infer(project)
    (problem,) = [p for p in analysis.problems if p.code == "large-start"]
    assert problem.severity == "hint"
    found = repairs(project, problem, analysis)
    assert found[0].words == "Let “fc2” begin as PyTorch has it"
    mended = found[0].edit(project)
    assert mended.graph.named("fc2").init == Init() and mended.graph.named("fc1").init == Init("kaiming_normal")
    assert told(mended) == []
    assert truth(project, 10) > 1.3 * math.log(10) > truth(mended, 10)


def test_nothing_is_told_of_what_is_not_known() -> None:
    assert told(he(Init("kaiming_normal"), normalise=False)) == [], "how large the data are is not known"
    assert told(he(Init())) == []
    assert told(Project()) == []


@pytest.mark.few(40)
@pytest.mark.parametrize("name", [t.name for t in template_list()])
def test_no_template_begins_with_large_logits(name: str) -> None:
    assert told(project_file.load(resource("templates", f"{name}.vnet"))) == []


def test_what_is_followed_is_bounded() -> None:
    """It is asked with every edit: a network of a thousand layers costs nothing, and nothing is told of it."""
    nodes: list[tuple[str, str, dict[str, Any]]] = [("image", "input", {"size": (8,)})]
    wires, end = [], "image.x"
    for i in range(first_loss.MOST_NODES):
        nodes.append((f"fc{i}", "linear", {"out_features": 8}))
        wires.append(f"{end} -> fc{i}.x")
        end = f"fc{i}.y"
    nodes += [("label", "target", {}), ("ce", "cross_entropy", {})]
    fields = {f"fc{i}": {"init": Init("normal", {"std": 2.0})} for i in range(first_loss.MOST_NODES)}
    deep = Project(graph=graph(nodes, [*wires, f"{end} -> ce.logits", "label.y -> ce.target"], **fields))
    assert told(deep) == []
    with pytest.raises(first_loss.TooManyLayers):
        forecast(deep)


def classifier(between: int = 0) -> Project:
    """A linear layer before a loss, with so many activations in between."""
    names = [f"r{n}" for n in range(between)]
    nodes: list[tuple[str, str, dict[str, Any]]] = [
        ("image", "input", {"size": (4,)}),
        ("fc", "linear", {"out_features": 3}),
    ]
    nodes += [(name, "relu", {}) for name in names] + [("label", "target", {}), ("ce", "cross_entropy", {})]
    row = ["image.x", "fc.x", "fc.y", *(f"{name}.{end}" for name in names for end in "xy"), "ce.logits"]
    wires = [f"{a} -> {b}" for a, b in zip(row[::2], row[1::2], strict=True)]
    return Project(graph=graph(nodes, [*wires, "label.y -> ce.target"]))


@pytest.mark.parametrize(
    ("guess", "forecast", "told"),
    [(2.3, 2.98, False), (2.3, 3.0, True), (1.0, 1.49, False), (1.0, 1.51, True), (4.0, 5.1, False), (4.0, 5.3, True)],
)
def test_a_forecast_is_told_from_three_tenths_and_a_half_above_guessing(
    guess: float, forecast: float, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LAYERS["cross_entropy"], "first_loss", lambda self, start: (guess, forecast))
    found = [p.words for p in first_loss.problems(infer(classifier()).main, classifier())]
    words = f"the logits begin large: the first loss will be about {forecast:.1f}, where guessing gives {guess:.2f}"
    assert found == ([f"{words}; let “fc” begin as PyTorch has it, or smaller"] if told else [])


@pytest.mark.parametrize(("layers", "told"), [(395, 1), (396, 1), (397, 0)])
def test_four_hundred_layers_are_followed(layers: int, told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The input, the linear layer, the target and the loss are four of them."""
    monkeypatch.setattr(LAYERS["cross_entropy"], "first_loss", lambda self, start: (1.0, 9.0))
    made = classifier(layers)
    assert len(list(first_loss.problems(infer(made).main, made))) == told
