"""A GAN on points, and the same as a WGAN with a gradient penalty: how many of the eight clouds it finds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.benchmarks.made_samples import make_samples, train_template
from tests.benchmarks.systems.system import System, Wanted
from visualnet.cli.common import open_project
from visualnet.data.loading import load

SAMPLES = 2000
NEAR = 3.0
"""A point belongs to a cloud if it lies within so many of the cloud's standard deviations of its middle."""
COVERED = 0.02
"""A cloud is found if at least this share of the points lies in it (an eighth would be even)."""


def count_modes(template: str, seed: int) -> tuple[int, float]:
    """How many clouds are found after training with this seed, and which share of the points lies in any."""
    data = load(open_project(template).data)
    real, label = data.whole("point"), data.whole("label")
    middles = np.stack([real[label == each].mean(0) for each in range(len(data.classes))])
    deviation = np.sqrt(np.mean([real[label == each].var(0).mean() for each in range(len(data.classes))]))
    made = make_samples(train_template(template, seed), SAMPLES).numpy()
    distances = np.linalg.norm(made[:, None] - middles, axis=2)
    inside = distances.min(1) < NEAR * deviation
    shares = np.bincount(distances.argmin(1)[inside], minlength=len(middles)) / SAMPLES
    print(f"{template}: {np.round(shares, 3).tolist()}", flush=True)
    return int((shares >= COVERED).sum()), float(inside.mean())


def measure(seed: int) -> Mapping[str, float]:
    """Train both with this seed."""
    modes, inside = count_modes("gan-points", seed)
    of_critic, inside_critic = count_modes("wgan-gp", seed)
    return {"modes": modes, "in a cloud": inside, "modes, WGAN-GP": of_critic, "in a cloud, WGAN-GP": inside_critic}


SYSTEM = System(
    "gan_points",
    "GAN on points",
    {
        "modes": Wanted(least=8),
        "in a cloud": Wanted(),
        "modes, WGAN-GP": Wanted(least=8),
        "in a cloud, WGAN-GP": Wanted(),
        "processor_seconds": Wanted(most=300, unit="s"),
    },
    measure,
)
