"""Axes as torch numbers them, where the batch is 0, against shapes that leave the batch out; and sizes in words."""

from __future__ import annotations

from collections.abc import Sequence

from visualnet.layers.declaration.layer import Shape, ShapeError


def place(axis: int, shape: Shape, at: str = "dim", longer: int = 0) -> int:
    """Where the axis stands in a shape without the batch. ``longer`` allows so many axes more than there are (to insert one).

    Raises:
        ShapeError: there is no such axis, or it is the batch.
    """
    rank = len(shape) + 1 + longer
    found = axis + rank if axis < 0 else axis
    if found == 0:
        raise ShapeError(f"{at} {axis} is the batch: samples are kept apart", at)
    if not 0 < found < rank:
        last = f"its axes are 1 to {rank - 1}" if rank > 1 else "it has none besides the batch"
        raise ShapeError(f"there is no axis {axis} in {text(shape)}: {last}", at)
    return found - 1


def text(shape: Sequence[int]) -> str:
    """``64×14×14``; one value per sample is ``1``."""
    return "×".join(str(int(n)) for n in shape) or "1"
