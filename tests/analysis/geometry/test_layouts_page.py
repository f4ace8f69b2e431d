"""Where small graphs are laid out: as written down in ``layouts.txt``; few wires cross, and none more than has to."""

from __future__ import annotations

import itertools

import pytest

from tests.analysis.geometry.layouts import PAGE, SHEETS, Sheet, lines

every = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)

CROSSINGS = {"wires that have to cross": 1, "a net of three columns": 2}
"""As few as a drawing with straight wires between columns can have."""


def written() -> dict[str, str]:
    """Title → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").split("\n\n")
    return {part.strip().partition("\n")[0]: part.strip() for part in parts}


@every
def test_the_page_of_layouts_is_current(sheet: Sheet) -> None:
    assert "\n".join(lines(sheet)).strip() == written()[sheet.title], "run: python -m tests.analysis.geometry.layouts"


@every
def test_wires_between_neighbouring_columns_cross_no_more_than_they_must(sheet: Sheet) -> None:
    places, axis = sheet.lay_out(), 1 if sheet.options.get("direction") == "down" else 0
    columns = {name: at[axis] for name, at in places.items()}
    wires = [(a, b) for a, b in sheet.edges if a in places and b in places and a != b]
    crossing = 0
    for (a, b), (c, d) in itertools.combinations(wires, 2):
        if columns[a] == columns[c] and columns[b] == columns[d]:
            crossing += (places[a][1 - axis] - places[c][1 - axis]) * (places[b][1 - axis] - places[d][1 - axis]) < 0
    assert crossing == CROSSINGS.get(sheet.title, 0)
