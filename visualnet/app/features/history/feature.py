"""Declares the panel *History*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "history",
    "Every step that was done. A click goes back to it, the right button compares with it.",
    dock=Dock(
        "History",
        lazy("visualnet.app.features.history.panel:HistoryPanel"),
        "Show every step, and go to any of them",
        "undo",
        "Ctrl+Shift+H",
        submenu="Changes",
    ),
)
