"""One episode that is played step by step for somebody who watches: what an environment does wrong comes as words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.data.environments.environment import Environment, Picture

if TYPE_CHECKING:
    from visualnet.data.environments.environment import World

    Array = NDArray[Any]

MOST_SEED = 2**31 - 1


class PlayError(ValueError):
    """The environment cannot be played, or not any further; the words say where and why."""


class Episode:
    """An episode of an environment, begun by a seed. With the seed the actions are all there is to tell of it: the same ones lead to the
    same place.

    ``total`` is the reward so far, ``best`` the most that could be had from the beginning (None where nobody knows), ``over`` why it is
    over (empty: it goes on).
    """

    def __init__(self, environment: Environment, seed: int, actions: Sequence[int] = ()) -> None:
        """Begin, and do these actions.

        Raises:
            PlayError: it cannot be begun or played so far.
        """
        self.environment, self.seed = environment, seed
        self.actions: list[int] = []
        self.rewards: list[float] = []
        self.over = ""
        try:
            self.world: World = environment.make()
            seen, _ = self.world.reset(seed=seed)
            self.best = environment.best_reward(self.world)
        except Exception as error:  # somebody else's code: whatever it raises is told, and the window goes on
            raise PlayError(f"the episode of seed {seed} cannot begin: {_told(error)}") from None
        self.observation = self._checked(seen)
        for action in actions:
            if self.over:
                break
            self.step(action)

    @property
    def total(self) -> float:
        """The sum of the rewards so far."""
        return sum(self.rewards)

    def step(self, action: int) -> float:
        """Do this; the reward.

        Raises:
            PlayError: the episode is over, there is no such action, or the environment failed: it stands where it stood.
        """
        names = self.environment.actions
        if self.over:
            raise PlayError(f"the episode is over ({self.over}): begin a new one")
        if not 0 <= action < len(names):
            raise PlayError(f"there is no action {action}: there are 0 to {len(names) - 1} ({', '.join(names)})")
        try:
            seen, reward, ended, cut, _ = self.world.step(action)
        except Exception as error:
            self.over = "the environment failed"
            raise PlayError(f"{self._place()} the environment failed on “{names[action]}”: {_told(error)}") from None
        if not math.isfinite(reward):
            self.over = "the environment failed"
            raise PlayError(f"{self._place()} the reward for “{names[action]}” is {reward}: a number is wanted")
        self.observation = self._checked(seen)
        self.actions.append(action)
        self.rewards.append(float(reward))
        if ended or cut:
            self.over = "it came to its end" if ended else f"it was cut off after {len(self.actions):,} steps"
        return float(reward)

    def picture(self) -> Picture:
        """The present state.

        Raises:
            PlayError: it cannot be drawn.
        """
        try:
            return self.environment.picture(self.world)
        except Exception as error:
            raise PlayError(f"{self._place()} the environment cannot be drawn: {_told(error)}") from None

    def _checked(self, observation: Any) -> Array:
        found, wanted = np.asarray(observation), tuple(int(n) for n in self.environment.observation().shape)
        if found.shape != wanted:
            raise PlayError(f"{self._place()} the observation has the shape {found.shape}; {wanted} was declared")
        if not np.isfinite(found).all():
            raise PlayError(f"{self._place()} the observation holds numbers that are not finite")
        return found

    def _place(self) -> str:
        return f"at step {len(self.actions) + 1} of the episode of seed {self.seed}"


def write_actions(actions: Sequence[int]) -> str:
    """Actions as one word, a digit or letter each, as `read_actions` reads them."""
    return "".join(_DIGITS[action] for action in actions)


def read_actions(text: str) -> list[int]:
    """The actions of a word: 0 to 9 and, from 10 on, a to z.

    Raises:
        ValueError: there is something else in it.
    """
    if odd := set(text) - set(_DIGITS):
        raise ValueError(f"“{sorted(odd)[0]}” is no action: wanted are digits, and letters from 10 on, as 0123")
    return [_DIGITS.index(one) for one in text]


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _told(error: BaseException) -> str:
    words = str(error).strip().partition("\n")[0]
    return words if isinstance(error, ValueError) and words else f"{type(error).__name__} {words}".strip()
