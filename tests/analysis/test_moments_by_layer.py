"""Mean and variance before training, by formula, held against torch for each layer type."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.contract.evaluate import build, outputs
from tests.contract.test_layers_torch import inferred
from visualnet.analysis.facts import FIRST
from visualnet.core.graph import Init
from visualnet.layers import LAYERS, Layer, Spec
from visualnet.layers.declaration.initial_moments import (
    InitialState,
    Moments,
    after_dropout,
    concatenate,
    weight_variance,
)
from visualnet.layers.declaration.initialization import INITIALIZATIONS, Initialization, resolve_init

ARRIVING = Moments(0.3, 1.5)
EXTENTS = {"C": 8, "H": 12, "W": 12, "L": 64, "T": 12, "S": 12, "D": 32, "N": 4}

ALIKE = "pool mean rms_norm sinusoidal_positions"
"""What rests on neighbours being alike, as in images, or is fitted; here all numbers are independent. test_first_loss.py holds those."""

CHANGED: list[tuple[str, dict[str, Any]]] = [
    ("conv2d", {"padding": 1}),
    ("conv2d", {"padding": "same", "kernel_size": 5}),
    ("conv2d", {"padding": 2, "stride": 2, "kernel_size": 5}),
    ("conv2d", {"padding": 2, "padding_mode": "reflect", "kernel_size": 5}),
    ("conv2d", {"groups": 4}),
    ("conv1d", {"dilation": 2, "padding": 2}),
    ("linear", {"bias": False}),
    ("leaky_relu", {"negative_slope": 0.5}),
    ("elu", {"alpha": 2.0}),
    ("dropout", {"p": 0.2}),
]


def arriving(layer: Layer) -> list[Spec | None]:
    fitting = dict(zip(layer.inputs(), layer.example() or (), strict=False))
    specs: list[Spec | None] = []
    for port, pattern in layer.inputs().items():
        shape = tuple(n for axis in pattern.axes for n in ((8, 16) if axis == "*" else (EXTENTS.get(axis, 8),)))
        dtype = "float" if pattern.dtype == "any" else pattern.dtype
        specs.append(None if pattern.optional else Spec(fitting.get(port, shape), (), dtype))
    return specs


def forecast(layer: Layer, specs: list[Spec | None], init: Initialization = FIRST) -> Moments | None:
    shapes = tuple(s.shape if s is not None else None for s in specs)
    came = tuple(ARRIVING if s is not None else None for s in specs)
    try:
        return layer.begins(InitialState(came, shapes, layer.weights(*shapes), init))
    except ValueError:
        return None  # the shapes do not fit


def measured(layer: Layer, specs: list[Spec | None]) -> Moments:
    torch.manual_seed(1)
    module = build(layer.module(*[s.shape if s is not None else None for s in specs]))  # type: ignore[arg-type]
    batch = min(48, max(4, 40_000 // max(s.size for s in specs if s is not None)))
    given = {
        port: ARRIVING.mean + ARRIVING.variance**0.5 * torch.randn(batch, *spec.shape) if spec is not None else None
        for port, spec in zip(layer.inputs(), specs, strict=True)
    }
    with torch.no_grad():
        out = next(iter(outputs(layer, module, given, frozenset(list(layer.outputs())[:1])).values())).double()
    return Moments(float(out.mean()), float(out.var()))


def told_tags() -> list[str]:
    """The layers that forecast anything of such tensors."""
    found = []
    for tag, kind in LAYERS.items():
        if kind.role or any(part in tag for part in ALIKE.split()):
            continue
        layer = kind()
        specs = arriving(layer)
        if (
            all(s is None or s.dtype == "float" for s in specs)
            and not isinstance(inferred(layer, specs), str)
            and forecast(layer, specs)
        ):
            found.append(tag)
    return found


TOLD = told_tags()


def test_enough_layers_forecast_something() -> None:
    assert len(TOLD) > 35


@pytest.mark.parametrize(("tag", "params"), [*((tag, {}) for tag in TOLD), *CHANGED])
def test_mean_and_variance_are_those_of_torch(tag: str, params: dict[str, Any]) -> None:
    layer = LAYERS[tag](params)
    specs = arriving(layer)
    told, found = forecast(layer, specs), measured(layer, specs)
    assert told is not None
    assert abs(told.mean - found.mean) < 0.15 * found.power**0.5, (told, found)
    assert told.variance == pytest.approx(found.variance, rel=0.2, abs=1e-4), (told, found)


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_same_padding_is_that_many_cells(kernel: int) -> None:
    for dilation in (1, 2):
        common = {"kernel_size": kernel, "dilation": dilation}
        same, valid = (LAYERS["conv2d"]({**common, "padding": word}) for word in ("same", "valid"))
        cells, none = (LAYERS["conv2d"]({**common, "padding": p}) for p in (dilation * (kernel - 1) // 2, 0))
        specs = arriving(same)
        assert forecast(same, specs) == forecast(cells, specs)
        assert forecast(valid, specs) == forecast(none, specs)


@pytest.mark.parametrize("kind", [k for k in INITIALIZATIONS if k not in ("constant", "uniform", "trunc_normal")])
def test_weights_are_drawn_with_the_variance_that_torch_draws(kind: str) -> None:
    weight = torch.empty(300, 200)
    torch.manual_seed(0)
    how = {
        "default": lambda w: torch.nn.init.kaiming_uniform_(w, a=5**0.5),
        "zeros": torch.nn.init.zeros_,
        "normal": lambda w: torch.nn.init.normal_(w, std=0.05),
    }
    how.get(
        kind, lambda w: getattr(torch.nn.init, f"{kind}_")(w, **({"nonlinearity": "relu"} if "kaiming" in kind else {}))
    )(weight)
    found = float(weight.var())
    assert weight_variance(resolve_init(Init(kind, {"std": 0.05})), (300, 200)) == pytest.approx(found, rel=0.05)


def test_no_weights_and_no_chances_give_nothing() -> None:
    zeros = resolve_init(Init("zeros"))
    for tag in ("linear", "conv2d"):
        layer = LAYERS[tag]()
        told = forecast(layer, arriving(layer), zeros)
        assert told is not None and (told.mean, told.variance) == (0.0, 0.0)
    assert after_dropout(ARRIVING, 1.0) is None and after_dropout(None, 0.5) is None
    assert after_dropout(ARRIVING, 0.0) == pytest.approx(ARRIVING)


def test_vectors_of_a_table_are_drawn_as_its_weights_are() -> None:
    table = LAYERS["embedding"]({"num_embeddings": 40, "embedding_dim": 8})
    told = {
        k: table.begins(InitialState((None,), ((5,),), table.weights((5,)), resolve_init(Init(k, {"std": 0.2}))))
        for k in ("default", "normal", "zeros")
    }
    assert told == {
        "default": Moments(0.0, 1.0),
        "normal": Moments(0.0, pytest.approx(0.04)),
        "zeros": Moments(0.0, 0.0),
    }


def test_a_mixture_has_the_moments_of_all_its_numbers() -> None:
    a, b = torch.randn(3000, dtype=torch.float64) + 2, 3 * torch.randn(1000, dtype=torch.float64)
    both = torch.cat([a, b])
    parts = [(Moments(float(t.mean()), float(t.var(correction=0))), len(t)) for t in (a, b)]
    found = concatenate(parts)
    assert found is not None
    assert found.mean == pytest.approx(float(both.mean())) and found.variance == pytest.approx(
        float(both.var(correction=0))
    )
    assert concatenate([*parts, (None, 5)]) is None
