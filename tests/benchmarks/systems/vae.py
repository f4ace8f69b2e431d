"""The variational autoencoder: digits made of codes drawn from the prior, as a LeNet sees them that was trained on real ones.

A sample is recognised where the LeNet gives one class more than 0.9, as for the GAN; the share with more than 0.5 is stated beside it. The
same is stated of real digits that neither network was trained on, and of noise, so that the share can be read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from tests.benchmarks.systems.system import System, Wanted

SAMPLES = 2000
SURE = 0.9


def measure(seed: int) -> Mapping[str, float]:
    """Train both templates, draw codes, and have the LeNet look at what is made of them."""
    import numpy as np

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
        judge = vn.train(template("lenet5-28"), device="cpu", folder=folder / "judge").finish()
        analysis = infer(vae, None, trained.data.fields)
        place = find_place(find_methods()["prior"], analysis)
        wish = {"count": SAMPLES, "seed": seed}
        made = generate(vae, analysis, "prior", place, wish, folder / "vae", "last").made
        assert isinstance(made, GeneratedImages)
        images = np.moveaxis(made.images, -1, 1)
        real = np.stack([judge.data.sample(int(at), ["image"])["image"] for at in judge.data.validation])
        noise = np.random.default_rng(seed).uniform(size=images.shape).astype(np.float32)

        def shares(pictures: np.ndarray) -> np.ndarray:
            return np.asarray(judge.predict(pictures).softmax(1))

        found, of_real, of_noise = shares(images), shares(real), shares(noise)
        sure = found.max(1) > SURE
        return {
            "recognised": float(sure.mean()),
            "recognised, confidence > 0.5": float((found.max(1) > 0.5).mean()),
            "classes": float(len(np.unique(found.argmax(1)[sure]))),
            "real digits recognised": float((of_real.max(1) > SURE).mean()),
            "noise recognised": float((of_noise.max(1) > SURE).mean()),
            "reconstruction": float(validation["redrawn"]),
            "divergence": float(validation["divergence"]),
        }


SYSTEM = System(
    "vae",
    "VAE",
    {
        "recognised": Wanted(least=0.7),
        "recognised, confidence > 0.5": Wanted(),
        "classes": Wanted(least=10),
        "real digits recognised": Wanted(),
        "noise recognised": Wanted(),
        "reconstruction": Wanted(unit="nat"),
        "divergence": Wanted(unit="nat"),
    },
    measure,
)
