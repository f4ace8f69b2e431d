"""What each layer type keeps for the way back, by formula, held against what autograd really holds: to the byte."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch

from tests.analysis.saved import saved_bytes
from tests.contract.evaluate import build, outputs
from tests.contract.test_layers_torch import COMPUTED, inferred
from visualnet.analysis.cost.saved_tensors import SavedTensors, find_saved, rule
from visualnet.layers import LAYERS, Layer, Spec

BATCH = 3
EXTENTS = {"C": 4, "H": 6, "W": 5, "L": 9, "T": 5, "S": 7, "D": 8, "N": 4}
WIDTH = {"float": 4, "int": 8, "bool": 1}

ROUGH = {
    "embedding_bag", "softsign", "local_response_norm", "gaussian_noise", "lstm", "scaled_dot_product_attention", "max", "min",
    "cosine_similarity", "constant", "cross_entropy", "nll", "bce_with_logits", "bce", "dice_loss", "top_k_accuracy", "poisson_nll",
    "triplet", "cosine_embedding", "hinge_embedding", "soft_margin", "multilabel_soft_margin", "multilabel_margin", "gaussian_nll",
    "max_unpool1d", "max_unpool2d", "max_unpool3d", "gradient_penalty", "bits_per_dim",
}  # fmt: skip
"""Layers whose figure is an approximation, for one batch of small tensors; the whole is held in test_saved_tensors.py."""

UNFIT = {"pixel_unshuffle", "batch_norm1d", "squeeze", "repeat", "expand"}
"""Layers that want more than small tensors of any size; test_saved_tensors.py meets them in networks."""

CHANGED: list[tuple[str, dict[str, Any]]] = [
    ("conv2d", {"padding": 2, "bias": False}),
    ("conv2d", {"padding_mode": "reflect", "padding": 1}),
    ("conv2d", {"padding_mode": "circular"}),
    ("conv2d", {"padding_mode": "circular", "padding": (1, 2)}),
    ("conv2d", {"padding_mode": "replicate", "padding": "valid"}),
    ("conv1d", {"padding_mode": "reflect", "padding": 2}),
    ("gru", {"hidden_size": 16, "num_layers": 2}),
    ("gru", {"hidden_size": 16, "bidirectional": True}),
    ("rnn", {"hidden_size": 16, "num_layers": 3}),
    ("layer_norm", {}),
    ("group_norm", {"num_groups": 2}),
    ("adaptive_avg_pool2d", {"output_size": 1}),
    ("dropout", {"p": 0.0}),
]


def arriving(layer: Layer) -> list[Spec | None]:
    """Small tensors for its ports; optional ones stay open."""
    fitting = dict(zip(layer.inputs(), layer.example() or (), strict=False))
    specs: list[Spec | None] = []
    for port, pattern in layer.inputs().items():
        shape = tuple(n for axis in pattern.axes for n in ((4, 6) if axis == "*" else (EXTENTS.get(axis, 6),)))
        dtype = "float" if pattern.dtype == "any" else pattern.dtype
        holds = "fractions" if dtype == "float" else ""
        specs.append(None if pattern.optional else Spec(fitting.get(port, shape), (), dtype, holds))
    return specs


def tensor(spec: Spec | None) -> torch.Tensor | None:
    if spec is None:
        return None
    if spec.dtype == "float":
        return torch.rand(BATCH, *spec.shape, requires_grad=True)
    return torch.zeros(BATCH, *spec.shape, dtype=torch.long if spec.dtype == "int" else torch.bool)


def measured(layer: Layer, specs: list[Spec | None], arriving_too: bool = True, ports: int = 1) -> int:
    torch.manual_seed(0)
    module = build(layer.module(*[s.shape if s is not None else None for s in specs]))  # type: ignore[arg-type]
    given = dict(zip(layer.inputs(), map(tensor, specs), strict=True))
    used = frozenset(list(layer.outputs())[:ports])
    own = [*module.parameters(), *module.buffers()] if module is not None else []
    own += [] if arriving_too else [t for t in given.values() if t is not None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return saved_bytes(lambda: outputs(layer, module, given, used), own)


def told(layer: Layer, specs: list[Spec | None]) -> int:
    leaving = layer.infer(specs)
    first = next(iter(layer.outputs()))
    law = find_saved(layer, tuple(specs), tuple(leaving.items()), frozenset([first]))
    ports = dict(zip(layer.inputs(), specs, strict=True))
    moving = sum(s is not None and s.dtype == "float" for s in specs) > 1
    held = {*law.inputs, *(law.factors if layer.weights(*[s.shape if s else None for s in specs]) else ())}
    held |= law.products if moving else set()
    own = sum(s.size * WIDTH[s.dtype] for port in held if (s := ports[port]) is not None)
    made = 4 * leaving[first].size if law.outputs else 0
    return law.fixed + BATCH * (law.extra + own + made)


def cases() -> list[Any]:
    found = [(tag, {}) for tag in COMPUTED if tag not in ROUGH | UNFIT]
    return [pytest.param(*case, id=f"{case[0]}-{','.join(map(str, case[1]))}") for case in (*found, *CHANGED)]


@pytest.mark.few(60)
@pytest.mark.parametrize(("tag", "params"), cases())
def test_what_a_layer_keeps_is_exact(tag: str, params: dict[str, Any]) -> None:
    layer = LAYERS[tag](params)
    specs = arriving(layer)
    assert not isinstance(inferred(layer, specs), str)
    assert told(layer, specs) == measured(layer, specs)


def test_most_layers_are_held() -> None:
    assert set(COMPUTED) >= ROUGH | UNFIT
    assert len(COMPUTED) > 4 * len(ROUGH | UNFIT)


Q, K = (7, 8), (5, 8)
INSIDE: list[tuple[str, tuple[tuple[int, ...], ...], dict[str, Any]]] = [
    ("scaled_dot_product_attention", (Q, K, K), {}),
    ("scaled_dot_product_attention", (Q, K, (5, 6)), {}),
    ("scaled_dot_product_attention", ((3, *Q), (3, *K), (3, *K)), {}),
    ("scaled_dot_product_attention", ((3, *Q), (3, *K), (3, 5, 6)), {}),
    ("multihead_attention", (Q, K), {}),
    ("multihead_attention", (Q, K), {"dropout": 0.2}),
    ("transformer_encoder_layer", (Q,), {"dropout": 0.0}),
    ("transformer_decoder_layer", (Q, K), {}),
    ("transformer_encoder", (Q,), {"final_norm": False}),
    ("transformer_encoder", (Q,), {"num_layers": 3, "dropout": 0.0, "activation": "gelu"}),
    ("transformer_decoder", (Q, K), {"final_norm": False}),
    ("transformer_decoder", (Q, K), {"num_layers": 3}),
    ("transformer", (Q, K), {"num_encoder_layers": 3, "num_decoder_layers": 1}),
    ("transformer", (Q, K), {"dropout": 0.0}),
    ("rnn_cell", ((8,), (32,)), {"hidden_size": 32}),
    ("lstm_cell", ((8,), (16,), (16,)), {"hidden_size": 16}),
    ("gru_cell", ((8,), (16,)), {"hidden_size": 16}),
    ("rnn_cell", ((8,),), {}),
    ("gru_cell", ((8,),), {}),
    ("local_response_norm", ((4, 6, 5),), {}),
    ("conv2d", ((3, 8, 8),), {"padding_mode": "reflect", "padding": (1, 2)}),
    ("conv1d", ((3, 8),), {"padding_mode": "replicate", "padding": "same", "dilation": 2}),
    ("rms_norm", ((4, 1),), {}),
]


@pytest.mark.parametrize(("tag", "shapes", "params"), INSIDE)
def test_what_is_kept_besides_what_arrives_is_exact(tag: str, shapes: Any, params: dict[str, Any]) -> None:
    layer = LAYERS[tag](params)
    specs = [*map(Spec, shapes), *[None] * (len(layer.inputs()) - len(shapes))]
    first = next(iter(layer.outputs()))
    leaving = layer.infer(specs)
    law = find_saved(layer, tuple(specs), tuple(leaving.items()), frozenset([first]))
    made = 4 * leaving[first].size if law.outputs else 0
    assert law.fixed + BATCH * (law.extra + made) == measured(layer, specs, arriving_too=False)


@pytest.mark.parametrize("size", [(), (3,)])
def test_weights_of_attention_that_are_read_are_kept(size: tuple[int, ...]) -> None:
    layer = LAYERS["scaled_dot_product_attention"]()
    specs: list[Spec | None] = [Spec((*size, *Q)), Spec((*size, *K)), Spec((*size, *K))]
    specs += [None] * (len(layer.inputs()) - 3)
    assert list(layer.outputs())[1] == "weights"
    law = find_saved(layer, tuple(specs), tuple(layer.infer(specs).items()), frozenset(layer.outputs()))
    assert law.fixed + BATCH * law.extra == measured(layer, specs, arriving_too=False, ports=2)


@pytest.mark.parametrize("params", [{}, {"dropout": 0.0, "activation": "gelu"}])
@pytest.mark.parametrize(
    "tag", ["transformer_encoder_layer", "transformer_encoder", "transformer_decoder", "transformer"]
)
def test_a_normalization_that_comes_first_keeps_what_arrives(tag: str, params: dict[str, Any]) -> None:
    layer = LAYERS[tag]({**params, "norm_first": True})
    ports = len(layer.inputs())
    specs: list[Spec | None] = [Spec(Q), Spec(K)][:ports] + [None] * (ports - 2)
    first = next(iter(layer.outputs()))
    law = find_saved(layer, tuple(specs), tuple(layer.infer(specs).items()), frozenset([first]))
    assert not law.inputs and law.extra > 0
    with_it, without = (measured(layer, specs, arriving_too) for arriving_too in (True, False))
    assert without < BATCH * law.extra <= with_it


@pytest.mark.parametrize("tag", ["input", "target", "output"])
def test_what_computes_nothing_keeps_nothing(tag: str) -> None:
    layer = LAYERS[tag]()
    specs = (Spec((3,)),) * len(layer.inputs())
    assert find_saved(layer, specs, (), frozenset()) == SavedTensors()


def test_a_call_is_known_by_any_of_its_names_and_an_unknown_one_keeps_what_arrives() -> None:
    assert rule("nn.MaxPool2d") is rule("F.max_pool2d") is rule(".max_pool1d")
    assert rule("nn.Zebra").keeps == "in"
