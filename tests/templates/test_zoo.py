"""The cells of the Neural Network Zoo: each opens without a problem, and its drawing can be drawn."""

from __future__ import annotations

import pytest

from visualnet.analysis import infer
from visualnet.core.storage import project_file
from visualnet.data.registry import fields_or_none
from visualnet.resources import resource
from visualnet.templates.zoo import CELLS, KINDS, ZooCell

each_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)


def test_the_poster_is_whole() -> None:
    assert len(CELLS) == len({cell.name for cell in CELLS}) == len({cell.title for cell in CELLS}) == 27


@each_cell
def test_it_opens_and_fits(cell: ZooCell) -> None:
    assert cell.words and cell.paper
    for name in (cell.template, *cell.others):
        project = project_file.load(resource("templates", f"{name}.vnet"))
        fields = fields_or_none(project.data)
        analysis = infer(project, fields=fields)
        assert fields is not None, f"{name} has no data in the box"
        assert not [p for p in analysis.problems if p.severity in ("error", "warning")]


@each_cell
def test_its_drawing_is_of_known_units(cell: ZooCell) -> None:
    drawn = "".join(cell.columns) + cell.beside
    assert drawn and set(drawn) <= set(KINDS)
    assert len(cell.columns) == 1 if cell.ring else len(cell.wires) <= len(cell.columns) - 1
    assert all(0 <= start < end < len(cell.columns) for start, end in cell.skips)


def test_every_kind_of_unit_is_drawn_somewhere() -> None:
    assert set(KINDS) == set("".join("".join(cell.columns) + cell.beside for cell in CELLS))
