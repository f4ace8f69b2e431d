"""Declares the panel *Recipe*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "recipe",
    "How the network is trained: the optimizer, how long, on which data. Undo takes back every change.",
    dock=Dock(
        "Recipe",
        lazy("visualnet.app.features.recipe.panel:RecipePanel"),
        "Show how the network is trained, and on which data",
        "settings",
        workspaces={"train": True},
    ),
)
