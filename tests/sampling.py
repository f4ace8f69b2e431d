"""Which of many cases of one kind the suite holds, and which only CI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings


def one_in(every: int, values: Iterable[Any], name: Callable[[Any], str] = str, begin: int = 0) -> list[Any]:
    """The values as parameters of a test: one in so many runs in the suite, the others are marked ``wide``."""
    return [
        pytest.param(value, id=name(value), marks=[] if at % every == begin else pytest.mark.wide)
        for at, value in enumerate(values)
    ]


def examples(suite: int, *, wide: int, thorough: int | None = None) -> int:
    """How many examples hypothesis draws for a test whose examples are dear, in the run that is going on."""
    drawn = settings.default.max_examples  # of the profiles in conftest.py
    return suite if drawn < 100 else wide if drawn == 100 else thorough or wide
