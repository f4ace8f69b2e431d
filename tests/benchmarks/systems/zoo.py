"""The new cells of the Neural Network Zoo: each shipped template, trained as it says, moves the figure that it is about.

Figures of the validation set. “falls to”: the last epoch's figure as a share of the first epoch's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from tests.benchmarks.systems.system import System, Wanted

SHARES = {
    "sparse-autoencoder": "redrawn",
    "contractive-autoencoder": "redrawn",
    "deconvolutional": "loss",
    "inverse-graphics": "redrawn",
    "rbm": "machine_error",
    "boltzmann": "machine_error",
    "deep-belief": "first_error",
    "kohonen": "error",
}
"""What falls, of each that has no accuracy."""
ACCURACIES = {
    "rbf": 0.95,
    "svm": 0.95,
    "extreme-learning": 0.85,
    "echo-state": 0.8,
    "liquid-state": 0.85,
    "turing": 0.99,
    "deep-belief": 0.6,
    "markov-chain": 0.35,
}
"""What each that has an accuracy must reach."""


def measure(seed: int) -> Mapping[str, float]:
    """Train every template with this seed."""
    import visualnet as vn
    from visualnet.core.storage import project_file
    from visualnet.resources import resource

    found: dict[str, float] = {}
    for name in dict.fromkeys([*SHARES, *ACCURACIES, "hopfield"]):
        project = project_file.load(resource("templates", f"{name}.vnet"))
        project = replace(project, recipe=replace(project.recipe, seed=seed))
        with tempfile.TemporaryDirectory() as kept:
            epochs = vn.train(project, device="cpu", folder=Path(kept) / name).finish().run.epochs
        first, last = epochs[0].validation, epochs[-1].validation
        if name in SHARES:
            found[f"{name}: {SHARES[name]} falls to"] = float(last[SHARES[name]] / first[SHARES[name]])
        if name in ACCURACIES:
            found[f"{name}: accuracy"] = float(last["accuracy"])
        if name == "hopfield":
            # Cells are ±1: a wrong one is 2 off.
            found["hopfield: wrong cells after recall"] = float(last["wrong"]) / 2
        print(name, {key: value for key, value in found.items() if key.startswith(name)}, flush=True)
    return found


SYSTEM = System(
    "zoo",
    "Neural Network Zoo",
    {
        **{f"{name}: {figure} falls to": Wanted(most=0.97) for name, figure in SHARES.items()},
        **{f"{name}: accuracy": Wanted(least=least) for name, least in ACCURACIES.items()},
        "hopfield: wrong cells after recall": Wanted(most=0.01),
    },
    measure,
)
