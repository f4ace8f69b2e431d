"""Declares the panel *Problems*."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, toggle
from visualnet.app.state.studio import Studio


def make_panel(studio: Studio) -> QWidget:
    from visualnet.app.features.problems.panel import ProblemsPanel

    return ProblemsPanel(studio)


def step(studio: Studio, by: int) -> None:
    """Go to the next problem, or the one before, and show its words and repairs: the panel may stand behind another."""
    if studio.shell is not None and (panel := studio.shell.panel("problems")) is not None:
        if panel.model.all:
            studio.shell.show_panel("problems")
        panel.step(by)


FEATURE = Feature(
    "problems",
    "What does not fit, why, and repairs that were tried out. Rest on a repair to see it on the canvas before it is taken.",
    dock=Dock(
        "Problems",
        make_panel,
        toggle("problems", "Problems", "Show what does not fit and how to mend it", "problems"),
        area="bottom",
        workspaces={"build": True, "train": False, "inspect": False},
        eager=True,
    ),
    actions=(
        ActionSpec(
            "graph.next_problem",
            30,
            "Next problem",
            "Go to the next problem",
            "arrow-next",
            "F8",
            lambda studio: step(studio, 1),
        ),
        ActionSpec(
            "graph.prev_problem",
            30,
            "Previous problem",
            "Go to the previous problem",
            "arrow-previous",
            "Shift+F8",
            lambda studio: step(studio, -1),
        ),
    ),
)
