"""Declares the panel *Feature maps*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.feature_maps.panel import MapsPanel

    return MapsPanel(studio.active)


FEATURE = Feature(
    "maps",
    "What the selected layer makes of one sample, channel by channel, live while it trains.",
    dock=Dock(
        "Feature maps",
        make_panel,
        toggle("maps", "Feature maps", "Show what a layer makes of a sample", "feature-maps"),
        area="right",
        workspaces={"inspect": True},
    ),
)
