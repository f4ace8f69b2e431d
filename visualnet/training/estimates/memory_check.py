"""Whether training fits into the memory that is free, and what to change where it does not. Needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from visualnet.analysis import Analysis
from visualnet.analysis.cost.totals import Costs
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import Project, Recipe
from visualnet.core.text.format import format_bytes

DOUBT = 1.3
"""A forecast by formula can be a third too high: alone it refuses only what is so many times too large."""
ROOM = 0.8
"""A repair is offered where training then takes this share of what is free."""


class MemoryRepair(NamedTuple):
    """A recipe that fits: in words, and what of it changes."""

    words: str
    batch_size: int
    options: Mapping[str, Value] = {}

    def apply(self, project: Project) -> Project:
        """The project with that recipe."""
        options = {**project.recipe.options, **self.options}
        return edits.set_recipe(project, batch_size=self.batch_size, options=options)


class MemoryFault(NamedTuple):
    """Why a run does not fit, and what would."""

    words: str
    repairs: tuple[MemoryRepair, ...] = ()


def largest_batch(recipe: Recipe, samples: int | None) -> int:
    """Samples that a step really looks at: no more than there are, where that is known."""
    return min(recipe.batch_size, samples) if samples else recipe.batch_size


def find_memory_fault(
    analysis: Analysis,
    free: int,
    measured: int | None = None,
    precision: str = "bf16",
    samples: int | None = None,
) -> MemoryFault | None:
    """What is wrong if training needs more than is free; ``measured`` is what a step was seen to take, which counts before the formula.

    ``precision`` is the mixed one that the device can compute in; ``samples`` are those of the training set: no batch is larger.
    """
    recipe = analysis.project.recipe
    size = largest_batch(recipe, samples)
    formula = Costs(analysis, size).whole().training
    needed = formula if measured is None else measured
    if needed <= free * (DOUBT if measured is None else 1.0):
        return None
    how = "by formula" if measured is None else "measured"
    words = (
        f"Training does not fit: it takes {format_bytes(needed)} ({how}), and {format_bytes(free)} of memory are free."
    )
    scale = needed / max(formula, 1)
    batch = size // 2
    while batch and Costs(analysis, batch).whole().training * scale > ROOM * free:
        batch //= 2
    repairs = []
    mixed = replace(recipe, options={**recipe.options, "precision": precision})
    if (
        "precision" not in recipe.options
        and Costs(analysis, size, recipe=mixed).whole().training * scale <= ROOM * free
    ):
        repairs.append(MemoryRepair(f"Mixed precision ({precision})", recipe.batch_size, {"precision": precision}))
    if not batch and repairs:
        return MemoryFault(f"{words} Mixed precision takes about half of what a step keeps.", tuple(repairs))
    if not batch:
        return MemoryFault(f"{words} Weights, gradients and optimizer alone are too large: make the network smaller.")
    before = recipe.options.get("accumulate", 1)
    gathered = -(-size // batch) * (before if isinstance(before, int) else 1)
    also = " So does mixed precision." if repairs else ""
    smaller = (
        MemoryRepair(f"Batch size {batch:,}", batch),
        MemoryRepair(f"Batch size {batch:,}, {gathered} batches a step", batch, {"accumulate": gathered}),
    )
    return MemoryFault(
        f"{words} A smaller batch fits; gathering several before a step keeps the effective batch.{also}",
        (*smaller, *repairs),
    )
