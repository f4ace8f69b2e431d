"""The course's mouse, convolutional: how much of the best possible it gets."""

from __future__ import annotations

from tests.benchmarks.playing import reach
from tests.benchmarks.systems.system import System, Wanted


def measure(seed: int) -> dict[str, float]:
    """Train the shipped template; a hundred other episodes, by the recipe's share of random steps."""
    rewards, best = reach("mouse-conv", seed, enough=100.0)
    return {"share of the best possible": sum(rewards) / sum(best), "mean reward of 100 episodes": sum(rewards) / 100}


SYSTEM = System(
    "mouse_conv",
    "Mouse by deep Q-learning, convolutional",
    {"share of the best possible": Wanted(0.9), "mean reward of 100 episodes": Wanted()},
    measure,
)
