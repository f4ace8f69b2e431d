"""Declares the panel *Training*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "training",
    "How to train, and how it goes: recipe, curves, prediction for one sample.",
    dock=Dock(
        "Training",
        lazy("visualnet.app.features.training.panel:TrainingPanel"),
        "Show the recipe and the curves",
        "training",
        area="bottom",
        workspaces={"train": True, "inspect": True},
    ),
)
