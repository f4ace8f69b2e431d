"""Lines of layers of one’s own and typeset formulas: as written down in ``written_lines.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.generators.pages import read_sections
from tests.layers.custom.written_lines import PAGE, SECTIONS


@pytest.mark.parametrize("title", list(SECTIONS))
def test_the_page_of_lines_is_current(title: str) -> None:
    assert list(SECTIONS[title]()) == read_sections(PAGE)[title], "run: python -m tests.layers.custom.written_lines"
