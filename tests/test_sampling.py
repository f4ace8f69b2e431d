"""Of many cases of one kind the suite holds some, and the wide run the others."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sampling import mark_wide


class Case:
    """As much of a test's case as is asked for the marks."""

    def __init__(self, nodeid: str, *marks: Any) -> None:
        self.nodeid, self.marks = nodeid, [mark.mark for mark in marks]

    def get_closest_marker(self, name: str) -> Any:
        return next((mark for mark in self.marks if mark.name == name), None)

    def add_marker(self, name: str) -> None:
        self.marks.append(getattr(pytest.mark, name).mark)

    @property
    def wide(self) -> bool:
        return self.get_closest_marker("wide") is not None


@given(st.text("abc", min_size=1), st.integers(1, 300), st.integers(1, 20))
def test_so_many_cases_stay_lie_apart_and_are_the_same_each_time(name: str, cases: int, few: int) -> None:
    def stay() -> list[int]:
        made: Any = [Case(f"{name}[{n}]", pytest.mark.few(few)) for n in range(cases)]
        mark_wide(made)
        return [at for at, case in enumerate(made) if not case.wide]

    found = stay()
    assert found == stay()
    assert len(found) == min(cases, few)
    assert all(b - a <= cases // few + 1 for a, b in pairwise(found))


def test_what_is_wide_already_counts_not_and_what_is_not_few_stays() -> None:
    made: Any = [
        Case("few[0]", pytest.mark.few(1), pytest.mark.wide),
        Case("few[1]", pytest.mark.few(1)),
        Case("all[0]"),
    ]
    mark_wide(made)
    assert [case.wide for case in made] == [True, False, False]
