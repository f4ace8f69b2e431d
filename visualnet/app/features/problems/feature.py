"""Declares the panel *Problems*."""

from __future__ import annotations

from functools import partial
from typing import Any

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.features.problems.training_ends import TEXT, add_training_ends, lacks_training_ends
from visualnet.app.state.studio import Studio
from visualnet.core.user.settings import UserSetting


def step(studio: Studio, by: int) -> None:
    """Go to the next problem, or the one before, and show its words and repairs: the panel may stand behind another."""
    if (panel := studio.shell.panel("problems")) is not None:
        if panel.model.all:
            studio.shell.show_panel("problems")
        panel.step(by)


def enter_repairs(studio: Studio) -> None:
    """Go with the keyboard to the repairs of the problem in front."""
    if (panel := studio.shell.panel("problems")) is not None:
        if panel.model.all:
            studio.shell.show_panel("problems")
        panel.enter_repairs()


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("graph.add_training_ends", 11, TEXT, "Add what training needs and the network lacks, wired, as one step",
               "loss", "Ctrl+Shift+M", add_training_ends, lacks_training_ends),
    ActionSpec("graph.next_problem", 30, "Next problem", "Go to the next problem", "arrow-next", "F8",
               partial(step, by=1), submenu="Problems"),
    ActionSpec("graph.prev_problem", 30, "Previous problem", "Go to the previous problem", "arrow-previous", "Shift+F8",
               partial(step, by=-1), submenu="Problems"),
    ActionSpec("graph.enter_repairs", 30, "To the repairs", "Go to the repairs of the problem in front: Enter or a digit takes one",
               "enter", "Ctrl+.", enter_repairs, submenu="Problems"),
)
# fmt: on
PROBLEM_LIST: UserSetting[dict[str, Any]] = UserSetting(
    "problems",
    {},
    "Which problems are listed, and how.",
    {
        "hidden": "The kinds of problems that are not shown.",
        "sheet": "Whether only those of the open sheet are shown.",
        "grouping": "By what they are grouped.",
        "folded": "Which groups are closed.",
    },
)

FEATURE = Feature(
    "problems",
    "What does not fit, why, and repairs that were tried out. Rest on a repair to see it on the canvas before it is taken.",
    dock=Dock(
        "Problems",
        lazy("visualnet.app.features.problems.panel:ProblemsPanel"),
        "Show what does not fit and how to mend it",
        "problems",
        area="bottom",
        workspaces={"build": True, "train": False, "inspect": False, "data": True},
        eager=True,
    ),
    actions=ACTIONS,
    settings=(PROBLEM_LIST,),
)
