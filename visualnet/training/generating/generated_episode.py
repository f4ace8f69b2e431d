"""An episode that was played, as plain values: its states as drawings, what was done in each and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.core.text.format import format_number, format_quantity
from visualnet.figures.charts.generated.game import GameChart, GameShape
from visualnet.figures.charts.generated.raster import pixels_of
from visualnet.figures.colours.pixels import png_of
from visualnet.training.generating.results import GeneratedResult, Writer, contact_sheet, csv_bytes, gif_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.data.environments.environment import Picture

FRAME = 240
"""A frame has so many pixels along its longer side, about."""
MOST_SHOWN = 24
"""So many moments stand in a picture file, at most: of a longer episode some, evenly spread, the first and the last among them."""
STATE_DIGITS = 6


@dataclass(frozen=True, eq=False)
class GeneratedEpisode(GeneratedResult):
    """``pictures`` and ``states`` (observations) are one more than ``did``, ``rewards`` and ``values`` (step, action: what each action was
    worth to the network): the last is what came at the end. ``actions`` are their names; ``over`` says why it ended."""

    pictures: tuple[Picture, ...]
    states: tuple[NDArray[Any], ...]
    did: tuple[int, ...]
    rewards: tuple[float, ...]
    values: NDArray[Any]
    actions: tuple[str, ...]
    over: str
    note: str = ""

    @property
    def moments(self) -> int:
        return len(self.pictures)

    def moment_words(self, moment: int) -> str:
        at = moment % self.moments
        total = f"sum {format_number(sum(self.rewards[:at]))}"
        if not at:
            return "the beginning"
        return f"step {at:,}: {self.actions[self.did[at - 1]]}, reward {format_number(self.rewards[at - 1])}, {total}"

    def chart(self, moment: int = -1, written: bool = False) -> GameChart:
        one = self.pictures[moment]
        shapes = tuple(GameShape(*mark) for mark in one.marks)
        words = self.moment_words(moment)
        return GameChart(one.width, one.height, one.cells, one.kinds, shapes, words, self._table, written)

    @cached_property
    def _table(self) -> tuple[Sequence[Any], ...]:
        """A row for each step: what was seen, what was done then, and what came of it."""
        worth = [f"Q of {name}" for name in self.actions]
        names = _state_names(self.states[0].shape)
        rows = [
            (
                at + 1,
                self.actions[action],
                reward,
                float(sum(self.rewards[: at + 1])),
                *(float(f"{value:.{STATE_DIGITS}g}") for value in self.values[at]),
                *(round(float(value), STATE_DIGITS) for value in self.states[at].reshape(-1)),
            )
            for at, (action, reward) in enumerate(zip(self.did, self.rewards, strict=True))
        ]
        return (("step", "action", "reward", "reward so far", *worth, *names), *rows)

    def files(self) -> Mapping[str, Writer]:
        return {
            ".png": lambda: png_of(contact_sheet(np.stack(list(self._frames(self._spread()))))),
            ".gif": lambda: gif_bytes(self._frames(range(self.moments))),
            ".csv": lambda: csv_bytes(self._table),
            ".txt": lambda: ("\n".join(self._lines()) + "\n").encode(),
        }

    def _spread(self) -> Iterable[int]:
        count = min(self.moments, MOST_SHOWN)
        return (round(at * (self.moments - 1) / max(count - 1, 1)) for at in range(count))

    def _frames(self, moments: Iterable[int]) -> Iterable[NDArray[np.uint8]]:
        one = self.pictures[0]
        longer = FRAME / max(one.width, one.height)
        wide, tall = max(round(longer * one.width), FRAME // 3) + 20, max(round(longer * one.height), FRAME // 3) + 40
        return (pixels_of(self.chart(at, True), wide, tall) for at in moments)

    def _lines(self) -> Iterable[str]:
        yield self.describe()
        for at, (action, reward) in enumerate(zip(self.did, self.rewards, strict=True)):
            yield f"{at + 1:4}  {self.actions[action]:<12}  {format_number(reward):>6}"

    def describe(self) -> str:
        steps = format_quantity(len(self.did), "step")
        return f"an episode of {steps} with a reward of {format_number(sum(self.rewards))}: {self.over}"


def _state_names(shape: tuple[int, ...]) -> list[str]:
    """What the numbers of an observation are called: by their places."""
    if not shape:
        return ["state"]
    return ["state_" + "_".join(map(str, place)) for place in np.ndindex(*shape)]
