"""Sizes of tensors without the batch."""

from __future__ import annotations

Shape = tuple[int, ...]


class Sized(tuple[int, ...]):
    """A weight's shape whose extents have names, so that its count can be explained."""

    names: tuple[str, ...]

    @property
    def total(self) -> int:
        total = 1
        for extent in self:
            total *= extent
        return total


def sized(**extents: int) -> Sized:
    """``sized(out_channels=6, in_channels=1, K_h=5, K_w=5)``: a weight of shape (6, 1, 5, 5)."""
    shape = Sized(extents.values())
    shape.names = tuple(extents)
    return shape


def default_axes(rank: int) -> tuple[str, ...]:
    """The usual names where a layer gives none."""
    return {0: (), 1: ("D",), 2: ("T", "D"), 3: ("C", "H", "W")}.get(rank) or tuple(f"d{i + 1}" for i in range(rank))
