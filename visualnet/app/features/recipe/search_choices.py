"""The settings of the recipe as the search of all commands finds them."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.app.features.feature import SearchChoice
from visualnet.core.project import Recipe
from visualnet.data.declare import DATASETS
from visualnet.layers.param_words import needs_code, param_words
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.training.recipe_params import recipe_params

DATA, LEARNERS = "data", "learners"
"""What is chosen in the panel and is no parameter of the recipe: which data set is learned from, and who learns."""


def recipe_choices() -> Iterator[SearchChoice]:
    """Every setting of a recipe, with any optimizer: how the page calls it, and what it means."""
    icon = "training"
    yield SearchChoice(DATA, "Data", f"Which data set it learns from: {len(DATASETS)} come with the program.", icon)
    yield SearchChoice(
        LEARNERS, "Learners", "Add one: networks that learn against each other or beside each other", icon
    )
    kinds = [Recipe(optimizer=name) for name in OPTIMIZERS] + [Recipe(schedule=name) for name in SCHEDULES]
    told: set[str] = set()
    for recipe in kinds:
        for param in recipe_params(recipe, {"loss": ""}):
            if param.name not in told:
                told.add(param.name)
                code = f" ({param.name})" if needs_code(param) else ""
                yield SearchChoice(param.name, f"{param_words(param)}{code}", param.doc, icon)
