"""The batch sizes that a search tried, as values and as words. Needs no torch."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.core.text.format import format_bytes, format_duration

COLUMNS = ("Batch size", "Memory", "A step takes", "Samples a second")


class TriedBatchSize(NamedTuple):
    """A batch size that was tried: the most memory that training takes with it, and how long a step takes."""

    batch: int
    memory: int
    step_s: float

    @property
    def samples_per_s(self) -> float:
        """How many samples a second are learned from."""
        return self.batch / self.step_s


class LargestBatch(NamedTuple):
    """What was found: the sizes that fit, in order, and in words why there is none beyond them."""

    sizes: tuple[TriedBatchSize, ...]
    why: str
    free: int
    device: str

    @property
    def largest(self) -> TriedBatchSize:
        """The largest that fits."""
        return self.sizes[-1]


def as_json(found: LargestBatch) -> dict[str, object]:
    """All of it for programs; memory in bytes."""
    sizes = [{**size._asdict(), "samples_per_s": size.samples_per_s} for size in found.sizes]
    return {"largest": found.largest.batch, **found._asdict(), "sizes": sizes}


def table_rows(found: LargestBatch) -> list[tuple[str, str, str, str]]:
    """Each size in words: batch, memory, time of a step, samples a second."""
    return [
        (f"{s.batch:,}", format_bytes(s.memory), format_duration(s.step_s, 2), f"{s.samples_per_s:,.0f}")
        for s in found.sizes
    ]
