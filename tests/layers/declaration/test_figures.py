"""Published figures, cards and words, for single layers."""

from __future__ import annotations

from typing import Any

import pytest

from visualnet.core.expressions import Derived
from visualnet.layers import LAYERS, Spec
from visualnet.layers.declaration.layer import Shape, ShapeError


def make(tag: str, **params: Any) -> Any:
    return LAYERS[tag](params)


def parameters(tag: str, *shapes: Shape | None, **params: Any) -> int:
    return sum(w.total for w in make(tag, **params).weights(*shapes).values())


@pytest.mark.parametrize(
    ("tag", "shapes", "params", "count"),
    [
        ("conv2d", [(3, 224, 224)], {"out_channels": 96, "kernel_size": 11}, 34_944),  # AlexNet's first
        ("conv2d", [(96, 27, 27)], {"out_channels": 256, "kernel_size": 5}, 614_656),
        ("batch_norm2d", [(96, 55, 55)], {}, 192),
        ("linear", [(9216,)], {"out_features": 4096}, 37_752_832),
        (
            "conv2d",
            [(512, 14, 14)],
            {"out_channels": 512, "kernel_size": 3, "groups": 512, "bias": False},
            4_608,
        ),  # depthwise
        ("conv_transpose2d", [(1024, 28, 28)], {"out_channels": 512}, 2_097_664),  # U-Net's first way up
        ("embedding", [(512,)], {"num_embeddings": 30_522, "embedding_dim": 768}, 23_440_896),  # BERT's words
        ("multihead_attention", [(512, 768), None, None], {"num_heads": 12}, 2_362_368),
        ("layer_norm", [(512, 768)], {}, 1_536),
        ("lstm", [(28, 28), None, None], {}, 4 * 128 * (28 + 128 + 2)),
        (
            "gru",
            [(28, 28), None],
            {"num_layers": 2, "bidirectional": True},
            2 * 3 * 128 * (28 + 130) + 2 * 3 * 128 * (256 + 130),
        ),
        ("learned_positions", [(50, 768)], {"max_length": 512}, 393_216),
        ("class_token", [(49, 64)], {}, 64),
    ],
)
def test_learned_numbers(tag: str, shapes: list[Shape | None], params: dict[str, Any], count: int) -> None:
    assert parameters(tag, *shapes, **params) == count


@pytest.mark.parametrize(
    ("tag", "params", "card"),
    [
        ("conv2d", {"out_channels": 6, "kernel_size": 5, "padding": 2}, "5×5 · 6 · padding 2"),
        (
            "conv2d",
            {"kernel_size": (3, 5), "stride": (1, 2), "padding": "same"},
            "3×5 · 32 · stride 1×2 · padding same",
        ),
        ("conv2d", {"groups": 32, "bias": False}, "3×3 · 32 · groups 32"),
        ("conv1d", {}, "kernel 3 · 32"),
        ("max_pool2d", {"kernel_size": 3, "stride": 2}, "3×3 · stride 2"),
        ("max_pool2d", {"ceil_mode": True}, "2×2 · rounded up"),
        ("lstm", {"num_layers": 2, "bidirectional": True}, "128 · 2 layers · bidirectional"),
        ("rnn", {"nonlinearity": "relu"}, "128 · relu"),
        ("reshape", {"size": (-1, 64)}, "−1×64"),
        ("permute", {"dims": (3, 1, 2)}, "axes 3, 1, 2"),
        ("select", {"index": 0}, "entry 0"),
        ("select", {}, "entry −1"),
        ("add", {"inputs": 3}, "3 inputs"),
        ("multihead_attention", {"causal": True}, "4 heads · causal"),
        ("leaky_relu", {"negative_slope": 0.2}, "slope 0.2"),
    ],
)
def test_cards(tag: str, params: dict[str, Any], card: str) -> None:
    assert make(tag, **params).card() == card


