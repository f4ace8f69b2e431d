"""Numbers, expressions, names and searches in words: as written down in ``spellings.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.core.text.spellings import PAGE, SECTIONS
from tests.generators.pages import read_sections


@pytest.mark.parametrize("title", list(SECTIONS))
def test_the_page_of_spellings_is_current(title: str) -> None:
    assert list(SECTIONS[title]()) == read_sections(PAGE)[title], "run: python -m tests.core.text.spellings"
