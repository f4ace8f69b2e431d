"""Modules and functions that torch lacks, each whole in itself: exported files hold their source.

Lines end within 100 columns, as those of the printed files do. ``HOMES`` are the files, in the
order in which they are printed.
"""

from __future__ import annotations

from visualnet.compiling.extra_modules import (
    attention,
    containers,
    flows,
    losses,
    own_rules,
    random_modules,
    recurrent,
    spiking,
    turing,
)
from visualnet.compiling.extra_modules.attention import (
    ClassToken,
    DecoderStack,
    EncoderDecoder,
    EncoderStack,
    LearnedPositions,
    SinusoidalPositions,
    attend,
)
from visualnet.compiling.extra_modules.containers import (
    Chain,
    draw_weights,
    fix_statistics,
    keep_training_mode,
    release_statistics,
    start_anew,
)
from visualnet.compiling.extra_modules.flows import (
    ActNorm,
    Dequantize,
    InvertibleConv,
    Permutation,
    affine_coupling,
    bits_per_dim_of,
    normal_nll_of,
    undo_affine_coupling,
)
from visualnet.compiling.extra_modules.losses import (
    boundary_weights_of,
    class_hits,
    dice_loss_of,
    f1_of,
    gradient_penalty_of,
    iou_of,
    kl_normal_of,
    mean_of_classes,
    precision_of,
    recall_of,
    spread_over,
    sum_of_each,
    weight_of_class,
    weighted_mean,
)
from visualnet.compiling.extra_modules.own_rules import (
    BoltzmannMachine,
    HopfieldMemory,
    KohonenMap,
    RadialBasis,
    RestrictedBoltzmannMachine,
)
from visualnet.compiling.extra_modules.random_modules import (
    GaussianNoise,
    GaussianSample,
    Noise,
    RandomInterpolate,
    StochasticDepth,
)
from visualnet.compiling.extra_modules.recurrent import (
    SteppedGRU,
    SteppedLSTM,
    SteppedRNN,
    count_steps,
    keep_states,
    run_in_parts,
)
from visualnet.compiling.extra_modules.spiking import SpikingNeurons, fire
from visualnet.compiling.extra_modules.turing import NeuralTuringMachine, find_place

HOMES = (
    containers,
    attention,
    recurrent,
    random_modules,
    losses,
    flows,
    own_rules,
    spiking,
    turing,
)

__all__ = [
    "ActNorm",
    "BoltzmannMachine",
    "Chain",
    "ClassToken",
    "DecoderStack",
    "Dequantize",
    "EncoderDecoder",
    "EncoderStack",
    "GaussianNoise",
    "GaussianSample",
    "HopfieldMemory",
    "InvertibleConv",
    "KohonenMap",
    "LearnedPositions",
    "NeuralTuringMachine",
    "Noise",
    "Permutation",
    "RadialBasis",
    "RandomInterpolate",
    "RestrictedBoltzmannMachine",
    "SinusoidalPositions",
    "SpikingNeurons",
    "SteppedGRU",
    "SteppedLSTM",
    "SteppedRNN",
    "StochasticDepth",
    "affine_coupling",
    "attend",
    "bits_per_dim_of",
    "boundary_weights_of",
    "class_hits",
    "count_steps",
    "dice_loss_of",
    "draw_weights",
    "f1_of",
    "find_place",
    "fire",
    "fix_statistics",
    "gradient_penalty_of",
    "iou_of",
    "keep_states",
    "keep_training_mode",
    "kl_normal_of",
    "mean_of_classes",
    "normal_nll_of",
    "precision_of",
    "recall_of",
    "release_statistics",
    "run_in_parts",
    "spread_over",
    "start_anew",
    "sum_of_each",
    "undo_affine_coupling",
    "weight_of_class",
    "weighted_mean",
]
