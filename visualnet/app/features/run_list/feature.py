"""Declares the page *All runs*."""

from __future__ import annotations

from typing import Any

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.features.lazy_page import lazy_page
from visualnet.app.state.studio import Studio
from visualnet.core.user.settings import UserSetting


def show(studio: Studio) -> None:
    """Cover the canvas with the page."""
    studio.shell.show_page(FEATURE.id)


RUN_TABLE: UserSetting[dict[str, Any]] = UserSetting(
    "run_list",
    {},
    "How the table of runs is arranged.",
    {
        "columns": "Which columns are shown.",
        "group": "By which one runs are grouped.",
        "folded": "Which groups are closed.",
    },
)
CURVE_FORMAT = UserSetting("curve_form", "csv", "In which format curves were exported last.")
CURVES_TOGETHER = UserSetting(
    "curves_together", False, "Whether the curves of several runs were written into one file."
)

FEATURE = Feature(
    "run_list",
    "Every training that was kept, in one table: filter it by settings, figures and tags, lay curves over each other, see which settings "
    "went with which outcome, hold two runs against each other, take notes.",
    page=lazy_page("All runs", "visualnet.app.features.run_list.view:RunListView"),
    actions=(
        ActionSpec(
            "train.all_runs",
            25,
            "All runs",
            "Every training that was kept: filter, sort, compare, tag and tidy up",
            "filter",
            "",
            show,
            submenu="Find and compare",
            anywhere=True,
        ),
    ),
    settings=(RUN_TABLE, CURVE_FORMAT, CURVES_TOGETHER),
)
