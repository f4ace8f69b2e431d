"""What of a layer's drawing is shown: along two axes, so many cells and steps as can be told apart; and the sentence under it."""

from __future__ import annotations

from functools import singledispatch
from typing import TypeVar

from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.drawings import Heads, Matrix, NormalizedGroup, SlidingWindow, Spread, Table, Unrolled

CELLS = 24
"""More cells than this along an axis are not drawn, unless two steps of the window need them; a fading edge says so."""
MOST_CELLS = 96
"""Nor are more than these, however large the window is."""
STAMPED = 18
"""More cells than this along an axis of what is stamped are not drawn."""
MOST_HEADS = 8
MOST_STEPS = 6
MOST_ROWS = 9

T = TypeVar("T")


# --- cells -------------------------------------------------------------------------------------------------------------------------


def _last_two(first: T, values: tuple[T, ...]) -> tuple[T, ...]:
    return (first, *values)[-2:]


def flat_window(window: SlidingWindow) -> SlidingWindow:
    """A window along two axes, as paper has them: of a line one row, of a volume its last two axes."""
    return window._replace(
        axes=f"·{window.axes}"[-2:],
        extents=_last_two(1, window.extents),
        kernel=_last_two(1, window.kernel),
        stride=_last_two(1, window.stride),
        padding=_last_two((0, 0), window.padding),
        dilation=_last_two(1, window.dilation),
    )


def flat_spread(spread: Spread) -> Spread:
    """Stamped kernels along two axes, as `flat_window` has a window."""
    return spread._replace(
        axes=f"·{spread.axes}"[-2:],
        extents=_last_two(1, spread.extents),
        kernel=_last_two(1, spread.kernel),
        stride=_last_two(1, spread.stride),
        padding=_last_two(0, spread.padding),
        extra=_last_two(0, spread.extra),
        dilation=_last_two(1, spread.dilation),
    )


def window_cells(window: SlidingWindow) -> tuple[int, int]:
    """How many of the padded cells are drawn, down and across: two steps, while that many cells can be told apart."""
    down, across = (
        min(window.total(a), max(CELLS, min(window.span(a) + window.stride[a], MOST_CELLS))) for a in (0, 1)
    )
    return down, across


