"""Declares the panel *Recipe*."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from visualnet.app.features.feature import Dock, Feature, SearchChoice, SearchGroup, lazy
from visualnet.app.state.studio import Studio
from visualnet.core.user.settings import UserSetting


def choices() -> Iterable[SearchChoice]:
    """Every setting of a recipe."""
    from visualnet.app.features.recipe.search_choices import recipe_choices

    return recipe_choices()


def reveal(studio: Studio, name: str) -> None:
    """Show a setting in the panel and give it the keyboard."""
    if (panel := studio.shell.show_panel(FEATURE.id)) is not None:
        panel.reveal(name)


RECIPE_PAGE: UserSetting[dict[str, Any]] = UserSetting(
    "recipe", {}, "How the page of the recipe is seen.", {"collapsed": "Which of its parts are closed."}
)

FEATURE = Feature(
    "recipe",
    "How the network is trained: the optimizer, how long, on which data. Undo takes back every change.",
    dock=Dock(
        "Recipe",
        lazy("visualnet.app.features.recipe.panel:RecipePanel"),
        "Show how the network is trained, and on which data",
        "settings",
        workspaces={"train": True},
    ),
    search_entries=(SearchGroup("setting", "Setting", choices, reveal, wants_network=True),),
    settings=(RECIPE_PAGE,),
)
