"""The problems as a list: joined, ordered, filtered, grouped and written out."""

from __future__ import annotations

import random

import pytest

from tests.analysis.drawing import look, project
from visualnet.analysis.facts import SEVERITIES, Problem
from visualnet.analysis.problem_list import (
    KINDS,
    WHOLE,
    ProblemFilter,
    ProblemGroup,
    Row,
    counts,
    filter_rows,
    group_rows,
    join_axes,
    name_place,
    sort_problems,
    text,
)
from visualnet.core.project import Block, Project

INNER = project("x:input a:relu y:output x>a a>y").graph
PROJECT = project("i:input f:linear g:linear o:output i>f f>g g>o", blocks={"part": Block(params={}, graph=INNER)})


def problem(words: str, severity: str = "error", **fields: str) -> Problem:
    return Problem(fields.pop("code", "misfit"), severity, words, **fields)  # type: ignore[arg-type]


def rows() -> list[Row]:
    return join_axes(
        [
            problem("a hint", "hint", node="n2", code="doubtful"),
            problem("no loss", "warning", code="no-loss"),
            problem("second", node="n3", formula="3 ≠ 4"),
            problem("first", node="n2", at="x"),
            problem("inner", node="n2", sheet="part", code="rank"),
            problem("first of all", node="n2", code="dtype", at="x"),
        ]
    )


def test_the_same_along_several_axes_is_one_row() -> None:
    made = [problem(f"{axis}: (28 − 5) / 2 is 11.5: rest", node="n2") for axis in "HWD"]
    (row,) = join_axes(made)
    assert row.problem is made[0]
    assert row.words == "H: (28 − 5) / 2 is 11.5: rest; W, D likewise"
    other = problem("W: something else", node="n2")
    assert [r.words for r in join_axes([*made, other])][1:] == ["W: something else"]
    assert [r.words for r in join_axes([made[0], made[0]])] == [made[0].words]
    apart = [problem("H: x", node="n2"), problem("W: x", node="n3"), problem("W: x", "hint", node="n2")]
    assert len(join_axes(apart)) == 3
    assert len(join_axes([problem("In: x"), problem("On: x")])) == 2  # no axes
    assert join_axes([problem("it is so")])[0].words == "It is so"


def test_worst_first_then_sheet_by_sheet_in_the_order_of_the_file() -> None:
    found = sort_problems(random.Random(1).sample(rows(), 6), PROJECT)
    assert [r.problem.words for r in found] == ["first of all", "first", "second", "inner", "no loss", "a hint"]
    assert [r.problem.severity for r in join_axes([problem("x", "unheard of"), problem("y", "hint")])] == [
        "hint",
        "unheard of",
    ]
    strange = sort_problems(
        join_axes([problem("x", "unheard of"), problem("y", "hint"), problem("z", node="gone")]), PROJECT
    )
    assert [r.problem.words for r in strange] == ["z", "y", "x"]
    whole = [problem("the node", node="n1"), problem("the whole")]
    assert [r.problem.words for r in sort_problems(join_axes(whole), PROJECT)] == ["the whole", "the node"]


def test_a_row_stays_the_same_while_its_figures_change() -> None:
    before, after = problem("28 does not fit", node="n2", at="x"), problem("27 does not fit", node="n2", at="x")
    assert Row(before, "").key == Row(after, "").key
    others = [
        problem("a", node="n3", at="x"),
        problem("a", node="n2", at="y"),
        problem("a", node="n2", at="x", code="rank"),
    ]
    others.append(problem("a", node="n2", at="x", sheet="part"))
    assert len({Row(p, "").key for p in (before, *others)}) == 5


def test_where_a_problem_is() -> None:
    assert name_place(problem("", node="n2"), PROJECT) == "f"
    assert name_place(problem("", node="n2", sheet="part"), PROJECT) == "part / a"
    assert name_place(problem(""), PROJECT) == name_place(problem("", node="gone"), PROJECT) == "whole network"
    assert name_place(problem("", node="n2", sheet="gone"), PROJECT) == "gone / whole network"


def test_what_is_wanted() -> None:
    def words(**wish: str) -> set[str]:
        return {r.problem.words for r in filter_rows(rows(), ProblemFilter(**wish), PROJECT)}  # type: ignore[arg-type]

    everything = {r.problem.words for r in rows()}
    assert words() == everything
    assert words(sheet="part") == {"inner"} and words(sheet="") == everything - {"inner"}
    assert words(text="FIRST") == {"first", "first of all"}
    assert words(text="first all") == {"first of all"} and words(text="first zebra") == set()
    assert words(text="3 ≠") == words(text="≠ 4") == {"second"}  # the formula is looked through
    assert words(text="g") >= {"second"} and words(text="doubtful") == words(text="perhaps") == {"a hint"}


def test_counts_say_every_severity() -> None:
    assert counts(rows()) == {"error": 4, "warning": 1, "hint": 1}
    assert counts([]) == dict.fromkeys(SEVERITIES, 0)
    assert counts(join_axes([problem("x", "unheard of")]))["unheard of"] == 1


@pytest.mark.parametrize(
    ("by", "titles"),
    [
        ("severity", ["Errors", "Warnings", "Hints"]),
        ("node", ["f", "g", "part / a", WHOLE]),
        ("kind", [KINDS["dtype"], KINDS["misfit"], KINDS["rank"], "What the network lacks", KINDS["doubtful"]]),
        ("", [""]),
    ],
)
def test_groups_in_the_order_of_their_first_rows(by: str, titles: list[str]) -> None:
    found = group_rows(sort_problems(rows(), PROJECT), by, PROJECT)
    assert [g.title for g in found] == titles
    assert sum(len(g.rows) for g in found) == 6
    for group in found:
        assert group.worst == min((r.problem.severity for r in group.rows), key=["error", "warning", "hint"].index)


def test_a_problem_of_no_kind_has_a_group_too() -> None:
    assert [g.title for g in group_rows(join_axes([problem("x", code="zebra")]), "kind", PROJECT)] == ["Others"]
    mixed = ProblemGroup("", tuple(join_axes([problem("x", "hint"), problem("y", "warning", code="rank")])))
    assert mixed.worst == "warning"


def test_as_text() -> None:
    assert text(sort_problems(rows(), PROJECT)[:3], PROJECT).splitlines() == [
        "error: f: First of all",
        "error: f: First",
        "error: g: Second",
        "    3 ≠ 4",
    ]
    assert text([], Project()) == ""


def test_every_problem_that_is_found_has_a_kind() -> None:
    """Over faults of every sort: none is filed under “Others”."""
    faulty = [
        look("i:input f:linear t:target l:cross_entropy o:output i>f f>l t>l.target f>o", i={"size": (1, 28, 28)}),
        look("c:conv2d z:zebra", c={"kernel_size": "?"}),
        look("i:input c:conv2d i>c", i={"size": (3,)}),
    ]
    found = [row for analysis in faulty for row in join_axes(analysis.problems)]
    assert len({r.problem.code for r in found}) > 4
    assert {g.title for g in group_rows(found, "kind", Project())} <= {*KINDS.values(), "What the network lacks"}
