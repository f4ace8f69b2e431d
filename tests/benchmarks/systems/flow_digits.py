"""Glow on small digits: bits that a pixel of a digit takes that the network has not seen, and its samples by the inverse.

The grey of a pixel is spread over its level by chance, as in training, so that the bits are an upper bound of what a code needs (Theis et
al. 2016); the mean is taken over several draws. Guessing among 17 greys takes 4.09 bits.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.systems.flow_points import template
from tests.benchmarks.systems.system import System, Wanted

DRAWS = 8
WRONG = "share of pixels with another grey after the way back"
"""The way back ends with rounding to a grey level; how near each layer's own inverse comes is held by tests of the layers."""


def measure(seed: int) -> Mapping[str, float]:
    """Train the template, and measure on its validation part."""
    import torch

    import visualnet as vn
    from visualnet.analysis.flows.problems import find_flows
    from visualnet.compiling.extra_modules import Dequantize
    from visualnet.compiling.flows.inverse_program import build_inverse

    with tempfile.TemporaryDirectory() as kept:
        trained = vn.train(template("glow-small", seed), device="cpu", folder=Path(kept) / "run").finish()
        model, data = trained.model, trained.data
        images = torch.from_numpy(data.whole("image")[data.validation]).float()
        model.objective.eval()
        for module in model.net.modules():
            if isinstance(module, Dequantize):
                module.train()
        torch.manual_seed(seed)
        with torch.no_grad():
            bits = sum(float(model.objective(images)["bits"]) for _ in range(DRAWS)) / DRAWS
            flow = next(find_flows(model.analysis.main))
            model.objective.eval()
            (back,) = build_inverse(model, flow)(model.net(images), *(None for _ in model.fields))
    return {"bits a pixel": bits, WRONG: float(((back - images).abs() > 1e-5).float().mean())}


SYSTEM = System(
    "flow_digits",
    "Glow on small digits",
    {"bits a pixel": Wanted(unit="bit"), WRONG: Wanted(most=0.0)},
    measure,
)
