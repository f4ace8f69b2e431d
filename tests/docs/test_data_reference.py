"""The reference of data is what the declarations say."""

from __future__ import annotations

from tests.generators import data_docs
from visualnet.data.preparation.registry import STEPS
from visualnet.data.registry import DATASETS
from visualnet.data.sources.registry import SOURCES


def test_the_reference_of_data_is_what_the_declarations_say() -> None:
    written = data_docs.PAGE.read_text(encoding="utf-8")
    assert written == data_docs.text(), "python -m tests.generators.data_docs writes it anew"
    assert all(f"`{name}`: " in written for name in (*DATASETS, *SOURCES, *STEPS))
