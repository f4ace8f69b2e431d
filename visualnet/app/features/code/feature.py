"""Declares the panel *Code*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.code.panel import CodePanel

    return CodePanel(studio)


FEATURE = Feature(
    "code",
    "The network as a Python module that needs only PyTorch, as it is now.",
    dock=Dock(
        "Code",
        make_panel,
        toggle("code", "Code", "Show the network as Python", "code", ("Ctrl+Shift+C",)),
    ),
)
