"""Declares the page *Search*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, draws_something
from visualnet.app.features.lazy_page import lazy_page
from visualnet.app.state.studio import Studio


def show(studio: Studio) -> None:
    """Cover the canvas with the page, for the open project."""
    document = studio.document
    studio.shell.show_page(FEATURE.id)
    if (page := studio.shell.page(FEATURE.id)) is not None:
        page.view.take(document)


FEATURE = Feature(
    "search",
    "Looks for good settings by trials: choose what is varied (a layer's parameter, a constant, the recipe, the data) and between which "
    "values; it is trained in processes of its own, bad trials are given up early, and the best is applied by one click.",
    page=lazy_page("Search", "visualnet.app.features.search.view:SearchView"),
    actions=(
        ActionSpec(
            "train.search",
            24,
            "Search for good settings…",
            "Train trials with other values of chosen settings, and apply the best of them",
            "filter",
            "",
            show,
            draws_something,
            submenu="Find and compare",
        ),
    ),
)
