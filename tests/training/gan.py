"""A small network against another on points, as a drawing: a generator in a block, a discriminator whose weights three chains share."""

from __future__ import annotations

from typing import Any

from visualnet.core import edits
from visualnet.core.edits import learners
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Block, DataChoice, Project, Recipe
from visualnet.training.recipe.settings import options_of_run

D, G = "discriminator", "generator"
EPOCHS, EACH = 3, 5
"""Epochs, and batches of one: 80 points by 16."""


def gan(d: dict[str, Any] | None = None, g: dict[str, Any] | None = None, **recipe: Any) -> Project:
    """Real points against points made of noise. ``d`` and ``g`` are what the recipe says of the two learners."""
    nodes: dict[str, Node] = {}
    wires: dict[Port, Port] = {}

    def add(name: str, kind: str, source: str, port: str = "x", **fields: Any) -> str:
        ids = {node.name: node.id for node in nodes.values()}
        node_id = f"n{len(nodes) + 1}"
        if "shares" in fields:
            fields["shares"] = ids[fields["shares"]]
        nodes[node_id] = Node(id=node_id, kind=kind, name=name, **fields)
        if source:
            leaving = {"block:Generator": "out"}.get(nodes[ids[source]].kind, "y")
            wires[Port(node_id, "z" if kind == "block:Generator" else port)] = Port(ids[source], leaving)
        return name

    def judge(source: str, suffix: str, sign: int, learner: str) -> None:
        own = {} if not suffix else {"shares": "d1"}
        top = {} if not suffix else {"shares": "d2"}
        said = {"learner": D} if not suffix else {}
        x = add(f"d1{suffix}", "linear", source, params={"out_features": 8}, training=said, **own)
        x = add(f"dt{suffix}", "tanh", x)
        x = add(f"d2{suffix}", "linear", x, params={"out_features": 1}, training=said, **top)
        x = add(f"sign{suffix}", "scale", x, params={"scale": float(sign)})
        x = add(f"soft{suffix}", "softplus", x)
        add(f"loss{suffix or '_real'}", "value_loss", x, training={"learner": learner})

    add("x", "input", "", params={"field": "point", "size": (2,)})
    add("zero", "scale", "x", params={"scale": 0.0})
    add("noise", "gaussian_noise", "zero", params={"std": 1.0})
    add("make", "block:Generator", "noise", training={"learner": G})
    add("fixed", "detach", "make")
    judge("x", "", -1, D)
    judge("fixed", "_fake", 1, D)
    judge("make", "_fool", -1, G)
    add("answer", "output", "make")
    block = {
        "n1": Node(id="n1", kind="input", name="z", params={"size": (2,)}),
        "n2": Node(id="n2", kind="linear", name="g1", params={"out_features": 8}),
        "n3": Node(id="n3", kind="tanh", name="gt"),
        "n4": Node(id="n4", kind="linear", name="g2", params={"out_features": 2}),
        "n5": Node(id="n5", kind="output", name="out"),
    }
    inner = {Port(f"n{i}", "x"): Port(f"n{i - 1}", "x" if i == 2 else "y") for i in range(2, 6)}
    told = {"epochs": EPOCHS, "batch_size": 16, "device": "cpu", **recipe}
    project = Project(
        name="gan",
        graph=Graph(
            nodes=nodes, wires={t: Port(s.node, "x") if nodes[s.node].kind == "input" else s for t, s in wires.items()}
        ),
        blocks={"Generator": Block(graph=Graph(nodes=block, wires=inner))},
        data=DataChoice(name="points", options={"n": 100}),
        recipe=Recipe(**told),
    )
    project = learners.add_learner(project, G, of_run=options_of_run())
    project = learners.rename_learner(project, project.recipe.learners[0].name, D)
    for name, fields in ((D, d), (G, g)):
        project = learners.set_learner(project, name, **(fields or {}))
    assert edits.set_recipe(project) is project
    assert project.sheet(MAIN) is project.graph
    return project
