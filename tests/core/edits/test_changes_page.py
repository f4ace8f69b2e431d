"""What each edit changes in a file: as written down in ``changes.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.core.edits.changes import EDITS, PAGE, Edit, lines


def written() -> dict[str, list[str]]:
    """Title → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
    return {part.partition("\n")[0]: part.rstrip().splitlines()[1:] for part in parts}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_the_page_of_changes_is_current(edit: Edit) -> None:
    assert list(lines(edit))[1:-1] == written()[edit.title], "run: python -m tests.core.edits.changes"
