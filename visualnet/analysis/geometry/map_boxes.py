"""Boxes that show how large the tensors of a sheet are against one another: the sizes in which a canvas draws them. No Qt.

A tensor with places is a volume as in a paper's figure: its channels run along the flow, its height upwards, its width back. A sequence is
a plate: its features along the flow, its length upwards. A vector is an upright bar.

Heights and widths are to scale as far as the smallest is still seen: where the largest side is more than ``MOST_RATIO`` times the smallest
one, all are raised to the power with which it is drawn so many times as large. Channels go by powers of two, bars by the logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

from visualnet.analysis.facts import NodeFacts
from visualnet.layers.declaration.layer import Spec

MOST = 53.0
"""How high the largest side is drawn."""
MOST_RATIO = 8.0
"""How many times as large as the smallest side the largest is drawn at most."""
LEAST_BAR = 10.0
THIN = 6.0
"""How wide a bar is, and what runs back of a bar and a plate."""
LEAST_DEPTH, DEPTH_PER_DOUBLING, MOST_DEPTH = 4.0, 5.0, 60.0

SLANT = 0.34
"""How much of a side is seen of a face that runs away from the eye."""

Form = Literal["volume", "plate", "bar"]


class Extent(NamedTuple):
    """A tensor to draw: what it is drawn as, its channels or features, its height or length, its width."""

    form: Form
    channels: int
    high: int
    wide: int


class MapBox(NamedTuple):
    """How large a tensor is drawn: the front's width and height, and how far it runs back."""

    wide: float
    high: float
    back: float

    @property
    def full(self) -> float:
        """Width with what runs back."""
        return self.wide + self.back

    @property
    def tall(self) -> float:
        """Height with what runs back."""
        return self.high + self.back


def first_output(facts: NodeFacts) -> Spec | None:
    """What leaves a node: at the first of its outputs of which something is known."""
    return next((facts.leaving[p] for p in facts.outputs if p in facts.leaving), None)


def is_volume(spec: Spec) -> bool:
    """Whether a tensor is drawn as a volume: maps, one behind the other."""
    return len(spec.shape) >= 3 and spec.batched


def extent_of(spec: Spec) -> tuple[int, int, int]:
    """Channels, height and width of a volume."""
    channels, *_, high, wide = map(int, spec.shape)
    return max(1, channels), max(1, high), max(1, wide)


def extent(facts: NodeFacts | None) -> Extent | None:
    """What leaves a node as something to draw; None for a single number, and where nothing is known."""
    spec = first_output(facts) if facts is not None else None
    if spec is None or not spec.batched or not spec.shape:
        return None
    if is_volume(spec):
        return Extent("volume", *extent_of(spec))
    if len(spec.shape) == 2:
        channels, length = spec.shape if spec.axes[:1] == ("C",) else reversed(spec.shape)
        return Extent("plate", max(1, int(channels)), max(1, int(length)), 1)
    if spec.dtype == "float":
        return Extent("bar", max(1, int(spec.shape[0])), 1, 1)
    return Extent("plate", 1, max(1, int(spec.shape[0])), 1)


class MapScale(NamedTuple):
    """What a sheet's boxes are drawn by: the smallest and largest side of its maps, the longest sequence and vector."""

    smallest: int
    largest: int
    longest: int
    features: int

    @property
    def power(self) -> float:
        """To which power sides are raised: 1 where they are to scale."""
        ratio = self.largest / self.smallest
        return 1.0 if ratio <= MOST_RATIO else math.log(MOST_RATIO) / math.log(ratio)

    def box(self, drawn: Extent) -> MapBox:
        """How large a tensor is drawn."""
        depth = min(LEAST_DEPTH + DEPTH_PER_DOUBLING * math.log2(drawn.channels), MOST_DEPTH)
        if drawn.form == "bar":
            share = math.log(1 + drawn.channels) / math.log(1 + max(self.features, 2))
            return MapBox(THIN, LEAST_BAR + (MOST - LEAST_BAR) * share, THIN)
        if drawn.form == "plate":
            share = math.log(1 + drawn.high) / math.log(1 + max(self.longest, 2))
            return MapBox(depth, LEAST_BAR + (MOST - LEAST_BAR) * share, THIN)
        return MapBox(depth, self._side(drawn.high), self._side(drawn.wide) * SLANT)

    def _side(self, value: int) -> float:
        return float(MOST * (value / self.largest) ** self.power)

    @property
    def words(self) -> str:
        """How heights and widths are drawn."""
        if self.power == 1.0:
            return "to scale"
        return f"{self.largest} : {self.smallest} drawn as {MOST_RATIO:.0f} : 1"


def scale_of(drawn: Iterable[Extent]) -> MapScale:
    """The scale of a sheet on which these tensors are."""
    every = list(drawn)
    sides = [side for each in every if each.form == "volume" for side in (each.high, each.wide)]
    plates = [each.high for each in every if each.form == "plate"]
    bars = [each.channels for each in every if each.form == "bar"]
    return MapScale(min(sides, default=1), max(sides, default=1), max(plates, default=1), max(bars, default=1))
