"""Pairs of small networks that make a point: the comparisons of the course, built here, with the formula that foretells their ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Project
from visualnet.layers.declaration.layer import LAYERS

Row = tuple[str, str, Mapping[str, Any], tuple[str, ...]]
"""A node: its name, its layer, its parameters, and the names of the nodes that it reads."""


class Pair(NamedTuple):
    """Two networks with a point. ``lines`` tell the formula of their ratio in letters and in figures."""

    title: str
    words: str
    lines: tuple[str, ...]
    build: Callable[[], tuple[tuple[str, Project], ...]]


def project(name: str, size: tuple[int, ...], rows: tuple[Row, ...]) -> Project:
    """A network from rows; the first reads ``x``, the last is the output."""
    listed: list[Row] = [("x", "input", {"size": size}, ()), *rows, ("y", "output", {}, (rows[-1][0],))]
    nodes = {f"n{i}": Node(id=f"n{i}", kind=k, name=n, params=dict(p)) for i, (n, k, p, _) in enumerate(listed, 1)}
    ids = {node.name: node.id for node in nodes.values()}
    wires = {}
    for node_name, kind, params, reads in listed:
        ports = list(LAYERS[kind](params).inputs())
        for port, source in zip(ports, reads, strict=True):
            before = nodes[ids[source]]
            wires[Port(ids[node_name], port)] = Port(
                before.id, next(iter(LAYERS[before.kind](before.params).outputs()))
            )
    graph = Graph(nodes=nodes, wires=wires)
    places = tidy(graph, dict.fromkeys(nodes, (200.0, 80.0)))
    return Project(name=name, graph=Graph(nodes=nodes, wires=wires, places=places))


def _conv(name: str, reads: str, channels: int, kernel: int, **others: Any) -> Row:
    options = {"out_channels": channels, "kernel_size": kernel, "padding": kernel // 2, "bias": False, **others}
    return name, "conv2d", options, (reads,)


def _separable() -> tuple[tuple[str, Project], ...]:
    size, channels = (128, 28, 28), 256
    standard = project("standard convolution", size, (_conv("conv", "x", channels, 3),))
    parts = (_conv("depthwise", "x", 128, 3, groups=128), _conv("pointwise", "depthwise", channels, 1))
    return ("standard", standard), ("depthwise-separable", project("depthwise-separable", size, parts))


def _stacked() -> tuple[tuple[str, Project], ...]:
    size = (64, 56, 56)
    two: tuple[Row, ...] = (
        _conv("first", "x", 64, 3),
        ("relu", "relu", {}, ("first",)),
        _conv("second", "relu", 64, 3),
    )
    one = project("one 5×5", size, (_conv("conv", "x", 64, 5),))
    return ("one 5×5", one), ("two 3×3", project("two 3×3", size, two))


def _inception() -> tuple[tuple[str, Project], ...]:
    size, pool = (256, 28, 28), {"kernel_size": 3, "stride": 1, "padding": 1}
    ends: tuple[Row, ...] = (("pool", "max_pool2d", pool, ("x",)), _conv("conv1", "x", 128, 1))
    naive = (*ends, _conv("conv3", "x", 192, 3), _conv("conv5", "x", 96, 5))
    narrow = (
        *ends,
        _conv("before3", "x", 64, 1),
        _conv("conv3", "before3", 192, 3),
        _conv("before5", "x", 64, 1),
        _conv("conv5", "before5", 96, 5),
        _conv("behind_pool", "pool", 64, 1),
    )
    joined: list[Row] = [
        ("join", "concatenate", {"inputs": 4}, ("conv1", "conv3", "conv5", last)) for last in ("pool", "behind_pool")
    ]
    return (
        ("naive", project("naive Inception", size, (*naive, joined[0]))),
        ("with bottlenecks", project("Inception with bottlenecks", size, (*narrow, joined[1]))),
    )


PAIRS: dict[str, Pair] = {
    "separable": Pair(
        "Standard against depthwise-separable convolution",
        "A 3×3 convolution from 128 to 256 channels; then one filter for each channel, and a 1×1 convolution that mixes them.",
        ("ratio = 1/N + 1/D_K²", "= 1/256 + 1/3² = 0.115"),
        _separable,
    ),
    "stacked-3x3": Pair(
        "One 5×5 against two 3×3 convolutions",
        "Both see 5×5 cells. Two small filters need fewer weights, and a ReLU fits between them; they keep more activations.",
        ("ratio = 2·3² / 5²", "= 18 / 25 = 0.72"),
        _stacked,
    ),
    "inception": Pair(
        "Naive against bottleneck Inception module",
        "28×28×256 arrive. 1×1 convolutions to 64 channels before the 3×3 and 5×5 filters and behind the pooling spare most of the work.",
        (
            "naive: 28²·256·(1²·128 + 3²·192 + 5²·96) = 854,196,224",
            "bottlenecks: 28²·(256·(128 + 3·64) + 64·(3²·192 + 5²·96)) = 271,351,808",
        ),
        _inception,
    ),
}
