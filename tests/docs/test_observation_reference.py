"""The reference of observations is what the declarations say."""

from __future__ import annotations

from tests.generators import observation_docs
from visualnet.training.observations.observation import find_observations


def test_the_reference_of_observations_is_what_the_declarations_say() -> None:
    written = observation_docs.PAGE.read_text(encoding="utf-8")
    assert written == observation_docs.text(), "python -m tests.generators.observation_docs writes it anew"
    assert all(f"`{name}`: " in written for name in find_observations())
