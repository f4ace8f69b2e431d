"""The formulas that are shown: their figures multiply and add up to the gradient."""

from __future__ import annotations

import re

import numpy as np
import pytest
from msgspec.structs import replace

from tests.training.nets import lenet, points
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.layers import LAYERS
from visualnet.layers.declaration.notation import plain
from visualnet.training.observations.context import plain_fields
from visualnet.training.stepping.chain_rule import backward_rule, forward_rule, index_text, quantities, slope_rule
from visualnet.training.stepping.passes import run_passes
from visualnet.training.stepping.schedule import (
    BACKWARD,
    FORWARD,
    Moment,
    known_gradients,
    known_values,
    moments,
    operation_at,
)
from visualnet.training.stepping.values import Passes


def passes_of(project: Project, samples: int = 1) -> Passes:
    """Both passes of a network with fresh weights."""
    model, data = compile_project(project, seed=0), load(project.data)
    tensors = Tensors(data, model.fields, model.device, plain_fields(model))
    return run_passes(model, tensors.named(tensors.indices(data.shown[:samples])))


def computed(text: str) -> float:
    """A sum of products, as a person works it out."""
    text = text.replace("−", "-").replace("·", "*").replace(",", "")
    assert re.fullmatch(r"[-\d.()*+ e]+", text), text
    return float(eval(text))


@pytest.mark.parametrize("samples", [1, 3])
def test_the_figures_of_every_rule_come_to_its_result(samples: int) -> None:
    passes = passes_of(points(), samples)
    checked = 0
    for operation in passes.operations:
        for name, gradient in operation.passed.items():
            for at in {(0,) * gradient.ndim, tuple(n - 1 for n in gradient.shape)}:
                rule = backward_rule(passes, operation, name, at)
                assert rule.lead.startswith(f"∂L/∂{name}")
                figures = plain(rule.tree, figures=True)
                if "…" not in figures:
                    scale = np.abs(gradient).max() + 1e-3
                    assert computed(figures) == pytest.approx(gradient[at], abs=2e-3 * scale), figures
                    checked += 1
    assert checked >= 8


def test_a_linear_layer_is_written_out_forward() -> None:
    passes = passes_of(points())
    linear = passes.operations[0]
    value = passes.values[linear.outputs["y"]].value
    rule = forward_rule(passes, linear, (0, 2), True)
    assert rule is not None and rule.lead == "y₃"
    assert plain(rule.tree).replace(" ", "") == "w₁·x₁+w₂·x₂+b"
    assert computed(plain(rule.tree, figures=True)) == pytest.approx(value[0, 2], abs=1e-3)
    assert forward_rule(passes, passes.operations[1], (0, 2), False) is None


def test_long_sums_are_cut_and_large_operations_have_no_terms() -> None:
    passes = passes_of(points(), 8)
    last = passes.operations[2]
    assert "more" in plain(backward_rule(passes, last, "bias", (0,)).tree)
    big = passes_of(lenet())
    assert plain(backward_rule(big, big.operations[0], "weight", (0, 0, 0, 0)).tree) == "Σδ·∂features/∂weight"
    assert index_text((0, 11), 1) == "₁₂" and index_text((0, 11), 2) == "₁‚₁₂"


def test_the_order_is_forward_backward_and_what_is_known_grows() -> None:
    passes = passes_of(points())
    order = moments(passes)
    count = len(passes.operations)
    assert [m.phase for m in order] == [FORWARD] * count + [BACKWARD] * count
    assert [operation_at(passes, m).label for m in order[:count]] == [
        operation_at(passes, m).label for m in order[count:]
    ][::-1]
    logits = passes.operations[-1].inputs["logits"]
    assert logits not in known_values(passes, order[: count - 2]) and logits in known_values(passes, order[: count - 1])
    assert not known_gradients(passes, order[:count])
    assert logits in known_gradients(passes, order[: count + 1])
    assert passes.operations[0].inputs["x"] not in known_gradients(passes, order[: 2 * count - 1])
    assert known_gradients(passes, order) >= {
        n for o in passes.operations for p, n in o.inputs.items() if p in o.passed
    }
    assert Moment(FORWARD, 0) == order[0]


def test_an_operation_tells_its_tensors() -> None:
    passes = passes_of(points(), 2)
    found = quantities(passes, passes.operations[0])
    assert [(q.name, q.role, q.value.shape) for q in found] == [
        ("x", "input", (2, 2)),
        ("weight", "weight", (16, 2)),
        ("bias", "weight", (16,)),
        ("y", "output", (2, 16)),
    ]
    assert all(q.gradient is not None and q.gradient.shape == q.value.shape for q in found)


@pytest.mark.parametrize("kind", [tag for tag, layer in LAYERS.items() if layer.slope])
def test_a_declared_slope_is_the_derivative(kind: str) -> None:
    project = points()
    nodes = {**project.graph.nodes, "n3": replace(project.graph.nodes["n3"], kind=kind)}
    passes = passes_of(replace(project, graph=replace(project.graph, nodes=nodes)), 2)
    operation = passes.operations[1]
    assert operation.kind == kind
    slopes = operation.slopes["x"].diagonal().reshape(2, 16)
    for at in np.ndindex(2, 16):
        rule = slope_rule(passes, operation, "x", at, LAYERS[kind].slope)
        assert rule is not None and rule.lead == f"∂y{index_text(at, 2)}/∂x{index_text(at, 2)}"
        shown = float(rule.result.replace("−", "-"))
        assert shown == pytest.approx(slopes[at], rel=1e-3, abs=1e-6)


def test_the_slopes_of_a_matrix_are_told_in_words() -> None:
    passes = passes_of(points(), 2)
    told = {
        name: backward_rule(passes, passes.operations[0], name, (0, 0)[: 1 + (name != "bias")], True).legend[1][1]
        for name in ("x", "weight", "bias")
    }
    assert told == {
        "x": "the weight between the two",
        "weight": "the number of x that it weighs",
        "bias": "1: it is added as it is",
    }
