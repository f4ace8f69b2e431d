"""What every layer says of itself and makes of what arrives: as written down in ``vocabulary.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.layers.vocabulary import PAGE, lines
from visualnet.layers import LAYERS


def written() -> dict[str, list[str]]:
    """Tag → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
    return {part.partition("\n")[0]: part.rstrip().splitlines() for part in parts}


@pytest.mark.parametrize("tag", list(LAYERS))
def test_the_page_of_layers_is_current(tag: str) -> None:
    now = "\n".join(lines(tag)).removeprefix("=== ").rstrip().splitlines()
    assert now == written()[tag], "run: python -m tests.layers.vocabulary"
