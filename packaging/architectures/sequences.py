"""Sequences: recurrent networks, encoder and decoder, convolutions along time."""

from __future__ import annotations

from architectures.sheet import TEXT, Sheet
from visualnet.core.graph import Port
from visualnet.core.project import Block, DataChoice, Project, Recipe

RECIPE = Recipe(optimizer="Adam", lr=0.001, batch_size=64, epochs=10)


def _words(s: Sheet, name: str = "text") -> Port:
    """Words as numbers, then as vectors."""
    tokens = s.add("input", name, field=name, size=("length",), dtype="int")
    return s.add("embedding", f"{name}_embedding", tokens, num_embeddings="words", embedding_dim="features")


def _recurrent(kind: str, title: str, note: str) -> Project:
    s = Sheet(scope={"words": 20000, "length": 200, "features": 128, "hidden": 128, "classes": 2})
    output = s.add(kind, kind, _words(s), hidden_size="hidden")
    x = s.add("dropout", "dropout", s.add("flatten", "last_state", Port(output.node, "h_n")))
    s.classify(s.add("linear", "logits", x, out_features="classes"))
    return s.project(title, note, TEXT, RECIPE)


def rnn_classifier() -> Project:
    return _recurrent(
        "rnn",
        "RNN reads a text",
        "Word by word, each mixed with what is remembered; the last state decides whether the text is friendly (Elman 1990). What stood at "
        "the beginning is soon forgotten: compare the LSTM.",
    )


def lstm_classifier() -> Project:
    return _recurrent(
        "lstm",
        "LSTM reads a text",
        "A memory cell with gates that decide what to forget, take in and show keeps the beginning of a text to its end (Hochreiter and "
        "Schmidhuber 1997). Four times the weights of the plain RNN.",
    )


def gru_classifier() -> Project:
    return _recurrent(
        "gru",
        "GRU reads a text",
        "Two gates instead of the LSTM's three, and no separate cell: nearly as good, a quarter cheaper (Cho et al. 2014).",
    )


def seq2seq() -> Project:
    s = Sheet(scope={"words": 10000, "length": 30, "features": 256, "hidden": 512})
    read = s.add("gru", "encoder", _words(s, "source"), hidden_size="hidden")
    written = s.add("gru", "decoder", _words(s, "written"), Port(read.node, "h_n"), hidden_size="hidden")
    scores = s.add("permute", "by_word", s.add("linear", "scores", written, out_features="words"), dims=(2, 1))
    target = s.add("target", "translation", field="translation", size=("length",))
    s.add("cross_entropy", "loss", scores, target)
    s.add("accuracy", "accuracy", scores, target)
    s.add("output", "answer", scores)
    return s.project(
        "Sequence to sequence",
        "One GRU reads a sentence into a single state, another writes its translation from there (Sutskever et al. 2014). All must pass "
        "through that one state, which is why attention was invented.",
        TEXT,
        RECIPE,
    )


def textcnn() -> Project:
    s = Sheet(scope={"words": 20000, "length": 60, "features": 300, "filters": 100, "classes": 2})
    x = s.add("permute", "channels_first", _words(s), dims=(2, 1))
    found = []
    for kernel in (3, 4, 5):
        y = s.add(
            "relu", f"relu{kernel}", s.add("conv1d", f"conv{kernel}", x, out_channels="filters", kernel_size=kernel)
        )
        y = s.add("adaptive_max_pool1d", f"strongest{kernel}", y, output_size=1)
        found.append(s.add("flatten", f"flat{kernel}", y))
    x = s.add("dropout", "dropout", s.add("concatenate", "join", *found, inputs=3))
    s.classify(s.add("linear", "logits", x, out_features="classes"))
    return s.project(
        "TextCNN",
        "Filters over three, four and five words find phrases wherever they stand; only the strongest answer of each counts (Kim 2014).",
        TEXT,
        RECIPE,
    )


def _gated() -> Block:
    """WaveNet's layer: a causal dilated convolution, gated; one way on, one way out."""
    s = Sheet(scope={"channels": 64, "skip": 256, "dilation": 1})
    x = s.add("input", "x", size=(64, 1024))

    def past(name: str, act: str) -> Port:
        """A convolution that hears only what came before: padded at both ends, and the end cut off again."""
        y = s.add("conv1d", name, x, out_channels="channels", kernel_size=2, padding="dilation", dilation="dilation")
        return s.add(act, f"{name}_{act}", s.add("slice", f"{name}_past", y, dim=2, stop="-dilation"))

    signal, gate = past("signal", "tanh"), past("gate", "sigmoid")
    y = s.add("multiply", "gated", signal, gate)
    on = s.add("conv1d", "residual", y, out_channels="channels", kernel_size=1)
    s.add("output", "y", s.add("add", "sum", on, x))
    s.add("output", "skip", s.add("conv1d", "skip_conv", y, out_channels="skip", kernel_size=1))
    return s.block(
        "What was heard “dilation” samples ago meets what is heard now; a gate decides how much of it counts.", 1640
    )


def wavenet() -> Project:
    s = Sheet({"gated": _gated()}, {"levels": 256, "length": 1024, "channels": 64, "skip": 256})
    tokens = s.add("input", "sound", field="sound", size=("length",), dtype="int")
    x = s.add("embedding", "embedding", tokens, num_embeddings="levels", embedding_dim="channels")
    x = s.add("permute", "channels_first", x, dims=(2, 1))
    skips = []
    for power in range(10):
        x = s.add("block:gated", f"dilated{2**power}", x, dilation=2**power, channels="channels", skip="skip")
        skips.append(Port(x.node, "skip"))
    x = s.add("relu", "relu1", s.add("add", "sum", *skips, inputs=10))
    x = s.add("relu", "relu2", s.add("conv1d", "conv1", x, out_channels="skip", kernel_size=1))
    logits = s.add("conv1d", "conv2", x, out_channels="levels", kernel_size=1)
    target = s.add("target", "following", field="following", size=("length",))
    s.add("cross_entropy", "loss", logits, target)
    s.add("accuracy", "accuracy", logits, target)
    s.add("output", "answer", logits)
    return s.project(
        "WaveNet",
        "Ten causal convolutions whose reach doubles each time hear 1,024 samples back, and guess the next one (van den Oord et al. 2016).",
        DataChoice(name="sound", normalise=False),
        RECIPE,
    )


TEMPLATES = {
    "rnn-classifier": rnn_classifier,
    "lstm-classifier": lstm_classifier,
    "gru-classifier": gru_classifier,
    "seq2seq": seq2seq,
    "textcnn": textcnn,
    "wavenet": wavenet,
}
