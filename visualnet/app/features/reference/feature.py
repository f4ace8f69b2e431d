"""Declares the panel *Reference*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.reference.panel import ReferencePanel

    return ReferencePanel(studio)


def open_selected(studio: Studio) -> None:
    """The page of the selected layer."""
    if studio.shell is not None and (panel := studio.shell.show_panel("reference")) is not None:
        panel.open_selected()


FEATURE = Feature(
    "reference",
    "The page of every layer: formula, ports, parameters, paper, drawing.",
    dock=Dock(
        "Reference",
        make_panel,
        toggle("reference", "Reference", "Read about every layer", "info"),
    ),
    actions=(
        ActionSpec(
            "help.reference",
            15,
            "Layer reference",
            "The page of the selected layer",
            "help",
            "F1",
            open_selected,
            anywhere=True,
        ),
    ),
)
