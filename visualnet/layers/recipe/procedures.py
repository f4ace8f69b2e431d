"""What a round of training does, each way declared once: its settings, what it tells, its rule. The recipe names one.

How it is done stands in `training/loop/procedures`, a file for each, under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from visualnet.layers.declaration.params import Bool, Float, Int
from visualnet.layers.recipe.technique import Rule, Technique, declare

SUPERVISED = "supervised"
MOST_STEPS = 10_000_000
MOST_KEPT = 5_000_000


class ReportedValue(NamedTuple):
    """A value that a procedure tells beside losses and metrics: which way is better (``min``, ``max``, or neither), and what it means."""

    better: str
    words: str


@dataclass(frozen=True)
class Procedure(Technique):
    """What a round does. ``tells``: its own values by name, in training or on validation. ``plays``: it takes its samples from play in an
    environment, not from the data's training part."""

    tells: Mapping[str, ReportedValue] = field(default_factory=dict)
    plays: bool = False


_ALL = (
    Procedure(
        SUPERVISED,
        "A round draws a batch of the training samples; each learner lowers its losses on it, in turn. An epoch is every sample once.",
        {},
        (),
    ),
    Procedure(
        "deep_q",
        "A round plays a few steps in the environment and learns from a batch of remembered ones: the network tells what each action is "
        "worth (Q), mostly the best is done, and Q of the action taken is brought closer to the reward and what comes after it.",
        declare(
            rounds=Int(500, "Rounds in an epoch: so many batches are learned from.", low=1, high=1_000_000),
            play_steps=Int(1, "Steps played in each round.", low=1, high=1000),
            discount=Float(0.99, "What a reward of the next step counts of one now.", low=0, high=1, live="step"),
            epsilon_start=Float(1.0, "Share of steps that are drawn at random, at first.", low=0, high=1, live="step"),
            epsilon_end=Float(0.05, "Share of steps that are drawn at random, at last.", low=0, high=1, live="step"),
            epsilon_steps=Int(
                10_000,
                "Steps of play over which it goes from first to last, down or up.",
                low=1,
                high=MOST_STEPS,
                live="step",
            ),
            buffer=Int(20_000, "Steps of play that are remembered, the last ones.", low=1, high=MOST_KEPT),
            learning_starts=Int(500, "Random steps that are played before the first batch.", low=1, high=MOST_STEPS),
            target_every=Int(
                200, "Rounds from one renewal of the target network to the next.", low=1, high=MOST_STEPS, live="step"
            ),
            target_rate=Float(
                1.0,
                "How far the target network then follows; 1 makes it a copy.",
                low=1e-6,
                high=1,
                more=True,
                live="step",
            ),
            double_q=Bool(
                True, "The next action is chosen by the network, and judged by the target network.", live="step"
            ),
            clip_reward=Float(
                None,
                "No reward counts more than this, or less than its negative.",
                low=1e-9,
                high=1e9,
                none="off",
                live="step",
            ),
            episodes=Int(
                10,
                "Episodes played after each epoch to judge the network, always the same ones.",
                low=1,
                high=1000,
                live="step",
            ),
            test_epsilon=Float(
                0.0,
                "Share of steps drawn at random in those; a few get it out of circles.",
                low=0,
                high=1,
                more=True,
                live="step",
            ),
        ),
        (
            Rule("y", "r + discount*q_next"),
            Rule(
                "epsilon",
                "epsilon_start + (epsilon_end - epsilon_start)*min(max(t - learning_starts, 0)/epsilon_steps, 1)",
            ),
            Rule("v_new", "v + target_rate*(w - v)"),
        ),
        "Mnih et al. 2015, Human-level Control through Deep Reinforcement Learning; van Hasselt, Guez and Silver 2016, Deep Reinforcement "
        "Learning with Double Q-learning, arXiv:1509.06461",
        meanings={
            "y": "target of Q of the action taken",
            "r": "reward",
            "q_next": "what the target network says of the best next action; 0 at the end of an episode",
            "t": "steps played so far",
            "v": "weight of the target network",
        },
        tells={
            "reward": ReportedValue(
                "max", "Reward of an episode: in training the one that ended last, in validation their mean"
            ),
            "episode_length": ReportedValue("", "Steps of an episode"),
            "epsilon": ReportedValue("", "Share of steps drawn at random"),
        },
        plays=True,
    ),
)
PROCEDURES: dict[str, Procedure] = {kind.name: kind for kind in _ALL}


def told_values(name: str) -> Mapping[str, ReportedValue]:
    """What the procedure of this name tells beside losses and metrics; nothing where there is none of this name."""
    return PROCEDURES[name].tells if name in PROCEDURES else {}
