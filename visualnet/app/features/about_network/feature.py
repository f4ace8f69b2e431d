"""Declares the panel *About*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.about_network.panel import AboutPanel

    return AboutPanel(studio)


def show(studio: Studio) -> None:
    """Bring the panel to the front."""
    if studio.shell is not None:
        studio.shell.show_panel("about")


FEATURE = Feature(
    "about",
    "What is new in a network of the course, its paper, what to look at, what to break.",
    dock=Dock(
        "About",
        make_panel,
        toggle(
            "about_network",
            "About",
            "Show what is new in this network, its paper, what to look at, what to break",
            "info",
            panel="about",
        ),
        area="right",
        workspaces={"build": False},
    ),
    actions=(
        ActionSpec(
            "help.about_network",
            15,
            "About this network",
            "What is new in it, its paper, what to look at, what to break",
            "info",
            "Ctrl+F1",
            show,
            anywhere=True,
        ),
    ),
)
