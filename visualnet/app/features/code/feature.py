"""Declares the panel *Code*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.code.panel import CodePanel

    return CodePanel(studio)


def export(studio: Studio) -> None:
    """Ask for a name and write model.py."""
    from visualnet.app.features.code.export import export_code

    export_code(studio)


def can_export(studio: Studio) -> bool:
    """Whether the network can be written as Python: something is drawn, and it has no errors."""
    return not studio.analysis.errors() and bool(studio.project.graph.nodes)


FEATURE = Feature(
    "code",
    "The network as a Python module that needs only PyTorch, as it is now.",
    dock=Dock(
        "Code",
        make_panel,
        toggle("code", "Code", "Show the network as Python", "code", "Ctrl+Shift+C"),
    ),
    actions=(
        ActionSpec(
            "file.export_code",
            30,
            "Export PyTorch code…",
            "Write the network as a Python module that needs only PyTorch",
            "code",
            "Ctrl+E",
            export,
            can_export,
        ),
    ),
)
