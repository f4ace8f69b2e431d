"""The reference of methods to make something is what the declarations say."""

from __future__ import annotations

from tests.generators import generating_docs
from visualnet.training.generating.method import find_methods


def test_the_reference_of_ways_is_what_the_declarations_say() -> None:
    written = generating_docs.PAGE.read_text(encoding="utf-8")
    assert written == generating_docs.text(), "python -m tests.generators.generating_docs writes it anew"
    assert all(f"`{name}`: " in written for name in find_methods())
