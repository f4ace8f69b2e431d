"""Declares the panel *Runs*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.runs.panel import RunsPanel

    return RunsPanel(studio)


FEATURE = Feature(
    "runs",
    "Earlier trainings of this network: tick some to lay their curves over each other.",
    dock=Dock(
        "Runs",
        make_panel,
        toggle("runs", "Runs", "Show earlier trainings", "runs"),
        area="bottom",
        workspaces={"train": False, "inspect": False},
    ),
)
