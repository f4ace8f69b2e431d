"""Declares the panel *Training*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.training.panel import TrainingPanel

    return TrainingPanel(studio)


FEATURE = Feature(
    "training",
    "How to train, and how it goes: recipe, curves, prediction for one sample.",
    dock=Dock(
        "Training",
        make_panel,
        toggle("training", "Training", "Show the recipe and the curves", "training"),
        area="bottom",
        workspaces={"train": True, "inspect": True},
    ),
)
