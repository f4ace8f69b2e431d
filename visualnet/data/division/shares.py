"""The division by chance."""

from __future__ import annotations

from typing import Any

from visualnet.core.project import DataChoice
from visualnet.data.division.division import Division, division
from visualnet.data.samples import Samples
from visualnet.data.split import Index, split


@division("shares", "By chance", uses="split seed")
class Shares(Division):
    """By chance, in shares; each class keeps its share in all parts."""

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        label: Any = samples.column("label")
        return split(samples.size, choice.split, choice.seed, label)
