"""What an epoch will take, as measured on a few real steps: values and words. Needs no torch."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.core.project import Project
from visualnet.core.text.format import format_bytes, format_duration, format_quantity, format_seconds


class EpochForecast(NamedTuple):
    """Time in seconds and memory in bytes, measured with one network, batch size, device and data set."""

    step_s: float
    steps: int
    """Of an epoch."""
    epoch_s: float
    """Validation included."""
    epochs: int
    memory: int
    """The most that training takes, data left out."""
    free: int
    batch_size: int
    device: str
    measured: int
    """Steps that were measured, for"""
    took_s: float

    @property
    def run_s(self) -> float:
        """The whole run."""
        return self.epochs * self.epoch_s

    @property
    def source(self) -> str:
        """How it is known."""
        return f"measured on {format_quantity(self.measured, 'real step')} in {format_duration(self.took_s, 1)}, {self.device}"

    @property
    def summary(self) -> str:
        """In one line."""
        return f"an epoch takes {format_duration(self.epoch_s, 2)}, {self.epochs:,} take {format_duration(self.run_s, 2)} (measured)"


def measured_of(project: Project) -> tuple[object, ...]:
    """What a forecast holds for: another recipe or data set makes it another one. The network is compared by `Project.same_network`."""
    recipe = project.recipe
    options = tuple(sorted((name, value) for name, value in recipe.options.items()))
    return recipe.batch_size, recipe.device, recipe.optimizer, repr(recipe.learners), repr(options), repr(project.data)


def error_words(forecast_s: float, took_s: float) -> str:
    """What an epoch took beside what was forecast, both in seconds where seconds can be felt."""
    return f"{format_seconds(took_s)}; {format_seconds(forecast_s)} were forecast"


def memory_words(forecast: EpochForecast) -> str:
    """The memory, and of how much that is free."""
    return f"{format_bytes(forecast.memory)} of {format_bytes(forecast.free)}"
