"""Trainings that two processes do as one does."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tests.training.by_hand import tiny
from tests.training.nets import chain
from visualnet.core.project import DataChoice, Project, Recipe


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


CASES: dict[str, Callable[[], Project]] = {
    f.__name__: f
    for f in (short, odd, last_of_two, guarded, clipped, ignoring, added_up, overlaps, normalized, normalized_sgd)
}
EQUAL = tuple(name for name in CASES if not name.startswith("normalized"))
"""Those whose numbers are the same as of one process."""
