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


def gru_names() -> Project:
    s = Sheet(scope={"letters": 69, "length": 16, "features": 16, "hidden": 64, "classes": 8})
    text = s.add("input", "name", field="text", size=("length",), dtype="int")
    count = s.add("sequence_lengths", "letters_in_it", text)
    x = s.add("embedding", "embedding", text, num_embeddings="letters", embedding_dim="features")
    read = s.add("gru", "gru", x, None, count, hidden_size="hidden", packed=True)
    state = s.add("dropout", "dropout", s.add("flatten", "last_state", Port(read.node, "h_n")))
    s.classify(s.add("linear", "logits", state, out_features="classes"), "country")
    return s.project(
        "GRU reads names of towns",
        "Names of two to sixteen letters in one batch: each is read to its own last letter, and from how it is spelled the network tells "
        "the country.",
        DataChoice(name="place_names", normalise=False),
        Recipe(lr=0.005, batch_size=64, epochs=12, best_by="accuracy"),
    )


TEMPLATES = {
    "gru-forecast": gru_forecast,
    "gru-names": gru_names,
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
