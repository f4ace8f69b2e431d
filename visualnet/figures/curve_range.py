"""Which part of the values a curve plot shows, and which of its points and segments are drawn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number

Floats = NDArray[np.float64]

DECADES = 12
"""A log axis reaches no further down from the greatest value."""
OUTLIER_SPANS = 8
"""A peak further out than so many heights of the bulk is left out of the automatic range, and said so."""
ENOUGH = 50
"""Of fewer values none is an outlier."""
DOTTED = 40
"""A dashed curve of at most so many points in view shows each of them."""
DASH_PIXELS = 9


class YRange(NamedTuple):
    """From where to where an axis reaches, and what is said of that which it leaves out."""

    low: float
    high: float
    note: str = ""


def on_axis(values: Floats, log: bool) -> Floats:
    """Values as they stand on the axis; on a log axis what is not above zero is −inf."""
    if not log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values <= 0, -np.inf, np.log10(values))


def fit_range(columns: list[Floats], log: bool, kept: YRange | None = None) -> YRange:
    """The range in which these values are seen well, without single outliers.

    ``kept``, the range shown already, stays while it still fits well: an axis that never rests is hard to read and dear to draw.
    """
    every = np.concatenate(columns) if columns else np.empty(0)
    finite = every[np.isfinite(every)]
    note = "values not above 0 sit on the lower edge" if log and np.isneginf(every).any() else ""
    if not len(finite):
        return YRange(-2.0, 0.0, note) if log else YRange(0.0, 1.0)
    low, high = float(finite.min()), float(finite.max())
    if log:
        low = max(low, high - DECADES)
    elif len(finite) >= ENOUGH:
        low, high, note = _without_outliers(finite, low, high)
    if low == high:
        room = 0.5 if log else abs(low) * 0.1 or 0.5
        return YRange(low - room, high + room, note)
    room = (high - low) * 0.05
    low = 0.0 if not log and 0 <= low < 0.3 * high else low - room
    high += room
    if kept is not None and kept.low <= low and high <= kept.high and high - low >= 0.8 * (kept.high - kept.low):
        low, high, _ = kept
    return YRange(low, high, note)


def _without_outliers(finite: Floats, low: float, high: float) -> YRange:
    q0, q1 = map(float, np.quantile(finite, (0.01, 0.99)))
    span, note = q1 - q0, ""
    if span > 0 and high > q1 + OUTLIER_SPANS * span:
        high, note = q1 + 0.5 * span, f"peak {format_number(high)} above the view"
    if span > 0 and low < q0 - OUTLIER_SPANS * span:
        low, note = q0 - 0.5 * span, f"low {format_number(low)} below the view"
    return YRange(low, high, note)


def ink_length(columns: list[Floats], height: float) -> float:
    """How many pixels of ink all curves are together, where one unit of y is ``height`` pixels high."""
    return sum(len(y) + float(np.nansum(np.abs(np.diff(y)))) * height for y in columns)


def dash_segments(x: Floats, y: Floats, x_per_pixel: float) -> NDArray[np.int32]:
    """Which segments of a dashed curve are drawn. Qt walks every pixel of a dashed path; leaving out segments by place costs nothing."""
    gap = (x / max(x_per_pixel, 1e-300)) % DASH_PIXELS > DASH_PIXELS * 0.6
    whole = np.isfinite(y) & np.isfinite(np.append(y[1:], np.nan))
    drawn: NDArray[np.int32] = (whole & ~gap).astype(np.int32)
    return drawn


def dotted_points(y: Floats, dashed: bool) -> NDArray[np.intp]:
    """The points that are shown as dots: those between gaps, which no line reaches, and all of a dashed curve that has few."""
    there = np.isfinite(y)
    if not dashed or there.sum() > DOTTED:
        there = there & ~np.append(False, there[:-1]) & ~np.append(there[1:], False)
    return np.flatnonzero(there)
