"""The reference of observations is what the declarations say."""

from __future__ import annotations

from tests.generators import observation_docs
from visualnet.training.observations.observation import DECLARED_IN, FAMILIES, OBSERVATIONS, find_observations


def test_the_reference_of_observations_is_what_the_declarations_say() -> None:
    written = observation_docs.PAGE.read_text(encoding="utf-8")
    assert written == observation_docs.text(), "python -m tests.generators.observation_docs writes it anew"
    assert all(f"`{name}`: " in written for name in find_observations())


def test_the_order_is_that_of_the_list_whatever_was_imported_first() -> None:
    before = dict(OBSERVATIONS)
    wanted = list(find_observations())
    try:
        OBSERVATIONS.clear()
        OBSERVATIONS.update(reversed(before.items()))
        families = [kind.family for kind in find_observations().values()]
        modules = [kind.__module__ for kind in find_observations().values()]
        assert families == sorted(families, key=FAMILIES.index)
        for family in FAMILIES:
            places = [DECLARED_IN.index(m) for m, f in zip(modules, families, strict=True) if f == family]
            assert places == sorted(places), family
    finally:
        OBSERVATIONS.clear()
        OBSERVATIONS.update(before)
    assert list(find_observations()) == wanted
