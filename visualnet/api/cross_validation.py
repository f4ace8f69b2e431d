"""Cross-validation from Python: ``visualnet.cross_validate(net, folds=5)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from visualnet.api.graph import Graph
from visualnet.api.own_data import Dataset
from visualnet.api.training import train
from visualnet.core.project import Project
from visualnet.training.folds.cross_validation import CrossValidation, divide_in_folds, summarize

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from visualnet.api.recipe_settings import RecipeSettings


def cross_validate(
    network: Project | Graph,
    data: Dataset | Mapping[str, ArrayLike] | None = None,
    *,
    folds: int = 5,
    **recipe: Unpack[RecipeSettings],
) -> CrossValidation:
    """Train a network once for each fold of its data, each time from its first weights, and say what every run reached on the fold that
    it did not see: ``.folds`` holds the values of each in its best epoch, ``.mean`` and ``.spread`` the mean and standard deviation.

    Args:
        network: what to train.
        data: as for ``train``.
        folds: how many.
        recipe: as for ``train``.

    Raises:
        ValueError: there are too few samples for these folds, or the recipe or the data cannot be used.
        TrainingError: a run failed.
    """
    project = network.project if isinstance(network, Graph) else network
    return summarize([train(one, data, **recipe).finish().run for one in divide_in_folds(project, folds)])
