"""A node that a repair adds covers no other."""

from __future__ import annotations

import itertools

import pytest

import visualnet as vn
from visualnet.analysis import infer
from visualnet.analysis.repair.free_place import free_place
from visualnet.analysis.repair.search import repairs
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN
from visualnet.data.registry import fields_or_none


def test_the_next_free_place_is_below() -> None:
    assert free_place([], 10, 20) == (10, 20)
    assert free_place([(0, 0)], 300, 0) == (300, 0)
    x, y = free_place([(0, 0), (0, 120)], 0, 0)
    assert x == 0 and y >= 220


def test_output_loss_and_target_that_repairs_add_stand_free() -> None:
    """Built by quick add the cards stand 232 px apart: the target of a loss would stand on the layer before it."""
    net = vn.Graph("from nothing")
    x = net.flatten(net.input(1, 28, 28))
    for width in (32, 10):
        x = net.linear(x, width)
    net.cross_entropy(x, net.target("label"))
    target = net.project.graph.named("target")
    project = edits.remove(net.project, "", [target.id])
    project = edits.move(project, "", {id: (232.0 * at, 0.0) for at, id in enumerate(project.graph.nodes)})
    for _ in range(2):
        analysis = infer(project, fields=fields_or_none(project.data))
        problem = analysis.problems[0]
        project = repairs(project, problem, analysis, seconds=5, fields=fields_or_none(project.data))[0].edit(project)
    assert len(project.graph.nodes) == 7
    for (ax, ay), (bx, by) in itertools.combinations(project.graph.places.values(), 2):
        assert abs(ax - bx) >= 176 or abs(ay - by) >= 72


@pytest.mark.few(1)
@pytest.mark.parametrize("pitch", [232.0, 256.0, 400.0])
@pytest.mark.parametrize("source", ["image", "conv"])
def test_a_layer_put_into_a_wire_stands_free_between_its_ends(pitch: float, source: str) -> None:
    """Half way along a shortcut stands another card; half way between neighbours there is no room at all."""
    net = vn.Graph("shortcut")
    image = net.input(1, 28, 28, name="image")
    conv = net.conv2d(image, 6, kernel_size=5, name="conv")
    x = net.conv2d(net.relu(conv), 6, kernel_size=5)
    net.add(x, x, name="sum")
    begin, end = net.project.graph.named(source), net.project.graph.named("sum")
    port = Port(begin.id, {"image": "x", "conv": "features"}[source])
    project = edits.connect(net.project, MAIN, port, Port(end.id, "x2"))
    project = edits.move(project, MAIN, {n: (pitch * at, 0.0) for at, n in enumerate(project.graph.nodes)})
    analysis = infer(project)
    problem = next(p for p in analysis.problems if p.node == end.id)
    inserted = [r for r in repairs(project, problem, analysis, seconds=5, limit=12) if r.words.startswith("Insert")]
    assert inserted
    for repair in inserted:
        places = repair.edit(project).graph.places
        assert len(places) == 6
        for (ax, ay), (bx, by) in itertools.combinations(places.values(), 2):
            assert abs(ax - bx) >= 176 or abs(ay - by) >= 88, repair.words
