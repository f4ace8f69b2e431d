"""Rows end where a single wire leads on; a residual block is broken where its wires meet again in the next row; a U is not."""

from __future__ import annotations

from visualnet.analysis.geometry.row_breaks import break_rows

CARD = 168.0
"""With its gap a column takes 224 px."""


def test_a_row_ends_where_a_single_wire_leads_on() -> None:
    assert break_rows([[1]] * 6, [CARD] * 6, None) == [range(6)]
    assert break_rows([[1]] * 6, [CARD] * 6, 700.0) == [range(3), range(3, 6)]
    forked = [[1], [1], [2], [1, 1], [1, 1], [1]]
    assert break_rows(forked, [CARD] * 6, 700.0) == [range(2), range(2, 6)], "the single wire before the fork"


def test_a_residual_block_is_broken_behind_a_card_whose_wires_meet_in_the_next_row() -> None:
    blocks = [[2], [1, 1], [2], [1, 1], [1, 1], [1], []]
    assert break_rows(blocks, [CARD] * 7, 900.0) == [range(3), range(3, 7)]


def test_wires_that_meet_late_are_not_broken() -> None:
    u = [[1], [2], [2, 1], [1, 1, 1], [1, 1, 1], [1, 1], [1]]
    assert break_rows(u, [CARD] * 7, 700.0) == [range(7)]
