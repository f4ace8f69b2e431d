"""Parameters in words: what stands before a field, beside the name that PyTorch has for it."""

from __future__ import annotations

from visualnet.core.text.format import capitalize_first
from visualnet.layers.declaration.params import Param

WORDS = {
    "accumulate": "Batches a step",
    "affine": "Learned scale and shift",
    "alpha": "Alpha",
    "approximate": "Approximation",
    "best_by": "Best epoch by",
    "beta1": "Beta 1",
    "beta2": "Beta 2",
    "ceil_mode": "Round sizes up",
    "clip_norm": "Clip length",
    "clip_value": "Clip values",
    "compile_backend": "Compile with",
    "count_include_pad": "Count the padding",
    "cycle_factor": "Cycles grow by",
    "dim": "Axis",
    "dim_feedforward": "Feed-forward width",
    "dims": "Axes",
    "div_factor": "First rate: divided by",
    "divisor_override": "Divide by",
    "dtype": "Number type",
    "elementwise_affine": "Learned scale and shift",
    "embedding_dim": "Vector length",
    "end_dim": "Last axis",
    "ema_decay": "Average of weights",
    "eps": "Epsilon",
    "final_div_factor": "Last rate: divided by",
    "final_norm": "Normalize at the end",
    "first_cycle": "First cycle",
    "growth_interval": "Steps until it grows",
    "hidden_size": "Hidden features",
    "ignore_index": "Ignored class",
    "in_features": "Input features",
    "init": "First value",
    "init_scale": "First scale",
    "initial_accumulator_value": "First sum",
    "keep_every": "Keep weights every",
    "keepdim": "Keep the axis",
    "l1": "L1 penalty",
    "lambd": "Lambda",
    "layer_norm_eps": "Epsilon of the norm",
    "lowest": "Lowest share",
    "lr": "Learning rate",
    "lr_decay": "Decay of the rate",
    "mac_count": "MACs",
    "max_val": "Greatest value",
    "min_delta": "Least gain",
    "min_val": "Least value",
    "n": "Samples",
    "nhead": "Heads",
    "norm_first": "Normalize first",
    "norm_type": "Exponent of the norm",
    "ns_steps": "Newton-Schulz steps",
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
    "patience": "Stop after",
    "pct_start": "Share that rises",
    "pos_weight": "Weight of yes",
    "return_indices": "Give the places too",
    "start_dim": "First axis",
    "std": "Standard deviation",
    "step_size": "Epochs a step",
    "track_running_stats": "Running statistics",
    "wait": "Epochs to wait",
    "warmup": "Warm-up",
    "warmup_from": "Warm-up begins at",
}
"""What the names of parameters do not say by themselves."""


def param_words(param: Param) -> str:
    """A parameter in words that begin with a capital: of `kernel_size` “Kernel size”."""
    return capitalize_first(param.title or WORDS.get(param.name) or param.name.replace("_", " ").strip())


def needs_code(param: Param) -> bool:
    """Whether the words say another name than PyTorch does, so that both must be shown."""
    return param_words(param).lower() != param.name.lower()
