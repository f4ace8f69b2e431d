"""What a layer can show of itself, as plain figures: windows, matrices, heads, tables, steps. A picture is made of them elsewhere."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


def _apart(first: int, count: int, step: int) -> range:
    """So many cells, each ``step`` behind the last. A range, not a list: a kernel is as large as a file says."""
    return range(first, first + count * step, step)


class SlidingWindow(NamedTuple):
    """A window sliding over padded cells, axis by axis. ``padding`` is what stands before and behind along each axis."""

    axes: str
    extents: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    up: bool = False
    """Whether a window may hang over the far end, as long as it begins before the padding there (``ceil_mode``)."""

    def total(self, axis: int) -> int:
        """Cells with the padding."""
        before, behind = self.padding[axis]
        return before + self.extents[axis] + behind

    def span(self, axis: int) -> int:
        """Cells from the window's first tap to its last."""
        return self.dilation[axis] * (self.kernel[axis] - 1) + 1

    def steps(self, axis: int) -> int:
        """How often the window fits, counted by sliding it, not by the size formula."""
        last = self.total(axis) - self.span(axis)
        fitting = last // self.stride[axis] + 1 if last >= 0 else 0
        behind = self.total(axis) - self.padding[axis][1]
        if self.up and last % self.stride[axis] and fitting * self.stride[axis] < behind:
            fitting += 1
        return fitting

    def taps(self, axis: int, step: int) -> range:
        """The padded cells that the window reads at a step; the first one is 0."""
        return _apart(step * self.stride[axis], self.kernel[axis], self.dilation[axis])

    def unread(self, axis: int) -> int:
        """Cells at the far end that no step reaches."""
        reached = (self.steps(axis) - 1) * self.stride[axis] + self.span(axis) if self.steps(axis) else 0
        return max(0, self.total(axis) - reached)


class Matrix(NamedTuple):
    """A matrix of weights: so many outputs from so many inputs, at each of some positions."""

    outputs: int
    inputs: int
    bias: bool
    positions: int = 1

    @property
    def weights(self) -> int:
        """All its numbers."""
        return self.outputs * (self.inputs + self.bias)


class Heads(NamedTuple):
    """Features shared out to heads, each of which compares every place with every other."""

    heads: int
    features: int
    queries: int
    keys: int
    causal: bool

    @property
    def each(self) -> int:
        """Features of one head."""
        return self.features // self.heads


class Spread(NamedTuple):
    """Cells laid out ``stride`` apart, each of which stamps a whole kernel.

    Then ``padding`` is cut off at both sides, and ``extra`` cells are added behind.
    """

    axes: str
    extents: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    extra: tuple[int, ...]
    dilation: tuple[int, ...]

    def stamps(self, axis: int, cell: int) -> range:
        """The cells that an input cell stamps, before anything is cut off."""
        return _apart(cell * self.stride[axis], self.kernel[axis], self.dilation[axis])

    def total(self, axis: int) -> int:
        """Cells from the first that is stamped to the last, and those added behind."""
        return self.stamps(axis, self.extents[axis] - 1)[-1] + 1 + self.extra[axis]

    def kept(self, axis: int) -> range:
        """The cells that are left of them: the output."""
        return range(self.padding[axis], self.total(axis) - self.padding[axis])


class Table(NamedTuple):
    """A table with a row for each index; each position reads one row."""

    rows: int
    width: int
    positions: int


class Unrolled(NamedTuple):
    """One cell, used again at each step, in ``layers`` stacked on each other; ``directions`` is 2 if it is also read from the end."""

    steps: int
    features: int
    hidden: int
    layers: int
    directions: int
    states: tuple[str, ...]

    @property
    def states_count(self) -> int:
        """How many states are handed on: one for each layer and direction."""
        return self.layers * self.directions


class NormalizedGroup(NamedTuple):
    """The numbers that share one mean and one deviation: so many channels ``together``, at all places or one, of the batch or a sample."""

    channels: int
    places: int
    together: int
    all_places: bool = True
    batch: bool = False

    @property
    def means(self) -> int:
        """How many means there are: for the whole batch, or for each sample."""
        return self.channels // self.together * (1 if self.all_places else self.places)

    @property
    def over(self) -> int:
        """How many numbers of a sample each is taken over."""
        return self.together * (self.places if self.all_places else 1)


Drawing: TypeAlias = "SlidingWindow | Matrix | Heads | Spread | Table | Unrolled | NormalizedGroup"
