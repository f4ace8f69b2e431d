"""Episodes that the network of a run plays, as what it is judged by: a row for each, with its reward."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from visualnet.core.project import Project
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.recipe.procedures import PROCEDURES

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.data.loading import Loaded

EPISODES = 100
NAME = "play"
FIRST_SEEDS = {"training": 1_000_000, "validation": 2_000_000, "test": 3_000_000}
"""The seed of the first episode, by part. Those of ``training`` are the ones that the training itself is judged by after each epoch; the
others are played in no training."""


def learns_by_play(project: Project) -> bool:
    """Whether the recipe's procedure learns by play: then it is judged by play."""
    kind = PROCEDURES.get(project.recipe.procedure)
    return kind is not None and kind.plays


def judge_episodes(
    model: Model, data: Loaded, part: str, check: Callable[[float], None] = lambda share: None
) -> tuple[PredictionSet, ...]:
    """Play so many episodes as the run's procedure does when it judges, and take down what came of each.

    ``check`` is called with the share that is done, between two steps of play; it may raise to end it.

    Raises:
        ValueError: nothing can be played; the words say why.
    """
    from visualnet.training.loop.procedures.registry import procedure_kind

    first = FIRST_SEEDS[part]
    play = procedure_kind(model.project.recipe.procedure).play_episodes
    found = play(model, data, EPISODES, first, check)
    rewards, lengths, best = zip(*found, strict=True)
    arrays = {
        "reward": np.array(rewards, np.float64),
        "length": np.array(lengths, np.int64),
        "best": np.array([np.nan if one is None else one for one in best], np.float64),
    }
    return (PredictionSet(NAME, "episodes", np.arange(first, first + EPISODES), (), arrays),)
