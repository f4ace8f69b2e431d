"""States of units with two levels, as pictures, at some moments of the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.core.text.format import format_quantity
from visualnet.figures.charts.tiles import TilesChart
from visualnet.figures.colours.pixels import png_of
from visualnet.training.generating.results import (
    GeneratedResult,
    Writer,
    as_colours,
    contact_sheet,
    csv_bytes,
    gif_bytes,
    npy_bytes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGE = 0.15
"""On the screen neither level is black or white: tiles end where they end, on a light and on a dark ground."""


@dataclass(frozen=True, eq=False)
class GeneratedStates(GeneratedResult):
    """``pictures`` (N, row, column) for each moment; ``levels`` are black and full light, ``words`` what the moments are called."""

    pictures: tuple[NDArray[Any], ...]
    levels: tuple[float, float]
    words: tuple[str, ...]
    note: str = ""

    @property
    def moments(self) -> int:
        return len(self.pictures)

    def chart(self, moment: int = -1) -> TilesChart:
        return TilesChart(self._colours(moment, EDGE))

    def _colours(self, moment: int = -1, edge: float = 0.0) -> NDArray[np.uint8]:
        low, high = self.levels
        return as_colours(self.pictures[moment][..., None], (low - edge * (high - low), high + edge * (high - low)))

    def moment_words(self, moment: int) -> str:
        return self.words[moment]

    def files(self) -> Mapping[str, Writer]:
        last = self.pictures[-1]
        _, tall, wide = last.shape
        head = [f"y{y}_x{x}" for y in range(tall) for x in range(wide)]
        return {
            ".png": lambda: png_of(contact_sheet(self._colours())),
            ".gif": lambda: gif_bytes(contact_sheet(self._colours(at)) for at in range(self.moments)),
            ".csv": lambda: csv_bytes([head, *last.reshape(len(last), -1).tolist()]),
            ".npy": lambda: npy_bytes(last),
        }

    def describe(self) -> str:
        count, tall, wide = self.pictures[-1].shape
        return f"{format_quantity(count, 'state')} of {wide}×{tall} units"
