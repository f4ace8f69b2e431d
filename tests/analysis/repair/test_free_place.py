"""A node that a repair adds covers no other."""

from __future__ import annotations

import itertools

import visualnet as vn
from visualnet.analysis import infer
from visualnet.analysis.repair.free_place import free_place
from visualnet.analysis.repair.search import repairs
from visualnet.core import edits
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
