"""Where the rows of a wrapped layout end."""

from __future__ import annotations

from collections.abc import Sequence

from visualnet.analysis.geometry.sheet_geometry import ceil_to_grid

COLUMN_GAP = 56
LEAST_ROW = 0.4
"""How much of the width a row must fill before it may end."""


def break_rows(wires: Sequence[Sequence[int]], widths: Sequence[float], wrap_width: float | None) -> list[range]:
    """The columns in rows: a row ends where it would grow too wide, if a single wire leads on there.

    Where none does, it ends behind a card whose wires come together again in the next row, as those of a residual block do. ``wires`` are,
    for each column, how many leave each of its cards, those that nothing leaves left out; ``widths`` how wide the columns are.
    """
    count = len(widths)
    if wrap_width is None:
        return [range(count)]
    steps = [ceil_to_grid(width + COLUMN_GAP) for width in widths]
    rows: list[range] = []
    start, x, cut, fork = 0, 0.0, -1, -1
    at = 0
    while at < count:
        x += steps[at]
        end = cut if cut >= start else fork
        if x - COLUMN_GAP > wrap_width and end >= start:
            rows.append(range(start, end + 1))
            start, at, x, cut, fork = end + 1, end + 1, 0.0, -1, -1
            continue
        # A row that ends after a card or two makes the picture no narrower.
        if len(wires[at]) == 1 and x >= LEAST_ROW * wrap_width:
            if wires[at][0] == 1:
                cut = at
            elif _joins(wires, steps, at + 1, wrap_width):
                fork = at
        at += 1
    rows.append(range(start, count))
    return rows


def _joins(wires: Sequence[Sequence[int]], steps: Sequence[float], start: int, wrap_width: float) -> bool:
    """Whether at most a single wire leads on somewhere in the row that begins with this column."""
    width = -float(COLUMN_GAP)
    for at in range(start, len(wires)):
        width += steps[at]
        if width > wrap_width:
            return False
        if sum(wires[at]) <= 1:
            return True
    return False
