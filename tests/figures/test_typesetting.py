"""Formulas in the room there is, with letters of one width: what stands over what, and where a line is broken."""

from __future__ import annotations

from itertools import pairwise

import pytest

from visualnet.analysis import explain, infer
from visualnet.cli.common import open_project
from visualnet.data.registry import fields_or_none
from visualnet.figures.typesetting import (
    LEAST_PX,
    Indents,
    TypesetBox,
    TypesetDerivation,
    TypesetText,
    _broken_rows,
    typeset,
)
from visualnet.layers.declaration.notation import Derivation, plain


class Typewriter:
    def width(self, text: str, px: int, italic: bool) -> float:
        return 0.6 * px * len(text)

    def cap_height(self, px: int, italic: bool) -> float:
        return 0.7 * px


def shape_of(name: str) -> Derivation:
    project = open_project("lenet5")
    facts = infer(project, fields=fields_or_none(project.data)).main[project.graph.named(name).id]
    (why,) = explain.shapes(facts)
    assert why.derivation is not None
    return why.derivation


def words(box: TypesetBox) -> str:
    return "".join(
        p.text if isinstance(p, TypesetText) else words(p)
        for *_, p in box.parts
        if isinstance(p, TypesetText | TypesetBox)
    )


def set_in(derivation: Derivation, room: float, px: float = 13) -> TypesetDerivation:
    sheet = typeset(derivation, Typewriter(), px, room)
    assert sheet is not None and sheet.width <= room
    return sheet


def test_letters_stand_over_their_figures() -> None:
    why = shape_of("conv1")
    letters, figures = set_in(why, 400).lines
    assert letters.x + letters.box.width == pytest.approx(figures.x + figures.box.width)
    assert plain(why.tree) == "⌊(H + 2·p − d·(k − 1) − 1) / s⌋ + 1"
    assert [letter for letter, _, _ in why.legend] == ["p", "d", "k", "s"]
    assert words(figures.box).startswith("28=28+2·2")


@pytest.mark.parametrize(("room", "broken"), [(160, True), (200, True), (400, False)])
def test_lines_are_broken_before_operators_and_never_overlap(room: int, broken: bool) -> None:
    sheet = set_in(shape_of("conv1"), room)
    assert sheet.px >= LEAST_PX
    assert (len(sheet.lines) > 2) == broken
    assert all(b.y - b.box.up >= a.y + a.box.down for a, b in pairwise(sheet.lines))
    assert all(line.x >= 0 and line.y + line.box.down <= sheet.height + 1e-9 for line in sheet.lines)
    said = [words(line.box) for line in sheet.lines]
    assert all(b[0] in "+−·" or "=" in b or a.endswith("=") for a, b in pairwise(said))


@pytest.mark.parametrize("name", ["conv1", "pool1"])
def test_no_short_term_is_left_alone_in_a_line(name: str) -> None:
    for room in range(130, 420, 5):
        sheet = typeset(shape_of(name), Typewriter(), 13, room)
        assert sheet is None or words(sheet.lines[-1].box) != "+1", room


def test_rows_are_even() -> None:
    parts = [("+" if at else "", TypesetBox(30.0, 8.0, 2.0)) for at in range(5)]
    rows, _ = _broken_rows(parts, 130.0, 10.0, Indents(10.0, 10.0))
    assert sorted(round(box.width) for box in rows) == [60, 90], "not 120 and 30"


def test_where_there_is_no_room_there_is_no_sheet() -> None:
    assert typeset(shape_of("conv1"), Typewriter(), 13, 30) is None
    assert typeset(shape_of("conv1"), Typewriter(), LEAST_PX - 1, 1000) is None
