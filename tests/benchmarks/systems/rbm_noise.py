"""The restricted Boltzmann machine, sampled from noise: how many of the ten digits a LeNet recognises in what it imagines."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from tests.benchmarks.made_samples import train_template
from tests.benchmarks.systems.gan_digits import SAMPLES, SURE, recognise
from tests.benchmarks.systems.system import System, Wanted
from visualnet.compiling.module import Model
from visualnet.training.generating.from_energy import LayerUnits

STEPS = 1000


def imagine(model: Model) -> torch.Tensor:
    """What the machine imagines from noise after so many steps, the same as Gibbs sampling in the panel Generate: (N, 1, 28, 28)."""
    node = model.analysis.main.graph.named("machine").id
    layer, module = model.analysis.at((node,)).layer, model.net.get_submodule("machine")
    couplings, bias = layer.pairs({name: tensor.detach() for name, tensor in module.named_parameters()})  # type: ignore[union-attr]
    units = LayerUnits(couplings, bias, layer.apart(784, len(bias)), (0.0, 1.0), 784)  # type: ignore[union-attr]
    chance = torch.Generator().manual_seed(0)
    states = units.begin(torch.randint(2, (SAMPLES, 784), generator=chance).float(), chance)
    for _ in range(STEPS):
        expected = units.ask(states, 1.0, chance)
    return expected[:, :784].reshape(-1, 1, 28, 28)


def measure(seed: int) -> Mapping[str, float]:
    """Train with this seed, sample from noise, and count."""
    found, sure = recognise(imagine(train_template("rbm", seed)))
    counts = torch.bincount(found[sure > SURE], minlength=10)
    print(f"recognised by class: {counts.tolist()}", flush=True)
    return {
        "recognised": float((sure > SURE).float().mean()),
        "classes": float((counts > 0).sum()),
        "rarest class": float(counts.min()),
    }


SYSTEM = System(
    "rbm_noise",
    "RBM sampled from noise",
    {
        "recognised": Wanted(),
        "classes": Wanted(least=8),
        "rarest class": Wanted(),
        "processor_seconds": Wanted(unit="s"),
    },
    measure,
)
