"""A recipe that nobody has set begins as suits the data; one that somebody has set stays."""

from __future__ import annotations

from visualnet.core.project import Recipe
from visualnet.training.recipe_params import follow_data


def test_it_follows_there_and_back() -> None:
    few = follow_data(Recipe(), "mnist5k", "points")
    assert few == {"lr": 0.01, "batch_size": 16, "epochs": 100}
    back = follow_data(Recipe(**few), "points", "mnist5k")
    assert Recipe(**back) == Recipe()
    assert follow_data(Recipe(**few), "points", "curve") == {}


def test_what_somebody_has_set_stays() -> None:
    assert follow_data(Recipe(lr=0.1), "mnist5k", "points") == {}
    assert follow_data(Recipe(optimizer="SGD"), "mnist5k", "points") == {}
