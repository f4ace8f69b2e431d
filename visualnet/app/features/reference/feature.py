"""Declares the panel *Reference*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio


def open_selected(studio: Studio) -> None:
    """The page of the selected layer."""
    if (panel := studio.shell.show_panel("reference")) is not None:
        panel.open_selected()


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("help.reference", 15, "Layer reference", "The page of the selected layer", "help", "F1",
               open_selected, anywhere=True),
)
# fmt: on
FEATURE = Feature(
    "reference",
    "The page of every layer: formula, ports, parameters, paper, drawing.",
    dock=Dock(
        "Reference", lazy("visualnet.app.features.reference.panel:ReferencePanel"), "Read about every layer", "info"
    ),
    actions=ACTIONS,
)
