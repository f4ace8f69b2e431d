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
