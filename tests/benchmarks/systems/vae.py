"""The variational autoencoder: digits made of codes drawn from the prior, as the shipped LeNet-5 sees them, the judge of the GAN.

A sample is recognised where the LeNet gives one class more than all others together (0.5); the share with more than 0.9 is stated beside
it, for such samples are blurred. The same is stated of real digits that the autoencoder was not trained on, and of noise, so that the
share can be read: another judge, a LeNet trained for the purpose on pictures that are not normalized, was as sure of noise as of digits.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from msgspec.structs import replace
from torch import Tensor

from tests.benchmarks.systems.gan_digits import SURE, recognise
from tests.benchmarks.systems.system import System, Wanted

SAMPLES = 2000
HALF = 0.5
"""A digit is recognised if the LeNet takes it for one class rather than for all others."""


def share(sure: Tensor, least: float) -> float:
    """How many of the LeNet's answers are as sure as that."""
    return float((sure > least).float().mean())


def measure(seed: int) -> Mapping[str, float]:
    """Train the template, draw codes, and have the LeNet look at what is made of them."""
    import visualnet as vn
    from visualnet.analysis import infer
    from visualnet.core.project import Project
    from visualnet.core.storage import project_file
    from visualnet.resources import resource
    from visualnet.training.generating.generate import generate
    from visualnet.training.generating.method import find_methods, find_place
    from visualnet.training.generating.results import GeneratedImages

    def template(name: str) -> Project:
        project = project_file.load(resource("templates", f"{name}.vnet"))
        return replace(project, recipe=replace(project.recipe, seed=seed))

    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        vae = template("vae")
        trained = vn.train(vae, device="cpu", folder=folder / "vae").finish()
        validation = trained.run.epochs[-1].validation
        analysis = infer(vae, None, trained.data.fields)
        place = find_place(find_methods()["prior"], analysis)
        wish = {"count": SAMPLES, "seed": seed}
        made = generate(vae, analysis, "prior", place, wish, folder / "vae", "last").made
        assert isinstance(made, GeneratedImages)
        images = torch.from_numpy(np.moveaxis(made.images, -1, 1).astype(np.float32))
        held = [trained.data.sample(int(at), ["image"])["image"] for at in trained.data.validation]
        real = torch.from_numpy(np.stack(held))
        noise = torch.rand(images.shape, generator=torch.Generator().manual_seed(seed))
        found, sure = recognise(images)
        counts = torch.bincount(found[sure > HALF], minlength=10)
        return {
            "recognised": share(sure, HALF),
            "recognised, confidence > 0.9": share(sure, SURE),
            "classes": float((counts > 0).sum()),
            "rarest class": float(counts.min()),
            "real digits recognised": share(recognise(real)[1], HALF),
            "noise recognised": share(recognise(noise)[1], HALF),
            "reconstruction": float(validation["redrawn"]),
            "divergence": float(validation["divergence"]),
        }


SYSTEM = System(
    "vae",
    "VAE",
    {
        "recognised": Wanted(least=0.7),
        "recognised, confidence > 0.9": Wanted(),
        "classes": Wanted(least=10),
        "rarest class": Wanted(),
        "real digits recognised": Wanted(),
        "noise recognised": Wanted(),
        "reconstruction": Wanted(unit="nat"),
        "divergence": Wanted(unit="nat"),
    },
    measure,
)
