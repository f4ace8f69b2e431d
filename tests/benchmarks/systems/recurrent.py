"""RNN, LSTM and GRU: a symbol kept over up to 59 steps, opinions read, and a real series forecast."""

from __future__ import annotations

import numpy as np

import visualnet as vn
from tests.benchmarks.systems.system import System, Wanted
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.resources import resource
from visualnet.training.events import EpochDone

KINDS = ("rnn", "lstm", "gru")


def measure(seed: int) -> dict[str, float]:
    """Train each of the three on each task, as the templates have it."""
    recall = {kind: best(f"{kind}-recall", "accuracy", seed) for kind in KINDS}
    opinions = {f"opinions, {kind}": best(f"{kind}-classifier-small", "accuracy", seed) for kind in KINDS}
    error = best("gru-forecast", "mae", seed)
    return {
        **{f"recall, {kind}": value for kind, value in recall.items()},
        "recall, the worse of LSTM and GRU above RNN": min(recall["lstm"], recall["gru"]) - recall["rnn"],
        **opinions,
        "forecast, mean error (°C)": error,
        "forecast, by that of “it stays as it is”": error / unchanged(),
    }


def best(template: str, value: str, seed: int) -> float:
    """The best epoch's value on the validation set: the largest accuracy, the least error."""
    project = project_file.load(resource("templates", f"{template}.vnet"))
    found = [event.validation[value] or 0.0 for event in vn.train(project, seed=seed) if isinstance(event, EpochDone)]
    return min(found) if value == "mae" else max(found)


def unchanged() -> float:
    """How wrong it is on average to say that the last temperature stays."""
    data = load(project_file.load(resource("templates", "gru-forecast.vnet")).data)
    index = data.validation
    return float(np.abs(data.whole("y")[index] - data.whole("series")[index][:, -1:, 0]).mean())


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
