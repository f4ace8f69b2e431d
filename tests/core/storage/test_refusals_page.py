"""What is said of every strange value in every place of a file: as written down in ``refusals.txt``."""

from __future__ import annotations

import json

import pytest

from tests.core.storage.refusals import PAGE, TREE, lines, places
from visualnet.core.storage import project_file


def written() -> dict[str, list[str]]:
    """Place → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").strip().split("\n\n")
    return {part.partition("\n")[0]: part.splitlines() for part in parts}


@pytest.mark.parametrize("top", list(TREE))
def test_the_page_of_refusals_is_current(top: str) -> None:
    page, now = written(), [list(lines(place))[:-1] for place in places(TREE) if place[0] == top]
    assert now and now == [page[found[0]] for found in now], "run: python -m tests.core.storage.refusals"


def test_nothing_strange_stands_in_the_file_itself() -> None:
    project = project_file.loads(json.dumps(TREE).encode())
    assert project_file.loads(project_file.dumps(project)) == project
