"""Groups hold every run that is listed, and say of it what NumPy says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.groups import FURTHER, MOST_GROUPS, NONE, find_outcome, group_rows


def row(name: str, best: float | None = None, tags: tuple[str, ...] = (), group: str = "", **by: str) -> RunRow:
    how = {"best_by": "accuracy", "best_is": "max", **by}
    texts = dict.fromkeys(("name", "project", "network", "data", "device"), "")
    numbers = dict.fromkeys(("started", "duration", "epochs", "planned", "steps", "size"), 0)
    flags = dict.fromkeys(("archived", "hidden", "notes", "resumable"), False)
    return RunRow(id=name, state="done", best=best, tags=tags, group=group, **how, **texts, **numbers, **flags)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(["", "Adam", "SGD", "0.5"]), st.floats(-1e6, 1e6) | st.none()), max_size=30))
def test_every_run_stands_in_one_group_in_the_order_of_the_list(runs: list[tuple[str, float | None]]) -> None:
    rows = [row(f"r{at}", best) for at, (_, best) in enumerate(runs)]
    values = {f"r{at}": value for at, (value, _) in enumerate(runs) if value}
    groups = group_rows(rows, "optimizer", values)
    assert sorted(one.id for group in groups for one in group.runs) == sorted(one.id for one in rows)
    assert len({group.value for group in groups}) == len(groups)
    for group in groups:
        assert [one for one in rows if one in group.runs] == list(group.runs)
        assert {values.get(one.id, NONE) for one in group.runs} == {group.value}
        reached = np.array([one.best for one in group.runs if one.best is not None])
        outcome = group.outcome
        assert (outcome is None) == (not len(reached))
        if outcome is not None:
            assert (outcome.of, outcome.best) == (len(reached), reached.max())
            assert np.isclose(outcome.mean, reached.mean())
            assert outcome.spread is None or np.isclose(outcome.spread, reached.std(ddof=1), atol=1e-9)
    firsts = [rows.index(group.runs[0]) for group in groups if group.value != NONE]
    assert firsts == sorted(firsts) and (not values or groups[0].value != NONE)


def test_less_is_better_and_others_are_left_out_of_the_figures() -> None:
    by = {"best_by": "loss", "best_is": "min"}
    outcome = find_outcome([row("a", 0.5, **by), row("b", 0.25, **by), row("c", 99.0), row("d", float("nan"), **by)])
    assert outcome is not None and (outcome.by, outcome.of, outcome.best) == ("loss", 2, 0.25)
    (group,) = group_rows([row("a", 0.5, **by), row("b", 0.25, **by), row("c")], "data", dict.fromkeys("abc", "points"))
    assert group.describe() == "3 runs · best loss 0.25 · mean 0.38 ± 0.18 · of 2"


def test_a_run_stands_under_each_of_its_tags_and_trials_under_their_search() -> None:
    rows = [row("a", tags=("search", "good"), group="wide"), row("b", tags=("good",), group="wide"), row("c")]
    tagged = {group.value: [one.id for one in group.runs] for group in group_rows(rows, "tags", {})}
    assert tagged == {"search": ["a"], "good": ["a", "b"], NONE: ["c"]}
    trials = {group.value: [one.id for one in group.runs] for group in group_rows(rows, "search", {})}
    assert trials == {"wide": ["a"], NONE: ["b", "c"]}


def test_too_many_values_are_one_last_group() -> None:
    rows = [row(f"r{at}") for at in range(MOST_GROUPS + 20)]
    groups = group_rows(rows, "lr", {one.id: at / 7 for at, one in enumerate(rows)})
    assert len(groups) == MOST_GROUPS + 1 and groups[-1].value == FURTHER and len(groups[-1].runs) == 20
