"""An environment of gymnasium as a world: observations as declared, faults in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from visualnet.layers.declaration.layer import Spec

MISSING = "gymnasium is not installed, and this environment is one of it: “pip install gymnasium”, or choose the mouse"


class GymnasiumWorld:
    """Plays ``gymnasium.make(id)``, cut off after ``steps``.

    Raises:
        ValueError: gymnasium is not there, does not have this environment, or has it with other actions or observations.
    """

    def __init__(self, id: str, steps: int, seen: Spec, actions: int, arguments: Mapping[str, object]) -> None:
        try:
            import gymnasium
        except ImportError:
            raise ValueError(MISSING) from None
        try:
            # Its wrappers check every step and count them; what they check is checked once here, and they take as long as the game.
            self.game: Any = gymnasium.make(
                id, max_episode_steps=steps, disable_env_checker=True, **arguments
            ).unwrapped
        except gymnasium.error.Error as error:
            version = gymnasium.__version__
            raise ValueError(f"gymnasium {version} cannot make “{id}”: {error}; install version 1.1 or newer") from None
        self.steps, self.taken = steps, 0
        self._type = np.int64 if seen.dtype == "int" else np.float32
        shape, count = self.game.observation_space.shape or (), getattr(self.game.action_space, "n", None)
        if tuple(shape) != tuple(int(n) for n in seen.shape) or count != actions:
            raise ValueError(
                f"“{id}” of gymnasium {gymnasium.__version__} gives observations of shape {tuple(shape)} and has {count} actions; "
                f"{tuple(seen.shape)} and {actions} were expected"
            )

    def reset(self, *, seed: int | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode."""
        self.taken = 0
        seen, told = self.game.reset(seed=seed)
        return np.asarray(seen, self._type), told

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One step."""
        seen, reward, ended, _, told = self.game.step(action)
        self.taken += 1
        return np.asarray(seen, self._type), float(reward), bool(ended), self.taken >= self.steps, told

    def render(self) -> np.ndarray | None:
        """Nothing: gymnasium draws with pygame, which is not needed here; ``Environment.picture`` tells the state in plain values."""
        return None
