"""Parameters in words: what stands before a field, beside the name that PyTorch has for it."""

from __future__ import annotations

from visualnet.core.text.format import capitalize_first
from visualnet.layers.declaration.params import Param

WORDS = {
    "affine": "Learned scale and shift",
    "alpha": "Alpha",
    "approximate": "Approximation",
    "best_by": "Best epoch by",
    "ceil_mode": "Round sizes up",
    "count_include_pad": "Count the padding",
    "dim": "Axis",
    "dim_feedforward": "Feed-forward width",
    "dims": "Axes",
    "divisor_override": "Divide by",
    "dtype": "Number type",
    "elementwise_affine": "Learned scale and shift",
    "embedding_dim": "Vector length",
    "end_dim": "Last axis",
    "eps": "Epsilon",
    "final_norm": "Normalize at the end",
    "hidden_size": "Hidden features",
    "ignore_index": "Ignored class",
    "in_features": "Input features",
    "init": "First value",
    "keepdim": "Keep the axis",
    "lambd": "Lambda",
    "layer_norm_eps": "Epsilon of the norm",
    "lr": "Learning rate",
    "mac_count": "MACs",
    "max_val": "Greatest value",
    "min_val": "Least value",
    "n": "Samples",
    "nhead": "Heads",
    "norm_first": "Normalize first",
    "norm_type": "Exponent of the norm",
    "num_classes": "Classes",
    "num_decoder_layers": "Decoder layers",
    "num_embeddings": "Vocabulary size",
    "num_encoder_layers": "Encoder layers",
    "num_groups": "Groups",
    "num_heads": "Heads",
    "num_layers": "Layers",
    "num_parameters": "Learned slopes",
    "out_channels": "Output channels",
    "out_features": "Output features",
    "p": "Probability",
    "padding_idx": "Padding index",
    "pos_weight": "Weight of yes",
    "return_indices": "Give the places too",
    "start_dim": "First axis",
    "std": "Standard deviation",
    "track_running_stats": "Running statistics",
}
"""What the names of parameters do not say by themselves."""


def param_words(param: Param) -> str:
    """A parameter in words that begin with a capital: of `kernel_size` “Kernel size”."""
    return capitalize_first(param.title or WORDS.get(param.name) or param.name.replace("_", " ").strip())


def needs_code(param: Param) -> bool:
    """Whether the words say another name than PyTorch does, so that both must be shown."""
    return param_words(param).lower() != param.name.lower()
