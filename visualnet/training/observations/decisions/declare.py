"""What each action is worth, over the grid of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visualnet.analysis import Analysis
from visualnet.data.environments.environment import OBSERVATION, Environment
from visualnet.data.environments.episode import MOST_SEED, Episode, PlayError, read_actions
from visualnet.data.environments.registry import ENVIRONMENTS, environment_of
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.planes.action_field import ARROWS, ActionField
from visualnet.layers.declaration.params import count, text
from visualnet.training.observations.observation import (
    NETWORK,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext


@observation("action_values", "Q-values over the grid", "Samples", about="network", of_sample=False)
class ActionValues(Observation):
    """On each cell of the environment's grid the action that the network holds best, as an arrow, and what it is worth, as colour."""

    reading = (
        "An arrow is the action with the greatest Q there, if whoever plays stood on that cell and all else were as it is; bright is much. "
        "Early arrows point anywhere; later they lead to what is worth something, and the colour rises on the way to it."
    )
    seed: int = count(1, "The episode of this seed.", low=0, high=MOST_SEED)
    played: str = text("", "The actions that were done in it before, a digit each.", read_actions, longest=20_000)
    why_none = "This is for networks that play: choose an environment as data, such as the mouse, and let the input read “observation”."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        if analysis.project.data.name not in ENVIRONMENTS or analysis.errors():
            return []
        fields = [
            facts.layer.values().get("field") for facts in analysis.main.sinks("input") if facts.layer is not None
        ]
        return [NETWORK] if fields == [OBSERVATION] else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        import torch

        from visualnet.training.observations.context import as_array

        environment = environment_of(context.data.choice)
        if environment is None:
            raise CannotObserve(self.why_none)
        try:
            episode = Episode(environment, self.seed, read_actions(self.played))
            seen, picture = environment.everywhere(episode.world), episode.picture()
        except PlayError as error:
            raise CannotObserve(f"{error}.") from None
        if seen is None or picture.cells is None:
            raise CannotObserve(
                "This environment is no grid: see what its actions are worth in the panel Play, as it goes on."
            )
        rows, columns = seen.shape[:2]
        flat = seen.reshape(rows * columns, *seen.shape[2:])
        if OBSERVATION in context.data.mean:
            flat = (flat - context.data.mean[OBSERVATION]) / context.data.std[OBSERVATION]
        kind = np.int64 if context.data.fields[OBSERVATION].dtype == "int" else np.float32
        given = torch.from_numpy(np.ascontiguousarray(flat, kind)).to(context.device)
        values = as_array(context.scores({OBSERVATION: given}))
        if values.shape != (rows * columns, len(environment.actions)):
            raise CannotObserve(
                f"The network answers with shape {values.shape[1:]}; a value for each of {len(environment.actions)} actions is wanted."
            )
        arrays = {"values": values.reshape(rows, columns, -1), "cells": np.array(picture.cells, np.int64)}
        where = next((mark.points[0] for mark in picture.marks if mark.kind == "disc"), None)
        if where is not None:
            arrays["here"] = np.array([int(where[1]), int(where[0])])
        return Result(arrays, {"actions": environment.actions, "kinds": picture.kinds, "ways": find_ways(environment)})

    def draw(self, result: Result, history: History) -> Chart:
        arrays, words = result.arrays, result.words
        here = (int(arrays["here"][0]), int(arrays["here"][1])) if "here" in arrays else None
        return ActionField(arrays["values"], words["actions"], words["ways"], arrays["cells"], words["kinds"], here)


def find_ways(environment: Environment) -> tuple[str, ...]:
    """The way that each action leads over a grid, or nothing."""
    keys = environment.keys or environment.actions
    return tuple(key if key in ARROWS else "" for key in keys)
