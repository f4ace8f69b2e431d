"""What a layer can show of itself, as plain figures: a window that slides, a matrix, heads. A picture is made of them elsewhere."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Window(NamedTuple):
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

    def taps(self, axis: int, step: int) -> list[int]:
        """The padded cells that the window reads at a step; the first one is 0."""
        first = step * self.stride[axis]
        return [first + tap * self.dilation[axis] for tap in range(self.kernel[axis])]

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


Drawing: TypeAlias = "Window | Matrix | Heads"