@pytest.mark.parametrize(
    ("tag", "params", "shapes", "words", "formula"),
    [
        ("add", {}, [(64, 28, 28), (64, 14, 28)], "x1 is 64×28×28 and x2 is 64×14×28: they differ in H", "H: 28 ≠ 14"),
        ("add", {}, [(64,), (64, 1)], "both need the same number of axes", ""),
        ("concatenate", {}, [(64, 28, 28), (32, 28, 14)], "besides the joined axis they differ in W", "W: 28 ≠ 14"),
        ("concatenate", {"dim": 0}, [(4,), (4,)], "is the batch", ""),
        ("reshape", {"size": (7, -1)}, [(10, 3)], "is no multiple of the 7 of 7×−1", "30 / 7 = 4.29"),
        ("reshape", {"size": (7,)}, [(10,)], "10 holds 10 numbers, which is not the 7 of 7", "10 ≠ 7"),
        ("permute", {"dims": (1, 1)}, [(3, 4)], "axes 1, 2, each once", ""),
        ("select", {"dim": 1, "index": 28}, [(28, 28)], "there is no entry 28: the axis has 28, 0 to 27", ""),
        (
            "conv2d",
            {"kernel_size": 7},
            [(1, 5, 5)],
            "the output would be empty",
            "⌊(5 + 2·0 − 1·(7 − 1) − 1) / 1⌋ + 1 = -1",
        ),
        ("lstm", {}, [(28, 28), (2, 128), None], "the first state is 2×128; LSTM wants 1×128", "2×128 ≠ 1×128"),
        ("learned_positions", {"max_length": 16}, [(17, 8)], "17×8 has 17 places; this encoding has 16", "17 > 16"),
        ("cross_entropy", {}, [(10,), (1,)], "logits of 10 want one class number per sample", ""),
        ("mse", {}, [(2,), (3,)], "compared number by number", "2 ≠ 3"),
    ],
)
def test_misfits_say_what_came_and_what_was_wanted(
    tag: str, params: dict[str, Any], shapes: list[Shape | None], words: str, formula: str
) -> None:
    specs = [Spec(s) if s is not None else None for s in shapes]
    with pytest.raises(ShapeError) as caught:
        make(tag, **params).infer(specs)
    assert words in str(caught.value)
    assert caught.value.fault.formula == formula


def test_numbers_explain_themselves() -> None:
    spec = make("conv2d", kernel_size=5, padding=2, stride=2).infer([Spec((1, 28, 28))])["features"]
    height = spec.shape[1]
    assert isinstance(height, Derived)
    assert height.general == "⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1"
    assert height.filled == "⌊(28 + 2·2 − 1·(5 − 1) − 1) / 2⌋ + 1 = 14"
    (flat,) = make("flatten").infer([Spec((64, 7, 7))])["y"].shape
    assert (flat.general, flat.filled) == ("C·H·W", "64·7·7 = 3,136")
    weight = make("conv2d").weights((3, 8, 8))["weight"]
    assert dict(zip(weight.names, weight, strict=True)) == {
        "out_channels": 32,
        "in_channels/groups": 3,
        "K_H": 3,
        "K_W": 3,
    }


def test_an_extent_that_only_passes_through_has_no_formula_of_its_own() -> None:
    """Else every layer behind a strided convolution would repeat what that one cuts off."""
    arriving = make("conv2d", stride=2).infer([Spec((1, 28, 28))])["features"]
    assert isinstance(arriving.shape[1], Derived)
    assert not any(isinstance(n, Derived) for n in make("relu").infer([arriving])["y"].shape)


@pytest.mark.parametrize(
    ("before", "loss", "warned"),
    [
        ("softmax", "cross_entropy", True),
        ("sigmoid", "cross_entropy", True),
        ("relu", "cross_entropy", True),
        ("linear", "cross_entropy", False),
        ("tanh", "cross_entropy", False),
        ("sigmoid", "bce_with_logits", True),
        ("relu", "bce_with_logits", True),
        ("linear", "bce_with_logits", False),
        ("linear", "bce", True),
        ("relu", "bce", True),
        ("sigmoid", "bce", False),
        ("softmax", "bce", False),
        ("softmax", "mse", False),
    ],
)
@pytest.mark.parametrize("between", [None, "flatten", "identity", "reshape"])
def test_losses_warn_of_what_they_should_not_be_given(
    before: str, loss: str, warned: bool, between: str | None
) -> None:
    (spec,) = make(before).infer([Spec((10,))]).values()
    if between:
        (spec,) = make(between).infer([spec]).values()
    layer = make(loss)
    port = next(iter(layer.inputs()))
    assert bool(layer.refuses.get(port, {}).get(spec.holds)) == warned


def test_a_sum_that_repeats_numbers_says_so() -> None:
    add, multiply = make("add"), make("multiply")
    (hint,) = add.check((64, 28, 28), (64, 1, 1))
    assert (hint.severity, hint.words) == (
        "hint",
        "the sizes differ (64×28×28, 64×1×1): along axes of extent 1 the numbers are repeated",
    )
    assert not list(add.check((64,), (64,)))
    assert not list(multiply.check((64, 28, 28), (64, 1, 1)))
