"""RNN, LSTM and GRU: a symbol kept over up to 59 steps, opinions read, and a real series forecast."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.benchmarks import held_out
from tests.benchmarks.systems.system import System, Wanted
from visualnet.data.loading import Loaded

KINDS = ("rnn", "lstm", "gru")


def measure(seed: int) -> dict[str, float]:
    """Train each of the three on each task, as the templates have it."""
    recall = {kind: judge(f"{kind}-recall", seed)[0]["accuracy"] for kind in KINDS}
    opinions = {f"opinions, {kind}": judge(f"{kind}-classifier-small", seed)[0]["accuracy"] for kind in KINDS}
    values, data = judge("gru-forecast", seed)
    error = values["mae"]
    return {
        **{f"recall, {kind}": value for kind, value in recall.items()},
        "recall, the worse of LSTM and GRU above RNN": min(recall["lstm"], recall["gru"]) - recall["rnn"],
        **opinions,
        "forecast, mean error (°C)": error,
        "forecast, by that of “it stays as it is”": error / unchanged(data),
    }


def judge(template: str, seed: int) -> tuple[Mapping[str, float], Loaded]:
    """The figures of the best epoch on the test part, and the data."""
    return held_out.judge(held_out.template(template, seed))


def unchanged(data: Loaded) -> float:
    """How wrong it is on average to say that the last temperature stays."""
    truth, series = data.whole("y")[data.test], data.whole("series")[data.test]
    return float(np.abs(truth - series[:, -1:, 0]).mean())


SYSTEM = System(
    "recurrent",
    "RNN, LSTM, GRU",
    {
        **{f"recall, {kind}": Wanted() for kind in KINDS},
        "recall, the worse of LSTM and GRU above RNN": Wanted(least=0.3),
        **{f"opinions, {kind}": Wanted() for kind in KINDS},
        "forecast, mean error (°C)": Wanted(unit="°C"),
        "forecast, by that of “it stays as it is”": Wanted(most=1.0),
    },
    measure,
)
