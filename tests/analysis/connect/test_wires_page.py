"""Which wires and kinds are offered, and what a search finds: as written down in ``wires.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.analysis.connect.wires import PAGE, SECTIONS
from tests.generators.pages import read_sections


@pytest.mark.parametrize("title", list(SECTIONS))
def test_the_page_of_wires_is_current(title: str) -> None:
    assert list(SECTIONS[title]()) == read_sections(PAGE)[title], "run: python -m tests.analysis.connect.wires"
