"""Declares the panel *Layers*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.palette.panel import PalettePanel

    return PalettePanel(studio)


FEATURE = Feature(
    "palette",
    "Every layer by family. Drag one onto the canvas, or double-click it to place it behind the selected card; type to search.",
    dock=Dock(
        "Layers",
        make_panel,
        toggle("palette", "Layers", "Show the layers to choose from", "palette"),
        area="left",
        workspaces={"build": False, "train": False},
        eager=True,
    ),
)
