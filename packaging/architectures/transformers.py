"""Attention: the Transformer, and what was made of its two halves; and a mixer that does without."""

from __future__ import annotations

from architectures.sheet import IMAGENET, TEXT, Sheet, image_input
from visualnet.core.graph import Port, Value
from visualnet.core.project import Block, Project, Recipe

BOTH_WAYS = "Every word looks at every other, before and behind it; then each is thought about on its own."
PRETRAINING = Recipe(optimizer="AdamW", lr=0.0001, weight_decay=0.01, batch_size=32, epochs=3)


def _tokens(s: Sheet, name: str, length: str, **params: Value) -> Port:
    """A sequence of word numbers."""
    return s.add("input", name, size=(length,), dtype="int", **params)


def _predict_words(s: Sheet, x: Port, table: Port, target: str) -> None:
    """Scores for every word at every place, with the embedding's own table, and their loss."""
    scores = s.add("linear", "words", x, out_features="words", bias=False, shares=table)
    logits = s.add("permute", "by_word", scores, dims=(2, 1))
    truth = s.add("target", target, field=target, size=("context",))
    s.add("cross_entropy", "loss", logits, truth)
    s.add("accuracy", "accuracy", logits, truth)
    s.add("output", "scores", logits)


def _think(s: Sheet, x: Port, inside: str, act: str = "gelu", **options: Value) -> Port:
    """The two dense layers that work on each place alone."""
    x = s.add(act, act, s.add("linear", "fc1", x, out_features=inside), **options)
    return s.add("linear", "fc2", x, out_features="width")


def _drop(s: Sheet, name: str, x: Port, p: float = 0.1) -> Port:
    return s.add("dropout", name, x, p=p) if p else x


# --- blocks ------------------------------------------------------------------------------------------------------------------------


def _before(attention: dict[str, Value], gelu: dict[str, Value], eps: float, drop: bool, note: str) -> Block:
    """A layer that normalizes before it attends and before it thinks, as GPT and vision transformers do."""
    s = Sheet(scope={"width": 768, "heads": 12})
    x = s.add("input", "x", size=(197, 768))
    norm: dict[str, Value] = {} if eps == 1e-5 else {"eps": eps}
    seen = s.add(
        "multihead_attention", "attention", s.add("layer_norm", "norm1", x, **norm), num_heads="heads", **attention
    )
    x = s.add("add", "sum1", x, _drop(s, "dropout1", seen) if drop else seen)
    thought = _think(s, s.add("layer_norm", "norm2", x, **norm), "4*width", **gelu)
    s.add("output", "y", s.add("add", "sum2", x, _drop(s, "dropout2", thought) if drop else thought))
    return s.block(note, 1640)


def after(width: int, heads: int, act: str, eps: float, note: str, drop: float = 0.1) -> Block:
    """An encoder layer that normalizes behind each sum, as first published; without dropout where that is 0."""
    s = Sheet(scope={"width": width, "heads": heads})
    x = s.add("input", "x", size=(512, width))
    norm: dict[str, Value] = {} if eps == 1e-5 else {"eps": eps}
    seen = s.add("multihead_attention", "attention", x, num_heads="heads", **({"dropout": drop} if drop else {}))
    x = s.add("layer_norm", "norm1", s.add("add", "sum1", x, _drop(s, "dropout1", seen, drop)), **norm)
    thought = _drop(s, "dropout2", _think(s, x, "4*width", act), drop)
    s.add("output", "y", s.add("layer_norm", "norm2", s.add("add", "sum2", x, thought), **norm))
    return s.block(note, 1640)


def _decoder() -> Block:
    s = Sheet(scope={"width": 512, "heads": 8})
    x = s.add("input", "x", size=(64, 512))
    memory = s.add("input", "memory", size=(64, 512))
    seen = s.add("multihead_attention", "attention", x, num_heads="heads", dropout=0.1, causal=True)
    x = s.add("layer_norm", "norm1", s.add("add", "sum1", x, _drop(s, "dropout1", seen)))
    read = s.add("multihead_attention", "cross_attention", x, memory, num_heads="heads", dropout=0.1)
    x = s.add("layer_norm", "norm2", s.add("add", "sum2", x, _drop(s, "dropout2", read)))
    thought = _drop(s, "dropout3", _think(s, x, "4*width", "relu"))
    s.add("output", "y", s.add("layer_norm", "norm3", s.add("add", "sum3", x, thought)))
    return s.block("Looks at what is already written, then at the source, then thinks about each word.", 1640)


