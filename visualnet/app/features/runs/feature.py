"""Declares the panel *Runs*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "runs",
    "Earlier trainings of this network: tick some to lay their curves over each other.",
    dock=Dock(
        "Runs",
        lazy("visualnet.app.features.runs.panel:RunsPanel"),
        "Show earlier trainings",
        "runs",
        area="bottom",
        workspaces={"train": False, "inspect": False},
    ),
)
