"""The size formulas against windows that are slid by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from visualnet.core.expressions import parse
from visualnet.layers.declaration.formulas import (
    WINDOW,
    WINDOW_CEIL,
    derive,
    describe_left_out,
    describe_missed,
    misses_cells,
    transposed,
    window,
)
from visualnet.layers.declaration.layer import ShapeError

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
    words = describe_left_out(size)
    if not image and not padding:
        assert words == ""
        return
    assert words.startswith("W: ")
    assert words.endswith("never read")
    count = int((re.search(r"last (\d+) ", words) or [0, 1])[1])
    assert (count, "padded" in words) == ((image, False) if image else (padding, True))
    assert ("columns are" in words) == (count > 1)


@given(st.integers(1, 30), small, small, st.integers(0, 4), st.integers(1, 3))
def test_missed_are_only_cells_of_the_image_that_the_stride_would_have_read(
    n: int, k: int, s: int, p: int, d: int
) -> None:
    (size,) = window([n], [k], [s], [p], [d], "W")
    assume(size > 0)
    windows = slide(n, k, s, p, d)
    behind = max(0, n - 1 - windows[-1][-1])
    skipped = max(0, s - (d * (k - 1) + 1))
    assert misses_cells(size) == (behind > skipped)


@pytest.mark.parametrize(
    ("what", "extents", "kernel", "stride", "padding", "told"),
    [
        ("ResNet's stem", (224, 224), 7, 2, 3, []),
        ("ResNet's shortcut", (56, 56), 1, 2, 0, []),
        ("AlexNet's first layer", (224, 224), 11, 4, 2, []),
        ("an odd image pooled", (7, 7), 2, 2, 0, ["H: 3.5 → 3: the last row is never read; W likewise"]),
        ("two axes that differ", (7, 8), 2, 2, 0, ["H: 3.5 → 3: the last row is never read"]),
        ("one cell between any two windows", (6, 9), 2, 3, 0, []),
    ],
)
def test_what_is_usual_is_not_told(
    what: str, extents: tuple[int, int], kernel: int, stride: int, padding: int, told: list[str]
) -> None:
    sizes = window(extents, (kernel,) * 2, (stride,) * 2, (padding,) * 2, (1, 1))
    found = [words for words, _ in describe_missed(sizes)]
    assert found == told, what


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
        with pytest.raises(ShapeError):
            derive(parse(text), {"n": 10})
