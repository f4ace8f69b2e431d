"""What is known of a tensor before it exists."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.layers.declaration.sizes import Shape

NEAR = 0.01
"""A value is saturated that is nearer to a limit than this share of the range; of 1 where there is one limit alone."""


class Column(NamedTuple):
    """One column of a table: ``categories`` are how many it counts from 0 on, 0 for a number; ``missing`` says that some samples lack it
    (NaN stands there). ``words`` are the categories, where they are known."""

    name: str
    categories: int = 0
    missing: bool = False
    words: tuple[str, ...] = ()

    @property
    def category_names(self) -> tuple[str, ...]:
        """A name for each category: ``colour = red``, or ``colour 1`` where the words are not known."""
        if len(self.words) == self.categories:
            return tuple(f"{self.name} = {word}" for word in self.words)
        return tuple(f"{self.name} {at + 1}" for at in range(self.categories))


class Spec(NamedTuple):
    """What is known of a tensor before it exists. ``shape`` is without the batch axis; ``axes`` names each of its axes.

    ``dtype`` is ``float``, ``int`` or ``bool``. ``holds`` says what the numbers are, where a later layer must know: ``probabilities``
    (they add to 1), ``fractions`` (each from 0 to 1), ``nonnegative``, ``logarithms`` (of probabilities: at most 0), ``watched`` (points at
    which a gradient can be taken), or nothing. ``batched`` is False for one number for the whole batch (a loss). ``classes``, for whole
    numbers of a data set: they count from 0 to below it; 0 where that is not known. ``columns``, for a table of a data set: what stands
    along its last axis.
    """

    shape: Shape
    axes: tuple[str, ...] = ()
    dtype: str = "float"
    holds: str = ""
    batched: bool = True
    classes: int = 0
    columns: tuple[Column, ...] = ()

    @property
    def text(self) -> str:
        """``64×14×14``; a single value per sample is ``1``, one number for the batch is ``scalar``."""
        if not self.batched:
            return "scalar"
        return "×".join(map(str, self.shape)) or "1"

    @property
    def size(self) -> int:
        """Numbers per sample."""
        total = 1
        for extent in self.shape:
            total *= extent
        return total


class Limits(NamedTuple):
    """Where a function levels off: a unit that is there for every sample learns nothing.

    ``reached`` are values that the function takes on a whole stretch (0, of a ReLU): there its slope is exactly zero.
    ``approached`` are those that it comes ever nearer to (−1 and 1, of tanh): there its slope fades."""

    reached: tuple[float, ...] = ()
    approached: tuple[float, ...] = ()

    def bands(self) -> tuple[tuple[float, float], ...]:
        """From where to where a value counts as being at a limit, each as a pair of ends."""
        values = self.approached
        near = NEAR * ((max(values) - min(values)) if len(values) > 1 else 1.0)
        return (*((v, v) for v in self.reached), *((v - near, v + near) for v in values))
