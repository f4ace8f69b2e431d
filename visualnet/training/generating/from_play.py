"""An episode that a network plays: in each state the action that it holds worth most."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_number
from visualnet.data.environments.environment import OBSERVATION, Environment
from visualnet.data.environments.episode import Episode, PlayError
from visualnet.data.environments.registry import environment_of
from visualnet.layers.declaration import params as kinds
from visualnet.training.generating.method import (
    Check,
    GenerationError,
    GenerationMethod,
    GenerationPlace,
    generation_method,
)
from visualnet.training.loop.procedures.action_values import find_values, value_faults
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext


@generation_method(
    "episode",
    "Played episode",
    "an environment as data, and values of its actions, as deep Q-learning trains them",
)
class PlayEpisode(GenerationMethod):
    """Play an episode: in each state the action is done that the network holds worth most (the greatest Q).

    The seed begins the episode: the same one begins the same. An action drawn by chance now and then shows what the network does where it
    would not have gone by itself.
    """

    epsilon: float = kinds.real(0.0, "Share of steps that are drawn at random.", low=0.0, high=1.0)

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        try:
            environment = environment_of(analysis.project.data)
        except ValueError:
            return []
        port = find_values(analysis.main)
        if environment is None or port is None or any(value_faults(analysis.main, environment)):
            return []
        return [GenerationPlace(environment.title, (((port.node,), port.port),))]

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        environment = environment_of(context.data.choice)
        assert environment is not None
        try:
            return self._play(context, environment, place.ports[0], check)
        except PlayError as error:
            raise GenerationError(f"the episode cannot be played: {error}") from None

    def _play(
        self, context: ObservationContext, environment: Environment, port: ProbePort, check: Check
    ) -> GeneratedResult:
        from visualnet.training.generating.generated_episode import GeneratedEpisode

        check(0.0)
        episode, chance = Episode(environment, self.seed), random.Random(self.seed)
        pictures, states = [episode.picture()], [np.array(episode.observation)]
        values: list[NDArray[np.float32]] = []
        while not episode.over:
            worth = _worth(context, port, episode.observation)
            if not np.isfinite(worth).all():
                step = len(values) + 1
                raise GenerationError(
                    f"at step {step:,} an action is worth what is no number: the training has diverged, or the weights are damaged"
                )
            drawn = self.epsilon > 0 and chance.random() < self.epsilon
            episode.step(chance.randrange(len(environment.actions)) if drawn else int(worth.argmax()))
            pictures.append(episode.picture())
            states.append(np.array(episode.observation))
            values.append(worth)
            check(min(len(values) / environment.most_steps, 1.0))
        done = tuple(episode.actions), tuple(episode.rewards)
        note = f"The most that could be had was {format_number(episode.best)}." if episode.best is not None else ""
        return GeneratedEpisode(
            tuple(pictures), tuple(states), *done, np.stack(values), environment.actions, episode.over, note
        )


def _worth(context: ObservationContext, port: ProbePort, seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each action is worth in a state, (action,)."""
    import torch

    from visualnet.training.observations.context import as_array

    values = seen[None]
    if OBSERVATION in context.data.mean:
        values = (values - context.data.mean[OBSERVATION]) / context.data.std[OBSERVATION]
    kind = np.int64 if context.data.fields[OBSERVATION].dtype == "int" else np.float32
    given = torch.from_numpy(np.ascontiguousarray(values, kind)).to(context.device)
    return as_array(context.values([port], {OBSERVATION: given})[port][0])