# --- networks ----------------------------------------------------------------------------------------------------------------------


def transformer() -> Project:
    note = "Every word looks at every other, then each is thought about on its own."
    blocks = {"encoder": after(512, 8, "relu", 1e-5, note), "decoder": _decoder()}
    s = Sheet(blocks, {"layers": 6, "width": 512, "heads": 8, "words": 37000, "context": 128})
    inner: dict[str, Value] = {"width": "width", "heads": "heads"}
    sizes: dict[str, Value] = {"num_embeddings": "words", "embedding_dim": "width"}
    # As published words are multiplied by √width where they are read: the table also scores words, and must be small for that.
    scale: dict[str, Value] = {"scale": "sqrt(width)"}
    table = s.add("embedding", "embedding", _tokens(s, "source", "context", field="source"), **sizes)
    x = s.add("sinusoidal_positions", "positions", s.add("scale", "scale", table, **scale), max_length="context")
    x = _drop(s, "dropout", x)
    memory = s.add("block:encoder", "encoder", x, repeat="layers", **inner)
    written = _tokens(s, "written", "context", field="written")
    x = s.add("scale", "scale_out", s.add("embedding", "embedding_out", written, shares=table, **sizes), **scale)
    x = _drop(s, "dropout_out", s.add("sinusoidal_positions", "positions_out", x, max_length="context"))
    x = s.add("block:decoder", "decoder", x, memory, repeat="layers", **inner)
    _predict_words(s, x, table, "translation")
    return s.project(
        "Transformer",
        "Encoder and decoder of attention alone: what is written looks at itself and at the source, which is read all at once (Vaswani et "
        "al. 2017). The base model: six layers each, 512 wide, one table for all three uses of words, 63 million parameters.",
        TEXT,
        PRETRAINING,
    )


def read_both_ways(s: Sheet, drop: float = 0.1) -> tuple[Port, Port]:
    """BERT's encoder: what it makes of each place, and the table of words. The sheet's blocks hold its ``encoder``."""
    table = s.add(
        "embedding",
        "embedding",
        _tokens(s, "text", "context", field="text"),
        num_embeddings="words",
        embedding_dim="width",
    )
    x = s.add("learned_positions", "positions", table, max_length="context")
    parts = s.add(
        "embedding",
        "segments",
        _tokens(s, "segment", "context", field="segment"),
        num_embeddings=2,
        embedding_dim="width",
    )
    x = s.add("layer_norm", "norm", s.add("add", "sum", x, parts), eps=1e-12)
    x = s.add("block:encoder", "encoder", _drop(s, "dropout", x, drop), repeat="layers", width="width", heads="heads")
    return x, table


def pool(s: Sheet, x: Port) -> Port:
    """What stands at the first place, through a dense layer and tanh."""
    first = s.add("select", "first", x, index=0)
    return s.add("tanh", "tanh", s.add("linear", "pooler", first, out_features="width"))


def bert() -> Project:
    s = Sheet(
        {"encoder": after(768, 12, "gelu", 1e-12, BOTH_WAYS)},
        {"layers": 12, "width": 768, "heads": 12, "words": 30522, "context": 512},
    )
    x, table = read_both_ways(s)
    s.add("output", "pooled", pool(s, x))
    _predict_words(s, x, table, "masked")
    return s.project(
        "BERT-base",
        "A Transformer's encoder that learns to fill in masked words from both sides (Devlin et al. 2018). 109,482,240 parameters; the "
        "words' scores use the embedding's own table. Put a small head on “pooled” and train it on your own task.",
        TEXT,
        PRETRAINING,
    )


