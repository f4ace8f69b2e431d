"""Declares the panel *Attention*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "attention",
    "Which token or patch looks at which, head by head, for one sample.",
    dock=Dock(
        "Attention",
        lazy("visualnet.app.features.attention.panel:AttentionPanel", active=True),
        "Show what looks at what",
        "attention-map",
        workspaces={"inspect": False},
        submenu="Inside the network",
    ),
)
