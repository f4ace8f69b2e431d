"""Declares the page *Experiments*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, draws_something
from visualnet.app.features.lazy_page import lazy_page
from visualnet.app.state.studio import Studio


def show(studio: Studio) -> None:
    """Cover the canvas with the page."""
    studio.shell.show_page(FEATURE.id)


def vary(studio: Studio) -> None:
    """Show the page with the form for an experiment on the open project."""
    document = studio.document
    show(studio)
    if (page := studio.shell.page(FEATURE.id)) is not None:
        page.view.vary(document)


FEATURE = Feature(
    "experiments",
    "Variants of a network trained side by side with several seeds: initializations, normalization, learning rates, transfer learning, or "
    "any setting of your own project. Curves with bands, a table, a verdict, and what shows why.",
    page=lazy_page("Experiments", "visualnet.app.features.experiments.view:ExperimentsView"),
    actions=(
        ActionSpec(
            "train.experiments",
            24,
            "Experiments",
            "Compare techniques: variants of a network trained with several seeds, and what shows why they differ",
            "runs",
            "",
            show,
            submenu="Find and compare",
            anywhere=True,
        ),
        ActionSpec(
            "train.vary",
            24,
            "Try several values of a setting…",
            "Train this project with two or more values of one setting, several seeds each, and compare them",
            "duplicate",
            "",
            vary,
            draws_something,
            submenu="Find and compare",
        ),
    ),
)
