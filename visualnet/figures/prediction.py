"""What a network says of one sample, in words and in order; and the sample as pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prediction:
    """A probability and a label for each class, and which class is the true one, if that is known."""

    name: str
    probabilities: Floats
    labels: tuple[str, ...]
    truth: int | None = None

    @property
    def best(self) -> int:
        """The most probable class."""
        return int(np.nan_to_num(self.probabilities).argmax())

    @property
    def headline(self) -> str:
        """“Sample #2043: predicted 3, label 3”."""
        if np.isfinite(self.probabilities).all():
            says = f"predicted {self.labels[self.best]}"
        else:
            says = "the prediction is not finite"
        truth = f", label {self.labels[self.truth]}" if self.truth is not None else ""
        return f"{self.name}: {says}{truth}"

    def shown_classes(self, rows: int) -> list[int]:
        """The classes shown, always in their own order: all, or where they do not fit the most probable and the true one."""
        if len(self.labels) <= rows:
            return list(range(len(self.labels)))
        best = [int(i) for i in np.argsort(-np.nan_to_num(self.probabilities), kind="stable")[:rows]]
        if self.truth is not None and self.truth not in best:
            best[-1] = self.truth
        return sorted(best)


def rgb_levels(image: NDArray[Any]) -> NDArray[np.uint8]:
    """A picture (3 H W) as pixels (H W 3), from its least to its greatest value."""
    low, high = np.nanmin(image), np.nanmax(image)
    pixels = np.nan_to_num((image - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
    return np.ascontiguousarray(pixels.transpose(1, 2, 0))
