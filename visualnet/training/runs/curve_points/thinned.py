"""Late points of a curve joined, a few for many, so that a curve of any length takes bounded memory and still looks the same.

The first W points stay as they are. Of those up to 2W each bucket of 4 becomes the least and the greatest of them, of those up to 4W each
bucket of 8, and so on: W·(1 + log₂(n/W)/2) points of n in all, where there are no gaps. The points that stay are points of the curve, so
no extreme is lost; with each stands for how many points it stands, and the mean of its bucket, from which the curve is smoothed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.training.runs.curve_points.buckets import NONE, Index, Values, from_points
from visualnet.training.runs.curve_points.smoothing import Counts

PENDING = 8
"""A W-th part by this number of points is joined at once: so many stay whole at the end of a curve, and twice as many at most."""


class ThinnedPoints(NamedTuple):
    """What stays of some points: the places of those that stay, in order, the mean of each one's bucket (NaN: a gap), and for how many
    points each stands. The counts add up to the number of points."""

    at: Index
    means: Values
    counts: Counts


def bucket_of(number: int, whole: int) -> int:
    """Of how many points the bucket is that holds the point of this number, counted from 0: 1 for the first ``whole`` ones, then 4, 8, …"""
    level = (number // whole).bit_length()
    return 1 if not level else min(1 << (level + 1), whole // PENDING)


def join(values: Values, bucket: int) -> ThinnedPoints:
    """What stays of these points, whose number is a multiple of ``bucket``, when each bucket is joined."""
    columns = np.stack(from_points(values, 0, bucket))
    at = np.unique(columns[(columns >= 0) & (columns < NONE)])
    of, gap = at // bucket, np.isnan(values[at])
    table = values.reshape(-1, bucket)
    finite = (~np.isnan(table)).sum(1)
    sums = np.where(np.isnan(table), 0.0, table).sum(1)
    means = np.where(gap, np.nan, sums[of] / np.maximum(finite[of], 1))
    return ThinnedPoints(at, means, _shares(2 * of + gap, np.where(gap, bucket - finite[of], finite[of])))


def _shares(groups: Index, totals: NDArray[np.int64]) -> Counts:
    """Whole numbers that add up to a group's total over its members, as equal as can be; ``totals`` says it at each member."""
    _, member, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(member, kind="stable")
    rank = np.empty(len(groups), np.int64)
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank[order] = np.arange(len(groups)) - begins[member[order]]
    size = sizes[member]
    return (totals // size + (rank < totals % size)).astype(np.int32)
