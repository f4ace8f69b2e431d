"""How well the network of a run plays, where it learned by play: episodes that no training is judged by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from visualnet.core.project import Project
from visualnet.core.text.format import format_percent, format_quantity
from visualnet.layers.recipe.procedures import PROCEDURES
from visualnet.training.evaluation.evaluation import find_weights
from visualnet.training.runs.preparation_file import read_preparation

EPISODES = 100
DRAWN = 2000


class Played(NamedTuple):
    """Episodes that a network played: rewards, lengths, and the best possible of each where that is known."""

    rewards: tuple[float, ...]
    lengths: tuple[int, ...]
    best: tuple[float, ...]
    weights: str

    @property
    def mean(self) -> float:
        """The mean reward."""
        return float(np.mean(self.rewards))

    @property
    def interval(self) -> tuple[float, float]:
        """Within which the mean lies with 95 %, by the bootstrap."""
        drawn = np.random.default_rng(0).choice(self.rewards, (DRAWN, len(self.rewards)))
        low, high = np.quantile(drawn.mean(1), (0.025, 0.975))
        return float(low), float(high)

    def describe(self) -> str:
        """In words, a line each."""
        low, high = self.interval
        episodes = format_quantity(len(self.rewards), "episode")
        found = [
            f"{episodes} played with the {self.weights} weights, other ones than the training is judged by:",
            f"  Mean reward    {self.mean:.4g}  ({low:.4g} to {high:.4g})",
            f"  Mean length    {float(np.mean(self.lengths)):.4g} steps",
        ]
        if self.best and sum(self.best) > 0:
            found.append(f"  Of the best possible    {format_percent(sum(self.rewards) / sum(self.best))}")
        return "\n".join(found)


def plays(project: Project) -> bool:
    """Whether the recipe of a project learns by play."""
    kind = PROCEDURES.get(project.recipe.procedure)
    return kind is not None and kind.plays


def judge_play(
    folder: Path,
    project: Project,
    weights: str = "best",
    count: int = EPISODES,
    stops: Callable[[], bool] = lambda: False,
) -> Played | None:
    """Play so many episodes with the network of a run; None where it was to stop.

    Raises:
        ValueError: there are no weights, or nothing can be played; the words say why.
    """
    from visualnet.analysis import infer
    from visualnet.compiling.module import compile_project
    from visualnet.data.loading import load
    from visualnet.training.checkpoints import load_weights
    from visualnet.training.loop.procedures.played_episodes import play_episodes

    path, taken = find_weights(folder, weights)
    data = load(project.data, kept=read_preparation(folder))
    model = compile_project(project, infer(project, None, data.fields), seed=0)
    load_weights(path, model.net)
    found = play_episodes(model, data, count, stops=stops)
    if found is None:
        return None
    rewards, lengths, best = zip(*found, strict=True)
    known = tuple(one for one in best if one is not None)
    return Played(rewards, lengths, known if len(known) == count else (), taken)
