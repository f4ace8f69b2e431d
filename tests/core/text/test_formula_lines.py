"""Formulas are broken where a person would break them."""

from __future__ import annotations

from visualnet.core.text.formula_lines import break_formula

FILLED = "= ⌊(28 + 2·2 − 1·(5 − 1) − 1) / 1⌋ + 1 = 28"


def test_what_fits_stays_on_one_line() -> None:
    assert break_formula(FILLED, lambda part: len(part) <= 60) == [FILLED]


def test_breaks_stand_before_operators_and_outside_brackets() -> None:
    lines = break_formula(FILLED, lambda part: len(part) <= 40)
    assert lines == ["= ⌊(28 + 2·2 − 1·(5 − 1) − 1) / 1⌋ + 1", "  = 28"]


def test_a_very_narrow_column_loses_no_sign_and_ends() -> None:
    lines = break_formula(FILLED, lambda part: len(part) <= 12)
    assert "".join(lines).replace(" ", "") == FILLED.replace(" ", "")
    assert len(break_formula("x" * 100, lambda part: len(part) <= 12)) == 1
