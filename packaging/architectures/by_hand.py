"""Networks whose data a person makes by hand."""

from __future__ import annotations

from architectures.sheet import Sheet
from visualnet.core.project import DataChoice, Project, Recipe

CROSSED = (
    "blue 0.7,0.8 0.9,0.5 0.4,0.6 0.6,0.3 -0.7,-0.8 -0.9,-0.5 -0.4,-0.6 -0.6,-0.3; "
    "orange -0.7,0.8 -0.9,0.5 -0.4,0.6 -0.6,0.3 0.7,-0.8 0.9,-0.5 0.4,-0.6 0.6,-0.3"
)
"""Sixteen points as in exclusive or: what lies across from each other is alike."""


def points_by_hand() -> Project:
    s = Sheet()
    score = s.add("linear", "score", s.add("input", "point", field="point", size=(2,)), out_features=1)
    s.add("output", "probability", s.add("sigmoid", "g", score))
    y = s.add("target", "y", field="y", size=(1,), dtype="float")
    s.add("bce_with_logits", "loss", score, y)
    s.add("binary_accuracy", "accuracy", score, y)
    return s.project(
        "Points by hand",
        "Set points with the mouse in the panel Points, while it trains. One neuron divides them by one line; with a hidden layer, which "
        "is one click away, the plane is bent until a line does.",
        DataChoice(name="points", options={"shape": "own", "points": CROSSED}, split=(1.0, 0.0, 0.0), normalise=False),
        Recipe(lr=0.02, batch_size=8, epochs=5000),
    )


TEMPLATES = {"points-by-hand": points_by_hand}
