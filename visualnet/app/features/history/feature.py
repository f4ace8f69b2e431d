"""Declares the panel *History*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.history.panel import HistoryPanel

    return HistoryPanel(studio)


FEATURE = Feature(
    "history",
    "Every step that was done. A click goes back to it, the right button compares with it.",
    dock=Dock(
        "History",
        make_panel,
        toggle("history", "History", "Show every step, and go to any of them", "undo", "Ctrl+Shift+H"),
    ),
)
