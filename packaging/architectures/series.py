"""Sequences of numbers and of symbols that must be remembered: a forecast, and the same task for three recurrent layers."""

from __future__ import annotations

from architectures.sheet import Sheet
from visualnet.core.graph import Port
from visualnet.core.project import DataChoice, Project, Recipe

RECALL = DataChoice(name="recall", normalise=False)


def gru_forecast() -> Project:
    s = Sheet(scope={"window": 48, "horizon": 12, "hidden": 32})
    series = s.add("input", "series", field="series", size=("window", 1))
    last = s.add("slice", "last", series, dim=1, start=-1)
    read = s.add("gru", "gru", s.add("subtract", "since_then", series, last), hidden_size="hidden")
    change = s.add("linear", "change", s.add("flatten", "state", Port(read.node, "h_n")), out_features="horizon")
    now = s.add("expand", "now", s.add("flatten", "last_value", last), size=("horizon",))
    forecast = s.add("add", "forecast", now, change)
    truth = s.add("target", "truth", field="y", size=("horizon",), dtype="float")
    s.add("mse", "loss", forecast, truth)
    s.add("mae", "mae", forecast, truth)
    s.add("output", "answer", forecast)
    return s.project(
        "GRU forecasts the sea's temperature",
        "From the last 24 hours the next six, every half hour: the network tells how far the temperature will move from where it is.",
        DataChoice(name="sea_temperature", options={"window": 48, "horizon": 12, "step": 60}, normalise=False),
        Recipe(lr=0.005, batch_size=32, epochs=40, best_by="mae"),
    )


def _recall(kind: str, title: str, note: str) -> Project:
    s = Sheet(scope={"symbols": 8, "others": 2, "length": 60, "features": 8, "hidden": 32})
    text = s.add("input", "symbols_read", field="text", size=("length",), dtype="int")
    x = s.add("embedding", "embedding", text, num_embeddings="symbols + others", embedding_dim="features")
    read = s.add(kind, kind, x, hidden_size="hidden")
    state = s.add("flatten", "last_state", Port(read.node, "h_n"))
    s.classify(s.add("linear", "logits", state, out_features="symbols"))
    return s.project(
        title, note, RECALL, Recipe(lr=0.01, batch_size=64, epochs=20, best_by="accuracy", options={"clip_norm": 1.0})
    )


TEMPLATES = {
    "gru-forecast": gru_forecast,
    "rnn-recall": lambda: _recall(
        "rnn",
        "RNN recalls a symbol",
        "60 symbols, of which one counts, wherever it stood. What the plain recurrence knew is overwritten step by step, and its gradient "
        "fades on the way back: it remembers the last few steps only.",
    ),
    "lstm-recall": lambda: _recall(
        "lstm",
        "LSTM recalls a symbol",
        "60 symbols, of which one counts, wherever it stood: the cell carries it to the end, for its gates can leave it as it is "
        "(Hochreiter and Schmidhuber 1997).",
    ),
    "gru-recall": lambda: _recall(
        "gru",
        "GRU recalls a symbol",
        "60 symbols, of which one counts, wherever it stood: the update gate leaves the state as it is until something counts (Cho et al. "
        "2014).",
    ),
}