def window_steps(window: SlidingWindow) -> tuple[int, int]:
    """How many steps are drawn, down and across: those whose window lies within the drawn cells."""
    found = []
    for axis, cells in enumerate(window_cells(window)):
        steps = window.steps(axis)
        if cells < window.total(axis):
            steps = min(steps, max(0, cells - window.span(axis)) // window.stride[axis] + 1)
        found.append(steps)
    return found[0], found[1]


def spread_cells(spread: Spread) -> tuple[int, int]:
    """How many of the stamped cells are drawn, down and across."""
    return min(spread.total(0), STAMPED), min(spread.total(1), STAMPED)


def spread_steps(spread: Spread) -> tuple[int, int]:
    """How many of the input's cells are drawn: those that stamp within what is drawn."""
    drawn = spread_cells(spread)
    found = [sum(spread.stamps(a, i)[-1] < drawn[a] for i in range(min(spread.extents[a], STAMPED))) for a in (0, 1)]
    return max(1, found[0]), max(1, found[1])


def within(cells: range, count: int) -> range:
    """Those of the cells that are among the first ``count``."""
    return range(cells.start, min(cells.stop, count), cells.step)


# --- steps -------------------------------------------------------------------------------------------------------------------------


@singledispatch
def steps(drawing: object) -> tuple[int, int]:
    """How many steps something in the drawing can take, down and across; 1×1 where nothing moves."""
    return 1, 1


@steps.register
def _(drawing: SlidingWindow) -> tuple[int, int]:
    return window_steps(flat_window(drawing))


@steps.register
def _(drawing: Spread) -> tuple[int, int]:
    return spread_steps(flat_spread(drawing))


@steps.register
def _(drawing: Table) -> tuple[int, int]:
    return 1, min(drawing.rows, MOST_ROWS)


@steps.register
def _(drawing: Unrolled) -> tuple[int, int]:
    return 1, min(drawing.steps, MOST_STEPS)


# --- in words ----------------------------------------------------------------------------------------------------------------------


@singledispatch
def describe(drawing: object, step: tuple[int, int]) -> str:
    """What is drawn at a step, with its figures; nothing of what is no drawing."""
    return ""


@describe.register
def _(drawing: SlidingWindow, step: tuple[int, int]) -> str:
    window, parts = flat_window(drawing), []
    for axis, name in _named_axes(drawing):
        taps = window.taps(axis, step[axis])
        first, last = (t - window.padding[axis][0] + 1 for t in (taps[0], taps[-1]))
        parts.append(f"{name} {first} to {last}" if first != last else f"{name[:-1]} {first}")
    counts = "×".join(str(window.steps(a)) for a, _ in _named_axes(drawing))
    return f"{counts} places. Place {_place(drawing, step)} reads {' and '.join(parts)}."


@describe.register
def _(drawing: Spread, step: tuple[int, int]) -> str:
    spread, parts = flat_spread(drawing), []
    for axis, name in _named_axes(drawing):
        stamped = spread.stamps(axis, step[axis])
        first, last = (c - spread.padding[axis] + 1 for c in (stamped[0], stamped[-1]))
        parts.append(f"{name} {first} to {last}")
    size = "×".join(str(len(spread.kept(a))) for a, _ in _named_axes(drawing))
    return f"Cell {_place(drawing, step)} stamps {' and '.join(parts)} of {size}; where stamps meet they add up."


def _named_axes(drawing: SlidingWindow | Spread) -> tuple[tuple[int, str], ...]:
    return ((1, "cells"),) if len(drawing.extents) == 1 else ((0, "rows"), (1, "columns"))


def _place(drawing: SlidingWindow | Spread, step: tuple[int, int]) -> str:
    return ", ".join(str(step[a] + 1) for a, _ in _named_axes(drawing))


@describe.register
def _(heads: Heads, step: tuple[int, int]) -> str:
    causal = ", each only at itself and earlier ones" if heads.causal else ""
    shown = f"{MOST_HEADS} of " if heads.heads > MOST_HEADS else ""
    places = f"{heads.queries} places look at {heads.keys}"
    return f"{shown}{heads.heads} heads of {heads.each} features each: {places}{causal}."


@describe.register
def _(matrix: Matrix, step: tuple[int, int]) -> str:
    bias = f" + {matrix.outputs:,} biases" if matrix.bias else ""
    often = f", used at each of {matrix.positions:,} places" if matrix.positions > 1 else ""
    return f"{matrix.outputs:,}×{matrix.inputs:,} weights{bias} = {matrix.weights:,}{often}."


@describe.register
def _(table: Table, step: tuple[int, int]) -> str:
    size = f"{table.rows:,}×{table.width:,}"
    return f"Index {step[1]} reads row {step[1]} of {size} numbers; {table.positions:,} indices a sample."


@describe.register
def _(drawing: Unrolled, step: tuple[int, int]) -> str:
    shown = f"{MOST_STEPS} of " if drawing.steps > MOST_STEPS else ""
    both = drawing.directions == 2
    return (
        f"{shown}{drawing.steps:,} steps{', read from both ends' * both}: step {step[1] + 1} reads "
        f"{drawing.features:,} features and hands on {' and '.join(drawing.states)} of {drawing.hidden:,} numbers, "
        f"for each of {format_quantity(drawing.states_count, 'layer', 'layers and directions' if both else '')}."
    )


@describe.register
def _(slab: NormalizedGroup, step: tuple[int, int]) -> str:
    where, more = ("the whole batch", " of every sample") if slab.batch else ("each sample on its own", "")
    return f"{format_quantity(slab.means, 'mean')} for {where}, each over {format_quantity(slab.over, 'number')}{more}."
