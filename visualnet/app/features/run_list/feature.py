"""Declares the page *All runs*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.features.lazy_page import lazy_page
from visualnet.app.state.studio import Studio


def show(studio: Studio) -> None:
    """Cover the canvas with the page."""
    studio.shell.show_page(FEATURE.id)


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
)
