"""What the declarations say, held against torch: shapes, types, weights, buffers, costs, and what is refused."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from hypothesis import event, given, settings
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from tests.contract.draw import Drawn, cases
from tests.contract.evaluate import COUNTED, build, outputs
from tests.sampling import examples
from visualnet.layers import LAYERS, Layer, Spec
from visualnet.layers.declaration.layer import ShapeError

BATCH = 2
EXAMPLES = examples(12, wide=60, thorough=1200)
COMPUTED = [tag for tag, kind in LAYERS.items() if kind.role not in ("input", "target", "output")]
DTYPES = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}
REFUSALS = (RuntimeError, ValueError, AssertionError, IndexError, TypeError)

STRICTER = {
    "what reads from the end has no state": "torch has no truncated back-propagation",
    "is the batch": "samples are kept apart; torch would mix them",
    "same number of axes": "torch would line the axes up from the right and mix samples with features",
    "give at least one axis": "torch would average over the batch as well",
    "axes is": "torch would normalize over the batch, or refuse",
    "which is not the": "torch would find another number of samples",
    "number by number": "torch would reshape a target of as many numbers in another order",
    "logits of": "torch would repeat the target where one extent is 1",
    "this encoding has 1": "torch would repeat the only place",
    "need the same size": "torch would repeat the one that is smaller",
    "need one size": "torch would repeat the one that is smaller",
    "must have extent 1 to go": "torch would leave the axis where it is, and say nothing",
    "wants 2 numbers for each axis": "torch would pad the channels",
    "circular cannot pad one end": "torch would leave cells of the answer unwritten",
    "extents, not": "torch would take extents for axes that are not there",
    "at index, not": "torch would take of the first places only, and of axes that are not there none",
    "wants one number for each axis": "torch would put new axes in front",
}
"""Words of refusals where torch computes something, but nothing that anyone means."""


def tensor(spec: Spec | None) -> torch.Tensor | None:
    if spec is None:
        return None
    kinds = {"int": torch.int64, "bool": torch.bool}
    if spec.dtype in kinds:
        return torch.zeros(BATCH, *spec.shape, dtype=kinds[spec.dtype])
    return torch.rand(BATCH, *spec.shape)


def inferred(layer: Layer, specs: list[Spec | None]) -> dict[str, Spec] | str:
    """The outputs' specs, or the words of the refusal."""
    shapes: Any = [s.shape if s is not None else None for s in specs]
    try:
        faults = [f.words for f in layer.check(*shapes) if f.severity == "error"]
        return faults[0] if faults else layer.infer(specs)
    except ShapeError as error:
        return str(error)


def run(layer: Layer, specs: list[Spec | None]) -> tuple[dict[str, torch.Tensor], torch.nn.Module | None, int]:
    """Outputs, module and multiply–accumulates per sample, by torch."""
    shapes: Any = [s.shape if s is not None else None for s in specs]
    make = layer.module(*shapes)
    with (
        warnings.catch_warnings(),
        FlopCounterMode(display=False, custom_mapping=COUNTED) as flops,
        sdpa_kernel(SDPBackend.MATH),
    ):
        warnings.filterwarnings("ignore", "Using padding='same' with even kernel")
        warnings.filterwarnings("ignore", "TF32 acceleration on top of oneDNN")
        # The fused kernels for recurrent layers are not counted; the plain ones are.
        with torch.backends.mkldnn.flags(enabled=False):
            module = build(make)
            arriving = dict(zip(layer.inputs(), map(tensor, specs), strict=True))
            computed = outputs(layer, module, arriving, frozenset(layer.outputs()))
    total = flops.get_total_flops()
    assert total % (2 * BATCH) == 0
    return computed, module, total // (2 * BATCH)


