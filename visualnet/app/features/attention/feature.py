"""Declares the panel *Attention*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.attention.panel import AttentionPanel

    return AttentionPanel(studio.active)


FEATURE = Feature(
    "attention",
    "Which token or patch looks at which, head by head, for one sample.",
    dock=Dock(
        "Attention",
        make_panel,
        toggle("attention", "Attention", "Show what looks at what", "attention-map"),
        area="right",
        workspaces={"inspect": False},
    ),
)
