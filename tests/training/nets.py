"""Small projects to train, made by hand so that these tests rest on nothing but the layers."""

from __future__ import annotations

from typing import Any

from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import DataChoice, Project, Recipe

Row = tuple[str, dict[str, Any]]


def chain(
    rows: list[Row], data: DataChoice, recipe: Recipe, source: Row, target: Row, loss: str, metric: str = ""
) -> Project:
    """Input → rows → output, loss (and metric) against the target."""
    kinds: list[tuple[str, str, dict[str, Any]]] = [("x", *source)]
    kinds += [(f"{kind}_{i}", kind, params) for i, (kind, params) in enumerate(rows)]
    nodes = {f"n{i + 1}": Node(id=f"n{i + 1}", kind=k, name=n, params=p) for i, (n, k, p) in enumerate(kinds)}
    wires = {}
    for i in range(1, len(kinds)):
        wires[Port(f"n{i + 1}", first_in(kinds[i][1]))] = Port(f"n{i}", first_out(kinds[i - 1][1]))
    last = Port(f"n{len(kinds)}", first_out(kinds[-1][1]))
    nodes["n101"] = Node(id="n101", kind=target[0], name="y", params=target[1])
    nodes["n102"] = Node(id="n102", kind="output", name="answer")
    wires[Port("n102", "x")] = last
    for node_id, kind in (("n103", loss), ("n104", metric)):
        if kind:
            nodes[node_id] = Node(id=node_id, kind=kind, name={"n103": "cost", "n104": "score"}[node_id])
            ports = list(ins(kind))
            wires[Port(node_id, ports[0])] = last
            wires[Port(node_id, ports[1])] = Port("n101", "y")
    return Project(name="net", graph=Graph(nodes=nodes, wires=wires), data=data, recipe=recipe)


def ins(kind: str) -> list[str]:
    from visualnet.layers import LAYERS

    return [part.partition(":")[0].strip(" ?") for part in LAYERS[kind].ports.partition("->")[0].split(",")]


def first_in(kind: str) -> str:
    return ins(kind)[0]


def first_out(kind: str) -> str:
    from visualnet.layers import LAYERS

    return LAYERS[kind].ports.partition("->")[2].partition(":")[0].strip()


def lenet(classes: int = 10, **recipe: Any) -> Project:
    """LeNet-5 on 28×28 digits: 61,706 parameters."""
    rows: list[Row] = [
        ("conv2d", {"out_channels": 6, "kernel_size": (5, 5), "padding": (2, 2)}),
        ("relu", {}),
        ("max_pool2d", {}),
        ("conv2d", {"out_channels": 16, "kernel_size": (5, 5)}),
        ("relu", {}),
        ("max_pool2d", {}),
        ("flatten", {}),
        ("linear", {"out_features": 120}),
        ("relu", {}),
        ("linear", {"out_features": 84}),
        ("relu", {}),
        ("linear", {"out_features": classes}),
    ]
    return chain(
        rows,
        DataChoice(),
        Recipe(**{"epochs": 1, **recipe}),
        ("input", {}),
        ("target", {}),
        "cross_entropy",
        "accuracy",
    )


def mlp(**recipe: Any) -> Project:
    """784-64-32-10 on 28×28 digits."""
    rows: list[Row] = [("flatten", {})]
    for width in (64, 32):
        rows += [("linear", {"out_features": width}), ("relu", {})]
    rows.append(("linear", {"out_features": 10}))
    return chain(
        rows,
        DataChoice(),
        Recipe(**{"epochs": 1, **recipe}),
        ("input", {}),
        ("target", {}),
        "cross_entropy",
        "accuracy",
    )


def small(dropout: float = 0.3, classes: int = 10, options: dict[str, Any] | None = None, **recipe: Any) -> Project:
    """8×8 digits through one hidden layer with dropout: an epoch takes a few milliseconds."""
    rows: list[Row] = [
        ("flatten", {}),
        ("linear", {"out_features": 32}),
        ("relu", {}),
        ("dropout", {"p": dropout}),
        ("linear", {"out_features": classes}),
    ]
    data = DataChoice(name="digits8x8", options=options or {})
    source = ("input", {"size": (1, 8, 8)})
    return chain(rows, data, Recipe(**{"epochs": 3, **recipe}), source, ("target", {}), "cross_entropy", "accuracy")


def points(**recipe: Any) -> Project:
    """Points in the plane through one hidden layer."""
    rows: list[Row] = [("linear", {"out_features": 16}), ("tanh", {}), ("linear", {"out_features": 2})]
    source = ("input", {"field": "point", "size": (2,)})
    return chain(
        rows,
        DataChoice(name="points"),
        Recipe(**{"epochs": 5, "lr": 0.01, **recipe}),
        source,
        ("target", {}),
        "cross_entropy",
        "accuracy",
    )


def deep_sigmoid(hidden: int = 6, **recipe: Any) -> Project:
    """8×8 digits through many hidden layers with sigmoids: gradients vanish on the way back."""
    rows: list[Row] = [("flatten", {})]
    for _ in range(hidden):
        rows += [("linear", {"out_features": 24}), ("sigmoid", {})]
    rows.append(("linear", {"out_features": 10}))
    source = ("input", {"size": (1, 8, 8)})
    data, plain = DataChoice(name="digits8x8"), Recipe(**{"epochs": 3, **recipe})
    return chain(rows, data, plain, source, ("target", {}), "cross_entropy", "accuracy")


def line(**recipe: Any) -> Project:
    """A curve through one hidden layer."""
    rows: list[Row] = [("linear", {"out_features": 32}), ("tanh", {}), ("linear", {"out_features": 1})]
    source = ("input", {"field": "x", "size": (1,)})
    target = ("target", {"field": "y", "size": (1,), "dtype": "float"})
    return chain(
        rows, DataChoice(name="curve"), Recipe(**{"epochs": 5, "lr": 0.01, **recipe}), source, target, "mse", ""
    )
