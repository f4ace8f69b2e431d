"""Layers whose meaning is more than their shapes: states, masks, positions, labels."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from tests.contract.evaluate import build, outputs
from visualnet.compiling.extra_modules import ClassToken, LearnedPositions, SinusoidalPositions
from visualnet.layers import LAYERS, Spec
from visualnet.layers.declaration.layer import ShapeError


def compute(
    tag: str, *tensors: torch.Tensor | None, used: tuple[str, ...] = (), **params: Any
) -> dict[str, torch.Tensor]:
    layer = LAYERS[tag](params)
    torch.manual_seed(0)
    module = build(layer.module(*(tuple(t.shape[1:]) if t is not None else None for t in tensors)))  # type: ignore[arg-type]
    arriving = dict(zip(layer.inputs(), tensors, strict=True))
    return outputs(layer, module, arriving, frozenset(used or layer.outputs()))


def test_causal_attention_never_looks_ahead() -> None:
    x_BTD = torch.randn(2, 5, 8)
    weights = compute("multihead_attention", x_BTD, None, None, causal=True)["weights"]
    assert weights.triu(1).abs().max() == 0
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 5))
    later = x_BTD.clone()
    later[:, 3:] += 1
    first, second = (
        compute("multihead_attention", x, None, None, causal=True, used=("output",))["output"] for x in (x_BTD, later)
    )
    torch.testing.assert_close(first[:, :3], second[:, :3])
    assert not torch.allclose(first[:, 3:], second[:, 3:])


def test_attention_takes_key_from_query_and_value_from_key() -> None:
    query, key = torch.randn(2, 5, 8), torch.randn(2, 7, 8)
    alone = compute("multihead_attention", query, None, None)["output"]
    torch.testing.assert_close(alone, compute("multihead_attention", query, query, query)["output"])
    crossed = compute("multihead_attention", query, key, None)["output"]
    torch.testing.assert_close(crossed, compute("multihead_attention", query, key, key)["output"])


def test_states_go_in_as_they_come_out() -> None:
    """A sequence read in two halves, the state handed over, ends as one that is read at once."""
    x_BTD = torch.randn(3, 6, 4)
    for tag in ("rnn", "gru", "lstm"):
        open_ends = [None] * (len(LAYERS[tag]().inputs()) - 1)
        whole = compute(tag, x_BTD, *open_ends, hidden_size=5, num_layers=2)
        half = compute(tag, x_BTD[:, :3], *open_ends, hidden_size=5, num_layers=2)
        states = [tensor for port, tensor in half.items() if port != "output"]
        assert all(state.shape == (3, 2, 5) for state in states)
        rest = compute(tag, x_BTD[:, 3:], *states, hidden_size=5, num_layers=2)
        torch.testing.assert_close(rest["output"], whole["output"][:, 3:])
        torch.testing.assert_close(rest["h_n"], whole["h_n"])
        torch.testing.assert_close(whole["h_n"][:, -1], whole["output"][:, -1])


def test_an_open_cell_state_starts_at_zero() -> None:
    x, h = torch.randn(2, 3, 4), torch.randn(2, 1, 128)
    torch.testing.assert_close(compute("lstm", x, h, None), compute("lstm", x, h, torch.zeros(2, 1, 128)))


def test_binary_losses_take_class_numbers_and_a_spare_axis() -> None:
    logits, target = torch.tensor([[2.0], [-1.0], [0.5]]), torch.tensor([1, 0, 0])
    wanted = -(torch.sigmoid(logits[0]).log() + (1 - torch.sigmoid(logits[1:])).log().sum()) / 3
    loss = compute("bce_with_logits", logits, target)["loss"]
    torch.testing.assert_close(loss, wanted.squeeze())
    torch.testing.assert_close(compute("bce", torch.sigmoid(logits), target)["loss"], loss)
    assert compute("binary_accuracy", logits, target)["accuracy"].item() == third_of(2)
    assert compute("binary_accuracy", torch.sigmoid(logits), target, threshold=0.5)["accuracy"].item() == third_of(2)


def third_of(count: int) -> float:
    return torch.tensor(count / 3).item()


def test_a_regression_never_repeats_its_target() -> None:
    """(B, 1) against (B) would quietly compare all with all."""
    prediction, target = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([1.0, 2.0, 3.0])
    assert compute("mse", prediction, target)["loss"].item() == third_of(1)
    assert compute("l1", prediction, target)["loss"].item() == third_of(1)
    assert compute("mae", prediction, target)["mae"].item() == third_of(1)
    assert compute("huber", prediction, target, delta=0.5)["loss"].item() == 0.125


def test_accuracy_and_smoothing() -> None:
    logits, target = torch.eye(4) * 5, torch.tensor([0, 1, 2, 0])
    assert compute("accuracy", logits, target)["accuracy"].item() == 0.75
    plain, smooth = (compute("cross_entropy", logits, target, label_smoothing=s)["loss"] for s in (0.0, 0.1))
    torch.testing.assert_close(plain, torch.nn.functional.cross_entropy(logits, target))
    assert smooth > plain


def test_sinusoidal_positions_are_those_of_the_paper() -> None:
    for features in (1, 2, 7, 16):
        table = SinusoidalPositions(20, features)(torch.zeros(1, 20, features))[0]
        for place in (0, 1, 19):
            for i in range(features):
                angle = place / 10_000 ** ((i - i % 2) / features)
                wanted = math.cos(angle) if i % 2 else math.sin(angle)
                assert abs(table[place, i].item() - wanted) < 1e-4
    assert not SinusoidalPositions(20, 4).state_dict()


def test_learned_pieces_start_small_and_learn() -> None:
    torch.manual_seed(0)
    positions, token = LearnedPositions(30, 64), ClassToken(64)
    for weight in (positions.weight, token.token):
        assert 0.01 < weight.std().item() < 0.03
    x_BTD = torch.randn(2, 5, 64)
    out = token(positions(x_BTD))
    assert out.shape == (2, 6, 64)
    torch.testing.assert_close(out[:, 0], token.token.expand(2, -1))
    torch.testing.assert_close(out[:, 1:], x_BTD + positions.weight[:5])
    out.sum().backward()
    assert token.token.grad is not None
    assert positions.weight.grad is not None
    assert positions.weight.grad[5:].abs().max() == 0


def test_shapes_that_move_numbers_move_the_right_ones() -> None:
    x = torch.arange(2 * 3 * 4).reshape(2, 3, 4)
    torch.testing.assert_close(compute("permute", x)["y"], x.transpose(1, 2))
    torch.testing.assert_close(compute("select", x)["y"], x[:, -1])
    torch.testing.assert_close(compute("select", x, dim=2, index=1)["y"], x[:, :, 1])
    torch.testing.assert_close(compute("reshape", x, size=(2, -1))["y"], x.reshape(2, 2, 6))
    torch.testing.assert_close(compute("reshape", x, size=(6, 2))["y"], x.reshape(2, 6, 2))
    torch.testing.assert_close(compute("mean", x.float(), dim=(1, 2))["y"], x.float().mean((1, 2)))
    torch.testing.assert_close(compute("concatenate", x, x, dim=-1)["y"], torch.cat([x, x], 2))
    torch.testing.assert_close(compute("add", x, x)["y"], 2 * x)
    torch.testing.assert_close(compute("multiply", x, x)["y"], x * x)


def test_unpooling_puts_values_back_where_they_stood() -> None:
    x = torch.rand(2, 3, 5, 6) + 0.1
    pooled = compute("max_pool2d", x, return_indices=True)
    back = compute("max_unpool2d", pooled["features"], pooled["indices"], output_size=(5, 6))["image"]
    assert back.shape == x.shape
    assert set(back.unique().tolist()) == {0.0, *pooled["features"].unique().tolist()}
    torch.testing.assert_close(back[back > 0], x[back > 0])


def test_parts_and_pixels_come_together_again() -> None:
    x = torch.rand(2, 3, 7, 4)
    parts = compute("split", x, sections=3, dim=2)
    assert [part.shape[2] for part in parts.values()] == [3, 2, 2]
    torch.testing.assert_close(torch.cat(list(parts.values()), 2), x)
    squeezed = compute("pixel_unshuffle", x[:, :, :6])["features"]
    assert squeezed.shape == (2, 12, 3, 2)
    torch.testing.assert_close(compute("pixel_shuffle", squeezed)["features"], x[:, :, :6])
    torch.testing.assert_close(compute("slice", x, dim=-2, start=1, stop=-1, step=2)["y"], x[:, :, 1:-1:2])


def test_metrics_of_classes_are_macro_means_over_the_batch() -> None:
    """Classes 0 and 1 occur; class 2 neither as answer nor as truth."""
    logits, target = torch.tensor([[2.0, 1, 0], [2, 1, 0], [2, 1, 0], [1, 2, 0]]), torch.tensor([0, 0, 1, 1])
    wanted = {
        "precision": (2 / 3 + 1) / 2,
        "recall": (1 + 1 / 2) / 2,
        "f1": (4 / 5 + 2 / 3) / 2,
        "iou": (2 / 3 + 1 / 2) / 2,
    }
    for tag, value in wanted.items():
        assert math.isclose(compute(tag, logits, target)[tag].item(), value, rel_tol=1e-6), tag
    assert compute("top_k_accuracy", logits, target, k=1)["accuracy"].item() == 0.75
    assert compute("top_k_accuracy", logits, target, k=2)["accuracy"].item() == 1


def test_log_likelihood_after_log_softmax_is_cross_entropy() -> None:
    logits, target = torch.randn(4, 5), torch.tensor([0, 4, 2, 2])
    loss = compute("nll", compute("log_softmax", logits)["y"], target)["loss"]
    torch.testing.assert_close(loss, compute("cross_entropy", logits, target)["loss"])


def test_noise_is_for_training_only() -> None:
    x = torch.rand(50, 6)
    for tag, params in (("gaussian_noise", {"std": 0.5}), ("stochastic_depth", {"p": 0.4})):
        module = build(LAYERS[tag](params).module((6,)))
        assert module is not None
        torch.manual_seed(0)
        assert not torch.equal(module(x), x)
        assert torch.equal(module.eval()(x), x)
    rows = build(LAYERS["stochastic_depth"]({"p": 0.4}).module((6,)))(x) / x  # type: ignore[misc]
    assert set(rows.round(decimals=3).unique().tolist()) == {0.0, torch.tensor(1 / 0.6).round(decimals=3).item()}


def test_drawn_noise_is_new_in_training_and_at_rest_the_same_at_each_place() -> None:
    like = torch.zeros(5000, 1)
    for distribution, deviation in (("normal", 1.0), ("uniform", 3**-0.5)):
        module = build(LAYERS["noise"]({"size": (3, 2), "distribution": distribution}).module((1,)))
        assert module is not None
        torch.manual_seed(0)
        first, second = module(like), module(like)
        assert not torch.equal(first, second)
        state = torch.get_rng_state()
        for z in (first, module.eval()(like)):
            assert z.shape == (5000, 3, 2)
            assert z.mean().abs() < 0.02
            assert abs(z.std() - deviation) < 0.02
            assert distribution == "normal" or z.abs().max() <= 1
        assert torch.equal(torch.get_rng_state(), state), "at rest torch's own generator is not drawn from"
        for count in (1, 2, 7, 64):
            assert torch.equal(module(like[:count]), module(like)[:count])
        assert module(like[:1].long()).dtype == torch.float32


def test_causal_layers_never_look_ahead() -> None:
    x = torch.randn(2, 5, 8)
    later = x.clone()
    later[:, 3:] += 1
    options = {"dropout": 0.0, "causal": True}
    for tag, others, params in (
        ("transformer_encoder_layer", (), options),
        ("transformer_decoder_layer", (torch.randn(2, 4, 8),), options),
    ):
        first, second = (compute(tag, t, *others, **params)["y"] for t in (x, later))
        torch.testing.assert_close(first[:, :3], second[:, :3])
        assert not torch.allclose(first[:, 3:], second[:, 3:])
    first, second = (compute("scaled_dot_product_attention", t, t, t, causal=True)["output"] for t in (x, later))
    torch.testing.assert_close(first[:, :3], second[:, :3])


def test_attention_shows_who_looks_where_head_by_head() -> None:
    query, key, value = torch.randn(2, 5, 8), torch.randn(2, 7, 8), torch.randn(2, 7, 12)
    whole = compute("scaled_dot_product_attention", query, key, value, num_heads=4)
    assert whole["weights"].shape == (2, 4, 5, 7)
    torch.testing.assert_close(whole["weights"].sum(-1), torch.ones(2, 4, 5))
    alone = compute("scaled_dot_product_attention", query, key, value, num_heads=4, used=("output",))["output"]
    torch.testing.assert_close(whole["output"], alone)
    # Heads that come as an axis are the same heads.
    apart = [t.unflatten(-1, (4, -1)).transpose(1, 2) for t in (query, key, value)]
    again = compute("scaled_dot_product_attention", *apart)
    torch.testing.assert_close(again["output"].transpose(1, 2).flatten(2), alone)
    seen = compute("scaled_dot_product_attention", query, query, query, causal=True, num_heads=2)
    assert seen["weights"].triu(1).abs().max() == 0


def test_what_is_padding_is_not_looked_at() -> None:
    words = torch.tensor([[3, 4, 5, 0, 0], [1, 2, 3, 4, 0]])
    mask = compute("padding_mask", words)["mask"]
    assert mask.tolist() == (words == 0).tolist()
    x = torch.randn(2, 5, 8)
    other = x + 9 * mask.unsqueeze(-1)  # other numbers where nothing stands
    real = (~mask).unsqueeze(-1)
    plain = {"dropout": 0.0, "padding_mask": True}
    for tag, name in (
        ("transformer_encoder_layer", "y"),
        ("transformer_encoder", "y"),
        ("multihead_attention", "output"),
    ):
        rest = [None, None] if tag == "multihead_attention" else []
        used = (name,)
        first, second = (compute(tag, t, *rest, mask, used=used, **plain)[name] for t in (x, other))
        torch.testing.assert_close(first * real, second * real)
        open_ = compute(tag, x, *rest, None, used=used, **plain)[name]
        assert not torch.allclose(first * real, open_ * real)
    memory = torch.randn(2, 5, 8)
    for tag in ("transformer_decoder_layer", "transformer_decoder"):
        first, second = (
            compute(tag, x, t, None, mask, **plain)["y"] for t in (memory, memory + 9 * mask.unsqueeze(-1))
        )
        torch.testing.assert_close(first, second)
    first, second = (compute("transformer", t, memory, mask, None, **plain)["y"] for t in (x, other))
    torch.testing.assert_close(first, second)


def test_stacks_are_torchs_own_with_first_weights_of_their_own() -> None:
    x, memory = torch.randn(2, 5, 8), torch.randn(2, 4, 8)
    layer = LAYERS["transformer"]({"nhead": 2, "dropout": 0.0, "dim_feedforward": 16, "num_encoder_layers": 3})
    ours = build(layer.module((4, 8), (5, 8)))
    theirs = torch.nn.Transformer(8, 2, 3, 2, 16, 0.0, batch_first=True)
    assert ours is not None
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(memory, x), theirs(memory, x))
    first, second = ours.encoder.layers[0].linear1.weight, ours.encoder.layers[1].linear1.weight
    assert not torch.equal(first, second)


def test_upsampling_goes_by_any_factor_or_to_a_size() -> None:
    x = torch.rand(2, 3, 10, 7)
    for factor in (0.5, 1.1, 1.7, 2.9, 0.3):
        shape = LAYERS["upsample"]({"scale_factor": factor}).shape((3, 10, 7))
        assert compute("upsample", x, scale_factor=factor)["y"].shape[1:] == shape
    assert compute("upsample", x, size=(31, 5), mode="bilinear", align_corners=True)["y"].shape == (2, 3, 31, 5)


def test_folding_undoes_unfolding() -> None:
    x = torch.rand(2, 3, 6, 8)
    patches = compute("unfold", x, kernel_size=2, stride=2)["patches"]
    torch.testing.assert_close(compute("fold", patches, output_size=(6, 8), kernel_size=2, stride=2)["image"], x)


def test_negative_padding_cuts_off_as_torch_does() -> None:
    """Every mode, every pair of sides: the same numbers, or a refusal where torch refuses or leaves nothing."""
    for mode in ("constant", "reflect", "replicate", "circular"):
        for n in (1, 3, 5):
            x = torch.rand(2, 3, n)
            for before in range(-6, 6):
                for after in range(-6, 6):
                    pad = LAYERS["pad"]({"pad": (before, after), "mode": mode})
                    try:
                        wanted = torch.nn.functional.pad(x, (before, after), mode=mode)
                    except RuntimeError:
                        wanted = x[..., :0]
                    if not wanted.numel() or (mode == "circular" and min(before, after) < 0 < max(before, after)):
                        with pytest.raises(ShapeError, match=r"cut off|can pad"):
                            pad.infer([Spec((3, n))])
                        continue
                    assert pad.infer([Spec((3, n))])["y"].shape == tuple(wanted.shape[1:])
                    assert torch.equal(compute("pad", x, pad=(before, after), mode=mode)["y"], wanted)


def test_a_crop_of_an_image_is_a_negative_border() -> None:
    """As U-Net crops what crosses over: so many pixels off every side."""
    x = torch.rand(2, 4, 9, 8)
    assert torch.equal(compute("pad", x, pad=(-2, -1, -3, -2))["y"], x[:, :, 3:-2, 2:-1])
    with pytest.raises(ShapeError, match="nothing is left of 4×9×8") as refusal:
        LAYERS["pad"]({"pad": (-4, -4)}).shape((4, 9, 8))
    assert refusal.value.fault.formula == "8 + (-4) + (-4) = 0"
