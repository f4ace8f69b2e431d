"""The experiments that come with the program, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

from visualnet.training.experiments.declare import Experiment

DECLARED_IN = (
    "initialization",
    "deep_activations",
    "normalization",
    "dropout",
    "fitting",
    "learning_rates",
    "segmentation_losses",
    "transfer",
    "bert",
)
"""The modules of `declared`, each with an ``EXPERIMENT``, in the order in which they are offered."""


@lru_cache(maxsize=1)
def find_experiments() -> Mapping[str, Experiment]:
    """Every experiment that comes with the program, by name, in the order in which they are offered."""
    found = [import_module(f"visualnet.training.experiments.declared.{name}").EXPERIMENT for name in DECLARED_IN]
    return {experiment.name: experiment for experiment in found}


def find_experiment(name: str) -> Experiment:
    """The experiment of this name.

    Raises:
        ValueError: there is none; the words name those that there are.
    """
    found = find_experiments().get(name)
    if found is None:
        raise ValueError(f"there is no experiment “{name}” (there are {', '.join(find_experiments())})")
    return found
