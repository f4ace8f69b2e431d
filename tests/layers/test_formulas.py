"""The size formulas against windows that are slid by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from visualnet.core.expressions import parse
from visualnet.layers.declare import Misfit
from visualnet.layers.formulas import WINDOW, WINDOW_CEIL, derive, transposed, unread, window

small = st.integers(1, 6)


def slide(n: int, k: int, s: int, p: int, d: int) -> list[range]:
    """The cells that each window reads, where 0 to n − 1 are the image and what lies outside is padding."""
    starts = range(-p, n + p, s)
    return [reads for a in starts if (reads := range(a, a + d * (k - 1) + 1, d))[-1] < n + p]


@given(st.integers(1, 30), small, small, st.integers(0, 4), st.integers(1, 3))
def test_the_window_formula_counts_the_windows(n: int, k: int, s: int, p: int, d: int) -> None:
    (size,) = window([n], [k], [s], [p], [d], "L")
    assert max(0, int(size)) == len(slide(n, k, s, p, d))


@given(st.integers(1, 30), small, small, st.integers(0, 4), st.integers(1, 3))
def test_what_is_never_read(n: int, k: int, s: int, p: int, d: int) -> None:
    """The words name what lies behind the last window: padding, or cells of the image."""
    (size,) = window([n], [k], [s], [p], [d], "W")
    assume(size > 0)
    last = slide(n, k, s, p, d)[-1][-1]
    image, padding = max(0, n - 1 - last), n + p - 1 - max(last, n - 1)
    words = unread(size)
    if not image and not padding:
        assert words == ""
        return
    assert words.startswith("W: ")
    assert words.endswith("never read")
    count = int((re.search(r"last (\d+) ", words) or [0, 1])[1])
    assert (count, "padded" in words) == ((image, False) if image else (padding, True))
    assert ("columns are" in words) == (count > 1)


@given(st.integers(1, 20), small, small, st.integers(0, 3))
def test_rounding_up_adds_at_most_one_window_that_begins_inside(n: int, k: int, s: int, p: int) -> None:
    assume(p <= k // 2)
    (down,), (up,) = (window([n], [k], [s], [p], [1], "L", f) for f in (WINDOW, WINDOW_CEIL))
    assert up - down in (0, 1)
    assert (up - 1) * s < n + p


@given(st.integers(1, 20), small, small, st.integers(0, 3), st.integers(1, 3))
def test_the_transposed_formula_undoes_the_window(n: int, k: int, s: int, p: int, d: int) -> None:
    (size,) = transposed([n], [k], [s], [p], [d], [0], "L")
    assume(size > 0)
    (back,) = window([int(size)], [k], [s], [p], [d], "L")
    assert back == n


def test_a_formula_that_has_no_whole_or_no_small_answer_is_a_misfit() -> None:
    for text in ("n / 3", "n**60 * n**60"):
        with pytest.raises(Misfit):
            derive(parse(text), {"n": 10})
