"""Rows end where a single wire leads on; a residual block is broken where its wires meet again in the next row; a U is not."""

from __future__ import annotations

from visualnet.analysis.geometry.card_size import CardSize
from visualnet.analysis.geometry.layout_choice import arrange_rows
from visualnet.analysis.geometry.row_breaks import break_rows
from visualnet.cli.common import open_project

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


def test_three_outputs_of_a_card_stay_in_its_row_where_one_wire_leads_on_behind_them() -> None:
    graph = open_project("turing").graph
    sizes = {node.id: CardSize(176.0, 72.0, {"": 36.0}, {"": 36.0}) for node in graph}
    found = arrange_rows(graph, sizes, (750.0, 617.0))
    at = {name: found.places[graph.named(name).id] for name in ("machine", "read_from", "written_to", "score", "loss")}
    assert at["score"][1] > at["machine"][1] + 72, "it does go on in a second row"
    back = [t for t, s in graph.wires.items() if found.places[t.node][0] < found.places[s.node][0]]
    assert [graph.nodes[target.node].name for target in back] == ["score"]
    assert min(at["read_from"][0], at["written_to"][0]) > at["machine"][0]
