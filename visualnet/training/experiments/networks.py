"""The networks that experiments begin from, drawn from a few words: layers in a row with a classifier's end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.core.graph import Graph, Init, Node, Port, Value
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.data.registry import make_data_set
from visualnet.layers import LAYERS

CARD = (200.0, 88.0)
"""About how large a card is, in px."""


class Part(NamedTuple):
    """A layer of a row: its tag, its name, its parameters, and how its weights begin."""

    kind: str
    name: str
    params: Mapping[str, Value] = {}
    init: Init = Init()


def dense(name: str, features: int, activation: str = "relu") -> tuple[Part, ...]:
    """A dense layer and its activation (none if empty)."""
    linear = Part("linear", name, {"out_features": features})
    return (linear, Part(activation, f"{name}_act")) if activation else (linear,)


def classifier(title: str, field: str, parts: Iterable[Part], data: DataChoice, recipe: Recipe) -> Project:
    """Layers in a row behind the input, the last of which gives the logits; cross-entropy and accuracy behind them."""
    nodes: dict[str, Node] = {}
    wires: dict[Port, Port] = {}

    def add(part: Part, *sources: Port) -> Port:
        key = f"n{len(nodes) + 1}"
        nodes[key] = Node(id=key, kind=part.kind, name=part.name, params=part.params, init=part.init)
        layer = LAYERS[part.kind](part.params, {})
        wires.update({Port(key, port): source for port, source in zip(dict(layer.inputs()), sources, strict=False)})
        return Port(key, next(iter(dict(layer.outputs())), ""))

    x = add(Part("input", field, {"field": field, "size": make_data_set(data).fields()[field].shape}))
    for part in parts:
        x = add(part, x)
    label = add(Part("target", "label"))
    add(Part("cross_entropy", "loss"), x, label)
    add(Part("accuracy", "accuracy"), x, label)
    add(Part("output", "answer"), x)
    graph = Graph(nodes=nodes, wires=wires)
    graph = replace(graph, places=tidy(graph, dict.fromkeys(nodes, CARD), wrap_width=1640))
    return Project(name=title, graph=graph, data=data, recipe=recipe)


def ids(project: Project, kinds: Iterable[str] = (), names: Iterable[str] = ()) -> list[str]:
    """The nodes of the main sheet of these kinds, or of these names."""
    kinds, names = set(kinds), set(names)
    return [node.id for node in project.graph if node.kind in kinds or node.name in names]


def with_kind(project: Project, kind: str, other: str) -> Project:
    """Another layer in the place of every one of a kind on the main sheet, with its defaults; it has to have the same ports."""
    graph = project.graph
    nodes = {
        key: replace(node, kind=other, params={}) if node.kind == kind else node for key, node in graph.nodes.items()
    }
    return project.with_sheet(MAIN, replace(graph, nodes=nodes))
