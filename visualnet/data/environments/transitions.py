"""Random play, recorded as samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.layers.declaration.layer import Spec

DISCOUNT = 0.99
"""A reward of the next step counts so much of one now, in the targets of recorded play."""


def record(
    world: Any, spec: Spec, actions: int, steps: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """So many steps of random play in a world: what was observed (step, …), the action drawn then (step,), and the discounted sum of the
    rewards up to the end of the episode, or of the recording (step, 1)."""
    drawn = np.random.default_rng(seed)
    seen = np.zeros((steps, *spec.shape), np.int64 if spec.dtype == "int" else np.float32)
    chosen = drawn.integers(actions, size=steps)
    rewards, ends = np.zeros(steps), np.zeros(steps, bool)
    now, _ = world.reset(seed=seed)
    for at in range(steps):
        seen[at] = now
        now, rewards[at], ended, cut, _ = world.step(int(chosen[at]))
        ends[at] = ended or cut
        if ends[at]:
            now, _ = world.reset()
    worth, ahead = np.zeros((steps, 1), np.float32), 0.0
    for at in range(steps - 1, -1, -1):
        ahead = rewards[at] + (0.0 if ends[at] else DISCOUNT * ahead)
        worth[at] = ahead
    return seen, chosen.astype(np.int64), worth
