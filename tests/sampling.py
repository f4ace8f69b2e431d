"""Which of many cases of one kind the suite holds, and which only CI."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from zlib import crc32

import pytest
from hypothesis import settings


def mark_wide(items: Iterable[pytest.Item]) -> None:
    """Of the cases of each test marked ``few`` leave as many as it says in the suite; the others are marked ``wide``.

    The cases that are left lie evenly among all. Where they begin is another place for each test, so that the tests of one registry
    look at different members of it, and always the same one for one test.
    """
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("few") is not None and item.get_closest_marker("wide") is None:
            cases[item.nodeid.partition("[")[0]].append(item)
    for test, each in cases.items():
        mark = each[0].get_closest_marker("few")
        assert mark is not None
        stay = {int(len(each) * (n + crc32(test.encode()) / 2**32) / mark.args[0]) for n in range(mark.args[0])}
        for at, item in enumerate(each):
            if at not in stay:
                item.add_marker("wide")


def examples(suite: int, *, wide: int, thorough: int | None = None) -> int:
    """How many examples hypothesis draws for a test whose examples are dear, in the run that is going on."""
    drawn = settings.default.max_examples  # of the profiles in conftest.py
    return suite if drawn < 100 else wide if drawn == 100 else thorough or wide