@pytest.mark.few(40)
@pytest.mark.more
@pytest.mark.parametrize("tag", COMPUTED)
def test_declared_is_what_torch_does(tag: str) -> None:
    fitting = 0

    @settings(max_examples=EXAMPLES)
    @given(cases(tag))
    def hold(case: Drawn) -> None:
        nonlocal fitting
        layer, specs = case
        told = inferred(layer, specs)
        if isinstance(told, str):
            event(f"refused: {told[:20]}")
            hold_refusal(layer, specs, told)
        else:
            fitting += 1
            hold_agreement(layer, specs, told)

    torch.manual_seed(0)
    hold()
    assert fitting > EXAMPLES // 20, "too few cases fit for the test to say much"


def hold_refusal(layer: Layer, specs: list[Spec | None], words: str) -> None:
    """What is refused here, torch refuses too (or gives back nothing)."""
    if any(part in words for part in STRICTER):
        return
    try:
        computed, _, _ = run(layer, specs)
    except REFUSALS:
        return
    assert any(t.numel() == 0 for t in computed.values()), f"torch computes this: {words}"


def asks_nothing(layer: Layer) -> bool:
    """Whether a loss or metric is over nothing: the targets here are all 0, so that 0 is asked or no other class occurs."""
    values = layer.values()
    return values.get("ignore_index") == 0 or bool(values.get("only_class"))


def hold_agreement(layer: Layer, specs: list[Spec | None], told: dict[str, Spec]) -> None:
    shapes: Any = [s.shape if s is not None else None for s in specs]
    computed, module, macs = run(layer, specs)
    for port, spec in told.items():
        found = computed[port]
        assert tuple(found.shape) == ((BATCH, *spec.shape) if spec.batched else ()), port
        assert found.dtype == DTYPES[spec.dtype], port
        if found.isnan().any():
            assert asks_nothing(layer), "NaN, though something is asked"
            continue
        warned = [f for f in layer.check(*shapes) if f.severity == "warning"]
        if spec.holds == "logarithms":
            assert found.max() <= 0, spec.holds
        elif spec.holds and not warned:
            assert found.min() >= 0, spec.holds
        if spec.holds in ("fractions", "probabilities"):
            assert found.max() <= 1 + 1e-6, spec.holds
    learned = {name: tuple(p.shape) for name, p in module.named_parameters()} if module else {}
    saved = {name: tuple(t.shape) for name, t in module.state_dict().items() if name not in learned} if module else {}
    weights, buffers = layer.weights(*shapes), layer.buffers(*shapes)
    assert {name: tuple(w) for name, w in weights.items()} == learned
    assert {name: tuple(b) for name, b in buffers.items()} == saved
    assert list(weights) + list(buffers) == [*learned, *saved], "not in torch's order"
    for sizes in (*weights.values(), *buffers.values()):
        assert len(sizes.names) == len(sizes)
    assert sum(w.total for w in weights.values()) == (sum(p.numel() for p in module.parameters()) if module else 0)
    # Of sequences with lengths of their own fewer steps are read; the chains of a machine are led on once a batch, however large it is.
    if not (layer.values().get("packed") or layer.values().get("chains")):
        assert layer.macs(*shapes) == macs


@pytest.mark.few(60)
@pytest.mark.parametrize("tag", COMPUTED)
def test_only_the_used_outputs_are_needed(tag: str) -> None:
    """A layer computes the same at its first output whether or not the others are read."""
    kind = LAYERS[tag]
    first, *others = kind().outputs()
    if not others:
        return
    layer = kind({"num_heads": 2} if "num_heads" in kind.params else {})
    ports = layer.inputs().values()
    sizes = layer.example() or [(5, 8)[-max(1, len(p.axes)) :] for p in ports]
    specs = [Spec(size) if not p.optional else None for p, size in zip(ports, sizes, strict=True)]
    module = build(layer.module(*[s.shape if s else None for s in specs]))  # type: ignore[arg-type]
    arriving = dict(zip(layer.inputs(), map(tensor, specs), strict=True))
    torch.manual_seed(0)
    alone = outputs(layer, module, arriving, frozenset({first}))
    torch.manual_seed(0)
    together = outputs(layer, module, arriving, frozenset({first, *others}))
    assert alone.keys() == {first}
    torch.testing.assert_close(alone[first], together[first])
