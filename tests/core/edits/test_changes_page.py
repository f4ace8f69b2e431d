"""What each edit changes in a file: as written down in ``changes.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.core.edits.changes import EDITS, PAGE, Edit, lines
from tests.generators.pages import read_sections


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_the_page_of_changes_is_current(edit: Edit) -> None:
    assert list(lines(edit))[1:-1] == read_sections(PAGE)[edit.title], "run: python -m tests.core.edits.changes"
