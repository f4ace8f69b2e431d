"""Charts of episodes that were played."""

from __future__ import annotations

import numpy as np

from visualnet.figures.charts.bars import HistogramChart
from visualnet.figures.charts.points import ScatterChart
from visualnet.training.evaluation.charts.registry import evaluation_chart
from visualnet.training.evaluation.prediction_set import PredictionSet

BINS = 20


@evaluation_chart(
    "episode_rewards",
    "Rewards",
    "episodes",
    "How often each reward was had in an episode; the dashed line is the mean. One hill is a network that plays alike whatever it meets; a "
    "second one far left are episodes that it does not master.",
)
def episode_rewards(predictions: PredictionSet, view: str) -> HistogramChart:
    rewards = predictions.arrays["reward"]
    counts, edges = np.histogram(rewards, bins=BINS)
    return HistogramChart(
        tuple(edges.tolist()), tuple(counts.tolist()), "reward", "episodes", mark=float(rewards.mean())
    )


@evaluation_chart(
    "reward_by_length",
    "Reward and length",
    "episodes",
    "Each dot is an episode: its reward over its steps. Long ones without reward go in circles; where each step counts, all lie on a line.",
)
def reward_by_length(predictions: PredictionSet, view: str) -> ScatterChart:
    lengths, rewards = (predictions.arrays[name].astype(np.float64) for name in ("length", "reward"))
    seeds = tuple(predictions.samples.tolist())
    return ScatterChart(tuple(lengths.tolist()), tuple(rewards.tolist()), seeds, "steps", "reward", "", "episode")
