"""Layers that say how they are undone: the way back gives what came in, and log_det is that of autograd's Jacobian."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from torch import Tensor, nn

from tests.contract.draw import Drawn, cases
from tests.contract.evaluate import build, compute, outputs
from tests.contract.test_layers_torch import inferred
from tests.sampling import examples
from visualnet.layers import LAYERS, Layer
from visualnet.layers.declaration.calls import LOG_DET, InverseRule, OwnModule, Ref

UNDONE = [tag for tag, kind in LAYERS.items() if kind.undoing is not Layer.undoing]
NUMBERS = 60
"""So many numbers of a sample at most: a Jacobian is that many rows."""
SAMPLES = 2


def test_the_layers_of_flows_are_among_them() -> None:
    assert {"affine_coupling", "act_norm", "invertible_conv", "permutation", "pixel_unshuffle", "split"} <= set(UNDONE)


def arriving(layer: Layer, specs: Any) -> dict[str, Tensor | None]:
    """Random numbers for each port; on their levels where the layer wants levels."""
    found: dict[str, Tensor | None] = {}
    for port, spec in zip(layer.inputs(), specs, strict=True):
        found[port] = None if spec is None else torch.randn(SAMPLES, *spec.shape, dtype=torch.float64)
    if levels := layer.values().get("levels"):
        found["x"] = torch.randint(levels, found["x"].shape) / (levels - 1.0)  # type: ignore[union-attr]
    return found


def made(layer: Layer, shapes: Any) -> nn.Module | None:
    """The layer's module with random weights, in eval mode as a density is computed."""
    module = build(layer.module(*shapes))
    if module is not None:
        module = module.double().eval()
        for weight in module.parameters():
            weight.data += 0.3 * torch.randn_like(weight)
    return module


def undo(layer: Layer, how: InverseRule, module: Any, known: dict[str, Tensor], shapes: Any) -> dict[str, Tensor]:
    exprs = layer.inverse(OwnModule(), {port: Ref(port) for port in how.reads}, *shapes)
    return {port: compute(expr, module, known, {}) for port, expr in exprs.items()}


@pytest.mark.few(3)
@pytest.mark.parametrize("tag", UNDONE)
def test_what_came_in_comes_back_and_the_log_determinant_is_that_of_the_jacobian(tag: str) -> None:
    fitting = 0

    @settings(max_examples=examples(25, wide=25, thorough=300))
    @given(cases(tag))
    def hold(case: Drawn) -> None:
        nonlocal fitting
        layer, specs = case
        how = layer.undoing()
        assume(how is not None and not isinstance(inferred(layer, specs), str))
        assert how is not None
        shapes: Any = [s.shape if s is not None else None for s in specs]
        given_ = arriving(layer, specs)
        fitting += 1
        module = made(layer, shapes)
        leaving = outputs(layer, module, given_, frozenset(layer.outputs()))
        known = {p: given_[p] if p in given_ and p not in leaving else leaving[p] for p in how.reads}
        found = undo(layer, how, module, known, shapes)  # type: ignore[arg-type]
        assert found.keys() == set(how.finds)
        for port, back in found.items():
            torch.testing.assert_close(back, given_[port], atol=1e-5, rtol=1e-5, check_dtype=False)
        if sum(given_[p].numel() for p in how.finds) <= NUMBERS * SAMPLES:  # type: ignore[union-attr]
            hold_volume(layer, how, module, given_, leaving)

    torch.manual_seed(0)
    hold()
    assert fitting > 3, "too few cases fit for the test to say much"


def hold_volume(
    layer: Layer, how: InverseRule, module: Any, given_: dict[str, Tensor | None], leaving: dict[str, Tensor]
) -> None:
    """log|det| of the Jacobian of each sample against what ``log_det`` gained; 0 where there is no such port."""
    sizes = {port: tensor.shape[1:] for port in how.finds if (tensor := given_[port]) is not None}
    results = [port for port in how.reads if port in leaving]
    for at in range(SAMPLES):
        alone = {port: None if t is None else t[at : at + 1].double() for port, t in given_.items()}

        def whole(flat: Tensor, alone: Any = alone) -> Tensor:
            parts = flat.split([size.numel() for size in sizes.values()])
            ports = {p: part.reshape(1, *size) for (p, size), part in zip(sizes.items(), parts, strict=True)}
            answered = outputs(layer, module, {**alone, **ports}, frozenset(layer.outputs()))
            return torch.cat([answered[port].flatten() for port in results])

        flat = torch.cat([alone[port].flatten() for port in sizes])  # type: ignore[union-attr]
        jacobian = torch.autograd.functional.jacobian(whole, flat)
        wanted = torch.linalg.slogdet(jacobian)[1]
        began = given_.get(LOG_DET)
        gained = leaving[LOG_DET][at] - (0 if began is None else began[at]) if LOG_DET in leaving else torch.zeros(())
        torch.testing.assert_close(gained.double(), wanted, atol=1e-5, rtol=1e-5)
