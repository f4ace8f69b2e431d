"""Branches that meet in different sizes: padding that keeps the size on the longer way is the first thing offered."""

from __future__ import annotations

import pytest

import visualnet as vn
from visualnet.analysis import infer
from visualnet.analysis.repair.search import Repair, repairs
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project


def shortcut(*kernels: int, stride: int = 1) -> Project:
    """Convolutions with these kernels, and their input added to what they give."""
    net = vn.Graph("residual")
    image = net.input(1, 28, 28, name="image")
    x = image
    for at, kernel in enumerate(kernels):
        x = net.relu(net.conv2d(x, 8, kernel_size=kernel, stride=stride, name=f"conv{at + 1}"))
    net.add(x, x, name="sum")
    begin, end = net.project.graph.named("image"), net.project.graph.named("sum")
    return edits.connect(net.project, MAIN, Port(begin.id, "x"), Port(end.id, "x2"))


def found(project: Project) -> list[Repair]:
    analysis = infer(project)
    end = project.graph.named("sum").id
    return repairs(project, next(p for p in analysis.problems if p.node == end), analysis, seconds=5)


def test_padding_on_the_longer_way_comes_before_a_layer_in_the_shortcut() -> None:
    project = shortcut(3, 3)
    first, *others = found(project)
    assert first.words == "Set padding of “conv1” and “conv2” → 1"
    assert any(r.words.startswith("Insert AdaptiveAvgPool2d") for r in others)
    after = first.edit(project)
    facts = infer(after).main.nodes
    for name in ("conv1", "conv2", "sum"):
        (spec,) = facts[after.graph.named(name).id].leaving.values()
        assert spec.shape == (8, 28, 28)


def test_each_kernel_gets_its_own_padding() -> None:
    assert found(shortcut(3, 5, 3))[0].words == "Set padding of “conv1” and “conv3” → 1 and of “conv2” → 2"


def test_layers_that_keep_the_size_already_are_left_alone() -> None:
    project = shortcut(3, 3, 3)
    project = edits.set_params(project, MAIN, [project.graph.named("conv2").id], {"padding": 1})
    assert found(project)[0].words == "Set padding of “conv1” and “conv3” → 1"


@pytest.mark.wide
def test_no_padding_keeps_the_size_of_an_even_kernel_or_of_a_stride() -> None:
    for project in (shortcut(4, 4), shortcut(3, 3, stride=2)):
        assert not [r for r in found(project) if "“conv1” and “conv2”" in r.words]
