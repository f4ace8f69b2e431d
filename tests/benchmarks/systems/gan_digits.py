"""DCGAN on the digits of the box: what a LeNet that was trained on real ones says of what the generator makes.

What it says of noise is stated beside it: a judge that calls that a digit says little.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.benchmarks.made_samples import make_samples, train_template
from tests.benchmarks.systems.system import System, Wanted
from visualnet.cli.common import open_project
from visualnet.compiling.module import compile_project
from visualnet.data.loading import load
from visualnet.resources import resource

SAMPLES = 500
SURE = 0.9
"""A digit is recognised if the LeNet is so sure of it."""


def recognise(images_NCHW: Tensor) -> tuple[Tensor, Tensor]:
    """The class of each image (0 to 1, white on black) and how sure the shipped LeNet is of it."""
    project = open_project("lenet5")
    model, data = compile_project(project, seed=0), load(project.data)
    model.net.load_state_dict(load_file(resource("trained", "lenet5.safetensors")))
    model.net.eval()
    mean, std = (torch.from_numpy(np.asarray(one["image"], np.float32)) for one in (data.mean, data.std))
    with torch.no_grad():
        sure, found = model.net((images_NCHW - mean) / std).softmax(1).max(1)
    return found, sure


def measure(seed: int) -> Mapping[str, float]:
    """Train with this seed, make samples of normal numbers, and count."""
    model = train_template("dcgan", seed)
    made = make_samples(model, SAMPLES)
    found, sure = recognise(made)
    noise = torch.rand(made.shape, generator=torch.Generator().manual_seed(seed))
    counts = torch.bincount(found[sure > SURE], minlength=10)
    print(f"recognised by class: {counts.tolist()}", flush=True)
    return {
        "recognised": float((sure > SURE).float().mean()),
        "classes": float((counts > 0).sum()),
        "rarest class": float(counts.min()),
        "noise recognised": float((recognise(noise)[1] > SURE).float().mean()),
    }


SYSTEM = System(
    "gan_digits",
    "DCGAN on digits",
    {
        "recognised": Wanted(least=0.8),
        "classes": Wanted(least=10),
        "rarest class": Wanted(),
        "noise recognised": Wanted(),
        "processor_seconds": Wanted(most=300, unit="s"),
    },
    measure,
)
