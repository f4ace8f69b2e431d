"""What is told of two projects that differ: as written down in ``pairs.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.analysis.compare.pairs import PAGE, Pair, pairs, side_by_side, told
from tests.generators.pages import read_sections


@pytest.mark.parametrize("two", list(pairs()), ids=lambda two: two.title)
def test_the_page_of_pairs_is_current(two: Pair) -> None:
    now = "\n".join(told(two)).rstrip().splitlines()[1:]
    assert now == read_sections(PAGE)[two.title], "run: python -m tests.analysis.compare.pairs"


def test_networks_stand_side_by_side() -> None:
    assert side_by_side() == read_sections(PAGE)["side by side"]
