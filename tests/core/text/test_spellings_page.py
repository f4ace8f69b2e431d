"""Numbers, expressions, names and searches in words: as written down in ``spellings.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.core.text.spellings import PAGE, SECTIONS


def written() -> dict[str, list[str]]:
    """Title → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
    return {part.partition("\n")[0]: part.rstrip().splitlines()[1:] for part in parts}


@pytest.mark.parametrize("title", list(SECTIONS))
def test_the_page_of_spellings_is_current(title: str) -> None:
    assert list(SECTIONS[title]()) == written()[title], "run: python -m tests.core.text.spellings"
