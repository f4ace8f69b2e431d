"""The list of problems: in order, and no row twice."""

from __future__ import annotations

from visualnet.analysis.facts import Problem
from visualnet.app.panels.problems import joined


def test_errors_come_first_and_equal_hints_of_two_axes_are_one_row() -> None:
    formula = "⌊(28 + 2·2 − 1·(5 − 1) − 1) / 2⌋ + 1 = 14"
    hints = [
        Problem(
            "inexact",
            "hint",
            f"{axis}: 14.5 → 14: the last padded {line} is never read",
            "n2",
            "",
            ("n2",),
            "",
            formula,
        )
        for axis, line in (("H", "row"), ("W", "column"))
    ]
    error = Problem("misfit", "error", "the output would be empty", "n7", "", ("n7",))
    rows = joined([*hints, error])
    assert [r.words for r in rows] == [
        "The output would be empty",
        "H: 14.5 → 14: the last padded row is never read; W likewise",
    ]


def test_axes_that_differ_stay_apart() -> None:
    hints = [
        Problem("inexact", "hint", f"{axis}: {n}.5 → {n}: the last row is never read", "n2", "", ("n2",), "", str(n))
        for axis, n in (("H", 14), ("W", 9))
    ]
    assert len(joined(hints)) == 2
