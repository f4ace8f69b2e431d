"""Declares the panel *Feature maps*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "maps",
    "What the selected layer makes of one sample, channel by channel, live while it trains.",
    dock=Dock(
        "Feature maps",
        lazy("visualnet.app.features.feature_maps.panel:MapsPanel", active=True),
        "Show what a layer makes of a sample",
        "feature-maps",
        workspaces={"inspect": True},
        submenu="Inside the network",
    ),
)
