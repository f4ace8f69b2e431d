"""The list of problems without a window: in an order that holds, no row twice, filtered, in groups, walked through."""

from __future__ import annotations

import pytest

from tests.analysis.drawing import project as drawn
from visualnet.analysis import infer
from visualnet.analysis.facts import Problem
from visualnet.analysis.problem_list import (
    ProblemFilter,
    ProblemGroup,
    ProblemList,
    Row,
    counts,
    filter_rows,
    group_rows,
    join_axes,
    lines,
    sort_problems,
    text,
    wire_error,
)
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project

FORMULA = "⌊(28 + 2·2 − 1·(5 − 1) − 1) / 2⌋ + 1 = 14"


def hint(axis: str, line: str, formula: str = FORMULA, number: int = 14) -> Problem:
    words = f"{axis}: {number}.5 → {number}: the last padded {line} is never read"
    return Problem("inexact", "hint", words, "n2", "", ("n2",), "", formula)


def test_errors_come_first_and_equal_hints_of_two_axes_are_one_row() -> None:
    error = Problem("misfit", "error", "the output would be empty", "n7", "", ("n7",))
    rows = join_axes([hint("H", "row"), hint("W", "column"), error])
    assert [r.words for r in rows] == [
        "The output would be empty",
        "H: 14.5 → 14: the last padded row is never read; W likewise",
    ]


def test_axes_that_differ_stay_apart() -> None:
    assert len(join_axes([hint("H", "row", "14", 14), hint("W", "row", "9", 9)])) == 2


def broken() -> Project:
    return drawn("i:input a:conv2d f:linear b:linear o:output r:relu i>a a>f f>o", a={"kernel_size": 40})


def test_the_order_holds_while_figures_change() -> None:
    before = broken()
    rows = sort_problems(join_axes(infer(before).problems), before)
    after = edits.set_params(before, MAIN, ["n2"], {"kernel_size": 41})
    again = sort_problems(join_axes(reversed(infer(after).problems)), after)
    assert [r.key for r in again] == [r.key for r in rows]
    assert [r.problem.severity for r in rows] == sorted(
        (r.problem.severity for r in rows), key=("error warning hint").find
    )


def test_every_word_must_be_found_in_text_node_or_kind() -> None:
    project = broken()
    rows = join_axes(infer(project).problems)
    assert {r.problem.node for r in filter_rows(rows, ProblemFilter("connected b"), project)} == {"n4"}
    assert filter_rows(rows, ProblemFilter("connected nowhereland"), project) == []
    assert filter_rows(rows, ProblemFilter(sheet="other"), project) == []
    assert counts(rows)["error"] == sum(r.problem.severity == "error" for r in rows)


@pytest.mark.parametrize("by", ["severity", "node", "kind", ""])
def test_groups_hold_every_row_once(by: str) -> None:
    project = broken()
    rows = sort_problems(join_axes(infer(project).problems), project)
    groups = group_rows(rows, by, project)
    assert sorted(r.key for g in groups for r in g.rows) == sorted(r.key for r in rows)
    assert len({g.title for g in groups}) == len(groups)
    if by == "severity":
        assert [g.worst for g in groups] == list(dict.fromkeys(r.problem.severity for r in rows))


def test_as_text() -> None:
    project = drawn("i:input f:linear o:output i>f f>o")
    told = text(join_axes(infer(project).problems), project)
    assert any(line.startswith("hint: f: ") for line in told.splitlines())


def rows_of(count: int) -> tuple[Row, ...]:
    return tuple(Row(Problem("misfit", "error", f"{at}", f"n{at}"), f"{at}") for at in range(count))


def test_a_list_has_a_bound_and_folded_groups_are_titles() -> None:
    groups = [ProblemGroup("Errors", rows_of(3)), ProblemGroup("Hints", rows_of(2))]
    shown, hidden = lines(groups, {"Errors"}, True, 60)
    assert shown == [groups[0], groups[1], *groups[1].rows] and hidden == 0
    shown, hidden = lines(groups, set(), True, 3)
    assert shown == [groups[0], *groups[0].rows] and hidden == 2, "no title stands there without what it is of"
    assert lines(groups, set(), False, 4) == ([*groups[0].rows, groups[1].rows[0]], 1)


def test_a_walk_goes_round_and_begins_at_the_current_problem() -> None:
    model, project = ProblemList(), broken()
    model.update(infer(project).problems, project)
    found = model.filter(ProblemFilter(), project)
    assert sum(found.values()) == len(model.shown) == len(model.all) > 2
    assert model.current == model.shown[0].problem and not model.walked
    assert model.step(1) == 0 and model.step(-1) == len(model.shown) - 1
    assert model.choose(model.shown[0].problem) == "Errors"
    assert model.step(1) == 1 and model.step(-1) == len(model.shown) - 1
    model.filter(ProblemFilter(hidden=frozenset({"error"})), project)
    assert model.current is None and not model.walked, "what is not seen is not the current one"


def test_a_wire_s_own_error_comes_before_others_of_its_node() -> None:
    at_node = Problem("misfit", "error", "the whole node", "n2")
    at_port = Problem("misfit", "error", "the port", "n2", at="x2")
    unused = Problem("unconnected", "error", "nothing arrives", "n3")
    found = [at_node, at_port, unused]
    assert wire_error(found, MAIN, Port("n2", "x2")) == at_port
    assert wire_error(found, MAIN, Port("n2", "x1")) == at_node
    assert wire_error(found, MAIN, Port("n3", "x")) is None
