"""Deep Q-learning keeps a pole upright."""

from __future__ import annotations

from tests.benchmarks.playing import reach
from tests.benchmarks.systems.system import System, Wanted


def measure(seed: int) -> dict[str, float]:
    """Train the shipped template; a hundred other episodes, always with the action that is worth most."""
    rewards, _ = reach("cartpole", seed, enough=500.0)
    return {"mean reward of 100 episodes": sum(rewards) / len(rewards)}


SYSTEM = System(
    "cartpole",
    "CartPole-v1 by deep Q-learning",
    {"mean reward of 100 episodes": Wanted(475, seeds=3), "processor_seconds": Wanted(most=300, unit="s", seeds=3)},
    measure,
)
