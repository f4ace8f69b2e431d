"""Declares where a training runs, and how one of another process is followed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio

SUBMENU = "Elsewhere or later"
"""Shared with what trains on other machines, or when this one is free."""


def fill_places_menu(studio: Studio, menu: QMenu) -> None:
    """A line for each place, the chosen one ticked; what is chosen counts from the next run on."""
    places = studio.runner.places
    menu.setToolTipsVisible(True)
    now, why = places.place(studio.project, studio.analysis)
    for name, (title, words) in places.choices.items():
        line = menu.addAction(title, partial(places.choose, name))
        line.setCheckable(True)
        line.setChecked(places.wish == name)
        line.setToolTip(words)
    menu.addSeparator()
    where = "in the window's process" if now == "window" else "in a process of its own"
    menu.addAction(f"This network would train {where}: {why}").setEnabled(False)
    menu.addSeparator()
    line = menu.addAction("Ask what becomes of it when the window closes", places.ask_again)
    line.setToolTip(
        "A training in a process of its own may go on without the window; you may have chosen not to be asked"
    )
    line.setEnabled(places.at_closing != "ask")


def fill_follow(studio: Studio, menu: QMenu) -> None:
    from visualnet.app.features.training_place.follow import fill_follow_menu

    fill_follow_menu(studio, menu)


FEATURE = Feature(
    "training_place",
    "Chooses whether networks train in the window or in a process of their own, and follows trainings that go on elsewhere.",
    actions=(
        ActionSpec(
            "train.place",
            30,
            "Where it trains",
            "In the window, or in a process of its own that goes on when the window is closed",
            "link",
            fill=fill_places_menu,
            submenu=SUBMENU,
        ),
        ActionSpec(
            "train.follow",
            30,
            "Follow a training",
            "Show a training that goes on in another process: one that you left alone, or that a shell has started",
            "eye",
            fill=fill_follow,
            submenu=SUBMENU,
        ),
    ),
)
