"""Declares the panel *About*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio


def show(studio: Studio) -> None:
    """Bring the panel to the front."""
    studio.shell.show_panel("about")


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("help.about_network", 15, "About this network", "What is new in it, its paper, what to look at, what to break",
               "info", "Ctrl+F1", show, anywhere=True),
)
# fmt: on
FEATURE = Feature(
    "about",
    "What is new in a network of the course, its paper, what to look at, what to break.",
    dock=Dock(
        "About",
        lazy("visualnet.app.features.about_network.panel:AboutPanel"),
        "Show what is new in this network, its paper, what to look at, what to break",
        "info",
        workspaces={"build": False},
        action="view.about_network",
    ),
    actions=ACTIONS,
)
