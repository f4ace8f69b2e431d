"""Runs put into groups by a column, each with what it comes to: how many, the best, mean and spread."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from visualnet.core.text.format import format_number, format_quantity, format_spread
from visualnet.training.run_index.cells import cell_of
from visualnet.training.run_index.facts import RunRow

MOST_GROUPS = 500
"""Of more values, the runs of those further down stand together in a last group."""
TAGS, SEARCH = "tags", "search"
FIELDS = ("project", "group", "tags", "search", "data", "state", "optimizer", "origin")
"""By what runs are grouped most often; any other setting will do."""
NONE, FURTHER = "none", "all further values"


class GroupOutcome(NamedTuple):
    """What some runs reached in ``by``, the value by which most of them chose their best epoch: the best of the runs, their mean and how
    far they lie from it (the sample standard deviation; None for one run). ``of`` is how many runs have such a value."""

    by: str
    of: int
    best: float
    mean: float
    spread: float | None


class RunGroup(NamedTuple):
    """Runs that share a value, in the order in which they were listed."""

    value: str
    runs: tuple[RunRow, ...]

    @property
    def outcome(self) -> GroupOutcome | None:
        """What they reached; None where none of them has reached anything yet."""
        return find_outcome(self.runs)

    def describe(self) -> str:
        """How many runs, and what they reached: “12 runs · best accuracy 0.971 · mean 0.94 ± 0.02”."""
        parts = [format_quantity(len(self.runs), "run")]
        if (found := self.outcome) is not None:
            parts.append(f"best {found.by} {format_number(found.best, 4)}")
            if found.spread is not None:
                parts.append(f"mean {format_spread(found.mean, found.spread)}")
            if found.of < len(self.runs):
                parts.append(f"of {found.of}")
        return " · ".join(parts)


def find_outcome(runs: Sequence[RunRow]) -> GroupOutcome | None:
    """What some runs reached; those that chose their best epoch by another value than most are left out."""
    ways = Counter((row.best_by, row.best_is) for row in runs if row.best is not None and math.isfinite(row.best))
    if not ways:
        return None
    ((by, kind), _) = ways.most_common(1)[0]
    values = [row.best for row in runs if (row.best_by, row.best_is) == (by, kind) and row.best is not None]
    values = [value for value in values if math.isfinite(value)]
    spread = statistics.stdev(values) if len(values) > 1 else None
    return GroupOutcome(
        by, len(values), max(values) if kind == "max" else min(values), statistics.fmean(values), spread
    )


def group_rows(rows: Sequence[RunRow], field: str, values: Mapping[str, float | str]) -> list[RunGroup]:
    """The rows in groups of one value of ``field``, in the order of their first rows; ``values`` is the field's by run. By tags, a run
    stands in the group of each of its tags. Runs without a value come last."""
    found: dict[str, list[RunRow]] = {}
    for row in rows:
        for value in _values_of(row, field, values):
            found.setdefault(value, []).append(row)
    without = found.pop("", [])
    groups = [RunGroup(value, tuple(some)) for value, some in found.items()]
    if len(groups) > MOST_GROUPS:
        ids = {row.id for group in groups[MOST_GROUPS:] for row in group.runs}
        further = RunGroup(FURTHER, tuple(row for row in rows if row.id in ids))
        groups = [*groups[:MOST_GROUPS], further]
    return [*groups, RunGroup(NONE, tuple(without))] if without else groups


def _values_of(row: RunRow, field: str, values: Mapping[str, float | str]) -> Sequence[str]:
    if field == TAGS:
        return row.tags or ("",)
    if field == SEARCH:  # a trial's group is its search
        return (row.group if "search" in row.tags else "",)
    return (cell_of(field, values.get(row.id)),)
