"""Episodes that a network plays, to judge it: without anything being learned."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count as count_up
from typing import TYPE_CHECKING

from visualnet.data.environments.environment import OBSERVATION
from visualnet.data.environments.registry import environment_of
from visualnet.data.loading import Loaded
from visualnet.training.loop.procedures.action_values import find_values, normaliser, observed_shape
from visualnet.training.loop.procedures.procedure import PlayedEpisode
from visualnet.training.recipe.settings import recipe_of_run, settings

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.compiling.module import Model

OTHERS = 2_000_000
"""The seed of the first of episodes that no training is judged by."""


def play_episodes(
    model: Model,
    data: Loaded,
    count: int,
    first_seed: int = OTHERS,
    check: Callable[[float], None] = lambda share: None,
) -> list[PlayedEpisode]:
    """What came of so many episodes, with the actions that are worth most to the network and the recipe's ``test_epsilon``.

    ``check`` is called before each step with the share of the most steps that are done; it may raise to end it.

    Raises:
        ValueError: the data are no environment, the network tells no values of actions, or the environment fails; the words say where.
    """
    import torch

    from visualnet.training.loop.procedures.q_play import CheckedWorld, play_greedily

    environment, port = environment_of(data.choice), find_values(model.analysis.main)
    if environment is None:
        raise ValueError(f"“{data.choice.called}” is no environment: there is nothing to play in")
    if port is None:
        raise ValueError(
            "the network tells no values of actions: put Pick behind them, with a Target that reads “action”"
        )
    view = model.view([((port.node,), port.port)]).eval()
    before = [None] * model.fields.index(OBSERVATION)

    @torch.no_grad()
    def q(seen: Tensor) -> Tensor:
        values: Tensor = view(*before, seen)[0]
        return values

    shape, normal = observed_shape(environment), normaliser(data)
    worlds = [CheckedWorld(environment.make(), shape, normal) for _ in range(count)]
    best = []
    for at, world in enumerate(worlds):
        world.begin(first_seed + at)
        best.append(environment.best_reward(world.world))
    epsilon = settings(recipe_of_run(model.project.recipe)).get("test_epsilon", 0.0)
    chance, steps, most = (len(environment.actions), epsilon, first_seed), count_up(), environment.most_steps

    def stops() -> bool:
        check(min(next(steps) / most, 1.0))
        return False

    found = play_greedily(worlds, q, model.device, *chance, stops=stops)
    assert found is not None  # it ends by an exception alone
    return [PlayedEpisode(*episode, bound) for episode, bound in zip(found, best, strict=True)]
