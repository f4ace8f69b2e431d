"""Declares the panel *Layers*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "palette",
    "Every layer by family. Drag one onto the canvas, or double-click it to place it behind the selected card; type to search.",
    dock=Dock(
        "Layers",
        lazy("visualnet.app.features.palette.panel:PalettePanel"),
        "Show the layers to choose from",
        "palette",
        area="left",
        workspaces={"build": False},
        eager=True,
    ),
)
