from __future__ import annotations

from typing import Any

import pytest

from tests.graphs import graph
from visualnet.compiling.plan import GraphError, make_plan, memory_budget
from visualnet.core.project import Block, Project


def classifier(
    *extra: tuple[str, str, dict[str, Any]], wires: tuple[str, ...] = (), **fields: dict[str, Any]
) -> Project:
    nodes = [
        ("x", "input", {"size": (4,)}),
        ("fc", "linear", {"out_features": 3}),
        ("label", "target", {}),
        ("ce", "cross_entropy", {}),
    ]
    return Project(
        graph=graph([*nodes, *extra], ["x.x -> fc.x", "fc.y -> ce.logits", "label.y -> ce.target", *wires], **fields)
    )


def test_errors_are_told_in_words_with_their_place() -> None:
    block = Block(
        graph=graph(
            [("x", "input", {}), ("c", "conv2d", {}), ("y", "output", {})], ["x.x -> c.image", "c.features -> y.x"]
        )
    )
    nodes = [("x", "input", {"size": (4,)}), ("b", "block:Conv", {}), ("out", "output", {})]
    project = Project(graph=graph(nodes, ["x.x -> b.x", "b.y -> out.x"]), blocks={"Conv": block})
    with pytest.raises(GraphError, match="b › c: the input “image” wants 3 axes"):
        make_plan(project)


def test_what_leads_nowhere_is_not_computed() -> None:
    plan = make_plan(classifier(("idle", "linear", {}), wires=("x.x -> idle.x",)))
    assert [step.name for step in plan.main.steps] == ["fc", "ce"]


def test_without_an_output_the_logits_are_the_answer() -> None:
    assert list(make_plan(classifier()).answers) == ["fc"]
    with_output = classifier(
        ("prob", "softmax", {}), ("out", "output", {}), wires=("fc.y -> prob.x", "prob.y -> out.x")
    )
    assert list(make_plan(with_output).answers) == ["out"]


def test_weights_beyond_the_budget_are_refused_before_anything_is_built() -> None:
    huge = classifier(
        ("big", "linear", {"out_features": 1_000_000_000}),
        ("out", "output", {}),
        wires=("x.x -> big.x", "big.y -> out.x"),
    )
    with pytest.raises(GraphError, match=r"18\.6 GiB.*“big”"):
        make_plan(huge, budget=1 << 30)
    assert make_plan(huge).main.modules
    assert memory_budget() > 1 << 28


def test_too_many_layers_are_refused() -> None:
    inner = Block(
        graph=graph([("x", "input", {}), ("r", "relu", {}), ("y", "output", {})], ["x.x -> r.x", "r.y -> y.x"])
    )
    outer_nodes = [("x", "input", {}), ("i", "block:Inner", {}), ("y", "output", {})]
    outer = Block(graph=graph(outer_nodes, ["x.x -> i.x", "i.y -> y.x"], i={"repeat": 900}))
    nodes = [("x", "input", {"size": (4,)}), ("o", "block:Outer", {}), ("y", "output", {})]
    project = Project(
        graph=graph(nodes, ["x.x -> o.x", "o.y -> y.x"], o={"repeat": 900}), blocks={"Inner": inner, "Outer": outer}
    )
    with pytest.raises(GraphError, match=r"2,43\d,\d\d\d layers; 10,000 are allowed"):
        make_plan(project)


def test_a_target_inside_a_block_is_refused_in_words() -> None:
    nodes = [
        ("x", "input", {}),
        ("t", "target", {"size": (4,), "dtype": "float"}),
        ("sum", "add", {}),
        ("y", "output", {}),
    ]
    block = Block(graph=graph(nodes, ["x.x -> sum.x1", "t.y -> sum.x2", "sum.y -> y.x"]))
    main = graph(
        [("x", "input", {"size": (4,)}), ("b", "block:B", {}), ("y", "output", {})], ["x.x -> b.x", "b.y -> y.x"]
    )
    with pytest.raises(GraphError, match=r"target “t”.*main sheet"):
        make_plan(Project(graph=main, blocks={"B": block}))


def test_steps_stand_in_file_order_where_the_wires_leave_a_choice() -> None:
    nodes = [
        ("x", "input", {"size": (4,)}),
        ("late", "add", {}),
        ("a", "relu", {}),
        ("b", "relu", {}),
        ("y", "output", {}),
    ]
    project = Project(
        graph=graph(nodes, ["x.x -> a.x", "x.x -> b.x", "b.y -> late.x1", "a.y -> late.x2", "late.y -> y.x"])
    )
    assert [step.name for step in make_plan(project).main.steps] == ["a", "b", "late"]
