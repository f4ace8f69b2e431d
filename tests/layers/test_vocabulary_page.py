"""What every layer says of itself and makes of what arrives: as written down in ``vocabulary.txt``, to be read."""

from __future__ import annotations

import pytest

from tests.generators.pages import read_sections
from tests.layers.vocabulary import PAGE, lines
from visualnet.layers import LAYERS


@pytest.mark.parametrize("tag", list(LAYERS))
def test_the_page_of_layers_is_current(tag: str) -> None:
    now = "\n".join(lines(tag)).rstrip().splitlines()[1:]
    assert now == read_sections(PAGE)[tag], "run: python -m tests.layers.vocabulary"
