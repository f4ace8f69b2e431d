"""Trainings that two processes do as one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tests.training.by_hand import tiny
from tests.training.nets import Row, chain
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.core.user import trusted_code


def short() -> Project:
    """Two epochs of 80 points in batches of 16."""
    return tiny(epochs=2)


def odd() -> Project:
    """Batches of 27 of 80 points: 27, 27 and 26, which two do not share alike; and a last batch of one sample in validation."""
    return tiny(epochs=2, batch_size=27)


def last_of_two() -> Project:
    """80 points in batches of 13: the last is of two."""
    return tiny(epochs=2, batch_size=13, optimizer="SGD", lr=0.1)


def guarded() -> Project:
    """All guards at once."""
    return tiny(
        epochs=5,
        optimizer="Adam",
        schedule="plateau",
        options={
            "l1": 0.01,
            "clip_norm": 0.1,
            "accumulate": 3,
            "ema_decay": 0.9,
            "label_smoothing": 0.1,
            "patience": 2,
        },
    )


def clipped() -> Project:
    """Gradients cut by their norm over all weights, and a rate that moves."""
    return tiny(epochs=3, optimizer="Adam", schedule="cosine", options={"clip_norm": 0.1, "warmup": 1})


def ignoring() -> Project:
    """A third of the places asks nothing, by chance more in one part of a batch than in the other."""
    project = tiny(epochs=2, batch_size=10)
    nodes = dict(project.graph.nodes)
    nodes["n103"] = msgspec.structs.replace(nodes["n103"], params={"ignore_index": 1})
    return msgspec.structs.replace(project, graph=msgspec.structs.replace(project.graph, nodes=nodes))


def added_up() -> Project:
    """A loss that adds up its batch."""
    project = tiny(epochs=2, lr=0.001, optimizer="SGD")
    nodes = dict(project.graph.nodes)
    nodes["n103"] = msgspec.structs.replace(nodes["n103"], params={"reduction": "sum"})
    return msgspec.structs.replace(project, graph=msgspec.structs.replace(project.graph, nodes=nodes))


def overlaps() -> Project:
    """A metric that is made from counts of the whole epoch (F1), beside a resting layer."""
    project = tiny(epochs=3)
    rows = [("linear", {"out_features": 8}), ("tanh", {}), ("linear", {"out_features": 2})]
    source = ("input", {"field": "point", "size": (2,)})
    made = chain(rows, project.data, project.recipe, source, ("target", {}), "cross_entropy", "f1")
    nodes = dict(made.graph.nodes)
    nodes["n2"] = msgspec.structs.replace(nodes["n2"], training={"unfreeze_at": 1})
    return msgspec.structs.replace(made, graph=msgspec.structs.replace(made.graph, nodes=nodes))


def normalized() -> Project:
    """With batch normalization, whose statistics are those of each process."""
    rows = [("linear", {"out_features": 8}), ("batch_norm1d", {}), ("tanh", {}), ("linear", {"out_features": 2})]
    recipe = Recipe(epochs=2, batch_size=13, device="cpu")
    data = DataChoice(name="points", options={"n": 100})
    return chain(
        rows, data, recipe, ("input", {"field": "point", "size": (2,)}), ("target", {}), "cross_entropy", "accuracy"
    )


def normalized_sgd() -> Project:
    """As `normalized`, by an optimizer that makes little of gradients which are zero but for rounding (biases before a normalization)."""
    project = normalized()
    recipe = msgspec.structs.replace(project.recipe, optimizer="SGD", lr=0.1)
    return msgspec.structs.replace(project, recipe=recipe)


def unlabelled(kind: str, params: dict[str, Any], lowered: str, answer: str) -> Project:
    """100 points that pass one layer; a loss is what its port ``lowered`` gives, the answer what ``answer`` does."""
    nodes = {
        "n1": Node(id="n1", kind="input", name="x", params={"field": "point", "size": (2,)}),
        "n2": Node(id="n2", kind=kind, name="own", params=params),
        "n3": Node(id="n3", kind="flow_nll" if lowered == "log_det" else "value_loss", name="cost"),
        "n4": Node(id="n4", kind="output", name="answer"),
    }
    wires = {Port("n2", "x"): Port("n1", "x"), Port("n4", "x"): Port("n2", answer)}
    if lowered == "log_det":
        wires |= {Port("n3", "z"): Port("n2", answer), Port("n3", "log_det"): Port("n2", lowered)}
    else:
        wires[Port("n3", "x")] = Port("n2", lowered)
    recipe = Recipe(epochs=2, batch_size=27, device="cpu", optimizer="SGD", lr=0.01)
    data = DataChoice(name="points", options={"n": 100})
    return Project(name="net", graph=Graph(nodes=nodes, wires=wires), data=data, recipe=recipe)


def flow() -> Project:
    """A flow whose layer sets its weights from the first batch."""
    return unlabelled("act_norm", {}, "log_det", "y")


def chains() -> Project:
    """A machine with persistent chains: what is drawn differs from one process."""
    return unlabelled("rbm", {"hidden_features": 4, "chains": 6}, "contrast", "again")


def among(kind: str, size: tuple[int, ...], params: dict[str, Any] | None = None) -> Project:
    """A classifier with this layer between, over numbers of this size."""
    total = 1
    for n in size:
        total *= n
    rows: list[Row] = [("linear", {"out_features": total}), ("reshape", {"size": size}), (kind, params or {})]
    rows += [("flatten", {}), ("linear", {"out_features": 2})]
    recipe = Recipe(epochs=2, batch_size=27, device="cpu", optimizer="SGD", lr=0.1)
    data = DataChoice(name="points", options={"n": 100})
    return chain(
        rows, data, recipe, ("input", {"field": "point", "size": (2,)}), ("target", {}), "cross_entropy", "accuracy"
    )


FOLLOWS = {"track_running_stats": True}
WITH_STATE: dict[str, Callable[[], Project]] = {
    "act_norm": flow,
    "rbm": chains,
    "kohonen": lambda: unlabelled("kohonen", {"rows": 3, "columns": 3, "shrinking": 6}, "stress", "place"),
    "batch_norm1d": lambda: among("batch_norm1d", (4, 2)),
    "batch_norm2d": lambda: among("batch_norm2d", (2, 2, 2)),
    "batch_norm3d": lambda: among("batch_norm3d", (2, 2, 2, 2)),
    "instance_norm1d": lambda: among("instance_norm1d", (2, 4), FOLLOWS),
    "instance_norm2d": lambda: among("instance_norm2d", (2, 2, 2), FOLLOWS),
    "instance_norm3d": lambda: among("instance_norm3d", (2, 2, 2, 2), FOLLOWS),
    "permutation": lambda: among("permutation", (4, 2)),
    "python": lambda: among("python", (4, 2)),
}
"""For each layer that keeps more than weights, or sets them from what arrives: a training with it."""
DRAWS = ("rbm",)
"""Those that draw by chance in training, other numbers in each process."""

SETS_WEIGHTS = """class Centre(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.scale.copy_(x.mean((0, 2)))
        return x * self.scale.reshape(-1, 1)
"""


def sets_weights() -> Project:
    """A layer of one's own that sets its weights from what arrives, as nobody can know who has not run it."""
    trusted_code.trust_for_now(SETS_WEIGHTS)
    return among("python", (4, 2), {"source": SETS_WEIGHTS})


CASES: dict[str, Callable[[], Project]] = {
    f.__name__: f
    for f in (
        short,
        odd,
        last_of_two,
        guarded,
        clipped,
        ignoring,
        added_up,
        overlaps,
        flow,
        chains,
        normalized,
        normalized_sgd,
    )
}
EQUAL = tuple(name for name in CASES if not name.startswith(("normalized", "chains")))
"""Those whose numbers are the same as of one process."""
STATE_CASES = {f"state_{kind}": make for kind, make in WITH_STATE.items()} | {"sets_weights": sets_weights}