def gpt() -> Project:
    body = _before(
        {"causal": True, "dropout": 0.1},
        {"approximate": "tanh"},
        1e-5,
        True,
        "Every word looks at itself and those before it; then each is thought about on its own.",
    )
    s = Sheet({"decoder": body}, {"layers": 12, "width": 768, "heads": 12, "words": 50257, "context": 1024})
    tokens = _tokens(s, "text", "context", field="text")
    table = s.add("embedding", "embedding", tokens, num_embeddings="words", embedding_dim="width")
    x = _drop(s, "dropout", s.add("learned_positions", "positions", table, max_length="context"))
    x = s.add("block:decoder", "decoder", x, repeat="layers", width="width", heads="heads")
    _predict_words(s, s.add("layer_norm", "norm", x), table, "following")
    return s.project(
        "GPT",
        "A Transformer's decoder that learns to write on: at each place it guesses the next word (Radford et al. 2019). As it stands GPT-2 "
        "small with 124,439,808 parameters; with layers = 96, width = 12288, heads = 96, context = 2048 it is GPT-3.",
        TEXT,
        PRETRAINING,
    )


def vit() -> Project:
    note = "Every patch looks at every other; then each is thought about on its own."
    s = Sheet(
        {"encoder": _before({}, {}, 1e-6, False, note)},
        {"layers": 12, "width": 768, "heads": 12, "patch": 16, "size": 224, "classes": 1000},
    )
    x = s.conv("patches", image_input(s), "width", "patch", stride="patch")
    x = s.add("permute", "tokens", s.add("flatten", "flatten", x, start_dim=2), dims=(2, 1))
    x = s.add("class_token", "class_token", x)
    x = s.add("learned_positions", "positions", x, max_length="(size // patch)**2 + 1")
    x = s.add("block:encoder", "encoder", x, repeat="layers", width="width", heads="heads")
    x = s.add("select", "summary", s.add("layer_norm", "norm", x, eps=1e-6), index=0)
    s.classify(s.add("linear", "head", x, out_features="classes"))
    return s.project(
        "Vision transformer (ViT-B/16)",
        "The image is cut into patches of 16×16 px, and they are read like words (Dosovitskiy et al. 2020). 86,567,656 parameters.",
        IMAGENET,
        Recipe(optimizer="AdamW", lr=0.0003, weight_decay=0.1, batch_size=128, epochs=300),
    )


def mlp_mixer() -> Project:
    inner = Sheet(scope={"width": 768, "patches": 196})
    x = inner.add("input", "x", size=(196, 768))
    y = inner.add("permute", "turn", inner.add("layer_norm", "norm1", x, eps=1e-6), dims=(2, 1))
    y = inner.add("gelu", "gelu1", inner.add("linear", "mix1", y, out_features="width // 2"))
    y = inner.add("permute", "turn_back", inner.add("linear", "mix2", y, out_features="patches"), dims=(2, 1))
    x = inner.add("add", "sum1", x, y)
    y = inner.add("linear", "fc1", inner.add("layer_norm", "norm2", x, eps=1e-6), out_features="4*width")
    y = inner.add("linear", "fc2", inner.add("gelu", "gelu2", y), out_features="width")
    inner.add("output", "y", inner.add("add", "sum2", x, y))
    mixer = inner.block("Dense layers along the patches, then dense layers along the features.", 1640)
    s = Sheet({"mixer": mixer}, {"layers": 12, "width": 768, "patch": 16, "size": 224, "classes": 1000})
    x = s.conv("patches", image_input(s), "width", "patch", stride="patch")
    x = s.add("permute", "tokens", s.add("flatten", "flatten", x, start_dim=2), dims=(2, 1))
    x = s.add("block:mixer", "mixer", x, repeat="layers", width="width", patches="(size // patch)**2")
    x = s.add("mean", "average", s.add("layer_norm", "norm", x, eps=1e-6), dim=1)
    s.classify(s.add("linear", "head", x, out_features="classes"))
    return s.project(
        "MLP-Mixer (B/16)",
        "Neither convolution nor attention: dense layers mix the patches, others the features, in turn (Tolstikhin et al. 2021). "
        "59,880,472 parameters.",
        IMAGENET,
        Recipe(optimizer="AdamW", lr=0.001, weight_decay=0.1, batch_size=128, epochs=300),
    )


TEMPLATES = {"transformer": transformer, "bert-base": bert, "gpt": gpt, "vit": vit, "mlp-mixer": mlp_mixer}
